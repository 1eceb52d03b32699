"""The year of the question in a sentence whose source does not name it.

Who is asked about the open of 2023 writes 2023 again, and a report of that open seldom says it. What is left of the
sentence without it claims less, and is checked by itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.domain import Evidence
from app.generation.check import SentenceChecker, Verdict

_YEAR_ZH = re.compile(
    r"(?:在|于)?((?:19|20)\d{2})年(?!\s*\d|[一二三四五六七八九十]{1,3}月|[初底末度中])(?:的)?[，,]?\s*"
)
_YEAR_EN = re.compile(r"\b(?:[Ii]n|[Oo]f|[Dd]uring|[Ff]or)\s+((?:19|20)\d{2})\b,?\s*|\b((?:19|20)\d{2})\s+(?=[A-Z])")


def without_asked_years(sentence: str, question: str) -> str:
    """The sentence without the years that the question names too; a whole date stays whole."""

    def shortened(match: re.Match[str]) -> str:
        year = next(filter(None, match.groups()))
        return "" if year in question else match.group()

    text = _YEAR_EN.sub(shortened, _YEAR_ZH.sub(shortened, sentence))
    if text == sentence:
        return sentence
    text = re.sub(r"\s+(?=[.,!?])", "", text.strip())
    return text[:1].upper() + text[1:] if sentence[:1].isupper() else text


def checked(
    checker: SentenceChecker, sentence: str, evidence: Sequence[Evidence], *, cited: Sequence[int], question: str
) -> tuple[str, Verdict]:
    """As `SentenceChecker.check`, with the sentence that was judged: shorter where only that stands."""
    verdict = checker.check(sentence, evidence, cited=cited, question=question)
    if not verdict.is_supported and (shorter := without_asked_years(sentence, question)) not in ("", sentence):
        again = checker.check(shorter, evidence, cited=cited, question=question)
        if again.is_supported:
            return shorter, again
    return sentence, verdict
