"""The process in which documents from outside are parsed: it may crash, hang or eat memory without harm to others.

Run as `python -m ingest.parser_process MEMORY_BYTES`; it reads documents from standard input and answers on standard
output until its input ends. `ingest.sandbox` is the other side.
"""

from __future__ import annotations

import logging
import os
import resource
import sys
import warnings
from dataclasses import fields, replace
from typing import IO, Any

from ingest import loaders
from ingest.errors import DocumentDamaged, DocumentRefused
from ingest.limits import Limits
from ingest.processor_time import allow_cpu
from ingest.wire import read_frame, write_frame


def main() -> None:
    """Answer until the input ends."""
    answers = confine(int(sys.argv[1]))
    serve(sys.stdin.buffer, answers)


def confine(memory_bytes: int) -> IO[bytes]:
    """Bound this process's address space and quieten it; the stream for its answers."""
    # The address space bounds what a bomb can take; no core file may hold a customer's document.
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    answers = os.fdopen(os.dup(1), "wb")
    # Libraries that print must not garble the answers.
    os.dup2(2, 1)
    return answers


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer each request with the extracted document or the reason why there is none."""
    while (frame := read_frame(requests)) is not None:
        request, data = frame
        limits = Limits(**{field.name: request["limits"][field.name] for field in fields(Limits)})
        recognizes = bool(request.get("recognizes"))
        limits = replace(limits, recognize="all" if recognizes else "off")
        allow_cpu(limits.timeout_s)
        answer = _answer(str(request["format"]), data, limits)
        del data, frame
        try:
            write_frame(answers, answer)
        except MemoryError:
            write_frame(answers, _out_of_memory())


def _answer(format: str, data: bytes, limits: Limits) -> dict[str, Any]:
    try:
        if format == "lines":
            from ingest.recognition.serving import recognize

            return {"recognition": recognize(data, limits).to_dict()}
        return {"extracted": loaders.load(format, data, limits).to_dict()}
    except DocumentRefused as error:
        return {"code": error.code, "message": error.message}
    except MemoryError:
        return _out_of_memory()
    except Exception as error:  # whatever a parser trips over, the document is what is wrong
        name = type(error).__name__
        return {"code": DocumentDamaged.code, "message": f"The file cannot be read as {format} ({name})."}


def _out_of_memory() -> dict[str, Any]:
    return {
        "code": "document_too_large",
        "message": "Reading the document needs more memory than is allowed; split it.",
    }


if __name__ == "__main__":
    main()
