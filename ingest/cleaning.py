"""Characters that show nothing or stand for an ordinary space; the words themselves are never changed."""

from __future__ import annotations

import re

from index.text.language import HAN
from index.text.normalize import strip_invisible

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile("[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_AROUND_LINE_END = re.compile(" ?\n ?")
_MANY_LINE_ENDS = re.compile("\n{3,}")
_TIGHT = re.compile(f"[{HAN}\u3001-\u303f\uff00-\uffef“”‘’]")
_HYPHENATED = re.compile(r"[^\W\d_]{2,}-$")


def clean(text: str) -> str:
    """Text without invisible characters (soft hyphens, zero-width and direction marks) and with plain spaces.

    Runs of spaces become one, line ends become newlines, at most one empty line stays between two lines, and nothing
    stays at the ends.
    """
    text = strip_invisible(_LINE_ENDS.sub("\n", text))
    text = _AROUND_LINE_END.sub("\n", _SPACES.sub(" ", text))
    return _MANY_LINE_ENDS.sub("\n\n", text).strip()


def clean_line(text: str) -> str:
    """As `clean`, all on one line."""
    text = clean(text)
    return join_lines(text.split("\n")) if "\n" in text else text


def join_lines(lines: list[str]) -> str:
    """Lines of one paragraph as one: a space between words, nothing between Chinese characters.

    A word that was hyphenated at a line end is put together again ("refun-", "dable").
    """
    parts: list[str] = []
    for line in lines:
        line = line.strip()
        if not line:
            continue
        if not parts:
            parts.append(line)
        elif line[0].islower() and _HYPHENATED.search(parts[-1]):
            parts[-1] = parts[-1][:-1]
            parts.append(line)
        elif _TIGHT.match(parts[-1][-1]) or _TIGHT.match(line[0]):
            parts.append(line)
        else:
            parts.append(f" {line}")
    return "".join(parts)
