"""Does the answer hold a span that is known to be right, and how near is what it cites to that span?

The metrics are those of CMRC 2018, where a model marks a span; an answer here quotes whole sentences, so that the
share that holds the span says more than the match of the quote.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher

from app.domain.answer import unmarked
from app.evaluation.datasets import RetrievalQuestion, RetrievalSet
from app.evaluation.examiner import PROOF_MEASURES, Asked, Examiner
from app.evaluation.matching import holds
from app.evaluation.measures import Measure, Score
from app.evaluation.retrieval import wanted_documents
from app.evaluation.sections import QuestionResult, Section, input_digest
from index.text.language import HAN

_TOKENS = re.compile(rf"[{HAN}]|[^\W_{HAN}]+")

MEASURES = (
    Measure("holds_answer", "The answer holds one of the known spans.", "share"),
    Measure("exact", "A cited quote is one of the known spans, punctuation aside.", "share"),
    Measure("character_f1", "Longest run that the best cited quote and a known span share, as F1.", "mean"),
    Measure("wrongly_declined", "Declined, though the documents answer.", "share", is_higher_better=False),
    *PROOF_MEASURES,
)


def span_f1(quote: str, span: str) -> float:
    """F1 of the longest run of characters (words in Latin script) that both share; punctuation does not count.

    0.0 when either is empty. Source: the evaluation script of CMRC 2018 (Cui et al., EMNLP 2019), which takes the
    longest common substring of the mixed segmentation.
    """
    ours, theirs = _tokens(quote), _tokens(span)
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    shared = matcher.find_longest_match(0, len(ours), 0, len(theirs)).size
    return 2 * shared / (len(ours) + len(theirs)) if shared else 0.0


def is_same_span(quote: str, span: str) -> bool:
    """Whether both are the same, punctuation, case and width aside; False for empty ones."""
    return bool(_tokens(quote)) and _tokens(quote) == _tokens(span)


def examine_reading(
    data: RetrievalSet,
    questions: Sequence[RetrievalQuestion],
    examiner: Examiner,
    *,
    is_given: bool,
    on_question: Callable[[], None] = lambda: None,
) -> Section:
    """Ask every question: `is_given` hands the right documents in with it, else they have to be found."""
    results = []
    for question in questions:
        gold = [name for name, grade in question.relevance.items() if grade > 0]
        if is_given:
            texts = [data.documents[name].text for name in gold]
            asked = examiner.ask_with(question.text, texts, roles=["gold"] * len(texts))
        else:
            asked = examiner.ask(question.text, gold=gold)
        results.append(_result(question, data, asked))
        on_question()
    name, title = (
        ("reading_given", "Answers from the right document, given")
        if is_given
        else ("reading_found", "Answers from the index")
    )
    return Section(name, title, MEASURES, tuple(results), data.notes)


def _tokens(text: str) -> list[str]:
    return _TOKENS.findall(unicodedata.normalize("NFKC", text).lower())


def _result(question: RetrievalQuestion, data: RetrievalSet, asked: Asked) -> QuestionResult:
    text = unmarked(asked.answer.text)
    quotes = [citation.quote for citation in asked.answer.citations]
    pairs = [(quote, span) for quote in quotes for span in question.answers]
    scores: dict[str, Score] = {
        "holds_answer": not asked.is_declined and any(holds(text, span) for span in question.answers),
        "exact": any(is_same_span(quote, span) for quote, span in pairs),
        "character_f1": max((span_f1(quote, span) for quote, span in pairs), default=0.0),
        "wrongly_declined": asked.is_declined,
    }
    return QuestionResult(
        question_id=question.question_id,
        text=question.text,
        type=question.type,
        language=question.language,
        scores={**scores, **asked.proof},
        expected={"answer": list(question.answers), "documents": wanted_documents(question, data)},
        answer=asked.answer.to_dict(),
        retrieved=asked.shown,
        faults=asked.faults,
        input_digest=input_digest(question.text, list(question.answers), dict(question.relevance)),
    )
