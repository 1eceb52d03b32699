"""Is an answer right, does it cite the right article, do its citations hold?"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from app.domain import Answer
from app.evaluation.datasets import GoldenQuestion
from index.text.normalize import fold
from index.types import Passage

_MARKERS = re.compile(r"\s*\[\d+\]")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an answer to a golden question was worth."""

    question: GoldenQuestion
    answer: Answer
    is_declined: bool
    is_cited: bool
    """One of the right articles is among the citations; False for a declined answer."""
    is_right: bool
    """Declined when it should be; else answered with one alternative of each group and nothing that must not be."""


@dataclass(frozen=True, slots=True)
class AnswerReport:
    """Shares over a set of judgements, each in [0, 1]; 1.0 over no questions."""

    questions: int
    cited: float
    """Right article cited, of the answerable."""
    right: float
    """Answer right, of the answerable."""
    declined: float
    """Declined, of the unanswerable."""
    wrongly_declined: float
    """Declined, of the answerable."""

    @classmethod
    def of(cls, judgements: Sequence[Judgement]) -> AnswerReport:
        """Count the judgements."""
        answerable = [item for item in judgements if item.question.is_answerable]
        unanswerable = [item for item in judgements if not item.question.is_answerable]
        return cls(
            questions=len(judgements),
            cited=_share(item.is_cited for item in answerable),
            right=_share(item.is_right for item in answerable),
            declined=_share(item.is_declined for item in unanswerable),
            wrongly_declined=1 - _share(not item.is_declined for item in answerable),
        )


def judge(question: GoldenQuestion, answer: Answer) -> Judgement:
    """Hold an answer against what the question asks of it.

    Matching ignores case, width, script, spaces, Markdown marks and thousands separators; a figure matches whole
    figures only, so that 8元 is not in 18元.
    """
    is_declined = answer.status == "declined"
    text = _squeezed(_MARKERS.sub("", answer.text))
    holds = all(any(_holds(text, option) for option in group) for group in question.must_include)
    is_clean = not any(_holds(text, phrase) for phrase in question.must_not_include)
    return Judgement(
        question=question,
        answer=answer,
        is_declined=is_declined,
        is_cited=any(citation.document_id in question.gold for citation in answer.citations),
        is_right=(not is_declined and holds and is_clean) if question.is_answerable else is_declined,
    )


def broken_citations(answer: Answer, passage_of: Callable[[str], Passage]) -> list[str]:
    """Citations whose offsets or hash differ from the stored passage, one line each; [] when all hold.

    Also reports a supported sentence without a citation, and a marker without one.
    """
    faults = []
    for citation in answer.citations:
        quote = passage_of(citation.passage_id).text[citation.start : citation.end]
        if quote != citation.quote:
            faults.append(f"[{citation.marker}] quotes other words than are stored in {citation.passage_id}")
        elif hashlib.sha256(quote.encode()).hexdigest() != citation.quote_sha256:
            faults.append(f"[{citation.marker}] has the wrong hash")
    markers = {citation.marker for citation in answer.citations}
    for sentence in answer.sentences:
        if sentence.supported and not sentence.citations:
            faults.append(f"no citation: {sentence.text}")
        faults += [f"no citation of number {marker}" for marker in sentence.citations if marker not in markers]
    return faults


def _share(values: Iterable[bool]) -> float:
    counted = list(values)
    return sum(counted) / len(counted) if counted else 1.0


def _holds(text: str, phrase: str) -> bool:
    wanted = _squeezed(phrase)
    before = r"(?<!\d)(?<!\d\.)" if wanted[:1].isdigit() else ""
    after = r"(?!\d)(?!\.\d)" if wanted[-1:].isdigit() else ""
    return re.search(before + re.escape(wanted) + after, text) is not None


def _squeezed(text: str) -> str:
    folded = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", fold(text))
    return re.sub(r"[\s*`|]+", "", folded)
