"""Where a document speaks of its own validity, and of that of its sections.

Of itself it speaks in its title, above its first section, in its last lines, and wherever 本规则 or "this policy" is
the subject. A section is limited by its heading or its first sentence. Rows of tables, records and questions are left
out: the days in them belong to coupons and orders.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from index.text.normalize import fold
from index.text.sentences import split_sentences
from index.types import ValidityOrigin
from ingest.blocks import Block, Extracted
from ingest.validity.statements import Doubt, Place, Statement, StatementReader, years_in

_PREAMBLE_BLOCKS, _PREAMBLE_SENTENCES = 4, 8
_SPOKEN = ("paragraph", "item")
_SPEAKS_OF_DAYS = re.compile(r"\d|月|期间|期間|during", re.IGNORECASE)
_SPEAKS_OF_EFFECT = re.compile(
    r"施行|实施|實施|生效|执行|執行|启用|啟用|试行|試行|废止|廢止|失效|作废|作廢|停止|有效|适用|適用|替代|取代|代替"
    r"|effective|force|valid|effect|appl|supersed|replaced|expire|withdrawn|repealed|revoked|longer",
    re.IGNORECASE,
)
_CLOSING = re.compile(r"附则|生效|施行|实施|效力|其他|effect|in force|validity|final", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SectionPeriod:
    """Days to which a section is limited; offsets are those of the document's text."""

    start: int
    end: int
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class TextValidity:
    """What a document's own words say about when it applies."""

    valid_from: date | None = None
    valid_to: date | None = None
    origins: tuple[ValidityOrigin, ...] = ()
    """Of the document's days and of each section's, with the words."""
    sections: tuple[SectionPeriod, ...] = ()
    notices: tuple[str, ...] = ()
    """Statements that were left out, and why."""


def text_validity(extracted: Extracted, reader: StatementReader, *, name: str = "") -> TextValidity:
    """Read a document's validity from its words; `name` is that of its file, which may name its year."""
    return _Reading(extracted, reader, name).result()


