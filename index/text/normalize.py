"""One spelling for text that means the same: width, case, compatibility forms, traditional characters, invisibles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""Zero-width, bidirectional, variation-selector, tag and control characters and halves of surrogate pairs: they
show nothing and hide things, and a lone half cannot even be stored."""

_SPACES = re.compile(r"\s+")
_MARKS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text that still knows where each of its characters came from."""

    text: str
    offsets: tuple[int, ...]
    """offsets[i] is the code point of the original that text[i] came from; one more at the end for the length."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original text behind text[start:end]; an empty span stays empty."""
        if start >= end:
            return self.offsets[start], self.offsets[start]
        # The end is one past the source of the last character, not the source of the next: what lies between them
        # (an invisible character) belongs to neither.
        return self.offsets[start], self.offsets[end - 1] + 1


def strip_invisible(text: str) -> str:
    """Remove characters that show nothing (zero-width, direction marks, controls); tab and line ends stay."""
    return _INVISIBLE.sub("", text)


def to_simplified(text: str) -> str:
    """Convert traditional Chinese characters to simplified ones (OpenCC t2s); other text is unchanged."""
    return str(_simplifier().convert(text))


def bare(text: str) -> str:
    """Letters and digits alone, folded: how a text is compared where spaces and marks do not count."""
    return _MARKS.sub("", fold(text))


def fold(text: str) -> str:
    """The spelling under which text is compared and indexed.

    Invisible characters removed, NFKC (full width to half width, ligatures, circled digits), lower case, traditional
    to simplified. White space is kept as it is. Length may change: use `fold_with_offsets` where spans are needed.
    """
    text = _folded(text)
    return text if text.isascii() else to_simplified(text)


def fold_with_offsets(text: str) -> Folded:
    """`fold` with a way back to the original's code points; several times slower than `fold` where it is not ASCII."""
    return respelt(text, _folded)


def respelt(text: str, spelling: Callable[[str], str]) -> Folded:
    """The text in another spelling and in simplified characters, with a way back to the original's code points.

    `spelling` is that of one character with the marks behind it; the characters of printable ASCII stay one each.
    """
    if text.isascii() and text.isprintable():
        return Folded(spelling(text), tuple(range(len(text) + 1)))
    pieces: list[str] = []
    offsets: list[int] = []
    at = 0
    while at < len(text):
        end = at + 1
        # A base character and the marks after it are composed as one by NFKC.
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        piece = spelling(text[at:end])
        pieces.append(piece)
        offsets.extend(min(at + step, end - 1) for step in range(len(piece)))
        at = end
    joined = "".join(pieces)
    simplified = to_simplified(joined)
    if len(simplified) != len(joined):
        # A phrase whose conversion changes its length: character by character is never wrong about places.
        simplified = "".join(to_simplified(char)[:1] or char for char in joined)
    return Folded(simplified, (*offsets, len(text)))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", strip_invisible(text)).lower()


def collapse_spaces(text: str) -> str:
    """Every run of white space as one space, none at the ends."""
    return _SPACES.sub(" ", text).strip()


@lru_cache(maxsize=1)
def _simplifier() -> OpenCC:
    from opencc import OpenCC  # reads its dictionaries when constructed, so not on import

    return OpenCC("t2s")


def shortened(text: str, most: int) -> str:
    """The text, or its beginning with an ellipsis, of at most `most` characters together."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def width(text: str) -> int:
    """How much room a text takes on a line: a Chinese character counts as two."""
    return sum(2 if ord(char) > 0x2E80 else 1 for char in text)
