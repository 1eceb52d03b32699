"""Signs out of an installation's own records: receipts with what customers and agents made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from app.receipts.errors import ReceiptError
from app.training.mining.signals import Signal, Source

if TYPE_CHECKING:
    from app.domain.service_events import ServiceEvent
    from app.feedback.store import AgentEdit, Feedback
    from app.insight.gaps.gap import Gap
    from app.receipts.receipt import Receipt

_MOST = 20_000
"""Of each kind of record."""
_REWRITTEN = 0.6
"""Share of a suggestion from which on what the agent sent no longer rests on its sources."""
_SPOILED = frozenset({"wrong", "outdated", "wrong_source", "off_question"})
"""Reasons of a thumb down that blame the documents; the others blame the wording, the wait or the shop."""


class Ratings(Protocol):
    """Fulfilled by `app.feedback.store.FeedbackStore`."""

    def list(self, *, limit: int = 100) -> Sequence[Feedback]:
        """Newest first."""

    def edits(self, *, limit: int = 100) -> Sequence[AgentEdit]:
        """Newest first."""


def log_signals(
    receipt_of: Callable[[str], Receipt],
    feedback: Ratings,
    opened: Callable[[datetime, datetime], Iterator[ServiceEvent]],
    gaps: Sequence[Gap] = (),
    *,
    now: datetime,
    days: int = 90,
    holds: Callable[[Sequence[str]], Sequence[float]] = lambda texts: [1.0] * len(texts),
) -> list[Signal]:
    """Signs of the last `days`. Records whose receipt is gone, or keeps no words, say nothing.

    Args:
        receipt_of: gives a receipt; raises `ReceiptError`.
        feedback: ratings and agents' edits.
        opened: events of the kind `citation_opened` between two times.
        gaps: published ones.
        now: aware.
        days: how far back.
        holds: of statements the log-odds that the base says them; for what agents wrote.
    """
    since = now - timedelta(days=days)
    receipts = _Receipts(receipt_of)
    found = [*_rated(feedback, receipts), *_opened(opened(since, now), receipts), *_edited(feedback, receipts, holds)]
    return [signal for signal in [*found, *_filled(gaps)] if since <= signal.at <= now]


class _Receipts:
    """Reads each once."""

    def __init__(self, read: Callable[[str], Receipt]) -> None:
        self._read = read
        self._known: dict[str, Receipt | None] = {}

    def get(self, receipt_id: str) -> Receipt | None:
        if receipt_id not in self._known:
            try:
                self._known[receipt_id] = self._read(receipt_id)
            except ReceiptError:
                self._known[receipt_id] = None
        return self._known[receipt_id]

    def signal(
        self, receipt_id: str, source: Source, at: datetime, customer: str, *, marker: int | None = None,
        is_against: bool = False, is_held: bool | None = None,
    ) -> Signal | None:  # fmt: skip
        """A sign for what an answer cites, or for one citation of it."""
        receipt = self.get(receipt_id)
        question = None if receipt is None else receipt.asked.standalone or receipt.asked.message
        if receipt is None or question is None:
            return None
        cited = [item for item in _citations(receipt) if marker is None or item.get("marker") == marker]
        documents = tuple(dict.fromkeys(str(item["document_id"]) for item in cited))
        held = receipt.answer.get("status") in ("answered", "partial") if is_held is None else is_held
        return Signal(question, documents, source, at, customer, is_against, held) if documents else None


def _citations(receipt: Receipt) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = receipt.answer.get("citations", ())
    return found


def _rated(feedback: Ratings, receipts: _Receipts) -> Iterator[Signal]:
    for rating in feedback.list(limit=_MOST):
        is_against = rating.rating == "down"
        if is_against and rating.reasons and not _SPOILED & set(rating.reasons):
            continue
        signal = receipts.signal(
            rating.receipt_id,
            "rating",
            _time(rating.created_at),
            rating.conversation_id or rating.caller,
            is_against=is_against,
        )
        if signal is not None:
            yield signal


def _opened(events: Iterator[ServiceEvent], receipts: _Receipts) -> Iterator[Signal]:
    for event in events:
        marker = event.data.get("marker")
        if event.receipt_id is None or not isinstance(marker, int):
            continue
        who = event.customer_id or event.conversation_id or ""
        signal = receipts.signal(event.receipt_id, "opened", event.at, who, marker=marker)
        if signal is not None:
            yield signal


def _edited(
    feedback: Ratings, receipts: _Receipts, holds: Callable[[Sequence[str]], Sequence[float]]
) -> Iterator[Signal]:
    edits = [edit for edit in feedback.edits(limit=_MOST) if edit.changed < _REWRITTEN and edit.sent.strip()]
    scores = holds([edit.sent for edit in edits]) if edits else []
    for edit, score in zip(edits, scores, strict=True):
        signal = receipts.signal(edit.receipt_id, "edit", _time(edit.created_at), edit.agent, is_held=score > 0)
        if signal is not None:
            yield signal


def _filled(gaps: Sequence[Gap]) -> Iterator[Signal]:
    for gap in gaps:
        if gap.published_at is None or gap.draft is None:
            continue
        for entry in gap.draft.entries.values():
            yield Signal(entry.question, gap.documents, "gap", _time(gap.published_at), f"gap {gap.gap_id}")


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
