from __future__ import annotations

import os
import sys
import time

import pytest

from ingest.errors import DocumentDamaged, DocumentEncodingUnknown, DocumentSlow, DocumentTooLarge
from ingest.limits import Limits
from ingest.sandbox import Sandbox

READ = "import os, sys, time; from ingest.wire import read_frame, write_frame; read_frame(sys.stdin.buffer); "


def parser(code: str) -> list[str]:
    return [sys.executable, "-c", READ + code]


def test_one_process_serves_many_documents_and_refusals_come_back_as_they_are() -> None:
    with Sandbox(Limits()) as sandbox:
        first = sandbox.load("markdown", "# 退货\n\n- 七日\n".encode())
        process = sandbox._process
        with pytest.raises(DocumentEncodingUnknown, match="UTF-8"):
            sandbox.load("text", bytes(range(256)) * 4)
        second = sandbox.load("csv", b"a,b\n1,2\n")

        assert sandbox._process is process
    assert [block.text for block in first.blocks] == ["退货", "七日"]
    assert (second.blocks[0].row, second.blocks[0].units) == (2, ((0, 5), (6, 10)))
    assert process is not None
    assert process.poll() is not None


def test_a_parser_that_hangs_is_ended_and_the_next_document_served() -> None:
    with Sandbox(Limits(timeout_s=0.5), command=parser("time.sleep(60)")) as sandbox:
        begun = time.monotonic()
        with pytest.raises(DocumentSlow, match=r"longer than 0\.5 s"):
            sandbox.load("pdf", b"%PDF")
        assert time.monotonic() - begun < 30
        sandbox._command, sandbox._limits = Sandbox(Limits())._command, Limits()  # a busy machine starts slowly
        assert sandbox.load("text", b"hello").text == "hello"


@pytest.mark.parametrize(
    "code", ["os.kill(os.getpid(), 11)", "os._exit(3)", "os.write(1, b'garbage')", "os.write(1, b'\\x7f' * 16)"]
)
def test_a_parser_that_dies_costs_one_document(code: str) -> None:
    with Sandbox(Limits(timeout_s=10), command=parser(code)) as sandbox, pytest.raises(DocumentDamaged, match="crash"):
        sandbox.load("pdf", b"%PDF")


def test_a_document_that_needs_too_much_memory_is_refused() -> None:
    with Sandbox(Limits(memory_bytes=300 * 1024 * 1024)) as sandbox:
        with pytest.raises(DocumentTooLarge, match="memory"):
            sandbox.load("text", "退货。".encode() * 3_000_000)
        assert sandbox.load("text", b"hello").text == "hello"


def test_the_parser_sees_no_keys_of_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEFU_CHAT__API_KEY", "secret")
    answer = 'write_frame(sys.stdout.buffer, {"code": "document_damaged", "message": " ".join(sorted(os.environ))})'

    with Sandbox(Limits(), command=parser(answer)) as sandbox, pytest.raises(DocumentDamaged) as refusal:
        sandbox.load("pdf", b"%PDF")

    assert "KEFU" not in refusal.value.message
    assert "PYTHONPATH" in refusal.value.message
    assert os.environ["KEFU_CHAT__API_KEY"] == "secret"
