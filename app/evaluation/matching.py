"""Does a text hold what it should? Spelling does not count, figures count whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from index.text.normalize import fold


def holds(text: str, phrase: str) -> bool:
    """Whether `phrase` is in `text`.

    Case, width, script, spaces, Markdown marks and thousands separators do not count; a figure matches whole figures
    only, so that 8元 is not in 18元.
    """
    return _is_in(_squeezed(text), phrase)


def holds_all(text: str, groups: Iterable[Sequence[str]]) -> bool:
    """Whether `text` holds at least one alternative of each group; True for no groups."""
    squeezed = _squeezed(text)
    return all(any(_is_in(squeezed, option) for option in group) for group in groups)


def _is_in(squeezed: str, phrase: str) -> bool:
    wanted = _squeezed(phrase)
    before = r"(?<!\d)(?<!\d\.)" if wanted[:1].isdigit() else ""
    after = r"(?!\d)(?!\.\d)" if wanted[-1:].isdigit() else ""
    return re.search(before + re.escape(wanted) + after, squeezed) is not None


def _squeezed(text: str) -> str:
    folded = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", fold(text))
    return re.sub(r"[\s*`|]+", "", folded)
