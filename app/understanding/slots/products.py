"""Products that a message names, by a catalogue: whole names, their beginnings, model numbers and kinds of things.

Slips are forgiven: a Latin name with a letter wrong, a Chinese name with a character that sounds the same (电饭堡).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from app.understanding.slots.found import Found
from index.text.language import HAN
from index.text.normalize import fold
from index.text.segment import words

_HAN_ANY = re.compile(f"[{HAN}]")
_HAN_END = re.compile(rf"[a-z]?[{HAN}]+(?=[^{HAN}]*$)")
_ENGLISH_END = re.compile(r"[,;(]|\s(?:from|for|with|in|at|of|and)\s")
_MEASURED = re.compile(
    r"^\d[\d.+×x-]*(?:毫升|公斤|毫安时|英寸|件套|厘米|毫米|平方米|[升克斤件只片支盒瓶包粒颗双条米抽座寸])$"
)
_UNITS_TEXT = "ml l g kg cm m mm in hp gb tb w v a mah inch pack packs pieces pairs years size sets"
_UNITS = frozenset(_UNITS_TEXT.split())
_MANY_TEXT = """
ring driver book watch set record board planner kit pack box case cover line stand light bed cut mini pro max
plus work home play lot pair pieces right left white black oil tea water milk bottle hiking apple glasses
定制 套装 礼盒 组合 机器人 主机 配件 服务
"""
_MANY_MEANINGS = frozenset(_MANY_TEXT.split())
"""Kinds that are other words as well, and count only with the word before them."""
_KEPT = re.compile(r"[^\W_]|\+")
_HAN_ONLY = re.compile(rf"[{HAN}]+")
_MODEL = re.compile(r"(?=[a-z0-9-]*\d)(?=[a-z0-9-]*[a-z])[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_LATIN_WORD = re.compile(r"[a-z]+")
_LEAST_LATIN, _LEAST_HAN = 6, 3
"""Letters and characters of a name in which slips are forgiven."""
_MOST_NAMES = 50_000


class Catalogue:
    """Names of products. Building it takes about 0.1 ms a name; it is not changed afterwards."""

    def __init__(self, names: Iterable[str | Sequence[str]] = ()) -> None:
        """Names; where a product has several, such as one in each language, they come together, the first one told."""
        products: dict[str, set[str]] = {}
        spelled: dict[str, str] = {}
        for product in islice(names, _MOST_NAMES):
            several = (product,) if isinstance(product, str) else product
            for name in filter(str.strip, several):
                for alias in names_of(name):
                    key = _squeezed(fold(alias))[0]
                    if _is_telling(key):
                        products.setdefault(key, set()).add(several[0])
                        spelled.setdefault(key, alias)
                for kind in kinds_of(name):
                    key = _squeezed(fold(kind))[0]
                    if _is_telling(key):
                        # A kind stands for itself even where the shop has one of it: there are other kettles.
                        products.setdefault(key, set()).update(("", several[0]))
                        spelled.setdefault(key, fold(kind))
        self._canonical = {key: next(iter(own)) if len(own) == 1 else spelled[key] for key, own in products.items()}
        by_length = sorted(self._canonical, key=lambda key: (-len(key), key))
        self._by_head: dict[str, list[str]] = {}
        for key in by_length:
            self._by_head.setdefault(key[:2], []).append(key)
        self._latin = sorted(
            {
                word
                for alias in spelled.values()
                for word in _LATIN_WORD.findall(fold(alias))
                if len(word) >= _LEAST_LATIN
            }
        )
        self._latin_known = frozenset(self._latin)
        self._sounding_like: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        for key in by_length:
            if _HAN_ONLY.fullmatch(key) and len(key) >= _LEAST_HAN:
                sounds = _sounds(key)
                self._sounding_like.setdefault(sounds[0], []).append((key, sounds))

    def __len__(self) -> int:
        return len(self._canonical)

    def find(self, text: str) -> Iterator[Found]:
        """Candidates in folded text, the longest first; they may overlap."""
        squeezed, places = _squeezed(text)
        if not squeezed or not self._canonical:
            return
        found = sorted(self._exact(squeezed, text, places), key=lambda item: item.start - item.end)
        yield from found
        if not found:
            yield from self._alike(text)
            yield from self._sounding(squeezed, places)

    def _exact(self, squeezed: str, text: str, places: list[int]) -> Iterator[Found]:
        edges = _word_edges(squeezed) if _HAN_ANY.search(squeezed) else frozenset()
        for start in range(len(squeezed) - 1):
            for key in self._by_head.get(squeezed[start : start + 2], ()):
                end = start + len(key)
                if not squeezed.startswith(key, start) or not _is_whole(text, places, start, end):
                    continue
                if _HAN_ONLY.fullmatch(key) and len(key) <= 2 and end not in edges:
                    continue  # 手机 in 手机号
                plural = 1 if key.isascii() and text[places[end - 1] + 1 : places[end - 1] + 2] == "s" else 0
                yield Found("product", places[start], places[end - 1] + 1 + plural, self._canonical[key])

    def _at(self, places: list[int], start: int, end: int, key: str) -> Found:
        return Found("product", places[start], places[end - 1] + 1, self._canonical[key])

    def _alike(self, text: str) -> Iterator[Found]:
        said = list(_LATIN_WORD.finditer(text))
        meant = [self._meant(match[0]) for match in said]
        for size in (4, 3, 2, 1):
            for at in range(len(said) - size + 1):
                window = said[at : at + size]
                key = "".join(meant[at : at + size])
                is_changed = any(match[0] != word for match, word in zip(window, meant[at:], strict=False))
                if is_changed and key in self._canonical:
                    yield Found("product", window[0].start(), window[-1].end(), self._canonical[key])

    def _meant(self, word: str) -> str:
        """The word of a name that a word with a slip was to be, else itself."""
        if len(word) < _LEAST_LATIN - 1 or word in self._latin_known:
            return word
        from rapidfuzz.distance import DamerauLevenshtein
        from rapidfuzz.process import extractOne

        near = extractOne(word, self._latin, scorer=DamerauLevenshtein.distance, score_cutoff=1)
        # charge and charged are no slips of charger: another ending makes another word, and so does another beginning.
        if near is None or near[0][:-1] == word[: len(near[0]) - 1] or word == near[0][:-1] or near[0][0] != word[0]:
            return word
        return str(near[0])

    def _sounding(self, squeezed: str, places: list[int]) -> Iterator[Found]:
        if not self._sounding_like or not _HAN_ANY.search(squeezed):
            return
        sounds = _sounds(squeezed)
        for start, sound in enumerate(sounds):
            for key, own in self._sounding_like.get(sound, ()):
                if sounds[start : start + len(own)] == own:
                    same = sum(one == other for one, other in zip(key, squeezed[start:], strict=False))
                    if 2 * same >= len(key):
                        yield self._at(places, start, start + len(key), key)


def names_of(name: str) -> Iterator[str]:
    """The name, its beginnings of two words and more, and its model numbers."""
    parts = name.split()
    for count in range(len(parts), 1, -1):
        yield " ".join(parts[:count]).rstrip(",;")
    if len(parts) == 1:
        yield name
    yield from _MODEL.findall(fold(name))


def kinds_of(name: str) -> Iterator[str]:
    """The kinds of thing that a name tells, the brand that it begins with left out: 电饭煲, rice cooker, cooker."""
    parts = name.split()
    if _HAN_ANY.search(name):
        for part in parts[1:] or parts:
            match = _HAN_END.search(fold(part))
            if match is None or len(match[0]) < 2 or _MEASURED.search(fold(part)):
                continue
            inside = [word for word in words(match[0]) if word]
            found = [match[0], "".join(inside[-2:]), inside[-1] if len(inside[-1]) > 1 else match[0][-2:]]
            yield from (kind for kind in found if kind not in _MANY_MEANINGS)
            return
        return
    head = _ENGLISH_END.split(fold(name), maxsplit=1)[0]
    kept = [part for part in head.split()[1:] if re.fullmatch(r"[a-z][a-z'-]*", part)]
    while kept and kept[-1] in _UNITS:
        kept.pop()
    if len(kept) > 1:
        yield " ".join(kept[-2:])
    if kept and kept[-1] not in _MANY_MEANINGS:
        yield kept[-1]


def _is_telling(key: str) -> bool:
    """Whether a text with it can be taken to name the product: a lone character or a short word is in too many."""
    if _HAN_ONLY.fullmatch(key):
        return len(key) >= 2
    if key.isascii() and key.isalpha():
        return len(key) >= 4
    if re.fullmatch(rf"[a-z][{HAN}]+", key):  # T恤
        return True
    return len(key) >= 3 and not key.isdigit() and re.search(rf"[a-z{HAN}]", key) is not None


def _squeezed(text: str) -> tuple[str, list[int]]:
    """The letters and digits of a text, and where each of them stands."""
    places = [at for at, char in enumerate(text) if _KEPT.match(char)]
    return "".join(text[at] for at in places), places


def _is_whole(text: str, places: list[int], start: int, end: int) -> bool:
    """Whether it is no part of a longer word or number: s9 in s900, kettle in kettlebell (kettles will do)."""
    first, last = places[start], places[end - 1]
    before, behind = text[first - 1 : first] if first else "", text[last + 1 : last + 3]
    if text[first].isascii() and before.isascii() and before.isalnum():
        return False
    if not text[last].isascii() or not behind[:1].isascii() or not behind[:1].isalnum():
        return True
    return behind[0] == "s" and not behind[1:2].isalnum() and text[last].isalpha()


def _word_edges(squeezed: str) -> frozenset[int]:
    """Where words begin and end."""
    edges, at = {0}, 0
    for word in words(squeezed):
        at = squeezed.find(word, at)
        edges |= {at, at + len(word)}
        at += len(word)
    return frozenset(edges)


def _sounds(text: str) -> tuple[str, ...]:
    from pypinyin import lazy_pinyin

    return tuple(sound for char in text for sound in (lazy_pinyin(char) or [char]))
