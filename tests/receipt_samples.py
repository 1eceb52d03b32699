"""Receipts for tests, made by hand."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from app.receipts.receipt import (
    Asked,
    Drafted,
    FoundPassage,
    Judged,
    Piece,
    Program,
    Read,
    ReadWindow,
    Receipt,
    StageScore,
    Wrote,
)

QUESTION = "退款多久到账？"
QUOTE = "退款在3个工作日内到账。"
PROGRAM = Program("0.1.0", "e5@1", {"answer.min_confidence": 0.5}, {"reader.safetensors": "aa"})


def found(passage_id: str = "refund.md#1", **fields: Any) -> FoundPassage:
    """A passage that all four searches put first."""
    values: dict[str, Any] = {
        "passage_id": passage_id,
        "document_id": passage_id.split("#")[0],
        "title": "退款",
        "heading": "退款 > 时效",
        "page": None,
        "row": None,
        "content_hash": hashlib.sha256(passage_id.encode()).hexdigest(),
        "language": "zh",
        "score": 0.1,
        "stages": {name: StageScore(0.9, 1) for name in ("dense", "sentence", "words", "bigrams")},
        "best_sentence": 0,
        "is_across": False,
        "words": ("退款", "到账"),
        **fields,
    }
    return FoundPassage(**values)


def receipt(receipt_id: str = "r1", *, asked: dict[str, Any] | None = None, **fields: Any) -> Receipt:
    """An extractive answer of one sentence."""
    question = Asked(
        message=QUESTION,
        message_sha256=hashlib.sha256(QUESTION.encode()).hexdigest(),
        standalone=QUESTION,
        history=(),
        passages=None,
        language=None,
        as_of=None,
        day="2026-11-24",
        access=(),
        mode="auto",
        conversation_id=None,
    )
    citation = {"marker": 1, "passage_id": "refund.md#1", "start": 0, "end": len(QUOTE), "quote": QUOTE}
    values: dict[str, Any] = {
        "receipt_id": receipt_id,
        "created_at": "2026-11-24T10:00:00.000+00:00",
        "program": PROGRAM,
        "asked": replace(question, **(asked or {})),
        "generation": "g000001-abcdef01",
        "found": (found(),),
        "read": Read(3.0, (ReadWindow("refund.md#1", 0, 0, (2.0,)),)),
        "judged": Judged(0.93, 0.5, -7.0, {"all_held": (1.0, 1.8), "read_answerable": (0.75, 2.3)}),
        "evidence": (Piece(1, "refund.md#1", 0, 0, 2.0, QUOTE),),
        "wrote": None,
        "drafted": (Drafted(QUOTE, (), "kept", None, 1.0, (("refund.md#1", 0, 0),)),),
        "answer": {
            "text": f"{QUOTE[:-1]} [1]。",
            "status": "answered",
            "language": "zh",
            "sentences": [{"text": QUOTE, "supported": True, "citations": [1], "reason": None}],
            "citations": [citation],
            "confidence": 0.93,
            "mode": "extractive",
            "model": None,
            "generation": "g000001-abcdef01",
            "receipt_id": receipt_id,
        },
        **fields,
    }
    return Receipt(**values)


def written_by_model(**fields: Any) -> Receipt:
    """An answer of a language model, of whose two sentences one was dropped."""
    invented = "我们支持比特币支付5次。"
    wrote = Wrote("small", "ab" * 32, {"temperature": 0.0, "seed": 0.0, "max_tokens": 200.0}, "cd" * 32, (), None)
    drafted = (
        Drafted("退款3个工作日内到账。", (1,), "kept", None, 0.9, (("refund.md#1", 0, 0),)),
        Drafted(invented, (1,), "dropped", "not in the cited text: 5次", 0.2, (("refund.md#1", 0, 0),)),
    )
    base = receipt()
    answer = {**base.answer, "mode": "llm", "model": "small"}
    return replace(base, **{"wrote": wrote, "drafted": drafted, "answer": answer, **fields})


def declined(**fields: Any) -> Receipt:
    """A question that the documents hardly answer."""
    base = receipt()
    answer = {**base.answer, "text": "抱歉。", "status": "declined", "sentences": [], "citations": []}
    judged = Judged(0.12, 0.5, -7.0, {"all_held": (0.1, 1.8), "read_answerable": (-1.0, 2.3), "crossing": (0.0, 1.1)})
    return replace(base, **{"answer": answer, "judged": judged, "drafted": (), **fields})
