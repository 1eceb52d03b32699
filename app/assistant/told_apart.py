"""A Chinese question about two things at once: 专票和普票分别多久能开 asks how long each of them takes.

分别 and 各自 say that each has an answer of its own, so each is asked by itself. Where the two begin and end is not
said; what they have in common tells: 专票 and 普票 end alike, 2021年 and 2022年 too, 最佳男主角 and 最佳女主角 begin
alike. Otherwise they are the words next to 和.
"""

from __future__ import annotations

import re
from itertools import takewhile

from index.text.segment import running_words

_EACH = re.compile(r"分别|各自")
_OPEN = re.compile(r"什么|多|几|哪|怎|咋|如何|谁|何时|啥")
"""What can have an answer for each: 能不能分别寄 asks once."""
_AND = re.compile(r"和|与|跟|以及|及")
_NUMBER = re.compile(r"[\d.,]+$")
_NEAR = 4
"""Words before 和 among which the first thing begins."""
_LONGEST = 12
"""Characters of the second: what ends alike only far behind is not the same thing."""


def told_apart(clause: str) -> list[str]:
    """The question of the first and that of the second; [clause] where it does not ask of each."""
    each = _EACH.search(clause)
    if each is None or not _OPEN.search(clause, each.end()):
        return [clause]
    left, right = halves(clause[: each.start()])
    things = side_by_side(left, right)
    if things is None:
        return [clause]
    first, second = things
    rest = right[len(second) :] + clause[each.end() :]
    return [f"{left}{rest}", f"{left[: len(left) - len(first)]}{second}{rest}"]


def halves(text: str) -> tuple[str, str]:
    """What stands before the last 和 of a text and behind it; both "" where there is none."""
    joined = [match for match in _AND.finditer(text) if match.start()]
    return (text[: joined[-1].start()], text[joined[-1].end() :]) if joined else ("", "")


def side_by_side(left: str, right: str) -> tuple[str, str] | None:
    """The thing that `left` ends with and the one that `right` begins with, as wide as each other; None for no two."""
    if not left or not right:
        return None
    second = _second(left, right)
    first = _first(left, right, second)
    return None if len(first) < 2 or len(second) < 2 or first == second else (first, second)


def _first(left: str, right: str, second: str) -> str:
    """From the word that `right` begins with, else as many words as the second has where both end alike, else the last
    word with its number."""
    words = running_words(left)
    beginning = running_words(right)[:1]
    if beginning and beginning[0] in words[-_NEAR:]:
        at = len(words) - 1 - words[::-1].index(beginning[0])
        return "".join(words[at:])
    wide = len(running_words(second)) if second[-1:] == left[-1] else 1
    found = "".join(words[-wide:])
    words = words[:-wide]
    while words and (len(found) < 2 or _NUMBER.search(words[-1])):
        found = words.pop() + found
    return found.rpartition("的")[2] or found


def _second(left: str, right: str) -> str:
    """The thing that `right` begins with: up to where it ends as `left` does, in as many characters as can be, else
    its first word, and all up to 的 where that begins the first thing too."""
    ends = [end for end in range(2, min(len(right), _LONGEST) + 1) if right[end - 1] == left[-1]]
    if ends and right.find(left[-1]):
        return right[: max(ends, key=lambda end: alike(left[::-1], right[:end][::-1]))]
    words = running_words(right)
    if words and words[0] in running_words(left)[-_NEAR:]:
        return right.partition("的")[0]
    found = words.pop(0) if words else ""
    while words and (len(found) < 2 or _NUMBER.search(found)):
        found += words.pop(0)
    return found


def alike(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