class _Reading:
    def __init__(self, extracted: Extracted, reader: StatementReader, name: str) -> None:
        self._extracted, self._reader = extracted, reader
        self._blocks = extracted.blocks
        self._title = extracted.metadata.title
        self._top = _top_heading(self._blocks, self._title)
        self._year = _single_year(self._naming(name))
        self._of_document: list[Statement] = []
        self._origins: list[ValidityOrigin] = []
        self._sections: list[SectionPeriod] = []
        self._notices: list[str] = []

    def result(self) -> TextValidity:
        self._read_titles()
        self._read_sentences()
        self._read_sections()
        valid_from = self._agreed("first", [item for item in self._of_document if item.valid_from])
        valid_to = self._agreed("last", [item for item in self._of_document if item.valid_to])
        if valid_from and valid_to and valid_to < valid_from:
            self._doubt(f"It says that it applies from {valid_from} and until {valid_to}; both were left out.")
            valid_from = valid_to = None
        used = [
            item
            for item in self._of_document
            if (valid_from and item.valid_from == valid_from) or (valid_to and item.valid_to == valid_to)
        ]
        origins = [
            ValidityOrigin(
                "text",
                valid_from=item.valid_from if item.valid_from == valid_from else None,
                valid_to=item.valid_to if item.valid_to == valid_to else None,
                quote=item.quote,
            )
            for item in dict.fromkeys(used)
        ]
        return TextValidity(
            valid_from,
            valid_to,
            (*origins, *self._origins),
            tuple(self._sections),
            tuple(dict.fromkeys(self._notices)),
        )

    def _naming(self, name: str) -> list[str]:
        """What may say of which year a document is, the most telling first."""
        top = self._blocks[self._top].text if self._top is not None else ""
        about = self._extracted.metadata
        days = (about.valid_from, about.valid_to)
        same = str(days[0].year) if days[0] and days[1] and days[0].year == days[1].year else ""
        lines = [block.text[:200] for block in self._preamble()[:2]]
        return [f"{self._title}\n{top}", name, same, "\n".join(lines)]

    def _read_titles(self) -> None:
        titles = [self._title] if self._title else []
        if self._top is not None and self._blocks[self._top].text not in titles:
            titles.append(self._blocks[self._top].text)
        for title in titles:
            for found in self._reader.heading(title, year=self._year):
                self._take(found)

    def _read_sentences(self) -> None:
        preamble = self._preamble()
        spoken = 0
        heard: set[int] = set()
        for block in preamble:
            for sentence in _sentences(block):
                if spoken < _PREAMBLE_SENTENCES:
                    self._read(sentence, "document")
                spoken += 1
            heard.add(block.start)
        for block in self._closing():
            if block.start not in heard:
                heard.add(block.start)
                for sentence in _sentences(block):
                    self._read(sentence, "document")
        for block in self._blocks:
            if block.kind in _SPOKEN and block.start not in heard and _SPEAKS_OF_EFFECT.search(block.text):
                for sentence in _sentences(block):
                    self._read(sentence, "anywhere")

    def _read(self, sentence: str, place: Place) -> None:
        if _SPEAKS_OF_DAYS.search(sentence) and _SPEAKS_OF_EFFECT.search(sentence):
            for found in self._reader.sentence(sentence, place=place, year=self._year, name=self._title):
                self._take(found)

    def _read_sections(self) -> None:
        closing = {block.start for block in self._closing()}
        for number, block in enumerate(self._blocks):
            if block.kind != "heading" or number == self._top:
                continue
            path = (*block.headings, block.text)
            below = list(_below(self._blocks, number, path))
            year = _single_year([block.text, "\n".join(path)]) or self._year
            found: Sequence[Statement | Doubt] = ()
            if _SPEAKS_OF_DAYS.search(block.text):
                found = self._reader.heading(block.text, year=year)
            first = next((item for item in below if item.kind != "heading"), None)
            if not found and first is not None and first.kind in _SPOKEN and first.headings == path:
                found = () if first.start in closing else self._first_sentence(first, below, year)
            end = below[-1].end if below else block.end
            for item in found:
                self._take(item, section=(block.start, end, " > ".join(path)))

    def _first_sentence(self, first: Block, below: Sequence[Block], year: int | None) -> Sequence[Statement | Doubt]:
        sentence = next(_sentences(first), "")
        if not _SPEAKS_OF_DAYS.search(sentence):
            return ()
        found = self._reader.sentence(
            sentence,
            place="section",
            year=year,
            name=first.headings[-1],
            is_whole=_is_alone(sentence, below),
        )
        return [item for item in found if isinstance(item, Doubt) or item.is_of_section]

    def _take(self, found: Statement | Doubt, *, section: tuple[int, int, str] | None = None) -> None:
        if isinstance(found, Doubt):
            self._doubt(f"“{found.quote}” was not taken for a validity: {found.reason}.")
        elif section is None:
            self._of_document.append(found)
        else:
            start, end, heading = section
            self._sections.append(SectionPeriod(start, end, found.valid_from, found.valid_to))
            self._origins.append(
                ValidityOrigin("text", found.valid_from, found.valid_to, heading=heading, quote=found.quote)
            )

    def _doubt(self, notice: str) -> None:
        self._notices.append(notice)

    def _agreed(self, which: str, statements: Sequence[Statement]) -> date | None:
        """The day that all of them name; None, with a notice, when they differ."""
        days = {item.valid_from if which == "first" else item.valid_to for item in statements}
        if len(days) > 1:
            named = ", ".join(sorted(str(day) for day in days))
            self._doubt(f"It names several {which} days of validity ({named}); none was taken.")
            return None
        return next(iter(days), None)

    def _preamble(self) -> list[Block]:
        """The blocks above the first section."""
        found: list[Block] = []
        for number, block in enumerate(self._blocks):
            if block.kind == "heading":
                if number != self._top:
                    break
            elif block.kind in _SPOKEN and len(found) < _PREAMBLE_BLOCKS:
                found.append(block)
            else:
                break
        return found

    def _closing(self) -> list[Block]:
        """Last lines that speak of the whole: below a heading that says so, or a single sentence of its own.

        The first line of a section is the section's, and no last line of the document.
        """
        if not self._blocks or self._blocks[-1].kind not in _SPOKEN:
            return []
        last = self._blocks[-1]
        if last.headings and _CLOSING.search(fold(last.headings[-1])):
            return [last]
        before = self._blocks[-2] if len(self._blocks) > 1 else None
        is_first = before is not None and before.kind == "heading"
        return [] if is_first or len(split_sentences(last.text)) > 1 else [last]


def _top_heading(blocks: Sequence[Block], title: str) -> int | None:
    """Number of the heading that is the title, or stands above all others; None when there is no such heading."""
    first = next((number for number, block in enumerate(blocks) if block.kind == "heading"), None)
    if first is None or first > 1 or blocks[first].headings:
        return None
    above = (blocks[first].text,)
    is_title = bool(title) and "".join(fold(above[0]).split()) == "".join(fold(title).split())
    return first if is_title or all(block.headings[:1] == above for block in blocks[first + 1 :]) else None


def _below(blocks: Sequence[Block], number: int, path: tuple[str, ...]) -> Iterator[Block]:
    for block in blocks[number + 1 :]:
        if block.headings[: len(path)] != path:
            return
        yield block


def _sentences(block: Block) -> Iterator[str]:
    for start, end in split_sentences(block.text):
        yield block.text[start:end]


def _is_alone(sentence: str, below: Sequence[Block]) -> bool:
    """Whether the section speaks of no other time than its first sentence does."""
    said = "\n".join(block.text for block in below)
    rest = said.replace(sentence, "", 1)
    return not re.search(
        r"以前|之前|此前|现行|現行|目前|当前|當前|现在|仍按|原规|\d\s*[月年]\s*\d|起[，,]"
        r"|\b(?:before|until|currently|previously|today|from \d|still)\b",
        rest,
        re.IGNORECASE,
    )


def _single_year(texts: Sequence[str]) -> int | None:
    """The year of the first text that names exactly one."""
    for text in texts:
        years = set(years_in(text))
        if len(years) == 1:
            return years.pop()
        if years:
            return None
    return None
