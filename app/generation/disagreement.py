"""Whether two sentences of different documents say different things about the same subject.

Careful, because a false alarm costs trust: both must hold each other's content words almost wholly, stand below titles
and headings about the same thing, and name the same things by their codes; then another number, date or a no against a
yes is a disagreement. Sentences of two languages are not compared.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from app.generation.polarity import is_kept, negations
from app.generation.quantities import Quantity, is_contained, quantities
from index.text.language import crosses
from index.text.terms import content_terms, coverage, held_terms

Kind = Literal["number", "date", "polarity", "name"]
"""In what passages differ; names only where they are answers to one question, see `app.assistant.disputes`."""

_LIST_MARK = re.compile(
    r"^\s*(?:[-*•·]|\d{1,2}[.)、）]|[(（]?[一二三四五六七八九十]{1,3}[)）、]"
    r"|第[\d一二三四五六七八九十百]{1,4}[条條款][：:]?)\s*"
)
_OF_ITSELF = re.compile(
    r"施行|生效|实施|實施|执行|執行|有效|废止|廢止|发布|發布|修订|修訂|版"
    r"|\b(?:effective|in force|valid|applies|version|published|updated|announced)\b",
    re.IGNORECASE,
)
"""A sentence about the document itself: that two documents are of different days is no disagreement."""
_SAME_WORDS = 0.85
_HALF = 0.5
_SAME_SUBJECT = 0.6
_DAYS = frozenset({"date", "clock"})


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence with what stands around it."""

    sentence: str
    context: str = ""
    """Title, headings and the line that introduces it."""
    passage: str = ""
    """The text that it stands in."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """In what two sentences differ."""

    kind: Kind
    values: tuple[str, str]
    """What each of them says, as it stands there; "" for a yes against a no."""


def may_disagree(sentence: str) -> bool:
    """Whether a sentence holds anything that another could contradict; cheap."""
    return bool(quantities(sentence)) or negations(sentence) > 0


def disagreement(one: Said, other: Said) -> Disagreement | None:
    """In what the two differ; None when they agree, speak of different things, or when it is not certain."""
    first, second = _LIST_MARK.sub("", one.sentence), _LIST_MARK.sub("", other.sentence)
    if crosses(first, second):
        return None
    mine, theirs = quantities(first), quantities(second)
    words = (_without(first, mine), _without(second, theirs))
    terms = min(sum(len(term) > 1 for term in content_terms(text)) for text in words)
    if terms < 2 or not (_is_held(*words) and _is_held(*words[::-1])):
        return None
    if _codes(mine) != _codes(theirs) or not _is_same_subject(one, other):
        return None
    found = _values(measured(mine), measured(theirs))
    if found is not None:
        return None if found.kind == "date" and _OF_ITSELF.search(first) else found
    is_equal = all(is_contained(item, theirs) for item in mine) and all(is_contained(item, mine) for item in theirs)
    if is_equal and not is_kept(first, second) and not is_kept(second, first):
        return Disagreement("polarity", ("", ""))
    return None


def measured(found: Sequence[Quantity]) -> list[Quantity]:
    """Without the codes, which name things."""
    return [item for item in found if item.kind != "code"]


def are_alike(mine: Sequence[Quantity], theirs: Sequence[Quantity]) -> bool:
    """Whether they are of the same kinds, as many of each."""
    return Counter(item.kind for item in mine) == Counter(item.kind for item in theirs)


def kind_of(found: Sequence[Quantity]) -> Kind:
    """Of a disagreement about these."""
    return "date" if all(item.kind in _DAYS for item in found) else "number"


def _without(sentence: str, found: Sequence[Quantity]) -> str:
    """The words of a sentence, its numbers and dates left out."""
    for item in reversed(found):
        if item.kind != "code":
            sentence = f"{sentence[: item.start]} {sentence[item.end :]}"
    return sentence


def _is_held(claim: str, other: str) -> bool:
    """Whether the other holds its content words: nearly all of them, and of each at least half."""
    return coverage(claim, other) >= _SAME_WORDS and min(held_terms(content_terms(claim), other)) >= _HALF


def _values(mine: Sequence[Quantity], theirs: Sequence[Quantity]) -> Disagreement | None:
    """A difference where both name quantities of the same kinds, as many of each."""
    if not mine or not are_alike(mine, theirs):
        return None
    only_mine = [item for item in mine if not is_contained(item, theirs)]
    only_theirs = [item for item in theirs if not is_contained(item, mine)]
    if not only_mine or not only_theirs:
        return None
    return Disagreement(kind_of([*only_mine, *only_theirs]), (_shown(only_mine), _shown(only_theirs)))


def _is_same_subject(one: Said, other: Said) -> bool:
    """Whether titles and headings of either are taken up by what stands around the other."""
    mine, theirs = _codes(quantities(one.context)), _codes(quantities(other.context))
    if mine and theirs and mine != theirs:
        return False
    if not content_terms(one.context) or not content_terms(other.context):
        return len(content_terms(one.sentence)) >= 4
    there = coverage(one.context, f"{other.context}\n{other.passage}")
    here = coverage(other.context, f"{one.context}\n{one.passage}")
    return max(there, here) >= _SAME_SUBJECT


def _codes(found: Sequence[Quantity]) -> set[str]:
    return {str(item.value) for item in found if item.kind == "code"}


def _shown(found: Sequence[Quantity]) -> str:
    return ", ".join(item.text.strip() for item in found)
