"""From a question to the sentences that answer it, and how likely it is that they do.

The documents of the other language are searched by themselves: a search over both at once always prefers the question's
own. The reader sees the best of both side by side.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from operator import itemgetter
from typing import Protocol

from app.assistant.answerability import Answerability, Weighing
from app.assistant.asked_edition import is_of_another
from app.assistant.asked_quantity import asks_for_quantity, holds_asked_quantity
from app.assistant.row_focus import Reader, focused
from app.domain import Evidence, renumbered
from app.retrieval.glossary import stands_across
from app.retrieval.reading import Reading
from app.retrieval.retriever import Retrieved, Retriever, Searchable, nearest_sentence, unseen
from app.retrieval.scoring import SentenceScorer
from app.retrieval.selection import (
    SelectionParams,
    candidate_windows,
    evidence_by_reading,
    select_evidence,
    window_of,
)
from app.retrieval.shop_words import in_shop_words
from index.types import Query

_NEARLY = 0.02
"""How much farther from the question than today's rules, in cosine, an upcoming one may be."""


@dataclass(frozen=True, slots=True)
class Look:
    """Everything that the judgement rests on."""

    retrieved: Sequence[Retrieved]
    evidence: tuple[Evidence, ...]
    reading: Reading | None
    """None without a reader."""
    windows: tuple[Evidence, ...] = ()
    """What the reader saw."""
    across: int = 0
    """How many of those retrieved, at the end, were looked for among the documents of the other language."""

    def likelihood(self, item: Evidence) -> float:
        """The reader's logit that a sentence is part of the answer; minus infinity for one that it did not see."""
        if self.reading is not None:
            for window, row in zip(self.windows, self.reading.sentences, strict=True):
                at = item.first - window.first
                if window.passage.passage_id == item.passage.passage_id and 0 <= at < len(row):
                    return row[at]
        return -math.inf

    @property
    def own(self) -> int:
        """How many of those retrieved, at the beginning, the question found as it is."""
        return len(self.retrieved) - self.across

    def nearest_across(self) -> list[str]:
        """Of each passage looked for in the other language the sentence nearest to the question, best first."""
        found = [
            (float(item.similarities.max()), item.passage.sentence_text(int(item.similarities.argmax())))
            for item in self.retrieved[self.own :]
            if len(item.similarities)
        ]
        return [text for _, text in sorted(found, key=itemgetter(0), reverse=True)]

    def short_answers(self) -> Iterator[tuple[Evidence, str, float]]:
        """The sentences in which the reader finds a short answer, its words, and how sure it is."""
        if self.reading is None:
            return
        for item, answers in zip(self.windows, self.reading.answers, strict=False):
            for number, answer in enumerate(answers):
                if answer is not None:
                    at = item.first + number
                    yield Evidence(0, item.passage, at, at, item.score), answer.words, answer.score


@dataclass(frozen=True, slots=True)
class Overview:
    """That the evidence is the main points of documents, for a question that asks about a subject as a whole."""

    others: tuple[str, ...]
    """Titles of further documents on the subject."""
    weighing: Weighing = field(repr=False)
    """Why it is this document."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Evidence with the probability that it answers."""

    evidence: tuple[Evidence, ...]
    confidence: float
    """In [0, 1]; 0.0 without evidence."""
    is_read: bool = False
    """Whether a reader chose the evidence; its scores are then logits of being part of the answer."""
    look: Look | None = field(default=None, compare=False, repr=False)
    """What it all rests on."""
    nearest: float = 0.0
    """Cosine of the question with the nearest sentence that was found; 0.0 for none."""
    overview: Overview | None = field(default=None, compare=False)
    """None for evidence that answers a question of its own."""


class WideQuestions(Protocol):
    """Answers what asks about a subject as a whole; see `app.assistant.overview`."""

    def asked(self, question: str, source: Searchable) -> Sequence[str]:
        """The words of the subject of a question in shop words; none for other questions."""

    def told(
        self,
        words: Sequence[str],
        query: Query,
        source: Searchable,
        own: Sequence[Retrieved],
        across: Sequence[Retrieved],
    ) -> Finding | None:
        """The main points of a document of what was found; None where none is known to be the one."""


