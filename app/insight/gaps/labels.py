"""What a cluster of questions is called: a question that stands for it, and its key words, in both languages."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.insight.gaps.clustering import most_typical
from app.insight.gaps.privacy import is_personal, without_personal
from app.insight.gaps.question import LoggedQuestion
from app.insight.gaps.wording import bare
from index.text.language import HAN
from index.text.terms import content_terms
from index.types import FloatMatrix

_KEYWORDS = 6
_PLAIN = 0.85
"""Share of a question that is left without greetings and thanks."""
_SHORTEST, _LONGEST = 4, 120
"""Characters of a question that can stand for others."""
_HAN = re.compile(f"[{HAN}]")


@dataclass(frozen=True, slots=True)
class Label:
    """A cluster's name; None in a language in which nobody asked."""

    zh: str | None
    en: str | None
    keywords: Mapping[str, tuple[str, ...]]
    """By language, zh and en, best first."""

    @property
    def title(self) -> str:
        """In whichever language there is."""
        return self.zh or self.en or ""


class Wordings:
    """How many questions of the whole log hold each word."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._holding = Counter(term for text in texts for term in content_terms(text))
        self._total = len(texts)

    def keywords(self, texts: Sequence[str], *, limit: int = _KEYWORDS) -> Mapping[str, tuple[str, ...]]:
        """Words that these questions hold and others do not, by the language they are of, best first.

        Score: share of these questions that hold a word, times its inverse frequency among all.
        """
        counted = Counter(term for text in texts for term in content_terms(text) if not is_personal(term))
        least = 1 if len(texts) < 4 else 2
        scored = sorted(
            (-count * math.log((self._total + 1) / (self._holding[term] + 0.5)), term)
            for term, count in counted.items()
            if count >= least
        )
        names: dict[str, list[str]] = {"zh": [], "en": []}
        for score, term in scored:
            language = "zh" if _HAN.search(term) else "en"
            if score < 0 and len(names[language]) < limit:
                names[language].append(term)
        return {language: tuple(found) for language, found in names.items()}


def label_of(
    questions: Sequence[LoggedQuestion], vectors: FloatMatrix, rows: Sequence[int], wordings: Wordings
) -> Label:
    """The label of the questions in `rows`; personal data in the one that stands for them is masked."""
    found: dict[str, str | None] = {}
    for language in ("zh", "en"):
        spoken = ("zh", "mixed") if language == "zh" else ("en",)
        own = [row for row in rows if questions[row].language in spoken]
        fit = [row for row in own if _SHORTEST <= len(questions[row].text) <= _LONGEST]
        clean = [row for row in fit if not is_personal(questions[row].text)]
        plain = [row for row in clean if len(bare(questions[row].text)) >= _PLAIN * len(questions[row].text)]
        choice = plain or clean or fit or own
        found[language] = without_personal(questions[most_typical(vectors, choice)].text) if choice else None
    return Label(found["zh"], found["en"], wordings.keywords([questions[row].text for row in rows]))
