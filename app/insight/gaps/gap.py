"""A gap as it is kept: what was found, what was drafted, how far the review is, what publishing changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from app.insight.gaps.drafting import DraftLanguage
from app.insight.gaps.mining import GapKind

GapState = Literal["open", "drafted", "approved", "published", "dismissed"]

STEPS: Mapping[GapState, frozenset[GapState]] = {
    "open": frozenset({"drafted", "dismissed"}),
    "drafted": frozenset({"drafted", "approved", "dismissed"}),
    "approved": frozenset({"drafted", "published", "dismissed"}),
    "published": frozenset({"drafted"}),
    "dismissed": frozenset({"drafted", "open"}),
}
"""What may follow what: a published article may be drafted anew, a dismissed gap be taken up again."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A question with its answer, as it would stand in the base."""

    question: str
    answer: str

    def to_dict(self) -> dict[str, str]:
        """As JSON."""
        return {"question": self.question, "answer": self.answer}


@dataclass(frozen=True, slots=True)
class Draft:
    """An article to be reviewed; an answer is "" where agents have said nothing that recurs."""

    entries: Mapping[DraftLanguage, Entry]
    support: Mapping[DraftLanguage, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    """Each sentence taken from agents, with the number of conversations in which it was said."""
    warnings: tuple[str, ...] = ()
    """What to look at before approving."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "entries": {language: entry.to_dict() for language, entry in self.entries.items()},
            "support": {language: list(items) for language, items in self.support.items()},
            "warnings": list(self.warnings),
        }

    @classmethod
    def of_dict(cls, body: Mapping[str, Any]) -> Draft:
        """From what `to_dict` gave."""
        entries: dict[DraftLanguage, Entry] = {language: Entry(**entry) for language, entry in body["entries"].items()}
        return cls(entries, dict(body.get("support", {})), tuple(body.get("warnings", ())))


@dataclass(frozen=True, slots=True)
class Step:
    """A change of state: who, when (ISO 8601, UTC), why."""

    state: GapState
    by: str
    at: str
    note: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {"state": self.state, "by": self.by, "at": self.at, "note": self.note}


@dataclass(frozen=True, slots=True)
class Gap:
    """A topic that the base lacks or answers badly. Times are ISO 8601 in UTC."""

    gap_id: str
    kind: GapKind
    state: GapState
    label_zh: str | None
    label_en: str | None
    keywords: Mapping[str, Sequence[str]]
    questions: int
    """That went wrong, as of the last run that saw it."""
    conversations: int
    minutes: float
    """What it cost, known or estimated; see `app.insight.gaps.mining.FoundGap`."""
    figures: Mapping[str, Any]
    found_at: str
    seen_at: str
    """By the last run that found it."""
    draft: Draft | None = None
    documents: tuple[str, ...] = ()
    """Ids of the published articles."""
    published_at: str | None = None
    effect: Mapping[str, Any] | None = None
    """Before and after publication; see `app.insight.gaps.effect`."""

    @property
    def title(self) -> str:
        """In whichever language there is."""
        return self.label_zh or self.label_en or self.gap_id

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "gap_id": self.gap_id,
            "kind": self.kind,
            "state": self.state,
            "label": {"zh": self.label_zh, "en": self.label_en},
            "keywords": {language: list(words) for language, words in self.keywords.items()},
            "questions": self.questions,
            "conversations": self.conversations,
            "minutes": round(self.minutes, 1),
            "figures": dict(self.figures),
            "found_at": self.found_at,
            "seen_at": self.seen_at,
            "draft": self.draft.to_dict() if self.draft is not None else None,
            "documents": list(self.documents),
            "published_at": self.published_at,
            "effect": dict(self.effect) if self.effect is not None else None,
        }
