"""One record of training data, before it is a line of a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

Kind = Literal["sft", "preference", "pretrain", "pairs", "triples"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Source = Literal["receipts", "refusals", "edits", "ratings", "gaps", "documents"]


@dataclass(frozen=True, slots=True)
class Record:
    """A line in the making. `body` holds the fields that trainers read, as JSON."""

    kind: Kind
    source: Source
    group: str
    """What must not be divided between parts: a conversation, or an answer outside of one; "" for documents."""
    customer: str
    """Id of the customer, "" where it is not known: what one customer said stays in one part too."""
    at: str
    """When (UTC, ISO 8601); "" for documents."""
    language: str
    question: str
    """By which near-duplicates are told; "" for documents."""
    body: Mapping[str, Any]

    def texts(self) -> list[str]:
        """Every text of the body, in order."""
        found: list[str] = []

        def note(text: str) -> str:
            found.append(text)
            return text

        _walk(self.body, note)
        return found

    def with_texts(self, change: Callable[[str], str]) -> Record:
        """The record with each of its texts changed, the question too."""
        return replace(self, question=change(self.question), body=_walk(self.body, change))

    def line(self) -> dict[str, Any]:
        """As JSON: the body, with the language and the source that it came from."""
        return {**self.body, "language": self.language, "source": self.source}


def _walk(value: Any, change: Callable[[str], str], key: str = "") -> Any:
    if isinstance(value, str):
        return value if key in ("role", "passage_id", "negative_id") else change(value)
    if isinstance(value, Mapping):
        return {name: _walk(item, change, name) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_walk(item, change) for item in value]
    return value
