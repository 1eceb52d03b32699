"""JSON Lines of a question set, read strictly: a fault is told with its file, its line and what stands there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from app.evaluation.errors import DatasetUnreadable

Groups = tuple[tuple[str, ...], ...]
"""Parts of an answer, each with its alternatives."""

_SHOWN = 80
"""Characters of a value that stand in a message."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. Every accessor raises `DatasetUnreadable` for a value of the wrong kind."""

    path: Path
    number: int
    """Counted from 1."""
    fields: Mapping[str, Any]

    @property
    def id(self) -> str:
        """What stands under `_id` or `id`."""
        value = self.fields.get("_id", self.fields.get("id"))
        if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
            raise self.fault('an "_id" or "id" that is a string or a whole number', value)
        return str(value)

    def text(self, *names: str) -> str:
        """The string under the first of these names that is there; blank is a fault."""
        value = self.text_or_none(*names)
        if value is None or not value.strip():
            raise self.fault(f'a string that is not blank under "{names[0]}"', value)
        return value

    def text_or_none(self, *names: str) -> str | None:
        """As `text`; None where none of the names is there or it is null."""
        value = next((self.fields[name] for name in names if self.fields.get(name) is not None), None)
        if value is not None and not isinstance(value, str):
            raise self.fault(f'a string under "{names[0]}"', value)
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """The list of strings under a name; () where there is none."""
        value = self.fields.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            raise self.fault(f'a list of strings under "{name}"', value)
        return tuple(value)

    def groups(self, name: str) -> Groups:
        """Parts with alternatives: a string is a part by itself, a list within the list holds alternatives."""
        value = self.fields.get(name)
        if value is None:
            return ()
        parts = [value] if isinstance(value, str) else value
        if not isinstance(parts, list):
            raise self.fault(f'a string or a list under "{name}"', value)
        groups = [[part] if isinstance(part, str) else part for part in parts]
        for group in groups:
            if not isinstance(group, list) or not group or not all(isinstance(o, str) and o.strip() for o in group):
                raise self.fault(f'strings, or lists of alternative strings, under "{name}"', value)
        return tuple(tuple(group) for group in groups)

    def day(self, name: str) -> date | None:
        """The day under a name; None where there is none."""
        value = self.fields.get(name)
        if value is None or value == "":
            return None
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            raise self.fault(f'a day such as "2026-11-24" under "{name}"', value) from None

    def fault(self, expected: str, found: Any) -> DatasetUnreadable:
        """The error that names this line."""
        shown = "nothing" if found is None else _shown(found)
        return DatasetUnreadable(f"{self.path}, line {self.number}: expected {expected}, found {shown}.")


def read_entries(path: Path) -> Iterator[Entry]:
    """The lines of a file in order; blank ones are passed over. Raises `DatasetUnreadable`."""
    try:
        with path.open("rb") as lines:
            for number, raw in enumerate(lines, start=1):
                body = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
                if body.strip():
                    yield Entry(path, number, _parsed(body, path, number))
    except OSError as error:
        raise DatasetUnreadable(f"Cannot read {path}: {error.strerror}.") from error


def read_distinct(path: Path) -> list[Entry]:
    """As `read_entries`, all of them; two lines of one id are a fault."""
    entries = list(read_entries(path))
    first: dict[str, int] = {}
    for entry in entries:
        if entry.id in first:
            raise DatasetUnreadable(
                f"{path}, line {entry.number}: the id {entry.id} stands on line {first[entry.id]} already; "
                "give each question an id of its own."
            )
        first[entry.id] = entry.number
    return entries


def _parsed(body: bytes, path: Path, number: int) -> Mapping[str, Any]:
    place = f"{path}, line {number}"
    try:
        value = json.loads(body.decode("utf-8"))
        json.dumps(value, ensure_ascii=False).encode("utf-8")  # a lone surrogate could not be written out again
    except UnicodeError as error:
        raise DatasetUnreadable(f"{place}: not UTF-8 text; convert the file.") from error
    except json.JSONDecodeError as error:
        start = _shown(body.decode("utf-8", "replace").strip())
        raise DatasetUnreadable(f"{place}: not JSON ({error.msg} at column {error.colno}) in {start}.") from error
    except (RecursionError, ValueError) as error:
        raise DatasetUnreadable(f"{place}: JSON that is nested too deeply or holds a number too long.") from error
    if not isinstance(value, dict):
        raise DatasetUnreadable(f"{place}: expected a JSON object, found {_shown(value)}.")
    return value


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) and value.startswith("{") else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
