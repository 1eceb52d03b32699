"""Receipts of answers, and one of them put into words.

They hold what customers wrote and how answers were judged, of every key: so the scope is `admin`, also for receipts of
a key's own answers.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from app.domain import Status
from app.receipts.explanation import explain
from app.web.dependencies import AdminCaller, ReceiptsDep

router = APIRouter(prefix="/v1/receipts", tags=["receipts"])


@router.get("")
def listed(
    _: AdminCaller,
    receipts: ReceiptsDep,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    status: Status | None = None,
) -> dict[str, Any]:
    """The newest receipts, a line each."""
    return {"receipts": [line.to_dict() for line in receipts.store.list(limit=limit, status=status)]}


@router.get("/{receipt_id}")
def one(receipt_id: str, _: AdminCaller, receipts: ReceiptsDep) -> dict[str, Any]:
    """Everything that an answer came from, as `kefu replay` takes it."""
    return receipts.get(receipt_id).to_dict()


@router.get("/{receipt_id}/explanation")
def explanation(
    receipt_id: str, _: AdminCaller, receipts: ReceiptsDep, language: Literal["zh", "en"] | None = None
) -> dict[str, Any]:
    """Why the answer came out as it did, in plain words; by default in the language of the answer."""
    receipt = receipts.get(receipt_id)
    return explain(receipt, language or ("en" if receipt.answer["language"] == "en" else "zh")).to_dict()


@router.delete("/{receipt_id}", status_code=204)
def delete(receipt_id: str, _: AdminCaller, receipts: ReceiptsDep) -> Response:
    """Remove a receipt; its bytes are overwritten."""
    receipts.delete(receipt_id)
    return Response(status_code=204)
