"""Something found in folded text, before it is known what else lies there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.understanding import SlotType

NUMBER = r"(?:\d{1,4}|[〇零一二两三四五六七八九十百]{1,5})"
"""A small number in digits or in Chinese."""


@dataclass(frozen=True, slots=True)
class Found:
    """A slot with its place in the folded text."""

    type: SlotType
    start: int
    end: int
    normalized: str


class Places:
    """What of a text is spoken for. Finders are asked in an order: what one took the next ones leave alone."""

    def __init__(self, length: int) -> None:
        self._taken = bytearray(length)
        self.found: list[Found] = []

    def is_free(self, start: int, end: int) -> bool:
        """Whether nothing of that range was taken."""
        return not any(self._taken[start:end])

    def take(self, candidates: Iterable[Found]) -> None:
        """Take each that is free, in the order given."""
        for candidate in candidates:
            if candidate.start < candidate.end and self.is_free(candidate.start, candidate.end):
                self._taken[candidate.start : candidate.end] = b"\x01" * (candidate.end - candidate.start)
                self.found.append(candidate)
