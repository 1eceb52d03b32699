"""The rule of the house: no verified span, no sentence.

A sentence stands when the span that it cites says the same: every number, amount, date, duration and percentage of
it is there, no yes has become a no, and enough of its content words are there (across languages: the vectors of both
are near enough). A sentence copied from the span stands by itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from index.text.terms import coverage
from app.generation.polarity import is_kept
from app.generation.quantities import Quantity, is_contained, quantities
from app.domain.evidence import Evidence
from index.text.language import detect
from index.text.normalize import fold
from index.types import FloatMatrix


class TextEmbedder(Protocol):
    """The part of an embedder that the check across languages uses."""

    def embed_queries(self, texts: Sequence[str]) -> FloatMatrix:
        """Unit vectors, float32, (n, d)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a sentence stands, on which evidence, and if not, why not."""

    is_supported: bool
    evidence: tuple[int, ...]
    """Numbers of the evidence it rests on (for an unsupported one: what it was nearest to)."""
    reason: str | None
    score: float
    """Share of the sentence that the evidence carries, in [0, 1]."""


class SentenceChecker:
    """Holds sentences against evidence."""

    def __init__(
        self,
        embedder: TextEmbedder | None = None,
        *,
        min_coverage: float = 0.6,
        min_similarity: float = 0.86,
    ) -> None:
        if not 0 < min_coverage <= 1 or not 0 < min_similarity <= 1:
            raise ValueError(f"Expected thresholds in (0, 1], got {min_coverage} and {min_similarity}.")
        self._embedder, self._min_coverage, self._min_similarity = embedder, min_coverage, min_similarity

    def check(
        self, sentence: str, evidence: Sequence[Evidence], *, cited: Sequence[int] = (), question: str = ""
    ) -> Verdict:
        """Judge `sentence` (without markers).

        The evidence that it cites is tried first, together and alone, then every other piece: a small model gets the
        number wrong more often than the words. With no evidence at all nothing stands.
        """
        by_number = {item.number: item for item in evidence}
        named = [by_number[number] for number in dict.fromkeys(cited) if number in by_number]
        groups = [[item] for item in named]
        if len(named) > 1:
            groups.append(named)
        groups += [[item] for item in evidence if item not in named]
        best: Verdict | None = None
        for group in groups:
            verdict = self._judge(sentence, group, question)
            if verdict.is_supported:
                return verdict
            if best is None or verdict.score > best.score:
                best = verdict
        return best or Verdict(False, (), "no evidence", 0.0)

    def _judge(self, sentence: str, group: Sequence[Evidence], question: str) -> Verdict:
        numbers = tuple(item.number for item in group)
        quotes = [item.quote for item in group]
        joined = "\n".join(quotes)
        if _squeezed(sentence) in _squeezed(joined):
            return Verdict(True, numbers, None, 1.0)
        headings = [item.passage.context for item in group]
        is_crossing = _crosses(sentence, joined)
        score = self._similarity(sentence, quotes) if is_crossing else coverage(sentence, joined, around="\n".join([*headings, question]))
        floor = self._min_similarity if is_crossing else self._min_coverage
        if missing := missing_quantities(sentence, joined):
            return Verdict(False, numbers, f"not in the cited text: {', '.join(q.text.strip() for q in missing)}", score)
        if score < floor:
            return Verdict(False, numbers, "the cited text does not say this", score)
        if not is_crossing and not is_kept(sentence, quotes):
            return Verdict(False, numbers, "the cited text says the opposite", score)
        return Verdict(True, numbers, None, score)

    def _similarity(self, sentence: str, quotes: Sequence[str]) -> float:
        if self._embedder is None:
            return 0.0
        vectors = self._embedder.embed_queries([sentence, *quotes])
        return float(np.max(vectors[1:] @ vectors[0]))


def missing_quantities(sentence: str, evidence: str) -> list[Quantity]:
    """The quantities of the sentence that the evidence does not hold."""
    held = quantities(evidence)
    folded = fold(evidence)
    return [
        quantity
        for quantity in quantities(sentence)
        if not is_contained(quantity, held) and not (quantity.kind == "code" and str(quantity.value) in folded)
    ]


def _crosses(sentence: str, evidence: str) -> bool:
    return {detect(sentence), detect(evidence)} == {"zh", "en"}


def _squeezed(text: str) -> str:
    return re.sub(r"[\s。．.；;]+", "", fold(text))
