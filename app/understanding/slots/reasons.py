"""Why somebody wants something undone, as one of a few reasons that rules can go by; see `data/reasons.txt`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files

from app.understanding.slots.found import Found

REASONS = (
    "ordered_by_mistake",
    "wrong_item",
    "missing_item",
    "not_as_described",
    "late",
    "size",
    "damaged",
    "quality",
    "price",
    "no_longer_needed",
)
"""What `normalized` may be."""


def reasons(text: str) -> Iterator[Found]:
    """All candidates in folded text, in the order of the file; they may overlap."""
    for code, pattern in _patterns():
        for match in pattern.finditer(text):
            yield Found("reason", match.start(), match.end(), code)


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    found: dict[str, list[str]] = {}
    code = ""
    for line in files("app.understanding").joinpath("data/reasons.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            code = line.removeprefix("== ")
        elif line and not line.startswith("#"):
            found.setdefault(code, []).append(line)
    return tuple(
        (code, re.compile(rf"(?<![a-z])(?:{'|'.join(patterns)})(?![a-z])")) for code, patterns in found.items()
    )
