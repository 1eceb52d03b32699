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

from app.domain import Evidence
from app.generation.polarity import is_kept
from app.generation.quantities import Quantity, is_contained, quantities
from index.text.language import detect
from index.text.normalize import fold
from index.text.terms import coverage
from index.types import FloatMatrix


class TextEmbedder(Protocol):
    """The part of an embedder that the check across languages uses."""

    def embed_queries(self, texts: Sequence[str]) -> FloatMatrix:
        """Unit vectors, float32, (n, d)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a sentence stands, on which evidence, and if not, why not."""

    is_supported: bool
    evidence: tuple[Evidence, ...]
    """What it rests on, narrowed to single sentences where one is enough; for an unsupported one, what it was
    nearest to."""
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
        min_repair: float = 0.5,
    ) -> None:
        if not all(0 < floor <= 1 for floor in (min_coverage, min_similarity, min_repair)):
            raise ValueError(f"Expected thresholds in (0, 1], got {min_coverage}, {min_similarity}, {min_repair}.")
        self._embedder = embedder
        self._min_coverage, self._min_similarity, self._min_repair = min_coverage, min_similarity, min_repair

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
                return self._narrowed(sentence, verdict, question)
            if best is None or verdict.score > best.score:
                best = verdict
        return best or Verdict(False, (), "no evidence", 0.0)

    def repaired(self, sentence: str, verdict: Verdict) -> Evidence | None:
        """The evidence's own sentence that an unsupported one garbles; None when no sentence is near enough.

        Near means that either holds most of the other's content words, so that only what was checked and failed (a
        number, a negation) or some wording can differ.
        """
        best, best_score = None, self._min_repair
        for item in verdict.evidence:
            for single in item.single_sentences():
                if single.is_question or _crosses(sentence, single.quote):
                    continue
                score = min(coverage(sentence, single.quote), 2 * coverage(single.quote, sentence))
                if score >= best_score:
                    best, best_score = single, score
        return best

    def _narrowed(self, sentence: str, verdict: Verdict, question: str) -> Verdict:
        if len(verdict.evidence) != 1:
            return verdict
        singles = [self._judge(sentence, [single], question) for single in verdict.evidence[0].single_sentences()]
        standing = [single for single in singles if single.is_supported]
        return max(standing, key=lambda single: single.score) if standing else verdict

    def _judge(self, sentence: str, group: Sequence[Evidence], question: str) -> Verdict:
        rests_on = tuple(group)
        quotes = [item.quote for item in group]
        joined = "\n".join(quotes)
        if _squeezed(sentence) in _squeezed(joined):
            return Verdict(True, rests_on, None, 1.0)
        is_crossing = _crosses(sentence, joined)
        if is_crossing:
            score, floor = self._similarity(sentence, quotes), self._min_similarity
        else:
            around = "\n".join([*(item.passage.context for item in group), question])
            score, floor = coverage(sentence, joined, around=around), self._min_coverage
        if missing := missing_quantities(sentence, joined):
            names = ", ".join(quantity.text.strip() for quantity in missing)
            return Verdict(False, rests_on, f"not in the cited text: {names}", score)
        if score < floor:
            return Verdict(False, rests_on, "the cited text does not say this", score)
        if not is_crossing and not is_kept(sentence, quotes):
            return Verdict(False, rests_on, "the cited text says the opposite", score)
        return Verdict(True, rests_on, None, score)

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
