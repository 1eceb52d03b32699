"""Parsing of untrusted files in a process that can be ended at any moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any

from ingest import errors
from ingest.blocks import Extracted
from ingest.errors import DocumentDamaged, DocumentRefused, DocumentSlow, PictureDamaged, PictureSlow
from ingest.limits import Limits
from ingest.recognition.lines import Recognition
from ingest.wire import read_frame, write_frame

_DOCUMENTS_PER_PROCESS = 500
"""After so many the process is replaced, so that what its libraries leak stays bounded."""

_REFUSALS = {
    leaf.code: leaf for leaf in vars(errors).values() if isinstance(leaf, type) and issubclass(leaf, DocumentRefused)
}


class Sandbox:
    """One parser process, started with the first document and used for many.

    It gets no environment of the caller's (keys stay out), a bounded address space, and bounded time per document; a
    process that hangs or dies is replaced, and the document it had is refused. For one thread at a time; others wait.
    """

    def __init__(self, limits: Limits, *, command: Sequence[str] | None = None, recognizes: bool = False) -> None:
        """Nothing is started yet.

        Args:
            limits: `recognize` does not count here, `recognizes` does.
            command: starts another parser that speaks the same frames; by default `ingest.parser_process`.
            recognizes: whether it reads the text of pictures, for which it gets more memory and time.
        """
        self._limits = limits
        self._recognizes = recognizes
        memory = limits.recognizer_memory_bytes if recognizes else limits.memory_bytes
        default = [sys.executable, "-X", "utf8", "-m", "ingest.parser_process", str(memory)]
        self._command = list(command or default)
        self._longest_answer = memory
        self._process: subprocess.Popen[bytes] | None = None
        self._served = 0
        self._lock = threading.Lock()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def load(self, format: str, data: bytes) -> Extracted:
        """Read a document over there.

        Raises:
            DocumentSlow: it took longer than the limit.
            DocumentDamaged: the parser failed or crashed over it.
            DocumentRefused: any other leaf, as the loader says.
        """
        pages = self._limits.max_recognized_pages if format == "pdf" else 1
        timeout_s = self._limits.timeout_s + (self._limits.recognize_s * pages if self._recognizes else 0.0)
        answer = self.ask({"format": format, "recognizes": self._recognizes}, data, timeout_s=timeout_s)[0]
        try:
            return Extracted.from_dict(answer["extracted"])
        except (KeyError, TypeError, ValueError) as error:
            raise DocumentDamaged("The file confused its parser; open it in its program and save it again.") from error

    def recognize(self, data: bytes) -> Recognition:
        """Read the lines of a picture over there. Raises a leaf of `PictureRefused`."""
        limit = self._limits.recognize_s
        try:
            answer = self.ask({"format": "lines", "recognizes": True}, data, timeout_s=limit)[0]
            return Recognition.from_dict(answer["recognition"])
        except DocumentSlow as error:
            raise PictureSlow(f"Reading the picture took longer than {limit:g} s. Send only a part of it.") from error
        except (DocumentDamaged, KeyError, TypeError, ValueError) as error:
            raise PictureDamaged("The picture cannot be read. Save it again or take another one.") from error

    def ask(self, request: Mapping[str, Any], data: bytes, *, timeout_s: float) -> tuple[Mapping[str, Any], bytes]:
        """Put a request of any kind, with `limits` added; the answer as it comes, with the bytes behind it.

        Raises:
            DocumentRefused: one of its leaves, as the parser says, or as in `load`.
        """
        with self._lock:
            process = self._ready()
            expired = threading.Event()

            def end() -> None:
                expired.set()
                process.kill()

            timer = threading.Timer(timeout_s, end)
            timer.daemon = True
            timer.start()
            answer: tuple[dict[str, Any], bytes] | None = None
            try:
                answer = self._ask(process, request, data)
            finally:
                timer.cancel()
                if answer is None:
                    self._stop()
        if answer is None:
            raise self._ended(process, timeout_s, is_expired=expired.is_set())
        self._served += 1
        if "code" in answer[0]:
            raise _REFUSALS.get(str(answer[0]["code"]), DocumentDamaged)(str(answer[0].get("message")))
        return answer

    def close(self) -> None:
        """End the process; the next document starts another."""
        with self._lock:
            self._stop()

    def _ask(
        self, process: subprocess.Popen[bytes], request: Mapping[str, Any], data: bytes
    ) -> tuple[dict[str, Any], bytes] | None:
        assert process.stdin is not None
        assert process.stdout is not None
        # A process that has died shows itself by an empty answer.
        with suppress(BrokenPipeError):
            write_frame(process.stdin, {**request, "limits": asdict(self._limits)}, data)
        # A parser that was taken over must not be able to fill this process's memory.
        frame = read_frame(process.stdout, longest=self._longest_answer)
        return (frame[0], frame[1]) if frame is not None and isinstance(frame[0], dict) else None

    def _ready(self) -> subprocess.Popen[bytes]:
        process = self._process
        if process is not None and process.poll() is None and self._served < _DOCUMENTS_PER_PROCESS:
            return process
        self._stop()
        root = str(Path(__file__).resolve().parent.parent)
        environment = {name: os.environ[name] for name in ("PATH", "LANG", "TZ", "SYSTEMROOT") if name in os.environ}
        self._process = subprocess.Popen(  # noqa: S603
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**environment, "PYTHONPATH": root, "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"},
            # Ctrl-C is for the caller, which ends this process itself.
            start_new_session=True,
        )
        self._served = 0
        return self._process

    def _ended(self, process: subprocess.Popen[bytes], timeout_s: float, *, is_expired: bool) -> DocumentRefused:
        if is_expired or process.returncode == -signal.SIGXCPU:
            limit = f"{timeout_s:g} s"
            return DocumentSlow(f"Reading the document took longer than {limit} and was ended; split or simplify it.")
        return DocumentDamaged("The file made its parser crash; open it in its program and save it again.")

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
