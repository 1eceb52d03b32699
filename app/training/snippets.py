"""Questions that bring their own passages: short facts among what a search of the web returns.

A line of a file has `query`, `answer` (the words that answer, a part of each positive passage; a list where they are
spelt in several ways; `members` instead where what is asked for is a list), `positive` and `negative` (passages; the
second hold words of the query, and what looks like an answer, but none). `fakeanswer`, where there is one, is another
value that would read as well: with it in their place the passages teach that what stands there counts, and that two
may say different things. They teach the reader what a shop's documents do not, and others of them say how sure it may
be where passages are handed in.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.assistant.answer_features import extract_features
from app.evaluation.matching import holds
from app.generation.extractive import OF_A_READER, compose
from app.retrieval.given import GivenPassages
from app.retrieval.selection import candidate_windows, window_of
from app.training.reading_data import ReadingExample
from index.types import Query

if TYPE_CHECKING:
    from app.building.container import Container

_AT_ONCE = 5
"""Passages that are handed in together."""
_BOTH_READ = 3
"""The same where two disagree: of more the reader, which has room for half, would seldom see both."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """Passages in the order in which they are handed in."""

    passages: tuple[str, ...]
    positive: tuple[str, ...] = ()
    """Those that answer."""
    answers: tuple[str, ...] = ()
    """All that they say: two values where they disagree; none where nothing answers."""

    def is_told(self, text: str) -> bool:
        """Whether a text holds an answer."""
        return any(holds(text, answer) for answer in self.answers)


@dataclass(frozen=True, slots=True)
class Snippets:
    """A question with its passages."""

    question: str
    answers: tuple[str, ...]
    """Ways of spelling the answer."""
    positive: tuple[str, ...]
    negative: tuple[str, ...]
    false: str = ""
    """Another value that would read as well; "" where none is known."""
    reply: str = ""
    """A sentence that gives the answer to the question; "" where none was written."""
    is_list: bool = False
    """Whether the answers are the members of a list: each sentence that names one is part of the answer, and none of
    them is the answer by itself."""

    def with_answer(self, chance: random.Random) -> Mixture:
        """Two passages that answer among those that do not."""
        return self._mixed(chance.sample(self.positive, min(2, len(self.positive))), self.answers, chance)

    def without(self, chance: random.Random) -> Mixture:
        """Only passages that do not answer."""
        return self._mixed((), (), chance)

    def judged(self, chance: random.Random) -> Iterator[Mixture]:
        """By which it is judged how sure one may be: as many with an answer as without."""
        if self.positive:
            yield self.with_answer(chance)
        yield self.without(chance)

    def mixtures(self, chance: random.Random) -> Iterator[Mixture]:
        """With an answer twice and once, of the other value and of both, and without any."""
        if self.positive:
            yield self.with_answer(chance)
            yield self._mixed([chance.choice(self.positive)], self.answers, chance)
            if self.false:
                true, false = list(self.positive), [self._falsified(text) for text in self.positive]
                yield self._mixed(chance.sample(false, min(2, len(false))), (self.false,), chance)
                at = chance.sample(range(len(true)), min(2, len(true)))
                yield self._mixed([true[at[0]], false[at[-1]]], (*self.answers, self.false), chance, of=_BOTH_READ)
        yield self.without(chance)

    def _falsified(self, text: str) -> str:
        for answer in sorted(self.answers, key=len, reverse=True):
            text = text.replace(answer, self.false)
        return text

    def _mixed(
        self, positive: Sequence[str], answers: tuple[str, ...], chance: random.Random, *, of: int = _AT_ONCE
    ) -> Mixture:
        others = chance.sample(self.negative, min(len(self.negative), of - len(positive)))
        passages = [*positive, *others]
        chance.shuffle(passages)
        return Mixture(tuple(passages), tuple(positive), answers)


def read_snippets(path: Path) -> list[Snippets]:
    """The questions of a file, in order."""
    with path.open(encoding="utf-8") as lines:
        return [_read(json.loads(line)) for line in lines if line.strip()]


def _read(row: Mapping[str, Any]) -> Snippets:
    positive, negative = tuple(row["positive"]), tuple(row["negative"])
    if "members" in row:
        return Snippets(row["query"], tuple(row["members"]), positive, negative, "", row.get("reply", ""), is_list=True)
    answers = (row["answer"],) if isinstance(row["answer"], str) else tuple(row["answer"])
    return Snippets(row["query"], answers, positive, negative, row.get("fakeanswer", ""), row.get("reply", ""))


def snippet_examples(items: Sequence[Snippets], container: Container, *, seed: int = 1) -> Iterator[ReadingExample]:
    """Packs as the reader would see them."""
    chance = random.Random(seed)
    for item in items:
        for mixture in item.mixtures(chance):
            query, source = Query(item.question, top=8), GivenPassages(mixture.passages, container.embedder)
            own = container.retriever.retrieve(query, source)
            across = container.retriever.retrieve_across(query, source)
            (windows,) = candidate_windows(item.question, own, across, scorer=container.scorer) or [[]]
            labels = tuple(
                tuple(
                    piece.passage.text in mixture.positive and any(answer in sentence for answer in mixture.answers)
                    for sentence in piece.sentences()
                )
                for piece in windows
            )
            answers = () if item.is_list else mixture.answers  # no member of a list is the answer by itself
            yield ReadingExample(item.question, tuple(map(window_of, windows)), labels, "snippets", answers)


def judged_examples(
    items: Sequence[Snippets], container: Container, *, seed: int = 1
) -> Iterator[tuple[Mapping[str, float], bool]]:
    """Features, and whether the answer composed of what was found is right: with an answer, and without any."""
    chance = random.Random(seed)
    for item in items:
        for mixture in item.judged(chance):
            query, source = Query(item.question, top=8), GivenPassages(mixture.passages, container.embedder)
            look = container.finder.look(item.question, query, source)
            if not look.retrieved or not look.evidence:
                continue
            text = " ".join(text for text, _ in compose(item.question, look.evidence, params=OF_A_READER))
            yield extract_features(item.question, look.retrieved, look.evidence, look.reading), mixture.is_told(text)
