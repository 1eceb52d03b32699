"""Data in a prompt for a language model, so that it cannot pass for instructions.

It stands between tags whose name holds a digest of it, which who wrote it cannot foresee, with line breaks folded and
its own brackets widened, so that nothing in it can close the tag or pass as a marker.
"""

from __future__ import annotations

import hashlib

from index.text.normalize import collapse_spaces

_WIDE = str.maketrans("[]<>", "［］＜＞")


def as_data(text: str) -> str:
    """A text on one line, without brackets of its own."""
    return collapse_spaces(text).translate(_WIDE)


def between_tags(label: str, body: str, *, digest_of: str | None = None) -> str:
    """Lines of data between tags; the digest is that of `digest_of`, of the body itself by default."""
    nonce = hashlib.sha256((body if digest_of is None else digest_of).encode()).hexdigest()[:6]
    return f"<{label} {nonce}>\n{body}\n</{label} {nonce}>"
