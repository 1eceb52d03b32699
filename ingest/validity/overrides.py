"""Days of validity that somebody sets beside the documents: `validity.toml` at the top of a folder.

    ["zh/returns/七日无理由退货.md"]
    valid_from = 2026-03-01
    valid_to = 2026-12-31        # "open" takes a limit away

    ["promotions/notice.pdf"]
    from_text = false            # its own words about its validity are not to be believed

They go before metadata and text. See `docs/decisions/0016-validity.md`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.errors import DocumentDamaged, OverridesDamaged

if TYPE_CHECKING:
    from ingest.sources import Entry

OVERRIDES_FILE = "validity.toml"
_KEYS = ("valid_from", "valid_to", "from_text")
_OPEN = "open"


@dataclass(frozen=True, slots=True)
class Override:
    """What is set for one document."""

    valid_from: date | None = None
    valid_to: date | None = None
    sets: frozenset[str] = frozenset()
    """Which of the two days are set; a set day that is None is open."""
    from_text: bool = True
    """Whether the document's words about its validity count."""

    @property
    def spelling(self) -> str:
        """One spelling for one content: a document that was read with another is read again."""
        days = [f"{name}={getattr(self, name) or _OPEN}" for name in sorted(self.sets)]
        return ",".join([*days, *([] if self.from_text else ["from_text=false"])])


class Overrides:
    """The overrides of one folder."""

    def __init__(self, tables: Mapping[str, Any]) -> None:
        self._tables = tables
        self._named: set[str] = set()

    @classmethod
    def read(cls, path: Path) -> Overrides:
        """Those of a file; none when there is no such file.

        Raises:
            OverridesDamaged: it is no TOML, or holds something else than a table for each document.
        """
        try:
            tables = tomllib.loads(path.read_text("utf-8-sig"))
        except FileNotFoundError:
            return cls({})
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
            raise OverridesDamaged(
                f"{path.name} cannot be read ({error}); correct it. The documents stay as they were."
            ) from error
        for name, table in tables.items():
            if not isinstance(table, dict):
                raise OverridesDamaged(
                    f'{path.name}: {name!r} is no table; write ["path/of/document.md"] and its days below. '
                    "The documents stay as they were."
                )
        return cls(tables)

    def applied(self, entry: Entry) -> Entry:
        """The entry with its override; with a refusal when that cannot be taken."""
        table = self._tables.get(entry.document_id)
        if table is None:
            return entry
        self._named.add(entry.document_id)
        try:
            return replace(entry, override=_override(table))
        except DocumentDamaged as error:
            return replace(entry, refusal=entry.refusal or error)

    def notices(self) -> list[str]:
        """Names in the file that are no documents of the folder; to be asked when all entries were seen."""
        unknown = [name for name in self._tables if name not in self._named]
        return [f"{OVERRIDES_FILE} names {name}, which is not here." for name in unknown]


def _override(table: Mapping[str, Any]) -> Override:
    unknown = [name for name in table if name not in _KEYS]
    if unknown:
        raise DocumentDamaged(f"{OVERRIDES_FILE} sets {unknown[0]!r} for it; known are {', '.join(_KEYS)}.")
    from_text = table.get("from_text", True)
    if not isinstance(from_text, bool):
        raise DocumentDamaged(f"{OVERRIDES_FILE}: from_text is {from_text!r}; write true or false.")
    days = {name: _day(name, table[name]) for name in ("valid_from", "valid_to") if name in table}
    override = Override(**days, sets=frozenset(days), from_text=from_text)
    if override.valid_from and override.valid_to and override.valid_to < override.valid_from:
        raise DocumentDamaged(
            f"{OVERRIDES_FILE}: valid_to ({override.valid_to}) lies before valid_from ({override.valid_from}); "
            "correct the days."
        )
    return override


def _day(name: str, value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if value == _OPEN:
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise DocumentDamaged(
            f'{OVERRIDES_FILE}: {name} is no date: {str(value)[:40]!r}; write 2026-03-01, or "{_OPEN}".'
        ) from None
