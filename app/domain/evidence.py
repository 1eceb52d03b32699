"""From passages to the few sentences that matter, numbered for the prompt and for citation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.text.questions import asks
from index.types import Passage

_ROW_NAME = 80
"""Characters of a row's first cells."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A run of whole sentences of one passage."""

    number: int
    """Counted from 1; the marker by which the model refers to it."""
    passage: Passage
    first: int
    """Number of its first sentence in the passage."""
    last: int
    """Number of its last sentence (inclusive)."""
    score: float
    """Relevance to the question; comparable within one question only."""

    @property
    def start(self) -> int:
        """Code-point offset of the quote in the passage text."""
        return self.passage.sentences[self.first][0]

    @property
    def end(self) -> int:
        """Code-point offset behind the quote."""
        return self.passage.sentences[self.last][1]

    @property
    def quote(self) -> str:
        """The words themselves."""
        return self.passage.text[self.start : self.end]

    @property
    def row_name(self) -> str:
        """The first cells of the table row that the quote is cut from, which say what it is about; "" otherwise."""
        if self.passage.location.row is None or self.first == 0:
            return ""
        return self.passage.sentence_text(0)[:_ROW_NAME]

    @property
    def prompt_text(self) -> str:
        """The quote behind the nearest heading or the name of its row, which say what it is about."""
        heading = (self.passage.location.heading or self.passage.title).split(" > ")[-1].strip()
        heading = self.row_name or heading
        return f"({heading}) {self.quote}" if heading and heading not in self.quote else self.quote

    @property
    def is_question(self) -> bool:
        """Whether it is a single sentence that asks: it leads to an answer, it is none."""
        return self.first == self.last and asks(self.passage, self.first)

    def sentences(self) -> list[str]:
        """The sentences of the quote, in order."""
        return [self.passage.sentence_text(number) for number in range(self.first, self.last + 1)]

    def single_sentences(self) -> list[Evidence]:
        """One piece of evidence for each sentence of the quote, in order, with the number of the whole."""
        return [replace(self, first=number, last=number) for number in range(self.first, self.last + 1)]


def renumbered(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The same evidence with numbers 1, 2, … in the given order."""
    return [replace(item, number=number) for number, item in enumerate(evidence, start=1)]
