"""Praise and fault by the words: how many of each a message has, what is denied and what is taken back counted in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from index.text.language import HAN
from index.text.normalize import fold

_DENIED_ZH = re.compile(
    r"(?:不|没|没有|无|毫无|毫不|并不|并非|不是|不太|不够|不算|不会|不怎么|不怎样|算不上|谈不上|没什么|没有什么|没那么|没有那么|不那么|不是很|"
    r"没有任何|没有一点|一点都不|一点也不|一点没|从不|从没|别想|缺乏|缺少|失去|毫无任何)[很太特多么得再出现过]{0,2}$"
)
_DENIED_EN = re.compile(r"\b(?:not|no|never|without|hardly|barely|nothing|none|zero|cannot|\w+n't)\b(?: \w+){0,2} ?$")
_BEHIND = 32
"""Characters before a word that are looked at."""
_BEFORE_A_TURN = 0.5
"""What a word counts before a "but": what is said behind it is meant."""
_READ = 2000
_RUN = re.compile(rf"(?P<han>[{HAN}]+)|(?P<latin>[a-z0-9' ]+)")
_WORD = re.compile(r"[a-z0-9']+")
_WORDS = 4
"""Of the longest English entry."""
_OTHER = {"praise": "fault", "fault": "praise"}


@dataclass(frozen=True, slots=True)
class Tone:
    """How much praise and how much fault; 0 and 0 for plain words."""

    praise: float
    fault: float


@dataclass(frozen=True, slots=True)
class _Place:
    start: int
    side: str


def tone_of(text: str) -> Tone:
    """Count the words of `data/moods.txt`; a denied one counts for the other side."""
    folded = fold(text[:_READ]).replace("’", "'")
    found = _found(folded)
    last = max((place.start for place in found if place.side == "turn"), default=0)
    counted = {"praise": 0.0, "fault": 0.0}
    for place in found:
        if place.side == "turn":
            continue
        before = folded[max(0, place.start - _BEHIND) : place.start]
        denied = (_DENIED_EN if folded[place.start].isascii() else _DENIED_ZH).search(before)
        side = _OTHER[place.side] if denied else place.side
        counted[side] += _BEFORE_A_TURN if place.start < last else 1.0
    return Tone(**counted)


def _found(folded: str) -> list[_Place]:
    """Words of the lists in order, of those at one place the longest; none within another."""
    sides, longest = _words()
    places = []
    at = 0
    for match in _RUN.finditer(folded):
        run, at = match[0], match.start()
        if match.lastgroup == "han":
            steps = [
                (start, end) for start in range(len(run)) for end in range(min(len(run), start + longest), start, -1)
            ]
        else:
            words = [(word.start(), word.end()) for word in _WORD.finditer(run)]
            steps = [
                (words[first][0], words[last][1])
                for first in range(len(words))
                for last in range(min(len(words), first + _WORDS) - 1, first - 1, -1)
            ]
        behind = 0
        for start, end in steps:
            if start >= behind and (side := sides.get(run[start:end])) is not None:
                places.append(_Place(at + start, side))
                behind = end
    return places


@lru_cache(maxsize=1)
def _words() -> tuple[dict[str, str], int]:
    """Side by word, and how long the longest Chinese word is."""
    sides: dict[str, str] = {}
    side = ""
    for line in files("app.understanding").joinpath("data/moods.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            side = line.removeprefix("== ").strip()
        elif not line.startswith("#"):
            sides |= {word.replace("_", " "): side for word in line.split()}
    return sides, max(len(word) for word in sides if not word[0].isascii())