class EvidenceFinder:
    """Searches, reads and judges. Without a reader sentences are chosen and judged by similarity and words alone."""

    def __init__(
        self,
        retriever: Retriever,
        answerability: Answerability,
        *,
        reader: Reader | None = None,
        scorer: SentenceScorer | None = None,
        selection: SelectionParams | None = None,
        wide: WideQuestions | None = None,
        at_once: int = 2,
    ) -> None:
        """Ready to search.

        Args:
            retriever: for a scorer it must know what the scorer wants.
            answerability: judges.
            reader: chooses sentences and says whether any answers.
            scorer: chooses what the reader sees; None leaves it to likeness.
            selection: how much evidence.
            wide: answers what asks about a subject as a whole; None answers it like any other question.
            at_once: questions that are read at a time, best one a core; the others wait in the order in which they
                came. More take each other's place in the processor's caches, want memory each, and all end late.
        """
        self._retriever, self._answerability = retriever, answerability
        self._reader, self._scorer = reader, scorer
        self._selection, self._wide = selection or SelectionParams(), wide
        self._room_to_read = threading.BoundedSemaphore(at_once)
        self._side_by_side = ThreadPoolExecutor(at_once, initializer=_compute_on_one_core)

    def find(
        self, question: str, query: Query, source: Searchable, *, room: float = 1.0, readings: int | None = None
    ) -> Finding:
        """Evidence and how likely it answers.

        The reader gets to see `room` of what it could at a time, in so many `readings`; None leaves it to the params.
        """
        query, asked = replace(query, text=in_shop_words(query.text)), in_shop_words(question)
        own, across = self._retriever.retrieve(query, source), None
        if self._wide is not None and (words := self._wide.asked(asked, source)):
            across = self._retriever.retrieve_across(query, source)
            if (told := self._wide.told(words, query, source, own, across)) is not None:
                return told
        look = self._look_at(own, asked, query, source, across=across, room=room, readings=readings)
        return self._judged(question, look)

    def find_all(
        self, questions: Sequence[str], query: Query, source: Searchable, *, room: float = 1.0
    ) -> list[Finding]:
        """As `find` for each, the question in the place of the query's text, side by side.

        Most of a search runs on one core, so that two take a fifth less time than one after the other.
        """

        def find(question: str) -> Finding:
            return self.find(question, replace(query, text=question), source, room=room)

        return list(self._side_by_side.map(find, questions)) if len(questions) > 1 else [*map(find, questions)]

    def _judged(self, question: str, look: Look) -> Finding:
        confidence = self._answerability.probability(question, look.retrieved, look.evidence, look.reading)
        return Finding(
            look.evidence,
            confidence,
            is_read=look.reading is not None,
            look=look,
            nearest=nearest_sentence(look.retrieved),
        )

    def weigh(self, question: str, finding: Finding) -> Weighing:
        """Why `find` is as sure as it is."""
        if finding.overview is not None:
            return finding.overview.weighing
        look = finding.look or Look((), (), None)
        return self._answerability.weigh(question, look.retrieved, look.evidence, look.reading)

    def find_upcoming(self, question: str, query: Query, source: Searchable, *, beside: Finding) -> Finding:
        """Evidence in what comes into force after the day of `query`, where it is as near as what was found `beside`.

        No evidence, and next to no cost, where nothing is upcoming.
        """
        ahead = replace(query, text=in_shop_words(query.text), is_upcoming=True)
        if not source.holds(ahead):
            return Finding((), 0.0)
        own = self._retriever.retrieve(ahead, source)
        if nearest_sentence(own) < beside.nearest - _NEARLY:
            return Finding((), 0.0)
        return self._judged(question, self._look_at(own, in_shop_words(question), ahead, source))

    def look(self, question: str, query: Query, source: Searchable, *, room: float = 1.0) -> Look:
        """What was found and what the reader says of it."""
        query = replace(query, text=in_shop_words(query.text))
        own = self._retriever.retrieve(query, source)
        return self._look_at(own, in_shop_words(question), query, source, room=room)

    def _look_at(
        self,
        own: list[Retrieved],
        question: str,
        query: Query,
        source: Searchable,
        *,
        across: list[Retrieved] | None = None,
        room: float = 1.0,
        readings: int | None = None,
    ) -> Look:
        if self._reader is None:
            chosen = select_evidence(question, own, params=self._selection)
            return Look(own, _of_what_was_asked(question, chosen), None)
        across = self._retriever.retrieve_across(query, source) if across is None else across
        if across:  # what is in the other language is found better by its words
            own = [item for item in own if not stands_across(question, item.passage)]
        readings = readings or self._selection.readings
        with self._room_to_read:
            packs = candidate_windows(question, own, across, scorer=self._scorer, readings=readings, room=room)
            reading = self._reader.read(question, [[window_of(item) for item in windows] for windows in packs])
            windows = [item for pack in packs for item in pack]
            evidence = self._chosen(question, windows, reading)
            if (closer := focused(question, evidence, windows, reading, self._reader)) is not None:
                windows, reading = closer
                evidence = self._chosen(question, windows, reading)
        others = unseen(across, own)
        return Look([*own, *others], _of_what_was_asked(question, evidence), reading, tuple(windows), len(others))

    def _chosen(self, question: str, windows: Sequence[Evidence], reading: Reading) -> list[Evidence]:
        if not asks_for_quantity(question):
            return evidence_by_reading(question, windows, reading, params=self._selection)
        has_figure = partial(holds_asked_quantity, question)
        return evidence_by_reading(question, windows, reading, has_figure=has_figure, params=self._selection)


def _of_what_was_asked(question: str, evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Without what is of another year or edition than the question names, numbered anew."""
    kept = [item for item in evidence if not is_of_another(question, item.quote)]
    return tuple(evidence) if len(kept) == len(evidence) else tuple(renumbered(kept))


def _compute_on_one_core() -> None:
    """For this thread alone: two that both want every core wait for each other."""
    import torch

    torch.set_num_threads(1)
