"""What becomes of wishes that take others back, stand against them, or say the same again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice

from app.domain.delivery_note import Carrier, DeliveryWindow, Entrance, HandOver, Unclear
from app.warehouse.notes.mention import Mention, words
from app.warehouse.notes.windows import Said

_CORRECTION = words(
    r"(?:不对|说错了?|写错了?|打错了?|错了|更正|哦不|啊不|不不|不是不是|改一下|应该是)(?:[,:，。.! ]|是|,?应该是)*"
    r"|\b(?:no,? wait|wait,? no|scratch that|correction|i mean|i meant|actually|oops|sorry,? not)\b[,:. ]*"
)
_MOST_CORRECTIONS = 20
"""Nobody corrects himself more often in a note; the work for each grows with the note."""
_NEAR = 13
"""Characters behind an absence within which a place is named for it."""
_REACH = 24
"""Characters behind a correction within which what it puts right begins."""


def correction_places(text: str) -> list[int]:
    """Where what stands behind a word of correction begins."""
    return [match.end() for match in islice(_CORRECTION.finditer(text), _MOST_CORRECTIONS)]


def corrected(mentions: Sequence[Mention], places: Iterable[int]) -> list[Mention]:
    """Without what a later word took back; hours that were not corrected stay with their day, and days with hours."""
    kept = sorted(mentions, key=lambda mention: mention.start)
    for place in places:
        behind = next((found for found in kept if place - 1 <= found.start <= place + _REACH), None)
        if behind is None:
            continue
        before = next((found for found in reversed(kept) if found.end <= place and found.type == behind.type), None)
        if before is None or before.value == behind.value:
            continue
        kept.remove(before)
        if isinstance(before.value, DeliveryWindow) and isinstance(behind.value, DeliveryWindow):
            at = kept.index(behind)
            kept[at] = replace(behind, value=_completed(behind.value, before.value))
        elif isinstance(before.value, HandOver) and isinstance(behind.value, HandOver) and before.value.if_absent:
            kept[kept.index(behind)] = replace(behind, value=replace(behind.value, if_absent=True))
    return kept


def left_with_somebody(said: Sequence[Said], places: Sequence[Mention]) -> tuple[list[Mention], list[Mention]]:
    """Windows and hand-overs: not at home tomorrow, leave it with the guard asks for no other day.

    Unless the note names a time that will do, the absence is then the case for which the place is named.
    """
    windows = [each.mention for each in said]
    has_time = any(isinstance(window.value, DeliveryWindow) and not window.value.excluded for window in windows)
    settled = list(places)
    begins = {place.start: at for at, place in enumerate(settled) if isinstance(place.value, HandOver)}
    dropped = set()
    for each in said if not has_time else ():
        if not each.is_absence:
            continue
        for start in range(each.mention.end, each.mention.end + _NEAR):
            at = begins.get(start)
            value = None if at is None else settled[at].value
            if at is not None and isinstance(value, HandOver) and value.allowed:
                settled[at] = replace(settled[at], value=replace(value, if_absent=True))
                dropped.add(id(each.mention))
    windows = [window for window in windows if id(window) not in dropped]
    return windows, settled


def once(mentions: Iterable[Mention]) -> list[Mention]:
    """Each type and value at its first place."""
    seen = set()
    kept = []
    for mention in sorted(mentions, key=lambda mention: (mention.start, mention.end)):
        if (mention.type, mention.value) not in seen:
            seen.add((mention.type, mention.value))
            kept.append(mention)
    return kept


def without_contradictions(mentions: Sequence[Mention]) -> list[Mention]:
    """Two wishes that cannot both be met become one doubt over the words of both."""
    kept = list(mentions)
    for at, one in enumerate(mentions):
        for other in mentions[at + 1 :]:
            if one in kept and other in kept and _opposed(one, other):
                kept.remove(one)
                kept.remove(other)
                start, end = min(one.start, other.start), max(one.end, other.end)
                kept.append(Mention("unclear", Unclear("contradiction"), start, end, 0.85))
    return sorted(kept, key=lambda mention: mention.start)


def _opposed(one: Mention, other: Mention) -> bool:
    first, second = one.value, other.value
    if isinstance(first, HandOver) and isinstance(second, HandOver):
        return first.to == second.to and first.allowed != second.allowed and not (first.if_absent or second.if_absent)
    if isinstance(first, Entrance) and isinstance(second, Entrance):
        return first.name == second.name and first.usable != second.usable
    if isinstance(first, Carrier) and isinstance(second, Carrier):
        return first.name == second.name and first.allowed != second.allowed
    if isinstance(first, DeliveryWindow) and isinstance(second, DeliveryWindow) and first.excluded != second.excluded:
        wanted, barred = (second, first) if first.excluded else (first, second)
        return wanted.has_days and _covers(barred, wanted)
    return False


def _covers(barred: DeliveryWindow, wanted: DeliveryWindow) -> bool:
    """Whether nothing is left of what is wanted."""
    if barred.weekdays:
        if not wanted.weekdays or not set(wanted.weekdays) <= set(barred.weekdays):
            return False
    elif barred.has_days:
        if wanted.first_day is None or wanted.last_day is None:
            return False
        if barred.first_day and wanted.first_day < barred.first_day:
            return False
        if barred.last_day and wanted.last_day > barred.last_day:
            return False
    starts = barred.start is None or (wanted.start is not None and wanted.start >= barred.start)
    ends = barred.end is None or (wanted.end is not None and wanted.end <= barred.end)
    return starts and ends


def _completed(later: DeliveryWindow, earlier: DeliveryWindow) -> DeliveryWindow:
    if not later.has_days:
        later = replace(later, first_day=earlier.first_day, last_day=earlier.last_day, weekdays=earlier.weekdays)
    if not later.has_hours:
        later = replace(later, start=earlier.start, end=earlier.end)
    return later
