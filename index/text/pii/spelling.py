"""Text as the recognisers read it: half width, simplified, nothing invisible, with the way back to the original."""

from __future__ import annotations

import unicodedata

from index.text.normalize import Folded, strip_invisible, to_simplified

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣－", "-") | dict.fromkeys("\u00a0\u3000\u2002\u2003\u2009", " "))


def respell(text: str) -> Folded:
    """Like `fold_with_offsets`, but letters keep their case, for names are told by it; dashes become one dash."""
    if text.isascii() and text.isprintable():
        return Folded(text, (*range(len(text)), len(text)))
    pieces: list[str] = []
    offsets: list[int] = []
    at = 0
    while at < len(text):
        end = at + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        piece = unicodedata.normalize("NFKC", strip_invisible(text[at:end]).translate(_DASHES))
        pieces.append(piece)
        offsets.extend(min(at + step, end - 1) for step in range(len(piece)))
        at = end
    joined = "".join(pieces)
    simplified = to_simplified(joined)
    if len(simplified) != len(joined):
        simplified = "".join(to_simplified(char)[:1] or char for char in joined)
    return Folded(simplified, (*offsets, len(text)))
