"""Text as the recognisers read it: half width, simplified, nothing invisible, with the way back to the original."""

from __future__ import annotations

import unicodedata

from index.text.normalize import Folded, respelt, strip_invisible

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣－", "-") | dict.fromkeys("\u00a0\u3000\u2002\u2003\u2009", " "))


def respell(text: str) -> Folded:
    """Like `fold_with_offsets`, but letters keep their case, for names are told by it; dashes become one dash."""
    return respelt(text, _spelling)


def _spelling(text: str) -> str:
    return unicodedata.normalize("NFKC", strip_invisible(text).translate(_DASHES))
