"""Passages that answer one question differently: 武汉 in the one, 成都 in the other.

`conflicts` compares sentences that say nearly the same; here two sentences may be worded as they like, and the short
answers that the reader finds in them are compared. Careful, because a shop has many rules that differ for good reason:
both sentences must answer well and about equally well, and what they answer must be of one kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.fuzz import ratio

from app.assistant.conflicts import Conflict, Pair, Side
from app.assistant.finding import Look
from app.domain import Evidence
from app.generation.disagreement import Kind, are_alike, kind_of, measured
from app.generation.quantities import Quantity, is_contained, quantities
from app.retrieval.reading.reader import NEAR
from index.text.language import crosses
from index.text.normalize import bare
from index.text.questions import asks

_SURE = 2.0
"""Score from which on a short answer counts."""
_TOLD = 0.0
"""The same where the answer that was told holds one of them."""
_LONGEST = 20
"""Characters: longer ones are clauses, which may differ in words alone."""
_ALIKE = 45.0
"""Per cent of characters from which on two names may be one, spelt or cut differently."""


@dataclass(frozen=True, slots=True)
class _Said:
    """A sentence that answers, and in what words."""

    item: Evidence
    answer: str
    score: float


def disputed(look: Look | None, *, told: str = "", beside: Sequence[Look | None] = ()) -> tuple[Pair, Conflict] | None:
    """The likeliest answer with the likeliest other one; None when all say the same, or it is not certain.

    Where an answer has been `told` already, that is a second witness for the one that it holds: less is enough then.
    `beside` is what was found for the other things that were asked: what answers those is no other answer to this.
    """
    if look is None or look.reading is None:
        return None
    said = _all_said(look)
    sure, told = (_TOLD, bare(told)) if told else (_SURE, "")
    others = {bare(found[0].answer) for found in map(_all_said, beside) if found}
    best = next((one for one in said if bare(one.answer) in told), None) if told else next(iter(said), None)
    if best is None or best.score < sure:
        return None
    for other in said:
        if other.score < max(sure, best.score - NEAR):
            break
        if bare(other.answer) in others or bare(other.answer) in told:  # of two things that were asked
            continue
        if _are_apart(best.item, other.item) and (kind := _difference(best, other)) is not None:
            sides = (_side(best), _side(other))
            ordered = sorted(sides, key=lambda side: (side.passage_id, side.start))
            return (best.item, other.item), Conflict(kind, (ordered[0], ordered[1]))
    return None


def disputed_each(looks: Sequence[Look | None]) -> list[tuple[Pair, Conflict]]:
    """What is disputed of each of several things that were asked."""
    found = (disputed(look, beside=[*looks[:at], *looks[at + 1 :]]) for at, look in enumerate(looks))
    return [pair for pair in found if pair is not None]


def _all_said(look: Look | None) -> list[_Said]:
    """The short answers, surest first."""
    return sorted(_said(look), key=lambda one: -one.score) if look is not None else []


def _said(look: Look) -> Iterator[_Said]:
    for single, words, score in look.short_answers():
        text = words.strip()
        if text and len(text) <= _LONGEST and not asks(single.passage, single.first):
            yield _Said(single, text, score)


def _are_apart(one: Evidence, other: Evidence) -> bool:
    return one.passage.document_id != other.passage.document_id and not crosses(one.quote, other.quote)


def _difference(one: _Said, other: _Said) -> Kind | None:
    """Of which kind the difference is; None for none."""
    mine, theirs = measured(quantities(one.answer)), measured(quantities(other.answer))
    if mine or theirs:
        mine, theirs = _days_alone(mine, theirs)
        is_other = _lacks(mine, other.item.quote) and _lacks(theirs, one.item.quote)
        return kind_of([*mine, *theirs]) if is_other and are_alike(mine, theirs) else None
    names = (bare(one.answer), bare(other.answer))
    if not all(names) or ratio(*names) > _ALIKE or names[0] in names[1] or names[1] in names[0]:
        return None
    is_said_there = names[0] in bare(other.item.quote) or names[1] in bare(one.item.quote)
    return None if is_said_there else "name"


def _days_alone(mine: list[Quantity], theirs: list[Quantity]) -> tuple[list[Quantity], list[Quantity]]:
    """Without what is beside a date where both have one: of two days half past four is the same."""
    days = tuple([item for item in found if item.kind == "date"] for found in (mine, theirs))
    return (days[0], days[1]) if all(days) else (mine, theirs)


def _lacks(mine: Sequence[Quantity], sentence: str) -> bool:
    """Whether a sentence does not say any of these."""
    theirs = quantities(sentence)
    return not any(is_contained(item, theirs) for item in mine)


def _side(said: _Said) -> Side:
    return Side.of(said.item.passage, said.item.first, said.answer)
