"""Places in a folded note where something is said, and how the finders of the single subjects look for them."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from app.domain.delivery_note import ConstraintType, Value

BREAK = ",。!?;\n、~|"
"""Where one thought ends and the next begins; a full stop counts where no digit or letter follows at once."""
SAME = r"[^,。.!?;:\n、]"
"""A character within one thought, for gaps of patterns: always counted, `{0,6}`, so that matching stays linear."""
NOT_ZH = (
    r"(?:请勿|切勿|不要|(?<!能)不能|不可以?|不准|禁止|不许|不得|拒绝|谢绝|不用|用不着|没必要|无需|无须|不需要?|不必|"
    r"不接受|"
    r"不想|不同意|不愿意?|不收|不喜欢|不希望|不建议|甭|莫|别|勿)"
)
NOT_EN = (
    r"(?:no need to|need ?n[o']?t|refrain from|avoid|rather not|rather than|instead of|must ?n[o']t|should ?n[o']t|"
    r"you don'?t (?:have|need) to|do not|don'?t|dont|never|no|not|please no|without|cannot|can'?t)"
)
IF = r"(?:如果|如有|如|若|要是|万一|倘若|假如|\bif\b|\bshould\b|\bin case\b)"
_EDGE = r"(?:(?<![a-z0-9])(?=[a-z0-9])|(?<=[a-z0-9])(?![a-z0-9]))"
_FARTHEST = 80
_BREAKS = re.compile(rf"[{BREAK}]|\.(?![\dA-Za-z])|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
_NEGATED = re.compile(
    r"(?:[不没非未]|(?:不需?要?|不用|无需|不必|别)(?:用|带|包)?|不是|不算|没有|(?<![a-z])(?:not|isn'?t|non-?|no))\s?$"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """Something said in folded text."""

    type: ConstraintType
    value: Value
    start: int
    end: int
    confidence: float = 0.9

    def moved(self, start: int, end: int) -> Mention:
        """The same at another place."""
        return replace(self, start=start, end=end)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that mean a plain value, whichever clause they stand in, unless they are denied."""

    type: ConstraintType
    value: Value
    pattern: re.Pattern[str]
    confidence: float = 0.9


def either(*patterns: str) -> str:
    """A pattern that matches where any of them does, the first one that can."""
    return "|".join(patterns)


def words(*patterns: str) -> re.Pattern[str]:
    """Any of the patterns; \\b in them is the edge of a Latin word or a number, beside Chinese too (别call我)."""
    return re.compile(either(*patterns).replace(r"\b", _EDGE))


def phrases(type_: ConstraintType, patterns: dict[str, str]) -> tuple[Phrase, ...]:
    """One phrase for each value and its pattern."""
    return tuple(Phrase(type_, value, words(pattern)) for value, pattern in patterns.items())


def find_phrases(text: str, table: Iterable[Phrase]) -> Iterator[Mention]:
    """All of a table, in its order; 不易碎 is no 易碎."""
    for phrase in table:
        for match in phrase.pattern.finditer(text):
            if not is_denied(text, match.start()):
                yield Mention(phrase.type, phrase.value, match.start(), match.end(), phrase.confidence)


def is_denied(text: str, at: int) -> bool:
    """Whether a word that denies stands right before."""
    return _NEGATED.search(text, max(0, at - 8), at) is not None


class Clauses:
    """Where the thoughts of a note begin and end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0]
        self._ends: list[int] = []
        for match in _BREAKS.finditer(text):
            self._ends.append(match.start())
            self._starts.append(match.end())
        self._ends.append(len(text))

    def around(self, start: int, end: int) -> tuple[int, int]:
        """The range of the thought, or thoughts, in which a range lies; 80 characters on either side at most."""
        first = bisect_right(self._starts, start) - 1
        last = max(first, bisect_left(self._ends, end))
        begins, ends = self._starts[first], self._ends[min(last, len(self._ends) - 1)]
        return max(begins, start - _FARTHEST), min(ends, end + _FARTHEST)


class Taken:
    """What of a text is spoken for; finders are asked in an order, and what one took the next ones leave alone."""

    def __init__(self, length: int) -> None:
        self._taken = bytearray(length)

    def is_free(self, start: int, end: int) -> bool:
        """Whether no character of a range is taken."""
        return not any(self._taken[start:end])

    def mark(self, start: int, end: int) -> None:
        """Take a range."""
        self._taken[start:end] = b"\x01" * (end - start)

    def take(self, mentions: Iterable[Mention]) -> Iterator[Mention]:
        """Those whose place is free, in the order given."""
        for mention in mentions:
            if self.is_free(mention.start, mention.end):
                self.mark(mention.start, mention.end)
                yield mention
