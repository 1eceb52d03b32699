"""A spreadsheet's values as the program shows them: 15%, 2026-03-01, 1,299.00, ¥59."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any

_QUOTED = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)(?:-[^\]]*)?\]|[_*].|\[[^\]]*\]')
_DIGITS = re.compile(r"[#0?][#0?,]*(?:\.([0#?]+))?")
_CURRENCIES = "¥￥$€£"


def shown(value: Any, number_format: str = "General") -> str:
    """The text of a cell; "" for an empty one. Formats that are not understood show the plain number."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime | date | time):
        return _moment(value, number_format or "")
    if isinstance(value, timedelta):
        minutes = int(value.total_seconds() // 60)
        return f"{minutes // 60}:{minutes % 60:02d}"
    if isinstance(value, int | float):
        return _number(value, (number_format or "General").split(";")[0])
    return str(value)


def _moment(value: datetime | date | time, number_format: str) -> str:
    if isinstance(value, time):
        return value.strftime("%H:%M:%S" if value.second else "%H:%M")
    chinese = "年" in number_format
    has_day = not chinese or "日" in number_format or "d" in number_format.lower()
    if chinese:
        text = f"{value.year}年{value.month}月{value.day}日" if has_day else f"{value.year}年{value.month}月"
    else:
        text = f"{value.year:04d}-{value.month:02d}-{value.day:02d}"
    if isinstance(value, datetime) and (value.hour or value.minute or value.second):
        text += f" {value.hour:02d}:{value.minute:02d}" + (f":{value.second:02d}" if value.second else "")
    return text


def _number(value: float, number_format: str) -> str:
    literals = [next((part for part in match.groups() if part), "") for match in _QUOTED.finditer(number_format)]
    bare = _QUOTED.sub(lambda match: "\x00" if any(match.groups()) else "", number_format)
    digits = _DIGITS.search(bare)
    if digits is None or "E" in bare or "/" in bare:
        return _plain(value)
    places = len(digits.group(1) or "")
    percent = "%" in bare
    scaled = value * 100 if percent else value
    text = f"{scaled:,.{places}f}" if "," in digits.group() else f"{scaled:.{places}f}"
    if not percent and "0" not in digits.group() and digits.group().strip("#,") == "" and isinstance(value, float):
        text = _plain(value)
    before = _literal(bare[: digits.start()], literals, 0)
    after = _literal(bare[digits.end() :], literals, bare[: digits.start()].count("\x00"))
    return f"{before}{text}{after}"


def _literal(pattern: str, literals: list[str], used: int) -> str:
    """What a format writes around the number: quoted texts, currency signs and the percent sign."""
    filled = [literal for literal in literals if literal][used:]
    pieces: list[str] = []
    for char in pattern:
        if char == "\x00":
            pieces.append(filled.pop(0) if filled else "")
        elif char in _CURRENCIES or char == "%":
            pieces.append(char)
    return "".join(pieces)


def _plain(value: float) -> str:
    if isinstance(value, int):
        return str(value)
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    # Fifteen digits are what a spreadsheet keeps; more would show 0.1 + 0.2.
    return f"{value:.15g}"
