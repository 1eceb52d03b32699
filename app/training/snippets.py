"""Questions that bring their own passages: short facts among what a search of the web returns.

A line of a file has `query`, `answer` (the words that answer, a part of each positive passage), `positive` and
`negative` (passages; the second hold words of the query, and what looks like an answer, but none). They teach the
reader what a shop's documents do not, and others of them say how sure it may be where passages are handed in.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.assistant.answer_features import extract_features
from app.evaluation.matching import holds
from app.generation.extractive import OF_A_READER, compose
from app.retrieval.given import GivenPassages
from app.retrieval.selection import candidate_windows, window_of
from app.training.reading_data import ReadingExample
from index.types import Query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.building.container import Container


@dataclass(frozen=True, slots=True)
class Snippets:
    """A question with its passages."""

    question: str
    answer: str
    positive: tuple[str, ...]
    negative: tuple[str, ...]

    def mixtures(self, chance: random.Random) -> Iterator[list[str]]:
        """All passages, one that answers with those that do not, and only those that do not."""
        some = [self.positive, self.positive[:1]] if self.positive else []
        for chosen in (*some, ()):
            passages = [*chosen, *self.negative]
            chance.shuffle(passages)
            yield passages


def read_snippets(path: Path) -> list[Snippets]:
    """The questions of a file, in order."""
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines if line.strip()]
    return [Snippets(row["query"], row["answer"], tuple(row["positive"]), tuple(row["negative"])) for row in rows]


def snippet_examples(items: Sequence[Snippets], container: Container, *, seed: int = 1) -> Iterator[ReadingExample]:
    """Packs as the reader would see them."""
    chance = random.Random(seed)
    for item in items:
        for passages in item.mixtures(chance):
            query, source = Query(item.question, top=8), GivenPassages(passages, container.embedder)
            own = container.retriever.retrieve(query, source)
            across = container.retriever.retrieve_across(query, source)
            (windows,) = candidate_windows(item.question, own, across, scorer=container.scorer) or [[]]
            labels = tuple(
                tuple(piece.passage.text in item.positive and item.answer in sentence for sentence in piece.sentences())
                for piece in windows
            )
            answer = item.answer if any(map(any, labels)) else ""
            yield ReadingExample(item.question, tuple(map(window_of, windows)), labels, "snippets", answer)


def judged_examples(items: Sequence[Snippets], container: Container) -> Iterator[tuple[Mapping[str, float], bool]]:
    """Features, and whether the answer that is composed of all passages is right: never where none answers."""
    for item in items:
        query, source = Query(item.question, top=8), GivenPassages([*item.positive, *item.negative], container.embedder)
        look = container.finder.look(item.question, query, source)
        if not look.retrieved or not look.evidence:
            continue
        text = " ".join(text for text, _ in compose(item.question, look.evidence, params=OF_A_READER))
        is_right = bool(item.positive) and holds(text, item.answer)
        yield extract_features(item.question, look.retrieved, look.evidence, look.reading), is_right
