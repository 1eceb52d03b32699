"""Puts questions to the assistant and notes what it said, what it had before it, and whether its proof holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from app.domain import Answer, Turn
from app.evaluation.measures import Measure, Ratio, Score
from app.evaluation.proof import broken_citations, unfounded_figures
from app.evaluation.sections import Shown
from app.retrieval.given import given_passages
from app.retrieval.retriever import Retrieved, Searchable
from index.types import Query

AnswerMode = Literal["auto", "llm", "extractive"]

PROOF_MEASURES = (
    Measure(
        "broken_citations",
        "Citations that differ from the stored passage, and sentences without one, of all citations.",
        "ratio",
        is_higher_better=False,
    ),
    Measure(
        "unfounded_figures",
        "Delivered sentences with a number, amount or date that is not in the text they cite, of all sentences.",
        "ratio",
        is_higher_better=False,
    ),
)

DECLINED = ("declined", "handoff")
"""States of an answer that makes no claim: nothing was found, or a person is to answer."""

_SHOWN = 5
"""Passages that are noted with a question."""


class Answering(Protocol):
    """Answers a message."""

    def reply(self, turn: Turn) -> Answer:
        """The whole answer."""


class Searching(Protocol):
    """Finds passages."""

    def retrieve(self, query: Query, source: Searchable) -> list[Retrieved]:
        """Best first."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of one question."""

    answer: Answer
    shown: tuple[Shown, ...]
    """What the assistant had before it: the best of the search, or the passages that were given."""
    faults: tuple[str, ...]
    proof: dict[str, Score]
    """Scores of `PROOF_MEASURES`; a declined answer has none."""

    @property
    def is_declined(self) -> bool:
        """Whether the answer makes no claim."""
        return self.answer.status in DECLINED


class Examiner:
    """Asks one assistant in one mode."""

    def __init__(
        self,
        assistant: Answering,
        *,
        retriever: Searching | None = None,
        borrow: Callable[[], AbstractContextManager[Searchable]] | None = None,
        mode: AnswerMode = "auto",
        as_of: date | None = None,
        passages: int = 8,
    ) -> None:
        """Ready to ask.

        Args:
            assistant: is asked.
            retriever: shows what a question finds; with `borrow` needed for questions without passages of their own.
            borrow: lends the index that the assistant answers from.
            mode: who writes the answers.
            as_of: the day of a question that names none; None means today.
            passages: that the assistant takes from a search.
        """
        self._assistant, self._retriever, self._borrow = assistant, retriever, borrow
        self._mode, self._as_of, self._passages = mode, as_of, passages

    def ask(self, question: str, *, as_of: date | None = None, gold: Sequence[str] = ()) -> Asked:
        """Ask over the index. `gold`: ids of the documents that hold the answer."""
        if self._retriever is None or self._borrow is None:
            raise ValueError("Expected a retriever and an index for a question without passages.")
        day = as_of or self._as_of
        answer = self._assistant.reply(Turn(question, as_of=day, mode=self._mode))
        query = Query(question, top=self._passages, as_of=day or date.today())
        with self._borrow() as source:
            found = self._retriever.retrieve(query, source)
            faults = broken_citations(answer, lambda name: source.passages([name])[0])
        shown = [
            Shown.of(
                item.passage.document_id,
                item.passage.title,
                item.passage.text,
                "gold" if item.passage.document_id in gold else "",
            )
            for item in found[:_SHOWN]
        ]
        return _asked(answer, shown, faults)

    def ask_with(self, question: str, passages: Sequence[str], *, roles: Sequence[str]) -> Asked:
        """Ask over these passages alone; `roles` says of each what it is."""
        answer = self._assistant.reply(Turn(question, as_of=self._as_of, mode=self._mode, passages=tuple(passages)))
        known = {passage.passage_id: passage for passage in given_passages(passages)}
        shown = [
            Shown.of(f"given-{number}", "", text, role)
            for number, (text, role) in enumerate(zip(passages, roles, strict=True), start=1)
        ]
        return _asked(answer, shown, broken_citations(answer, known.__getitem__))


def _asked(answer: Answer, shown: Sequence[Shown], faults: Sequence[str]) -> Asked:
    unfounded = unfounded_figures(answer)
    delivered = sum(sentence.supported for sentence in answer.sentences)
    proof: dict[str, Score] = {}
    if answer.citations or delivered:
        proof = {
            "broken_citations": Ratio(len(faults), max(len(faults), len(answer.citations))),
            "unfounded_figures": Ratio(len(unfounded), delivered),
        }
    return Asked(answer, tuple(shown), (*faults, *unfounded), proof)
