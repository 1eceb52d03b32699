"""Sales that everybody knows by name: "双11期间" is a period once the year is known."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from index.text.normalize import fold

_DAYS = re.compile(r"(\d{2})-(\d{2})\s*(?:/|\.\.|to)\s*(\d{2})-(\d{2})")

DEFAULT_SALE_PERIODS: dict[str, str] = {
    "双11,双十一,double 11,double eleven,singles' day,11.11": "11-01/11-11",
    "618,六一八": "06-01/06-18",
    "双12,双十二,double 12,double twelve": "12-01/12-12",
}
"""Names of a sale, with commas between them, and its first and last day of the year."""


@dataclass(frozen=True, slots=True)
class SalePeriod:
    """A sale that comes back every year on the same days."""

    names: tuple[str, ...]
    """Folded."""
    first: tuple[int, int]
    """Month and day."""
    last: tuple[int, int]

    def days(self, year: int) -> tuple[date, date]:
        """First and last day in the sale that begins in `year`."""
        return date(year, *self.first), date(year + (self.last < self.first), *self.last)


class SalePeriods:
    """The sales that a text may name without their days."""

    def __init__(self, table: Mapping[str, str] = DEFAULT_SALE_PERIODS) -> None:
        """Raises `ValueError` for days that are not written as 11-01/11-11."""
        self._periods = tuple(_period(names, days) for names, days in table.items())
        names = sorted({name for period in self._periods for name in period.names}, key=len, reverse=True)
        either = "|".join(re.escape(name) for name in names) or r"(?!)"
        year = r"(?:(?P<year>20\d\d)\s?年?\s?的?)?"
        self._zh = re.compile(rf"{year}(?P<name>{either})(?:大促|活动|购物节|促销|狂欢节)*(?:期间|期内|时段)")
        self._en = re.compile(
            rf"(?:(?P<during>during\s)?(?:the\s)?{year}(?P<name>{either}))"
            r"(?:\s(?:shopping\s)?(?:sale|festival|promotion|event|campaign))*"
            r"(?P<period>\speriod)?(?:\s(?:of\s|in\s)?(?P<then>20\d\d))?"
        )

    @property
    def spelling(self) -> str:
        """One spelling for one table: documents read with another are read again."""
        return ";".join(f"{','.join(p.names)}={p.first}{p.last}" for p in self._periods)

    def named(self, text: str) -> Iterator[tuple[re.Match[str], SalePeriod, int | None]]:
        """Sales of whose period folded text speaks, with the year that it names."""
        for match in self._zh.finditer(text):
            yield match, self._of(match["name"]), int(match["year"]) if match["year"] else None
        for match in self._en.finditer(text):
            name = match["name"] if match["during"] or match["period"] else None
            if name is not None:
                year = next((value for key, value in match.groupdict().items() if key in _YEARS and value), None)
                yield match, self._of(name), int(year) if year else None

    def _of(self, name: str) -> SalePeriod:
        return next(period for period in self._periods if name in period.names)


_YEARS = ("year", "then")


def checked_table(value: Any) -> dict[str, str]:
    """The table of a setting, as it is or as JSON; `ValueError` when no `SalePeriods` can be made of it."""
    table = json.loads(value) if isinstance(value, str) else value
    if not isinstance(table, dict) or not all(isinstance(days, str) for days in table.values()):
        raise ValueError('expected a table of names and days such as {"双11": "11-01/11-11"}')
    SalePeriods(table)
    return table


def _period(names: str, days: str) -> SalePeriod:
    found = _DAYS.fullmatch(days.strip())
    folded = tuple(fold(name).strip() for name in names.split(",") if name.strip())
    if found is None or not folded:
        raise ValueError(f"Expected names and days as 11-01/11-11, got {names!r} and {days!r}.")
    first, last = (int(found[1]), int(found[2])), (int(found[3]), int(found[4]))
    for month, day in (first, last):
        try:
            date(2027, month, day)
        except ValueError as error:
            raise ValueError(f"Expected days that every year has, got {days!r} ({error}).") from error
    return SalePeriod(folded, first, last)
