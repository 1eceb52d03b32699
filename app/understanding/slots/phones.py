"""Telephone numbers, by the numbering plans of the world."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.understanding.slots.found import Found

DEFAULT_REGIONS = ("CN", "US", "GB")
_AMERICAN = re.compile(r"(?<![\w+(-])(?:\([2-9]\d{2}\)\s?|[2-9]\d{2}[.-])[2-9]\d{2}[.-]\d{4}(?![\w-])")
_DIGITS = re.compile(r"(?:\d[ ().-]{0,2}){7,}|\d{3}[- ]\d{4}")


def phones(text: str, *, regions: Sequence[str] = DEFAULT_REGIONS) -> Iterator[Found]:
    """Valid numbers of any country with its code, and of `regions` without; the first region that knows it has it."""
    if _DIGITS.search(text) is None:
        return
    from phonenumbers import (
        Leniency,
        PhoneNumberFormat,
        PhoneNumberMatcher,
        format_number,
        is_possible_number,
        parse,
    )

    if "US" in regions:  # (212) 736-3100 is a number of Shanghai too, but nobody there writes it so
        for written in _AMERICAN.finditer(text):
            american = parse(written[0], "US")
            if is_possible_number(american):
                number = format_number(american, PhoneNumberFormat.E164)
                yield Found("phone", written.start(), written.end(), number)
    for region in regions:
        for match in PhoneNumberMatcher(text, region, leniency=Leniency.VALID, max_tries=50):
            if not _is_part_of_code(text, match.start, match.end):
                number = format_number(match.number, PhoneNumberFormat.E164)
                yield Found("phone", match.start, match.end, number)


def _is_part_of_code(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return (before.isascii() and before.isalnum()) or (after.isascii() and after.isalnum()) or before == "#"
