"""What stands in a table and is said of another row: 1至3个工作日 of the wallet, when it is of the debit card.

A small model mixes up the rows of a table more often than anything else: the words are all there, and the figure too.
Rows are lines of cells, as `ingest` writes them ("方式: 支付宝；到账: 24小时内"); the names in their first cells tell
them apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from app.generation.held import missing_quantities
from app.generation.polarity import negations
from app.generation.quantities import Quantity, is_contained, quantities
from index.text.language import detect
from index.text.normalize import fold
from index.text.terms import content_terms

_CELL = re.compile(r"\s*([^:：；;]{1,40})[:：]\s*([^；;]+)")
_GAP = re.compile(r"[；;]")
_ENDS = re.compile(r"[，,；;。！？!?：:\n]")
"""Of a clause."""
_MEMBERS = re.compile(r"[、，,/|]|\s(?:and|or)\s|(?<=[㐀-鿿])[和或及](?=[㐀-鿿])")
_SMALL = re.compile(r"[\d.]{1,2}|[a-z]+|[一二两三四五六七八九十百]+")
"""A number that counts nothing named and stands anywhere."""
_NAMING = 3
"""Cells of a row that may name it."""
_LONGEST = 40
"""Characters of a name: longer ones are clauses."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of a table, folded."""

    text: str
    cells: tuple[tuple[str, str], ...]

    def names(self, column: int) -> list[str]:
        """What its cell of a column calls it; a figure is a name in the first one alone."""
        return [name for name in _members(self.cells[column][1]) if column == 0 or not quantities(name)]


def of_another_row(sentence: str, evidence: str, *, question: str | None = None) -> list[str]:
    """The figures and words that the sentence says of one row of a table of the evidence and that another row holds.

    Nothing where it names no row or all of them, or denies what it says. What the customer's `question` says is the
    customer's case.
    """
    tables, around = [], [fold(question or "")]
    for lines, rows in _stretches(evidence):
        if rows:
            tables.append(rows)
        else:
            around.append(fold("\n".join(lines)))
    told, beside = fold(sentence), "\n".join(around)
    return list(dict.fromkeys(found for rows in tables for found in _mixed_up(told, rows, beside)))


def rows_spoken_of(sentence: str, evidence: str) -> str:
    """The evidence without the rows of its tables that the sentence does not speak of, where it names others.

    What reads both together is led astray by a row that says nearly the same of something else.
    """
    told = fold(sentence)
    kept: list[str] = []
    for lines, rows in _stretches(evidence):
        named = _named(told, rows)
        kept += [line for line, row in zip(lines, rows, strict=True) if row in named] if named else lines
    return "\n".join(kept)


@lru_cache(maxsize=256)
def _stretches(evidence: str) -> tuple[tuple[tuple[str, ...], tuple[_Row, ...]], ...]:
    """Lines that follow each other and are rows of one table, with these rows; all other lines with none.

    Kept, because each sentence is held against the same evidence twice.
    """
    parsed = [(line, _row(fold(line))) for line in evidence.splitlines()]
    found = []
    for column, stretch in groupby(parsed, key=lambda one: None if one[1] is None else one[1].cells[0][0]):
        lines, rows = zip(*stretch, strict=True)
        found.append((lines, () if column is None else rows))
    return tuple(found)


def _mixed_up(told: str, table: Sequence[_Row], around: str) -> Iterator[str]:
    named = _named(told, table)
    others = [row for row in table if row not in named]
    if not named or not others:
        return
    own = "\n".join([around, *(row.text for row in named)])
    elsewhere = quantities("\n".join(row.text for row in others))
    for quantity in missing_quantities(told, own, question=None):
        if _counts(quantity, told) and is_contained(quantity, elsewhere):
            yield quantity.text.strip()
    if not _denies(told):
        yield from _words_of_others(told, named, others, own)


def _counts(quantity: Quantity, told: str) -> bool:
    """Whether it measures something that is not denied: "not the 120 of the other" tells the other row."""
    before, behind = told[: quantity.start], told[quantity.end :]
    clause = _ENDS.split(before)[-1] + _ENDS.split(behind, maxsplit=1)[0]
    return not (_denies(clause) or before.endswith("第") or _SMALL.fullmatch(quantity.text.strip()))


def _denies(clause: str) -> bool:
    return negations(clause.replace("包邮", "")) > 0


def _named(told: str, table: Sequence[_Row]) -> list[_Row]:
    """The rows that the sentence speaks of, by the first column of which it holds a name."""
    for column in range(_NAMING):
        called = [row.names(column) if column < len(row.cells) else [] for row in table]
        held = set[str]()
        rest = told
        for name in sorted({name for names in called for name in names}, key=len, reverse=True):
            if _is_told(name, rest):
                held.add(name)
                rest = rest.replace(name, " ")  # R8 Max is not R8
        if held:
            return [row for row, names in zip(table, called, strict=True) if held.intersection(names)]
    return []


def _words_of_others(told: str, named: Sequence[_Row], others: Sequence[_Row], own: str) -> Iterator[str]:
    """Values that other rows have in a column of which the sentence does not tell the row's own."""
    for column, _ in named[0].cells[1:]:
        mine = [value for row in named for name, value in row.cells if name == column]
        if any(_is_told(value, told) for whole in mine for value in _members(whole)):
            continue
        theirs = [value for row in others for name, value in row.cells if name == column]
        for value in dict.fromkeys(member for whole in theirs for member in _members(whole)):
            if not quantities(value) and _is_told(value, told) and not _shares(value, own):
                yield value


def _row(line: str) -> _Row | None:
    """None of a line that is no row: two cells at least, the first of them named."""
    cells: list[tuple[str, str]] = []
    for piece in _GAP.split(line):
        if (cell := _CELL.fullmatch(piece)) is not None:
            cells.append((cell[1].strip(), cell[2].strip()))
        elif not cells:
            return None
        else:  # a value that holds the gap
            cells[-1] = (cells[-1][0], f"{cells[-1][1]}; {piece.strip()}")
    return _Row(line, tuple(cells)) if len(cells) > 1 else None


def _members(value: str) -> list[str]:
    return [name for part in _MEMBERS.split(value) if 2 <= len(name := part.strip(" .。")) <= _LONGEST]


def _is_told(name: str, told: str) -> bool:
    if detect(name) != "en":
        return name in told
    terms = _stems(name)
    return bool(terms) and terms <= _stems(told)


def _stems(text: str) -> set[str]:
    """English content words without their plural."""
    return {term.removesuffix("s") for term in content_terms(text)}


def _shares(value: str, own: str) -> bool:
    """Whether any content word of a value stands in the row's own text; a single character tells nothing."""
    terms = [term for term in content_terms(value) if len(term) > 1]
    return not terms or any(term in own for term in terms)
