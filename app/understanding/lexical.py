"""Words and pieces of words as numbers: what a vector of meaning does not tell apart, the words often do."""

from __future__ import annotations

import math
import re
import zlib
from collections import Counter
from functools import lru_cache

from index.text.language import HAN
from index.text.normalize import fold

_RUN = re.compile(rf"(?P<han>[{HAN}]+)|(?P<word>[^\W_{HAN}]+)|(?P<mark>[?!？！。…]+)")
_LONG_NUMBER = re.compile(r"[a-z]{0,4}\d{4,}")
_READ = 2000
"""Characters that are looked at: a message that has said nothing by then will not say it later."""


def lexical_counts(text: str, buckets: int) -> dict[int, float]:
    """Hashed features of a text, bucket to 1 + ln(count); {} for a text without letters, digits and marks.

    Words and pairs of words, Han characters alone and in twos and threes, pieces of three to five letters (so that a
    typo changes few of them), questions and exclamations. Numbers of four and more digits count as one and the same.
    Source: Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009.
    """
    counts = Counter(_bucket(feature, buckets) for feature in _features(fold(text[:_READ])))
    return {bucket: 1 + math.log(count) for bucket, count in counts.items()}


def _features(text: str) -> list[str]:
    found: list[str] = []
    words: list[str] = []
    for match in _RUN.finditer(_LONG_NUMBER.sub("0000", text)):
        if han := match["han"]:
            found.extend(f"h {han[at : at + size]}" for size in (1, 2, 3) for at in range(len(han) - size + 1))
            words.append(han[-2:])
        elif mark := match["mark"]:
            found.append(f"m {mark[:2]}")
        else:
            word = match["word"]
            found.append(f"w {word}")
            framed = f"<{word}>"
            found.extend(f"l {framed[at : at + size]}" for size in (3, 4, 5) for at in range(len(framed) - size + 1))
            words.append(word)
    if not words:
        return found
    found.extend(f"p {first} {second}" for first, second in zip(["^", *words], [*words, "$"], strict=True))
    return found


@lru_cache(maxsize=65_536)
def _bucket(feature: str, buckets: int) -> int:
    return zlib.crc32(feature.encode()) % buckets
