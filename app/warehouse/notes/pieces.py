"""Days and hours of a note with the words that bound them, and which of them belong together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from app.warehouse.notes.clock import Clock, find_clocks
from app.warehouse.notes.days import Days
from app.warehouse.notes.mention import Taken, words

Bound = Literal["", "before", "by", "after", "from", "around"]
_PREFIXES: tuple[tuple[Bound, re.Pattern[str]], ...] = (
    ("by", words(
        r"(?:最晚|最迟|不晚于|不迟于|不要晚于|别晚于|\bno later than|\bnot later than|\bby|\blatest|"
        r"\bat the latest)\s?(?:the )?$",
    )),
    ("from", words(
        r"(?:最早|不早于|不要早于|别早于|\bno earlier than|\bnot earlier than|\bearliest|\bstarting|\bfrom|从|"
        r"自)\s?(?:the )?$",
    )),
    ("by", words(r"\b(?:until|till|til|up to)\s?(?:the )?$")),
    ("after", words(r"(?:\bafter|\blater than|\bpast|\bsince|过了|超过|晚于)\s?(?:the )?$")),
    ("by", words(r"\b(?:on or before|by or before)\s?(?:the )?$")),
    ("before", words(r"\b(?:before|ahead of|prior to|earlier than)\s?(?:the )?$")),
    ("around", words(r"(?:\baround|\babout|\broughly|\bapprox\w*|大概|大约|差不多)\s?(?:在|at )?$")),
    ("", words(r"\b(?:at|between|on)\s?$|(?:只有|只能|仅限?|在|于)$")),
)  # fmt: skip
_SUFFIXES: tuple[tuple[Bound, re.Pattern[str]], ...] = (
    ("around", words(r"\s?(?:左右|前后|上下)|\s?ish\b|\sor so\b")),
    ("before", words(r"\s?(?:(?:之|以)前|前(?!台|门|天|面|后)|\bor (?:earlier|before)\b)")),
    ("after", words(r"\s?(?:(?:之|以|过)后|后(?!天|门|面|备|续|院)|\s?(?:and|or) (?:after(?! ?\w)|later)\b)")),
    ("from", words(
        r"\s?(?:起(?!床)|开始|onwards?\b|(?:以后)?才(?=回|在|有人|能|到家|可以|方便|下班)|(?=(?:再|就|"
        r"能)?(?:回(?:来|家|$|[,。 ])|到家|下班|有空)))",
    )),
    ("by", words(r"\s?(?:为止|截止|以内|(?:就|要|得|会)?(?:出门|离开|要走))")),
)  # fmt: skip
_ONLY = words(r"(?:只有?|仅限?)$|\bonly (?:on )?$")
_JOINS = words(r"(?:\s|的|,(?= )|at|on|in the|in|of|from|between|都|每天|之间)*")
_BEFORE_HOUR = words(
    r"\b(?:after|before|by|until|till|around|about|at|between|from|than|past)\s?$",
    r"[早晚]上?$",
    r"[上下]午$",
)
_BEFORE_SPAN = words(
    r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?s?|tomorrow|today|between|from|avoid|say|not|"
    r"only|prefer(?:ably)?|ok|best|around|weekdays?|daily|hours|opens?|open from)\s?$",
)
_PART_TO_HOUR = words(r"[\s的,]{0,2}(?:at)?\s?")
_OR_AND = words(r"\s?(?:或者?|和|及|、|,|and|or|&|/)\s?")
_UP_TO = words(r"\s?(?:到|至|-|–|~|to|until)\s?")
_RANGE = words(
    r"\d\s?(?:-|–|~)\s?\d|[a-z一二三四五六七八九十点半\d]\s?(?:到|至|\bto\b|\bthrough\b|-|"
    r"–)\s?[a-z周星礼一二三四五六七八九十\d]"
)
_BUT = words(r"\s?(?:,|and|but|,? ?且|并且|到|至|and before)?\s?")
_HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Piece:
    """Days or a time of day with the word that bounds it."""

    what: Days | Clock
    start: int
    end: int
    bound: Bound


def pieces_of(text: str, days: Iterable[Days]) -> list[Piece]:
    """All days and times of day with their bounds, in the order of the text and not overlapping."""
    taken = Taken(len(text))
    pieces = []
    candidates: list[Days | Clock] = [*days, *find_clocks(text)]
    for what in candidates:
        if not taken.is_free(what.start, what.end):
            continue
        piece = _bounded(text, what)
        if isinstance(what, Clock) and what.is_bare and not _is_told_as_time(text, what):
            continue
        taken.mark(what.start, what.end)
        pieces.append(piece)
    pieces.sort(key=lambda piece: piece.what.start)
    return _listed(text, _hinted(text, pieces))


def grouped(text: str, pieces: Iterable[Piece]) -> list[list[Piece]]:
    """Pieces that say one window between them."""
    groups: list[list[Piece]] = []
    for piece in pieces:
        if groups and _belongs(text, groups[-1], piece):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return groups


def _bounded(text: str, what: Days | Clock) -> Piece:
    start, end = what.start, what.end
    before = text[max(0, start - 20) : start]
    bound: Bound = ""
    for name, pattern in _PREFIXES:
        if match := pattern.search(before):
            if name == "from" and _is_stretch(text, what):
                start -= len(before) - match.start()
                break  # from one to three: the words of a span, not of its beginning
            bound, start = name, start - len(before) + match.start()
            break
    is_only = bool(_ONLY.search(before))
    if bound == "around" and (outer := _outer(text, start)):
        bound, start = outer
    for name, pattern in _SUFFIXES:
        if is_only and name == "from":
            continue  # only on Sunday am I in: not from Sunday on
        if match := pattern.match(text, end):
            if name == "from" and isinstance(what, Clock) and not what.is_moment:
                continue  # from three to six I am free
            end = match.end()
            bound = bound if bound in ("by", "from") and name != bound else name
            break
    return Piece(what, start, end, bound)


def _outer(text: str, start: int) -> tuple[Bound, int] | None:
    """The bound before an "about", with where it begins: until about five."""
    before = text[max(0, start - 16) : start]
    for name, pattern in _PREFIXES:
        if name not in ("", "around") and (match := pattern.search(before)):
            return name, start - len(before) + match.start()
    return None


def _is_stretch(text: str, what: Days | Clock) -> bool:
    """Whether it names both of its ends itself."""
    if isinstance(what, Clock):
        return not what.is_moment and not what.is_part and what.first is not None and what.last is not None
    return _RANGE.search(text, what.start, what.end) is not None


def _is_told_as_time(text: str, clock: Clock) -> bool:
    """Whether a bare number stands where only a time can: after 6, between 12 and 1."""
    before = text[max(0, clock.start - 12) : clock.start]
    return _BEFORE_HOUR.search(before) is not None or (not clock.is_moment and _BEFORE_SPAN.search(before) is not None)


def _hinted(text: str, pieces: list[Piece]) -> list[Piece]:
    """A part of the day beside an hour tells which half of the day the hour is of (tonight after 8)."""
    kept: list[Piece] = []
    for piece in pieces:
        last = kept[-1] if kept else None
        if last is not None and (hinted := _hour_of_part(text, last, piece)):
            kept[-1] = hinted
        else:
            kept.append(piece)
    return kept


def _hour_of_part(text: str, part: Piece, hour: Piece) -> Piece | None:
    one, other = part.what, hour.what
    if not isinstance(one, Clock) or not isinstance(other, Clock) or not one.is_part or other.is_part or part.bound:
        return None
    gap = text[part.end : hour.start]
    if one.last is None or other.first is None or _PART_TO_HOUR.fullmatch(gap) is None:
        return None
    if "," in gap and other.hour is None:
        return None
    return Piece(other.within(one.half), part.start, hour.end, hour.bound)


def _listed(text: str, pieces: list[Piece]) -> list[Piece]:
    """Two weekdays or two days with nothing but "or", "and", "to" between them as one."""
    kept: list[Piece] = []
    for piece in pieces:
        last = kept[-1] if kept else None
        if last is not None and (both := _both(text, last, piece)):
            kept[-1] = Piece(both, last.start, piece.end, piece.bound)
        else:
            kept.append(piece)
    return kept


def _both(text: str, first: Piece, second: Piece) -> Days | None:
    one, other = first.what, second.what
    if not isinstance(one, Days) or not isinstance(other, Days) or first.bound:
        return None
    gap = text[one.end : other.start]
    if one.weekdays and other.weekdays and _OR_AND.fullmatch(gap):
        return Days(one.start, other.end, weekdays=tuple(sorted({*one.weekdays, *other.weekdays})))
    if one.last is None or other.first is None or one.last > other.first:
        return None
    is_next = (other.first - one.last).days == 1
    if _UP_TO.fullmatch(gap) or (is_next and _OR_AND.fullmatch(gap)):
        return Days(one.start, other.end, one.first, other.last)
    return None


def _belongs(text: str, group: list[Piece], piece: Piece) -> bool:
    """Whether a piece goes on with the last ones: a day and its hours, an hour from which and one to which."""
    last = group[-1]
    gap = text[last.end : piece.start]
    if len(gap) > 14:
        return False
    is_day = isinstance(piece.what, Days)
    had_day = any(isinstance(each.what, Days) for each in group)
    had_hours = any(isinstance(each.what, Clock) for each in group)
    if is_day and not had_day and had_hours:
        is_english = _HAN.search(text, last.start, piece.end) is None  # after 6pm on Friday
        return is_english and "," not in gap and _JOINS.fullmatch(gap) is not None
    if not is_day and had_day and not had_hours:
        return "," not in gap and _JOINS.fullmatch(gap) is not None
    if not is_day and had_hours and isinstance(last.what, Clock):
        pair = {last.bound, piece.bound}
        is_half_each = bool(pair & {"after", "from"}) and bool(pair & {"before", "by"})
        return is_half_each and _BUT.fullmatch(gap) is not None
    return False
