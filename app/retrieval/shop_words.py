"""A question in the words of the documents: mixed words in its main language, places with what they lie in.

Documents do not say "shipping fee" in the middle of a Chinese sentence, and a table of fees names 甘肃 where a customer
names 兰州. Both are known, so neither the search nor a small reader has to guess them. Only what is searched and read
changes: the customer, the model and the receipt have the question as it was asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from index.text.language import HAN
from index.text.segment import running_words

_HAN = re.compile(f"[{HAN}]")
_LATIN = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*")
_HAN_RUN = re.compile(f"[{HAN}]+")
_NAMES_MORE = re.compile(r"\s*[-_]?\d")
"""Behind a word that is part of the name of a model: Watch 5, hold-2."""
_LENGTH = re.compile(
    r"(?<![\d.])(?P<number>\d{1,3}(?:\.\d)?)\s*(?:厘米|公分|cm\b|centimet(?:re|er)s?\b)(?P<half>半)?", re.I
)
_SOFA = re.compile(r"长沙发(?![货出往到])")
"""Long, and not from Changsha."""


def in_shop_words(question: str) -> str:
    """The question as it is searched and read; itself where nothing is mixed and no place or length is named."""
    question = _LENGTH.sub(_in_millimetres, question)
    han = len(_HAN.findall(question))
    if not han:
        return _with_regions_en(question)
    if han < len(_LATIN.findall(question)):
        return re.sub(r" (?=[ ,.?!])", "", _HAN_RUN.sub(_into_english, question)).strip()
    return _with_regions_zh(_phrases("zh").sub(_into_chinese, question))


def _in_millimetres(match: re.Match[str]) -> str:
    """25厘米 (250 mm), as tables of sizes have it."""
    length = Decimal(match["number"]) + (Decimal("0.5") if match["half"] else 0)
    return f"{match[0]} ({(length * 10).normalize():f} mm)"


def _into_chinese(match: re.Match[str]) -> str:
    if _NAMES_MORE.match(match.string, match.end()) or not _HAN.search(match.string):
        return match[0]
    # Without regard to case the pattern takes letters for others that are not written so: ſ for s.
    return _mixed("zh").get(re.sub(r"\s+", " ", match[0].strip().lower()), match[0])


def _into_english(match: re.Match[str]) -> str:
    return _phrases("en").sub(lambda found: f" {_mixed('en')[found[0]]} ", match[0])


def _with_regions_zh(question: str) -> str:
    """With the province behind a city, where it does not stand in the question anyway."""
    if _SOFA.search(question):
        return question
    words = running_words(question)
    return "".join(
        f"{word}（{'，'.join(_regions()[name])}）" if _is_open(name := word.removesuffix("市"), question) else word
        for word in words
    )


def _with_regions_en(question: str) -> str:
    def said(match: re.Match[str]) -> str:
        if _NAMES_MORE.match(question, match.end()):  # a size: UK 9
            return match[0]
        return f"{match[0]} ({', '.join(_regions()[match[0]])})" if _is_open(match[0], question) else match[0]

    return _places_en().sub(said, question)


def _is_open(name: str, question: str) -> bool:
    regions = _regions().get(name, ())
    return bool(regions) and not any(region in question for region in regions)


@lru_cache(maxsize=2)
def _mixed(direction: Literal["zh", "en"]) -> Mapping[str, str]:
    """What a word is in the language of the direction."""
    rows = [line.split("\t") for line in _lines("mixed_words.tsv")]
    return {word: into for to, word, into in rows if to == direction}


@lru_cache(maxsize=2)
def _phrases(direction: Literal["zh", "en"]) -> re.Pattern[str]:
    longest_first = sorted(_mixed(direction), key=len, reverse=True)
    words = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in longest_first)
    return re.compile(rf"\s*(?<![A-Za-z0-9_-])(?:{words})(?![A-Za-z_-])\s*" if direction == "zh" else words, re.I)


@lru_cache(maxsize=1)
def _regions() -> Mapping[str, tuple[str, ...]]:
    """What a place lies in, from small to large."""
    rows = [line.split("\t") for line in _lines("places.tsv")]
    return {place: tuple(regions.split("|")) for place, regions in rows}


@lru_cache(maxsize=1)
def _places_en() -> re.Pattern[str]:
    names = sorted((name for name in _regions() if not _HAN.search(name)), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, names))})(?![\w-])")


def _lines(name: str) -> list[str]:
    return files("app.retrieval").joinpath("data", name).read_text(encoding="utf-8").splitlines()
