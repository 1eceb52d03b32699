"""A language model in this process: a GGUF file run by llama.cpp, as a LangChain chat model."""

from __future__ import annotations

import logging
import os
import queue
import secrets
import shutil
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.chat_models import generate_from_stream
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import Field, PrivateAttr

from app.domain import Judged, Message, Probe
from app.domain.tokens import Counted
from app.generation.adapters import AdapterFile, AdapterSource
from app.generation.anchors import SLOTS, Anchors
from app.generation.errors import ChatModelBusy, ChatModelError, ChatModelGarbage, ChatModelUnavailable
from app.generation.probe import LIKELIEST, LOG_ODDS, log_odds
from app.generation.prompts import is_for_answer

logger = logging.getLogger(__name__)

_ROLES = {"system": "system", "human": "user", "ai": "assistant"}
_END_S = 30.0
_SOCKET_PATH_LIMIT = 100  # bytes; of a Unix socket's name


class LocalGGUFChat(BaseChatModel):
    """Greedy replies of a local model, one at a time.

    Loaded by `load()` or the first request. The system message that prompts share is not computed again: three are
    kept, so that answers in Chinese, answers in English and translations do not push each other out. While the prompt
    is read, empty chunks tell that it goes on; a stream that is closed stops the computation after the batch at hand.

    The same prompt gets the same reply, whatever was asked before: what is computed in other batches rounds otherwise,
    and a word may hang on it. So every prompt is read from the end of its system message on, never from wherever it
    parts from the prompt before: after each reply the slot is taken back to there (see `Anchors`).

    A probe is read before the prompt that it stands behind, whose values are known then: it costs its own words.

    An adapter that has come, changed or gone since the last reply is put in before the next one. The model is loaded
    anew for that, a second or two beside the old one; an adapter that does not fit leaves the old one serving.
    """

    path: Path
    model_name: str
    threads: int | None = Field(default=None, ge=1)
    """None: one a core."""
    context: int = Field(default=2048, ge=256)
    """Tokens of prompt and reply together."""
    prompt_batch: int = Field(default=64, ge=16)
    """Tokens of the prompt that are computed in one go: how soon a closed stream ends."""
    max_tokens: int = Field(default=256, ge=1)
    max_waiting: int = Field(default=8, ge=0)
    """Requests that may wait for the one at hand; further ones are refused at once."""
    queue_timeout_s: float = Field(default=30.0, gt=0)
    adapter: AdapterSource | None = Field(default=None, exclude=True)
    takes_probes: ClassVar[bool] = True

    _server: Any = PrivateAttr(default=None)
    _remove_folder: Any = PrivateAttr(default=None)
    _load_lock: threading.Lock = PrivateAttr(default_factory=threading.Lock)
    _turn: threading.Lock = PrivateAttr(default_factory=threading.Lock)
    _places: threading.BoundedSemaphore = PrivateAttr()
    _anchors: Anchors = PrivateAttr(default_factory=lambda: Anchors())
    _adapter: AdapterFile | None = PrivateAttr(default=None)
    _refused: AdapterFile | None = PrivateAttr(default=None)
    _complaint: str = PrivateAttr(default="")

    def model_post_init(self, context: Any, /) -> None:
        """Count the places of the queue."""
        super().model_post_init(context)
        self._places = threading.BoundedSemaphore(self.max_waiting + 1)
        # A program that ends while llama.cpp computes is aborted by the C library, behind everything it has printed.
        weakref.finalize(self, _wait_for, self._turn)

    @property
    def _llm_type(self) -> str:
        return "local-gguf"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model_name": self.model_name, "context": self.context}

    @property
    def serving_adapter(self) -> Path | None:
        """File of the adapter that the last reply was written with; None for the weights alone."""
        return self._adapter.path if self._adapter is not None else None

    def load(self) -> None:
        """Load the weights and the adapter, once.

        Raises `ChatModelUnavailable` when a file is missing, is no model, or is no adapter of this one.
        """
        with self._load_lock:
            if self._server is None:
                adapter = self._wanted()
                self._server, self._remove_folder = self._start(adapter)
                self._adapter, self._anchors = adapter, Anchors()

    def warm_up(self, prompts: Sequence[Sequence[Message]]) -> None:
        """Load, and read prompts (those that begin like the coming ones) so that the first answer finds them known."""
        self.load()
        for prompt in prompts:
            messages = [message.to_dict() for message in prompt]
            for _ in self._reply(messages, 1):
                pass

    def close(self) -> None:
        """Unload, when the reply at hand has ended."""
        with self._turn, self._load_lock:
            self._server = None
            if self._remove_folder is not None:
                self._remove_folder()

    def _wanted(self) -> AdapterFile | None:
        path = self.adapter() if self.adapter is not None else None
        return AdapterFile.of(path) if path is not None else None

    def _follow(self) -> None:
        """Put in the adapter that is wanted now, between two replies."""
        if self.adapter is None:
            return
        wanted = None
        try:
            wanted = self._wanted()
            if wanted == self._adapter or (wanted is not None and wanted == self._refused):
                return
            server, remove_folder = self._start(wanted)
        except ChatModelUnavailable as error:
            self._refused = wanted
            if error.message != self._complaint:
                logger.warning("the language model %s goes on as it is: %s", self.model_name, error.message)
            self._complaint = error.message
            return
        with self._load_lock:
            outgoing, self._server, self._refused, self._complaint = self._remove_folder, server, None, ""
            self._remove_folder, self._adapter, self._anchors = remove_folder, wanted, Anchors()
        if outgoing is not None:
            outgoing()

    def _scaled(self, messages: Sequence[Mapping[str, str]]) -> dict[str, Any]:
        """What a request says of the adapter: one that comes with kefu has learnt to answer, and is for that alone."""
        if self._adapter is None or not self._adapter.is_shipped:
            return {}
        return {"lora": [{"id": 0, "scale": 1.0 if is_for_answer(messages) else 0.0}]}

    def _start(self, adapter: AdapterFile | None) -> tuple[Any, Any]:
        """A server, and what removes its folder."""
        if not self.path.is_file():
            raise ChatModelUnavailable(f"There is no model file {self.path}. Run: kefu models pull {self.model_name}")
        import xllamacpp as library

        xllamacpp: Any = library
        threads = self.threads or os.cpu_count() or 1
        params = xllamacpp.CommonParams()
        params.model.path = str(self.path)
        params.n_parallel = SLOTS
        params.n_ctx = self.context * params.n_parallel
        params.n_batch = params.n_ubatch = self.prompt_batch
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
        # Most weights are repacked for the processor; a mapped file would stand in memory beside them (0.6 GB of 1.9).
        params.load_mode = xllamacpp.llama_load_mode.LLAMA_LOAD_MODE_NONE
        params.cache_ram_mib = 0
        params.n_ctx_checkpoints = 0
        if adapter is not None:
            beside = xllamacpp.CommonAdapterLoraInfo()
            beside.path, beside.scale = str(adapter.path), 1.0
            params.lora_adapters = [beside]
        params.verbosity = -1
        params.ui = params.endpoint_slots = False
        params.n_threads_http = 1
        # The library opens an HTTP server that nobody here uses: it is put where only this user can reach it, and
        # behind a key that is thrown away.
        params.api_keys = [secrets.token_hex(16)]
        folder = tempfile.mkdtemp(prefix="kefu-llm-")
        remove_folder = weakref.finalize(self, shutil.rmtree, folder, True)
        socket = f"{folder}/llama.sock"
        if len(socket.encode()) < _SOCKET_PATH_LIMIT:
            params.hostnames = [socket]
        try:
            return xllamacpp.Server(params), remove_folder
        except RuntimeError as error:
            remove_folder()
            if adapter is not None:
                raise ChatModelUnavailable(
                    f"The model {self.model_name} does not load with the adapter {adapter.path}: the adapter is "
                    "damaged or of another model, or there is too little memory."
                ) from error
            raise ChatModelUnavailable(
                f"The model file {self.path} does not load: it is damaged, or there is too little memory. "
                f"Check it with: kefu models verify {self.model_name}"
            ) from error

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        self.load()
        plain = [{"role": _ROLES.get(message.type, "user"), "content": message.text} for message in messages]
        for piece in self._reply(plain, int(kwargs.get("max_tokens") or self.max_tokens), stop, kwargs.get("probe")):
            message = AIMessageChunk(content=str(piece))
            if isinstance(piece, Judged):
                message.response_metadata[LOG_ODDS] = piece.log_odds
            if isinstance(piece, Counted):
                message.usage_metadata = {"input_tokens": 0, "output_tokens": 0, "total_tokens": piece.tokens}
            chunk = ChatGenerationChunk(message=message)
            if run_manager and piece:
                run_manager.on_llm_new_token(piece, chunk=chunk)
            yield chunk

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return generate_from_stream(self._stream(messages, stop, run_manager, **kwargs))

    def _reply(
        self,
        messages: list[dict[str, str]],
        max_tokens: int,
        stop: list[str] | None = None,
        probe: Probe | None = None,
    ) -> Iterator[str]:
        """Pieces of the reply, and empty pieces while the prompt is read."""
        self._take_turn()
        arrivals: queue.SimpleQueue[str | Exception | None] = queue.SimpleQueue()
        stopped = threading.Event()
        request = {
            "messages": messages,
            "stream": True,
            "stream_options": {"include_usage": True},
            "max_tokens": max_tokens,
            "temperature": 0,
            "seed": 0,
            "cache_prompt": True,
            "return_progress": True,  # one message for each batch of the prompt: the moments at which it can be stopped
            **({"stop": stop} if stop else {}),
        }
        try:
            self._follow()
            request |= self._scaled(messages)
            threading.Thread(
                target=self._compute, args=(self._server, request, probe, arrivals, stopped),
                name="llama", daemon=True,
            ).start()  # fmt: skip
        except BaseException:
            self._turn.release()
            raise
        try:
            while (arrived := arrivals.get()) is not None:
                if isinstance(arrived, Exception):
                    raise arrived
                yield arrived
        finally:
            stopped.set()

    def _take_turn(self) -> None:
        if not self._places.acquire(blocking=False):
            raise ChatModelUnavailable(
                f"The language model {self.model_name} is busy: {self.max_waiting} wait already."
            )
        try:
            if not self._turn.acquire(timeout=self.queue_timeout_s):
                raise ChatModelBusy(f"The language model {self.model_name} was busy for {self.queue_timeout_s:g} s.")
        finally:
            self._places.release()

    def _compute(
        self,
        server: Any,
        request: dict[str, Any],
        probe: Probe | None,
        arrivals: queue.SimpleQueue[str | Exception | None],
        stopped: threading.Event,
    ) -> None:
        """Run one request; gives the turn back when llama.cpp has really ended, not when the reader has gone."""

        def taking(read: Callable[[dict[str, Any], str], str]) -> Callable[[dict[str, Any]], bool]:
            def take(event: dict[str, Any]) -> bool:
                try:
                    arrivals.put(read(event, self.model_name))
                except ChatModelError as error:
                    # Without its traceback, whose frames would keep the model loaded for as long as the error lives.
                    arrivals.put(error.with_traceback(None))
                    stopped.set()
                return stopped.is_set()

            return take

        anchors = self._anchors
        try:
            slot = anchors.ready(server, request)
            if probe is not None:
                asked = {**_probing(request, probe), "id_slot": slot}
                server.handle_chat_completions(asked, taking(partial(_judged, probe=probe)))
            if not stopped.is_set():
                server.handle_chat_completions({**request, "id_slot": slot}, taking(_text))
            arrivals.put(None)
        except Exception as error:
            arrivals.put(ChatModelGarbage(f"The language model {self.model_name} failed: {error}"))
        finally:
            anchors.take_back(server, request)  # behind the reply's back: its reader has the end already
            self._turn.release()


