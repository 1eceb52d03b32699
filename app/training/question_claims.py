"""Claims out of reading comprehension: a question with its answer put in is one, with the answer of another it is not.

Sets in SQuAD's layout hold them by the thousand, worded by somebody who did not copy the passage, and about everything
but shops. A Chinese question is told by putting the answer where it asks; an English one keeps its order, with the
answer behind.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from app.training.labelled_claims import Claim
from index.text.language import detect
from index.text.sentences import split_sentences

_ASKS = re.compile(
    r"什么时候|什么时间|什么地方|什么人|什么|何时|何地|何人|何处|哪一?[年位个座国种部家些次月天场名届所本片条件只款间]|哪里|哪儿|哪|谁"
    r"|多少[年人个元米公里岁天次]?|几[年人个元岁天次]?|为何|怎么样|如何"
)
_MOST_SENTENCES = 6
_LONG = 12
"""Characters from which an answer counts as long; only like is put for like."""


def question_claims(
    questions: Sequence[Mapping[str, Any]],
    paragraphs: Sequence[Mapping[str, Any]],
    chance: random.Random,
    *,
    convert: Callable[[str], str] = str,
) -> Iterator[Claim]:
    """Claims of a set in SQuAD's layout (`data` of the file).

    Args:
        questions: where the questions are taken from.
        paragraphs: where answers and passages are taken from: the same, or a translation in the same order.
        chance: chooses wrong answers and how much of a paragraph is cited.
        convert: what is done to every text.
    """
    for asked, told in zip(questions, paragraphs, strict=True):
        for asking, telling in zip(asked["paragraphs"], told["paragraphs"], strict=True):
            text = convert(" ".join(telling["context"].split("\n")))
            items = [
                (convert(question["question"]), [convert(answer["text"]) for answer in its.get("answers", ())[:1]], its)
                for question, its in zip(asking["qas"], telling["qas"], strict=True)
            ]
            answers = [answer for _, found, _ in items for answer in found]
            for question, found, its in items:
                if not found:
                    found_instead = [convert(answer["text"]) for answer in its.get("plausible_answers", ())[:1]]
                    yield from _claims(question, None, found_instead, text, chance)
                    continue
                others = [other for other in answers if other not in found[0] and found[0] not in other]
                alike = [other for other in others if _kind(other) == _kind(found[0])] or others
                yield from _claims(question, found[0], [chance.choice(alike)] if alike else [], text, chance)


def told(question: str, answer: str) -> str:
    """The question as a statement with this answer.

    >>> told("拉丁语的研究是谁开创的？", "彼特拉克")
    '拉丁语的研究是彼特拉克开创的'
    >>> told("Who wrote it?", "Petrarch")
    'Who wrote it? Petrarch.'
    """
    bare = question.strip().rstrip("？?。")
    if detect(question) == "en":
        return f"{bare}? {answer}."
    places = list(_ASKS.finditer(bare))
    if len(places) == 1 and not bare.startswith("为"):
        return bare[: places[0].start()] + answer + bare[places[0].end() :]
    return f"{bare}？{answer}。"


def _claims(
    question: str, answer: str | None, wrong: Sequence[str], text: str, chance: random.Random
) -> Iterator[Claim]:
    if answer is not None and (passage := _cited(text, [answer], chance)):
        yield Claim(told(question, answer), passage, "", is_supported=True, fault=None)
    for other in wrong:
        both = [other] if answer is None else [answer, other]
        if passage := _cited(text, both, chance) or _cited(text, both[:1], chance):
            yield Claim(told(question, other), passage, "", is_supported=False, fault="entity")


def _cited(text: str, answers: Sequence[str], chance: random.Random) -> str:
    """The sentences from the first with an answer to the last, now and then with a neighbour; "" where too many."""
    spans = split_sentences(text)
    hits = [n for n, (start, end) in enumerate(spans) if any(answer in text[start:end] for answer in answers)]
    if not hits:
        return ""
    first, last = max(0, hits[0] - chance.randint(0, 1)), min(len(spans) - 1, hits[-1] + chance.randint(0, 1))
    return text[spans[first][0] : spans[last][1]] if last - first < _MOST_SENTENCES else ""


def _kind(answer: str) -> tuple[bool, bool]:
    return any(char.isdigit() for char in answer), len(answer) > _LONG
