"""The rule of the house: no verified span, no sentence.

A sentence stands when the span that it cites says the same: every number, amount, date, duration and percentage of it
is there and measures the same, no limit is turned, no side takes the other's burden, and what is left bears it out. The
last is weighed by a trained reader of claims together with the words and negations that both share; without the reader
no yes may have become a no and enough content words must be there (across languages: the vectors of both near enough).
A sentence copied from the span stands by itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from app.domain import Evidence, logistic
from app.generation.bounds import turned_bounds
from app.generation.held import missing_quantities
from app.generation.measures import misplaced
from app.generation.polarity import is_kept, is_mere_yes_or_no
from app.generation.roles import is_swapped
from app.generation.rows import of_another_row, rows_spoken_of
from index.text.language import crosses
from index.text.normalize import fold
from index.text.terms import coverage
from index.types import FloatMatrix


class ClaimReader(Protocol):
    """Judges claims beside passages."""

    def support(self, claim: str, passages: Sequence[str]) -> list[float]:
        """For each passage a logit that it bears the claim out."""


@dataclass(frozen=True, slots=True)
class SupportWeights:
    """p = 1 / (1 + exp(-(intercept + …))) that a span bears out a claim; fitted by `app.training.claims`."""

    intercept: float = 0.02
    read: float = 0.52
    """Of the reader's logit."""
    coverage: float = 0.75
    """Of the share of the claim's words that the span holds; none counts across languages."""
    kept: float = 0.12
    """Of negations being the same; 1 across languages."""
    crossing: float = 0.36
    """Of claim and span being of different languages."""

    def probability(self, read: float, coverage: float, *, is_kept: bool, is_crossing: bool) -> float:
        """In (0, 1)."""
        total = self.intercept + self.read * read + self.coverage * coverage + self.kept * is_kept
        return logistic(total + self.crossing * is_crossing)


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
        claims: ClaimReader | None = None,
        weights: SupportWeights | None = None,
        min_support: float = 0.5,
        min_coverage: float = 0.6,
        min_similarity: float = 0.86,
        min_repair: float = 0.5,
    ) -> None:
        """Ready to judge.

        Args:
            embedder: for sentences in another language than their evidence, where there is no reader.
            claims: the reader; None leaves the judgement to words and vectors.
            weights: of what the reader says.
            min_support: probability below which a sentence does not stand.
            min_coverage: share of content words, without a reader.
            min_similarity: cosine across languages, without a reader.
            min_repair: how near the evidence's own sentence must be to stand in for an unsupported one.
        """
        floors = (min_support, min_coverage, min_similarity, min_repair)
        if not all(0 < floor <= 1 for floor in floors):
            raise ValueError(f"Expected thresholds in (0, 1], got {floors}.")
        self._embedder, self._claims = embedder, claims
        self._weights, self._min_support = weights or SupportWeights(), min_support
        self._min_coverage, self._min_similarity, self._min_repair = min_coverage, min_similarity, min_repair

    def at_least(self, support: float) -> SentenceChecker:
        """The same; where the reader judges, a sentence stands from this probability on. Never a milder one."""
        stricter = copy(self)
        stricter._min_support = max(self._min_support, support)
        return stricter

    def check(
        self, sentence: str, evidence: Sequence[Evidence], *, cited: Sequence[int] = (), question: str | None = ""
    ) -> Verdict:
        """Judge `sentence` (without markers).

        The evidence that it cites is tried first, together and alone, then every other piece: a small model gets the
        number wrong more often than the words. With no evidence at all nothing stands. Numbers of the customer's own
        case have to stand in the question; without one (None) they are taken as said.
        """
        if is_mere_yes_or_no(sentence):
            return _of_itself(sentence, evidence)
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
                if single.is_question or crosses(sentence, single.quote):
                    continue
                score = min(coverage(sentence, single.quote), 2 * coverage(single.quote, sentence))
                if score >= best_score:
                    best, best_score = single, score
        return best

    def _narrowed(self, sentence: str, verdict: Verdict, question: str | None) -> Verdict:
        if len(verdict.evidence) != 1:
            return verdict
        singles = [self._judge(sentence, [single], question) for single in verdict.evidence[0].single_sentences()]
        standing = [single for single in singles if single.is_supported]
        return max(standing, key=lambda single: single.score) if standing else verdict

    def _judge(self, sentence: str, group: Sequence[Evidence], question: str | None) -> Verdict:
        rests_on = tuple(group)
        quotes = [item.quote for item in group]
        joined = "\n".join(quotes)
        if _squeezed(sentence) in _squeezed(joined):
            return Verdict(True, rests_on, None, 1.0)
        around = "\n".join(item.passage.context for item in group)
        if missing := missing_quantities(sentence, joined, question=question, around=around):
            names = ", ".join(quantity.text.strip() for quantity in missing)
            return Verdict(False, rests_on, f"not in the cited text: {names}", coverage(sentence, joined))
        wrong = [quantity.text.strip() for quantity in misplaced(sentence, f"{joined}\n{around}")]
        if wrong := wrong or of_another_row(sentence, joined, question=question):
            names = ", ".join(wrong)
            return Verdict(False, rests_on, f"the cited text says it of something else: {names}", 0.5)
        if turned := turned_bounds(sentence, quotes):
            names = ", ".join(quantity.text.strip() for quantity in turned)
            return Verdict(False, rests_on, f"the cited text limits it the other way: {names}", 0.5)
        if is_swapped(sentence, quotes):
            return Verdict(False, rests_on, "the cited text says it of the other side", 0.5)
        if self._claims is not None:
            return self._read(self._claims, sentence, group, joined, question)
        return self._compared(sentence, group, joined, question)

    def _read(
        self, claims: ClaimReader, sentence: str, group: Sequence[Evidence], joined: str, question: str | None
    ) -> Verdict:
        is_crossing = crosses(sentence, joined)
        support = self._weights.probability(
            claims.support(sentence, [rows_spoken_of(sentence, joined)])[0],
            0.0 if is_crossing else self._coverage(sentence, group, joined, question),
            is_kept=is_crossing or is_kept(sentence, [item.quote for item in group]),
            is_crossing=is_crossing,
        )
        reason = None if support >= self._min_support else "the cited text does not bear this out"
        return Verdict(reason is None, tuple(group), reason, support)

    def _compared(self, sentence: str, group: Sequence[Evidence], joined: str, question: str | None) -> Verdict:
        rests_on, quotes = tuple(group), [item.quote for item in group]
        is_crossing = crosses(sentence, joined)
        if is_crossing:
            score, floor = self._similarity(sentence, quotes), self._min_similarity
        else:
            score, floor = self._coverage(sentence, group, joined, question), self._min_coverage
        if score < floor:
            return Verdict(False, rests_on, "the cited text does not say this", score)
        if not is_crossing and not is_kept(sentence, quotes):
            return Verdict(False, rests_on, "the cited text says the opposite", score)
        return Verdict(True, rests_on, None, score)

    def _coverage(self, sentence: str, group: Sequence[Evidence], joined: str, question: str | None) -> float:
        return coverage(sentence, joined, around="\n".join([*(item.passage.context for item in group), question or ""]))

    def _similarity(self, sentence: str, quotes: Sequence[str]) -> float:
        if self._embedder is None:
            return 0.0
        vectors = self._embedder.embed_queries([sentence, *quotes])
        return float(np.max(vectors[1:] @ vectors[0]))


def _of_itself(sentence: str, evidence: Sequence[Evidence]) -> Verdict:
    """A mere yes or no stands where a document says just that: inside other sentences its words say anything."""
    for item in evidence:
        for single in item.single_sentences():
            if _squeezed(single.quote) == _squeezed(sentence):
                return Verdict(True, (single,), None, 1.0)
    return Verdict(False, (), "a mere yes or no", 0.0)


def _squeezed(text: str) -> str:
    return re.sub(r"[\s。．.；;]+", "", fold(text))
