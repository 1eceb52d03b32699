"""Cuts a stream of text pieces into sentences with the markers they carry."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from index.text.sentences import split_sentences
from index.types import Span

_MARKER = re.compile(
    r"\s*[\[［【]\s*(?:资料|来源|source)?\s*(\d{1,2}(?:\s*[,，、]\s*\d{1,2})*)\s*[\]］】]"
    r"(?:\s*[,，、](?=\s*[\[［【]))?",  # what stands between two of them
    re.IGNORECASE,
)
_CELL = re.compile(r"[^：:；;。！？!?]{1,40}: ")
_MAY_BE_CELL = re.compile(r"[^：:；;。！？!?]{0,40}:?")
_BEGUN_MARKER = re.compile(r"\s*[\[［【][^\]］】]{0,12}")
_MARKED_STOP = re.compile(rf"(?<=[a-z\d)%][.!?])(?:{_MARKER.pattern})+(?=\s+[A-Z\"“(])")


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A sentence as the model wrote it, without its markers."""

    text: str
    cited: tuple[int, ...]


def sentences_of(pieces: Iterable[str]) -> Iterator[DraftSentence]:
    """Yield each sentence as soon as the text behind it shows that it and its markers are complete.

    Markers may stand before or behind the full stop; those at the start of a piece belong to the sentence before.
    """
    buffer = ""
    for piece in pieces:
        buffer += piece
        *complete, buffer = _cut(buffer)
        for text in complete:
            if draft := _draft(text):
                yield draft
    for text in _cut(buffer, is_final=True):
        if draft := _draft(text):
            yield draft


def _cut(buffer: str, *, is_final: bool = False) -> list[str]:
    """Complete sentences with their markers, and last what may still grow (nothing then when final)."""
    parts: list[str] = []
    for start, end in _spans(buffer):
        text = buffer[start:end]
        if parts and _continues_row(parts[-1], text, is_growing=not is_final and not buffer[end:].strip()):
            gap = " " if parts[-1].endswith(";") else ""
            parts[-1] += gap + text
        elif parts and (bare := _MARKER.sub("", text).strip(" .。,，、")) == "":
            parts[-1] += text
        elif parts and (leading := _leading_markers(text)) and bare:
            parts[-1] += text[:leading]
            parts.append(text[leading:])
        else:
            parts.append(text)
    if is_final or not parts:
        return parts or [buffer]
    # The last part may still grow; a marker that has only begun belongs to the sentence before it.
    if len(parts) > 1 and _BEGUN_MARKER.fullmatch(parts[-1]):
        parts[-2:] = [parts[-2] + parts[-1]]
    parts[-1] += buffer[len(buffer.rstrip()) :]
    return parts


def _spans(buffer: str) -> Iterator[Span]:
    """Sentences; in English also those that a marker parts from the stop before it: It stops. [1] Then it goes on."""
    for start, end in split_sentences(buffer):
        for match in _MARKED_STOP.finditer(buffer, start, end):
            yield start, match.end()
            start = match.end()
        yield start, end


def _continues_row(before: str, text: str, *, is_growing: bool) -> bool:
    """Whether a table row that was cited with all its cells (名: 值；名: 值) goes on, or may while the text grows."""
    row, cell = _MARKER.sub("", before).strip(), _MARKER.sub("", text).strip()
    if not row.endswith(("；", ";")) or not _CELL.match(row):
        return False
    return _CELL.match(cell) is not None or (is_growing and _MAY_BE_CELL.fullmatch(cell) is not None)


def _leading_markers(text: str) -> int:
    position = 0
    while match := _MARKER.match(text, position):
        position = match.end()
    return position


def _draft(text: str) -> DraftSentence | None:
    cited = tuple(
        dict.fromkeys(int(number) for match in _MARKER.finditer(text) for number in re.findall(r"\d+", match[1]))
    )
    bare = re.sub(r"\s+", " ", _MARKER.sub("", text)).strip().lstrip("-*•· ").rstrip(",，、 ")
    return DraftSentence(bare, cited) if re.search(r"\w", bare) else None
