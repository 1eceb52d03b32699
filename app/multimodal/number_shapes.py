"""What numbers of a shop look like, and how letters that are read for digits are put right by it.

A shape is written with # for a digit, @ for a letter and * for either; everything else stands for itself:
SL##########, SL-@@-####.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

_TO_DIGIT = {"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "|": "1", "Z": "2", "S": "5", "B": "8", "G": "6"}
_TO_LETTER = {"0": "O", "1": "I", "2": "Z", "5": "S", "8": "B", "6": "G", "|": "I"}
_ALSO_LETTER = {"0": "OQD", "1": "IL"}
_LOOKS_LIKE = {**_TO_DIGIT, **{digit: digit for digit in "0123456789"}}
_SEPARATOR = re.compile(r"[-\s]")


@dataclass(frozen=True, slots=True)
class Shape:
    """One form that a number may have."""

    pattern: str
    carrier: str | None = None
    check: str | None = None
    """Name of the check digit: s10 (postal items) or ups."""

    def __post_init__(self) -> None:
        if not any(mark in self.pattern for mark in "#@") or len(self.pattern) > 40:
            raise ValueError(f"Expected a shape such as SL########## with # for digits, got {self.pattern!r}.")

    @property
    def characters(self) -> str:
        """The pattern without what only separates."""
        return _SEPARATOR.sub("", self.pattern.upper())

    @property
    def is_telling(self) -> bool:
        """Whether it is enough by itself: a shape of digits alone would take every telephone number."""
        return self.check is not None or any(char.isalpha() for char in self.characters)

    def fit(self, token: str) -> tuple[str, int] | None:
        """The number that a token is read as under this shape, and how many characters were changed.

        None where it cannot be one, or where its check digit proves it wrong.
        """
        marks, read = self.characters, _SEPARATOR.sub("", token.upper())
        if len(marks) != len(read):
            return None
        choices: list[str] = []
        for mark, char in zip(marks, read, strict=True):
            options = _options(mark, char)
            if not options:
                return None
            choices.append(options)
        if self.check is None:
            best = "".join(options[0] for options in choices)
        else:
            right = (found for found in _spelled(choices) if CHECKS[self.check](found))
            best = next(right, "")
            if not best:
                return None
        changed = sum(one != other for one, other in zip(best, read, strict=True))
        return self._separated(best), changed

    def _separated(self, characters: str) -> str:
        rest = iter(characters)
        return "".join(mark if _SEPARATOR.match(mark) else next(rest) for mark in self.pattern.upper())


def lookalike_key(token: str) -> str:
    """The same for all tokens that text recognition confuses: O and 0, I and 1, with or without separators."""
    return "".join(_LOOKS_LIKE.get(char, char) for char in _SEPARATOR.sub("", token.upper()))


def by_lookalike(numbers: Iterable[str]) -> dict[str, list[str]]:
    """The numbers by their `lookalike_key`."""
    found: dict[str, list[str]] = {}
    for number in numbers:
        found.setdefault(lookalike_key(number), []).append(number)
    return found


def alternatives(token: str, *, limit: int = 32) -> Iterator[str]:
    """Other readings of a token, those with the fewest changes first; the token itself is not among them."""
    read = token.upper()
    places = [(at, _swapped(char)) for at, char in enumerate(read) if _swapped(char)]
    given = 0
    for at, options in places:
        for option in options:
            if given == limit:
                return
            yield read[:at] + option + read[at + 1 :]
            given += 1
    for number, (at, options) in enumerate(places):
        for other_at, other_options in places[number + 1 :]:
            for one, other in product(options, other_options):
                if given == limit:
                    return
                yield read[:at] + one + read[at + 1 : other_at] + other + read[other_at + 1 :]
                given += 1


def digits_put_right(token: str) -> str:
    """Letters between digits that look like digits, as digits: 1O39 becomes 1039. The first two stay as read."""
    read = list(token.upper())
    for at in range(len(read)):
        is_between = at > 0 and read[at - 1].isdigit() and (at + 1 == len(read) or read[at + 1].isdigit())
        if read[at] in _TO_DIGIT and is_between:
            read[at] = _TO_DIGIT[read[at]]
    return "".join(read)


def _swapped(char: str) -> str:
    return _ALSO_LETTER.get(char, _TO_LETTER.get(char, "")) if char.isdigit() else _TO_DIGIT.get(char, "")


def _options(mark: str, char: str) -> str:
    if mark == "#":
        return char if char.isdigit() else _TO_DIGIT.get(char, "")
    if mark == "@":
        return char if char.isalpha() else _ALSO_LETTER.get(char, _TO_LETTER.get(char, ""))
    if mark == "*":
        return char + _swapped(char)
    return mark if mark == char or _LOOKS_LIKE.get(mark, mark) == _LOOKS_LIKE.get(char, char) else ""


def _spelled(choices: list[str], *, limit: int = 512) -> Iterator[str]:
    """Every combination, those that change the fewest characters first."""
    combinations = sorted(product(*choices), key=lambda one: _changes(one, choices))
    for letters in combinations[:limit]:
        yield "".join(letters)


def _changes(letters: tuple[str, ...], choices: list[str]) -> int:
    return sum(letter != options[0] for letter, options in zip(letters, choices, strict=True))


def s10_is_right(number: str) -> bool:
    """Check digit of an international postal item. Source: UPU standard S10-12."""
    digits = number[2:11]
    if not (len(number) == 13 and digits.isdigit()):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits[:8], (8, 6, 4, 2, 3, 5, 9, 7), strict=True))
    return {10: 0, 11: 5}.get(11 - total % 11, 11 - total % 11) == int(digits[8])


def ups_is_right(number: str) -> bool:
    """Check digit of a UPS number (1Z…): letters count as (position in the alphabet + 1) mod 10, every second twice."""
    if not (len(number) == 18 and number.startswith("1Z") and number[-1].isdigit()):
        return False
    values = [int(char) if char.isdigit() else (ord(char) - 63) % 10 for char in number[2:-1]]
    return (10 - sum(value * (1 + at % 2) for at, value in enumerate(values)) % 10) % 10 == int(number[-1])


CHECKS = {"s10": s10_is_right, "ups": ups_is_right}

CARRIERS = (
    Shape("SF#############", "SF"),
    Shape("SF############", "SF"),
    Shape("YT#############", "YTO"),
    Shape("YT###############", "YTO"),
    Shape("JT#############", "J&T"),
    Shape("JDV#############", "JD"),
    Shape("JDVA###########", "JD"),
    Shape("JD#############", "JD"),
    Shape("DPK############", "Deppon"),
    Shape("@@#########@@", "Post", "s10"),
    Shape("1Z******##########", "UPS", "ups"),
)
"""Forms that name their carrier by letters; numbers of digits alone are known by the word before them."""
