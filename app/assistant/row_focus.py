"""A second look at a long row that seems to answer: which of its cells does?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from app.domain import Evidence
from app.retrieval.cells import asks_for_things, by_cells, said_twice
from app.retrieval.reading import Reading, ShortAnswer, Window
from app.retrieval.selection import window_of
from app.retrieval.whole_rules import estimate_tokens
from index.text.language import other_language
from index.types import Passage

_ROWS = 2
"""Articles that a question may be about: two sizes of one, say."""
_NEAR = 1.5
"""How much less likely than the best the second may be, in logits."""
_ROOM = 130
"""Estimated tokens of the cells that are read at once."""
_CELLS = 3
_DOUBT = 1.0
"""How much less likely than the best cell another that is told may be."""


class Reader(Protocol):
    """Reads a question beside windows of sentences."""

    def read(self, question: str, packs: Sequence[Sequence[Window]]) -> Reading:
        """Logits of each sentence, window by window through all packs, and of the whole."""


def focused(
    question: str, evidence: Sequence[Evidence], windows: Sequence[Evidence], reading: Reading, reader: Reader
) -> tuple[list[Evidence], Reading] | None:
    """Windows and reading with the likeliest cells of a row in the place of its runs of cells.

    None where the best evidence is no long row, or its name is what was asked for. Whether anything answers is then
    what the cells say: a row that is about the article in question looks like an answer to any question about it.
    """
    rows = _rows(evidence)
    if not rows or asks_for_things(question):
        return None
    packs = [pack for row in rows.values() for pack in _packs(row, question)]
    pieces = [piece for pack in packs for piece in pack]
    second = reader.read(question, [[window_of(piece) for piece in pack] for pack in packs])
    cells = sorted(_read_cells(pieces, second), key=lambda cell: -cell[1])[:_CELLS]
    cells = [cell for cell in cells if cell[1] >= cells[0][1] - _DOUBT]
    others = [at for at, item in enumerate(windows) if not (item.passage.passage_id in rows or _names_a_row(item))]
    prior = {item.passage.passage_id: item.score for item in reversed(windows)}
    return (
        [windows[at] for at in others] + [replace(item, score=prior[item.passage.passage_id]) for item, *_ in cells],
        Reading(
            second.answerable,
            (*(reading.sentences[at] for at in others), *((logit,) for _, logit, _ in cells)),
            (*(reading.answers[at] for at in others), *((answer,) for *_, answer in cells)) if reading.answers else (),
        ),
    )


def _rows(evidence: Sequence[Evidence]) -> dict[str, Passage]:
    """The long rows that the best evidence is of, cell by cell, by the passage's id."""
    rows: dict[str, Passage] = {}
    for item in evidence:
        if len(rows) == _ROWS or item.score < evidence[0].score - _NEAR or (row := by_cells(item.passage)) is None:
            break
        rows[row.passage_id] = row
    return rows


def _names_a_row(item: Evidence) -> bool:
    """Whether it is the beginning of a long row: of another article, which was not asked about."""
    return item.first == 0 and by_cells(item.passage) is not None


def _packs(row: Passage, question: str) -> Iterator[list[Evidence]]:
    """The cells behind the names, as many at a time as are read at once; none that only says in the other language
    what another cell says in the question's own."""
    twins = said_twice(row, other_language(question))
    pack: list[Evidence] = []
    room = _ROOM
    for number in range(1, len(row.sentences)):
        if number in twins:
            continue
        tokens = estimate_tokens(row.sentence_text(number))
        if pack and tokens > room:
            yield pack
            pack, room = [], _ROOM
        if pack and pack[-1].last == number - 1:
            pack[-1] = replace(pack[-1], last=number)
        else:
            pack.append(Evidence(0, row, number, number, 0.0))
        room -= tokens
    if pack:
        yield pack


def _read_cells(pieces: Sequence[Evidence], reading: Reading) -> Iterator[tuple[Evidence, float, ShortAnswer | None]]:
    """Each cell with its logit and its short answer."""
    for at, (piece, logits) in enumerate(zip(pieces, reading.sentences, strict=True)):
        for number, logit in enumerate(logits):
            cell = replace(piece, first=piece.first + number, last=piece.first + number)
            yield cell, logit, reading.answers[at][number] if reading.answers else None
