"""Slips of the finger in English words put right: wheres my pakcage.

Vectors and pieces of words follow a slip only so far: a short message with two of them is taken for one about nothing.
Words that customers of shops use are known from the examples that the classifier was trained on; one that is none of
them and a single slip away from one that is used often is taken for it. Chinese is left as it is: its slips are other
words, which the vectors know.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files

from index.text.normalize import fold

_WORD = re.compile(r"(?<![\w@.'/-])[a-z]{3,}(?![\w@'/-]|\.\w)")
"""Whole words in small letters: names, codes, addresses and what stands beside an apostrophe are left alone."""
_OFTEN = 4
"""Examples that hold a word which others are taken for."""
_SHORTEST = 4
"""Letters of such a word."""


class Spelling:
    """Knows the words of some texts."""

    def __init__(self, texts: Iterable[str]) -> None:
        """From texts without slips."""
        counts = Counter(word for text in texts for word in _WORD.findall(fold(text)))
        self._known = frozenset(counts)
        self._often = {word: count for word, count in counts.items() if count >= _OFTEN and len(word) >= _SHORTEST}
        self._corrected = lru_cache(maxsize=4096)(self._find)

    @classmethod
    @cache
    def shipped(cls) -> Spelling:
        """Of the shipped examples."""
        lines = files("app.understanding").joinpath("data/intents.jsonl").read_text(encoding="utf-8").splitlines()
        return cls(json.loads(line)["text"] for line in lines if line)

    def corrected(self, text: str) -> str:
        """The text with such words put right; the same where there are none."""
        return _WORD.sub(lambda match: self._corrected(match[0]), text)

    def _find(self, word: str) -> str:
        """The commonest word with one letter more, one less, or two changed about, from its first letter.

        Not with another letter in the place of one: that is as often another word (world and would).
        """
        if word in self._known or {word.removesuffix("s"), f"{word}s"} & self._known:
            return word
        from rapidfuzz.distance import OSA

        letters = sorted(word)
        near = [
            other
            for other in self._often
            if other[0] == word[0]
            and (abs(len(other) - len(word)) == 1 or sorted(other) == letters)
            and OSA.distance(word, other, score_cutoff=1) <= 1
        ]
        return max(near, key=lambda other: (self._often[other], other), default=word)
