"""Which days of validity count in the end: override before metadata before text, each day by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from index.types import ValidityOrigin
from ingest.blocks import Metadata
from ingest.errors import DocumentDamaged
from ingest.validity.of_document import SectionPeriod, TextValidity
from ingest.validity.overrides import Override


@dataclass(frozen=True, slots=True)
class Validity:
    """When a document applies, and when narrower parts of it do."""

    valid_from: date | None = None
    valid_to: date | None = None
    origins: tuple[ValidityOrigin, ...] = ()
    sections: tuple[SectionPeriod, ...] = ()
    notices: tuple[str, ...] = ()

    def at(self, offset: int) -> tuple[date | None, date | None]:
        """The days of what stands at an offset of the text: the narrower of the document's and its sections'."""
        days = (self.valid_from, self.valid_to)
        for section in self.sections:
            if section.start <= offset < section.end:
                days = _narrowed(days, (section.valid_from, section.valid_to))
        return days


_Days = tuple[date | None, date | None]
_DECIDING: tuple[Literal["override", "metadata"], ...] = ("override", "metadata")


def settle(metadata: Metadata, text: TextValidity, override: Override | None = None) -> Validity:
    """Put together what metadata, text and override say.

    Raises:
        DocumentDamaged: an override makes it end before it begins.
    """
    override = override or Override()
    if not override.from_text:
        text = TextValidity()
    notices = list(text.notices)
    days: dict[str, date | None] = {}
    source: dict[str, str] = {}
    for name in ("valid_from", "valid_to"):
        told, said = getattr(metadata, name), getattr(text, name)
        if name in override.sets:
            days[name], source[name] = getattr(override, name), "override"
        elif told is not None:
            days[name], source[name] = told, "metadata"
            if said is not None and said != told:
                notices.append(f"Its metadata say {name} {told}, its text {said}; the metadata count.")
        else:
            days[name], source[name] = said, "text"
    first, last = days["valid_from"], days["valid_to"]
    if first and last and last < first:
        if "text" not in source.values():
            raise DocumentDamaged(
                f"valid_to ({last}) lies before valid_from ({first}), one of them set in validity.toml; correct it."
            )
        said = "valid_to" if source["valid_to"] == "text" else "valid_from"
        notices.append(f"Its text says {said} {days[said]}, so that it would end before it begins; it was left out.")
        days[said] = None
    first, last = days["valid_from"], days["valid_to"]
    origins = [
        ValidityOrigin(
            kind,
            valid_from=first if source["valid_from"] == kind else None,
            valid_to=last if source["valid_to"] == kind else None,
        )
        for kind in _DECIDING
        if kind in source.values()
    ]
    return Validity(
        days["valid_from"],
        days["valid_to"],
        (*origins, *_of_text(text.origins, days, source)),
        text.sections,
        tuple(notices),
    )


def _of_text(
    origins: Sequence[ValidityOrigin], days: dict[str, date | None], source: dict[str, str]
) -> list[ValidityOrigin]:
    """The origins in the text that count: all of sections, and those of days that nothing else decided."""
    found = []
    for origin in origins:
        if origin.heading is not None:
            found.append(origin)
            continue
        first, last = (
            days[name] if source[name] == "text" and getattr(origin, name) == days[name] else None
            for name in ("valid_from", "valid_to")
        )
        if first or last:
            found.append(ValidityOrigin("text", first, last, quote=origin.quote))
    return found


def _narrowed(outer: _Days, inner: _Days) -> _Days:
    """What both admit. Where nothing is left, the part is over or not yet begun whichever counts, and one of the two
    stands: the earlier, so that nothing is announced that a document which is over says."""
    first = max(filter(None, (outer[0], inner[0])), default=None)
    last = min(filter(None, (outer[1], inner[1])), default=None)
    if first is not None and last is not None and last < first:
        return min(outer, inner, key=lambda days: days[1] or date.max)
    return first, last
