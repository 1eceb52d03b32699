"""What of a passage has to be said with a sentence: its condition, the other half of its rule, the rest of its list."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from app.domain import Evidence
from index.text.questions import asks
from index.types import Passage

_CONDITION = re.compile(
    r"^\s*(?:[-*•·]\s*)?(?:但是?|不过|然而|除外|除非|其中|例外|注意|注：|以下|下列|前述|上述|该|此|如果?|若|否则|同时"
    r"|however|but|except|unless|otherwise|this|these|note|if|provided)",
    re.IGNORECASE,
)
_LEAD_IN = re.compile(r"(?:如下|以下|下列|包括|following|as follows)[^。.]*[:：]?\s*$|[:：]\s*$", re.IGNORECASE)

_NUMBER = r"[（(]?(?:\d{1,2}|[a-z]|[一二三四五六七八九十]{1,3})(?:[)）、]|[.．](?!\d))|[①-⑳]"
_ITEM = re.compile(rf"\s*(?:[-*•·]|{_NUMBER})", re.IGNORECASE)
_NUMBERED = re.compile(rf"\s*(?:{_NUMBER})", re.IGNORECASE)
_MOST_LISTED = 7
_LONGEST_LIST = 320
"""Characters of a list that is told whole."""
_CLAUSES = 2
"""Of a rule, to either side of the one that was chosen."""
_LEFT_BETWEEN = 3
"""Sentences of a numbered list between two that were chosen."""


def estimate_tokens(text: str) -> int:
    """Rough count of a language model's tokens: 0.7 per CJK character, 1.3 per other word."""
    cjk = sum("㐀" <= char <= "鿿" for char in text)
    return int(0.7 * cjk + 1.3 * len(re.findall(r"[A-Za-z]+|\d|[^\sA-Za-z\d㐀-鿿]", text))) + 1


def leads_in(sentence: str) -> bool:
    """Whether a sentence says nothing without the list that stands behind it."""
    return _LEAD_IN.search(sentence) is not None


def with_conditions(passage: Passage, number: int) -> tuple[int, int]:
    """The first and the last sentence of what has to be said with sentence `number`: its condition, its list."""
    first = last = number
    total = len(passage.sentences)
    if last + 1 < total and says_little(passage.sentence_text(number)):
        last += 1
    if last + 1 < total and _CONDITION.search(passage.sentence_text(last + 1)):
        last += 1
    if passage.location.row is None:  # whose cells stand behind semicolons
        first, last = _whole_rule(passage, first, last)
    if leads_in(passage.sentence_text(number)):
        while last + 1 < total and last - number < 8 and not asks(passage, last + 1):
            last += 1
    if (listed := _short_list(passage, number)) is not None:
        return min(first, listed[0]), max(last, listed[1])
    if first > 0:
        before = passage.sentence_text(first - 1)
        leads = leads_in(before) or _CONDITION.search(passage.sentence_text(first))
        if leads and not asks(passage, first - 1):
            first -= 1
    return first, last


def _short_list(passage: Passage, number: int) -> tuple[int, int] | None:
    """The list that a marked item belongs to, with its heading; None for no item, no heading, or a list that is long.

    One case of several is not the rule, and an item without its heading says nothing.
    """
    first = last = number
    while first > 0 and is_item(passage, first) and number - first < _MOST_LISTED:
        first -= 1
    if first == number or not leads_in(passage.sentence_text(first)):
        return None
    while last + 1 < len(passage.sentences) and is_item(passage, last + 1) and last - first < _MOST_LISTED:
        last += 1
    return (first, last) if passage.sentences[last][1] - passage.sentences[first][0] <= _LONGEST_LIST else None


def without_gaps(chosen: Sequence[Evidence]) -> list[Evidence]:
    """The pieces, with two of one numbered list in one piece where only a few sentences of it stand between them.

    Who is told the first step and the third is told something else than the rule.
    """
    return _merged(chosen, _is_one_list)


def _is_one_list(before: Evidence, behind: Evidence) -> bool:
    """Whether every line from the one to the other, both included, is an item with a number, and few stand between."""
    passage = before.passage
    lines = [number for number in range(before.first, behind.first + 1) if begins_line(passage, number)]
    return (
        behind.first - before.last - 1 <= _LEFT_BETWEEN
        and before.first in lines
        and behind.first in lines
        and all(_NUMBERED.match(passage.sentence_text(number)) for number in lines)
    )


def begins_line(passage: Passage, number: int) -> bool:
    """Whether a sentence is the first of its line."""
    start = passage.sentences[number][0]
    return number == 0 or "\n" in passage.text[passage.sentences[number - 1][1] : start]


def is_item(passage: Passage, number: int) -> bool:
    """Whether a sentence is marked as an item of a list."""
    return _ITEM.match(passage.sentence_text(number)) is not None


def _whole_rule(passage: Passage, first: int, last: int) -> tuple[int, int]:
    """The clauses of one line up to its full stop: behind a semicolon stands the other half of a rule."""
    for _ in range(_CLAUSES):
        if first > 0 and goes_on(passage, first - 1):
            first -= 1
        if last + 1 < len(passage.sentences) and goes_on(passage, last):
            last += 1
    return first, last


def goes_on(passage: Passage, number: int) -> bool:
    """Whether the next sentence is the same one's next clause, and not the next item of a list."""
    (start, end), (following, _) = passage.sentences[number], passage.sentences[number + 1]
    return (
        passage.text[start:end].endswith(("；", ";"))
        and "\n" not in passage.text[end:following]
        and not is_item(passage, number + 1)
    )


def says_little(sentence: str) -> bool:
    """Whether it is a mere yes or no (不能。 / No.), which the sentence behind it explains."""
    return estimate_tokens(sentence) <= 4 and not re.search(r"\d", sentence)


def joined(chosen: Sequence[Evidence]) -> list[Evidence]:
    """Neighbouring pieces of one passage become one, in the place of the better."""
    return _merged(chosen, lambda before, behind: behind.first <= before.last + 1)


def _merged(chosen: Sequence[Evidence], are_one: Callable[[Evidence, Evidence], bool]) -> list[Evidence]:
    """The pieces, with two of one passage that are one, told the one that begins first, in the place of the better."""
    result: list[Evidence] = []
    for item in chosen:
        for at, other in enumerate(result):
            before, behind = sorted((item, other), key=lambda one: one.first)
            if other.passage.passage_id == item.passage.passage_id and are_one(before, behind):
                last = max(item.last, other.last)
                result[at] = replace(other, number=0, first=before.first, last=last)
                break
        else:
            result.append(item)
    return result
