"""Cuts a stream of text pieces into sentences with the markers they carry."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from index.text.sentences import split_sentences

_MARKER = re.compile(
    r"\s*[\[［【]\s*(?:资料|来源|source)?\s*(\d{1,2}(?:\s*[,，、]\s*\d{1,2})*)\s*[\]］】]", re.IGNORECASE
)
_BEGUN_MARKER = re.compile(r"\s*[\[［【][^\]］】]{0,12}")


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
    for start, end in split_sentences(buffer):
        text = buffer[start:end]
        if parts and (bare := _MARKER.sub("", text).strip(" .。")) == "":
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


def _leading_markers(text: str) -> int:
    position = 0
    while match := _MARKER.match(text, position):
        position = match.end()
    return position


def _draft(text: str) -> DraftSentence | None:
    cited = tuple(
        dict.fromkeys(int(number) for match in _MARKER.finditer(text) for number in re.findall(r"\d+", match[1]))
    )
    bare = re.sub(r"\s+", " ", _MARKER.sub("", text)).strip().lstrip("-*•· ")
    return DraftSentence(bare, cited) if re.search(r"\w", bare) else None
