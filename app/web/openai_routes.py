"""OpenAI-compatible chat completions, so that existing clients and interfaces work unmodified."""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from app.domain import Answer, AnswerEvent, DoneEvent, SentenceEvent
from app.web.chat import PROMPT_FAILURE_S
from app.web.dependencies import ChatCaller, StateDep, request_id
from app.web.errors import problem_of
from app.web.media import require_pictures
from app.web.openai_pictures import picture_urls, read_pictures, words_with_pictures
from app.web.openai_schemas import MODELS, CompletionRequest, kefu_field
from app.web.sse import HEARTBEAT, event_stream, frame
from app.web.turns import RunningTurn

COMPLETIONS_PATH = "/v1/chat/completions"

router = APIRouter(prefix="/v1", tags=["openai"])


@router.get("/models")
def models(_: ChatCaller) -> dict[str, Any]:
    """The models that can be named in a completion."""
    return {
        "object": "list",
        "data": [{"id": name, "object": "model", "created": 0, "owned_by": "kefu"} for name in MODELS],
    }


@router.post("/chat/completions")
async def completions(body: CompletionRequest, request: Request, caller: ChatCaller, state: StateDep) -> Response:
    """A chat completion; the `kefu` field carries citations and status.

    Pictures (`image_url` with a data URL) are read, and their text goes along with the question.
    """
    if picture_urls(body):
        reader, known = require_pictures(state.services), state.services.known_numbers(caller)
        readings = await run_in_threadpool(read_pictures, body, reader, known)
        body = body.model_copy(update={"messages": words_with_pictures(body.messages, readings)})
    running = state.turns.start(body.to_turn(caller))
    chunks = _Chunks(body)
    if body.stream:
        first = await running.next(timeout_s=PROMPT_FAILURE_S)
        heartbeat_s = state.services.limits.heartbeat_s
        return event_stream(_frames(running, first, chunks, heartbeat_s=heartbeat_s, request_id=request_id(request)))
    answer = await running.answer(request.is_disconnected)
    return JSONResponse(chunks.whole(answer)) if answer is not None else Response(status_code=499)


async def _frames(
    running: RunningTurn, first: AnswerEvent | None, chunks: _Chunks, *, heartbeat_s: float, request_id: str
) -> AsyncIterator[str]:
    try:
        yield frame(chunks.opening())
        event = first
        while True:
            if isinstance(event, SentenceEvent) and event.sentence.supported:
                if event.sentence.lead:
                    yield frame(chunks.text(event.sentence.lead))
                yield frame(chunks.text(event.sentence.marked))
            elif isinstance(event, DoneEvent):
                for chunk in chunks.closing(event.answer):
                    yield frame(chunk)
                yield frame("[DONE]")
                return
            elif event is None:
                yield HEARTBEAT
            event = await running.next(timeout_s=heartbeat_s)
    except Exception as error:
        problem = problem_of(error, request_id=request_id)
        yield frame({"error": {"message": problem["detail"], "type": "server_error", "code": problem["code"]}})
    finally:
        running.stop()


class _Chunks:
    """The objects of one completion, all with the same id."""

    def __init__(self, request: CompletionRequest) -> None:
        self._request = request
        self._base = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": request.model}
        self._sent = ""

    def whole(self, answer: Answer) -> dict[str, Any]:
        """The completion in one piece."""
        message = {"role": "assistant", "content": answer.text, "refusal": None}
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        usage = self._request.usage(answer)
        return {
            **self._base,
            "object": "chat.completion",
            "choices": [choice],
            "usage": usage,
            "kefu": kefu_field(answer),
        }

    def opening(self) -> dict[str, Any]:
        """The first chunk."""
        return self._chunk({"role": "assistant", "content": ""})

    def text(self, marked: str) -> dict[str, Any]:
        """A sentence, set off from one before it in a script that puts spaces between sentences."""
        is_latin = bool(self._sent) and marked[:1].isascii()
        piece = f" {marked}" if is_latin else marked
        self._sent += piece
        return self._chunk({"content": piece})

    def closing(self, answer: Answer) -> list[dict[str, Any]]:
        """What is left to say: the text of an answer without sentences, the end, the usage."""
        chunks = [] if self._sent else [self._chunk({"content": answer.text})]
        if self._sent and answer.closing:
            chunks.append(self.text(answer.closing))
        chunks.append({**self._chunk({}, finish_reason="stop"), "kefu": kefu_field(answer)})
        options = self._request.stream_options
        if options is not None and options.include_usage:
            chunks.append({**self._chunk({}), "choices": [], "usage": self._request.usage(answer)})
        return chunks

    def _chunk(self, delta: dict[str, Any], *, finish_reason: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason, "logprobs": None}
        return {**self._base, "object": "chat.completion.chunk", "choices": [choice]}
