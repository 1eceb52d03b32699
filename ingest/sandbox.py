"""Parsing of untrusted files in a process that can be ended at any moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any

from ingest import errors
from ingest.blocks import Extracted
from ingest.errors import DocumentDamaged, DocumentRefused, DocumentSlow
from ingest.limits import Limits
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

    def __init__(self, limits: Limits, *, command: Sequence[str] | None = None) -> None:
        """`command` starts another parser that speaks the same frames; by default `ingest.parser_process`."""
        self._limits = limits
        default = [sys.executable, "-X", "utf8", "-m", "ingest.parser_process", str(limits.memory_bytes)]
        self._command = list(command or default)
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
        with self._lock:
            process = self._ready()
            expired = threading.Event()

            def end() -> None:
                expired.set()
                process.kill()

            timer = threading.Timer(self._limits.timeout_s, end)
            timer.daemon = True
            timer.start()
            answer: Any = None
            try:
                answer = self._ask(process, format, data)
            finally:
                timer.cancel()
                if answer is None:
                    self._stop()
        if answer is None:
            raise self._ended(process, is_expired=expired.is_set())
        self._served += 1
        if "extracted" not in answer:
            raise _REFUSALS.get(str(answer.get("code")), DocumentDamaged)(str(answer.get("message")))
        try:
            return Extracted.from_dict(answer["extracted"])
        except (KeyError, TypeError, ValueError) as error:
            raise DocumentDamaged("The file confused its parser; open it in its program and save it again.") from error

    def close(self) -> None:
        """End the process; the next document starts another."""
        with self._lock:
            self._stop()

    def _ask(self, process: subprocess.Popen[bytes], format: str, data: bytes) -> Any:
        assert process.stdin is not None
        assert process.stdout is not None
        # A process that has died shows itself by an empty answer.
        with suppress(BrokenPipeError):
            write_frame(process.stdin, {"format": format, "limits": asdict(self._limits)}, data)
        # A parser that was taken over must not be able to fill this process's memory.
        frame = read_frame(process.stdout, longest=self._limits.memory_bytes)
        return frame[0] if frame is not None and isinstance(frame[0], dict) else None

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

    def _ended(self, process: subprocess.Popen[bytes], *, is_expired: bool) -> DocumentRefused:
        if is_expired or process.returncode == -signal.SIGXCPU:
            limit = f"{self._limits.timeout_s:g} s"
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