def _wait_for(turn: threading.Lock) -> None:
    """Until the computation at hand has ended; its thread keeps the model, so this waits at the program's end alone."""
    if turn.acquire(timeout=_END_S):
        turn.release()


def _text(event: dict[str, Any], name: str) -> str:
    """The text in one message of llama.cpp; "" when it only tells of progress, or of tokens."""
    if failure := event.get("error"):
        said = failure.get("message", failure) if isinstance(failure, dict) else failure
        raise ChatModelUnavailable(f"The language model {name} refused the request: {said}")
    try:
        choices = event.get("choices") or []
        if not choices and isinstance(usage := event.get("usage"), dict):
            return Counted("", int(usage.get("total_tokens") or 0))
        return str(choices[0]["delta"].get("content") or "") if choices else ""
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise ChatModelGarbage(f"The language model {name} sent something that is no completion.") from error


def _probing(request: Mapping[str, Any], probe: Probe) -> dict[str, Any]:
    """The request that asks the probe behind the last message of `request`."""
    *before, last = request["messages"]
    asked = [*before, {**last, "content": last["content"] + probe.text}]
    return {**request, "messages": asked, "max_tokens": 1, "logprobs": True, "top_logprobs": LIKELIEST, "stop": []}


def _judged(event: dict[str, Any], name: str, *, probe: Probe) -> str:
    """The answer to a probe in one message of llama.cpp; "" in any other."""
    _text(event, name)
    try:
        found = [choice["logprobs"]["content"] for choice in event.get("choices") or [] if choice.get("logprobs")]
        likely = {item["token"]: float(item["logprob"]) for item in found[0][0]["top_logprobs"]} if found else {}
    except (KeyError, TypeError, IndexError, ValueError) as error:
        raise ChatModelGarbage(f"The language model {name} sent something that is no completion.") from error
    return log_odds(likely, probe) if likely else ""
