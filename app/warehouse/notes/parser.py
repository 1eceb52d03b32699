"""From a note to the courier to what it asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from app.domain.delivery_note import Contact, DeliveryConstraint, DeliveryWindow, HandOver, ReadNote, Unclear
from app.warehouse.notes.access import find_access, find_codes
from app.warehouse.notes.contact import find_contacts
from app.warehouse.notes.doubts import find_doubts
from app.warehouse.notes.errors import NoteTooLong
from app.warehouse.notes.goods import find_goods, find_substitutions
from app.warehouse.notes.mention import Clauses, Mention, Taken, words
from app.warehouse.notes.people import find_people, find_reports
from app.warehouse.notes.places import find_places
from app.warehouse.notes.remainder import unread
from app.warehouse.notes.settling import (
    corrected,
    correction_places,
    left_with_somebody,
    once,
    without_contradictions,
)
from app.warehouse.notes.windows import WindowReader
from index.text.normalize import Folded, fold_with_offsets

LONGEST_NOTE = 10_000
_SENTENCE_END = words(r"[。!?;\n]|\.(?!\d)")
_OLD = words(
    r"上次",
    r"上回",
    r"上一?次",
    r"以前(?=[买放都的送]过?)",
    r"之前买",
    r"买过",
    r"\b(?:last time|previous(?:ly)?|last order|last week)\b",
)
_SOFT = words(r"尽量|最好|可能|如果可以|方便的话|\b(?:if possible|maybe|preferably|ideally|would be (?:nice|great))\b")


class NoteParser:
    """Reads notes by a grammar of its own; safe to share between threads.

    A constraint always rests on words of the note; what no rule knows gives none, and is told of where it asks for
    something. Time grows linearly with the length of a note.
    """

    def parse(self, text: str, now: datetime) -> ReadNote:
        """What a note asks for, as seen from `now`: aware, in the zone of the place of delivery.

        Raises `NoteTooLong` above 10,000 characters.
        """
        if now.tzinfo is None:
            raise ValueError("Expected an aware time.")
        if len(text) > LONGEST_NOTE:
            raise NoteTooLong(f"The note has {len(text)} characters, the limit is {LONGEST_NOTE}. Shorten it.")
        folded = fold_with_offsets(text)
        mentions, left = _settled(folded.text, _as_written(text, folded), now)
        return ReadNote(
            text,
            now,
            tuple(_constraint(mention, folded, text) for mention in mentions),
            tuple(_constraint(mention, folded, text) for mention in left),
        )


def _settled(text: str, written: str, now: datetime) -> tuple[list[Mention], list[Mention]]:
    """What is wished for, and what reads as a wish and was not understood."""
    clauses = Clauses(text)
    places = correction_places(text)
    said = WindowReader(now).find(text, clauses, places)
    found = list(_found(text, written, clauses))
    places_read = [(mention.start, mention.end) for mention in [*found, *(each.mention for each in said)]]
    orders = [(mention.start, _sentence_end(text, mention.end)) for mention in found if _is_order(mention)]
    said = [each for each in said if not _is_void(each.mention, text, clauses, orders)]
    found = [mention for mention in found if _is_order(mention) or not _is_void(mention, text, clauses, orders)]
    windows, found = left_with_somebody(said, found)
    mentions = corrected([*windows, *found], places)
    has_time = any(isinstance(each.value, DeliveryWindow) and not each.value.excluded for each in mentions)
    if has_time:  # the hour that is named says how soon
        mentions = [each for each in mentions if each.value != Unclear("vague_time")]
    left = unread(text, [*places_read, *orders])
    return (
        once(without_contradictions(once(_without_echoes(mentions)))),
        [Mention("unclear", Unclear("not_understood"), start, end, 0.5) for start, end in left],
    )


def _found(text: str, written: str, clauses: Clauses) -> Iterator[Mention]:
    """Everything but windows; the order decides where two subjects claim the same words."""
    doubts = list(find_doubts(text))
    taken = Taken(len(text))
    firm = [doubt for doubt in doubts if doubt.value in (Unclear("instruction"), Unclear("address_change"))]
    rest = [doubt for doubt in doubts if doubt not in firm]
    finders: tuple[Iterable[Mention], ...] = (
        firm,
        find_codes(text, written),
        find_reports(text),
        find_people(text),
        find_substitutions(text),
        find_places(text, clauses),
        find_access(text),
        find_contacts(text, clauses),
        find_goods(text),
        rest,
    )
    for mentions in finders:
        yield from taken.take(mentions)


def _is_void(mention: Mention, text: str, clauses: Clauses, orders: list[tuple[int, int]]) -> bool:
    """Whether it stands in an order to the machine, or tells of an earlier time."""
    if any(start < mention.end and mention.start < end for start, end in orders):
        return True
    first, _ = clauses.around(mention.start, mention.end)
    return _OLD.search(text, first, mention.end) is not None and mention.value != Unclear("vague_place")


def _is_order(mention: Mention) -> bool:
    return mention.value == Unclear("instruction")


def _sentence_end(text: str, at: int) -> int:
    match = _SENTENCE_END.search(text, at)
    return match.start() if match else len(text)


def _without_echoes(mentions: list[Mention]) -> list[Mention]:
    """A place named alone where the same place is refused or left; a call wished for where it has its minutes."""
    refused = {each.value.to for each in mentions if isinstance(each.value, HandOver) and not each.value.allowed}
    timed = {
        each.value.method
        for each in mentions
        if isinstance(each.value, Contact) and each.value.minutes_ahead is not None
    }
    return [
        each
        for each in mentions
        if not (
            isinstance(each.value, HandOver)
            and each.value.allowed
            and each.value.to in refused
            and each.confidence <= 0.8
        )
        and not (
            isinstance(each.value, Contact) and each.value == Contact(each.value.method) and each.value.method in timed
        )
    ]


def _constraint(mention: Mention, folded: Folded, text: str) -> DeliveryConstraint:
    start, end = folded.span(mention.start, mention.end)
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    clause = folded.text[max(0, mention.start - 8) : mention.end + 12]
    confidence = mention.confidence - (0.1 if _SOFT.search(clause) else 0)
    return DeliveryConstraint(mention.type, mention.value, start, end, round(max(0.3, confidence), 2))


def _as_written(text: str, folded: Folded) -> str:
    """The note in the places of the folded text, with its capitals: what a gate code is spelled like."""
    return "".join(text[at] for at in folded.offsets[:-1]) if folded.text else ""
