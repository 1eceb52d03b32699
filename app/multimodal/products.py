"""Which products of the catalogue a picture names: by SKU, else by the words of their names.

Words weigh by how few products have them; how the letters run decides between names of the same words and forgives
what text recognition misread.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from app.domain.media import FoundNumber, ProductMatch
from app.domain.shop import Item
from app.multimodal.number_shapes import by_lookalike
from index.text.normalize import bare, collapse_spaces, fold
from index.text.segment import words

_LEAST_SCORE = 0.62
_MOST_CANDIDATES = 40
_WORD_SHARE = 0.55
"""How much the words count beside the run of letters."""
_LEAST_LETTERS = 4
"""Shorter lines name a kind of thing at best."""
_APART = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])|[\s+*×/()（）\[\]【】,，、.·-]+")


@dataclass(frozen=True, slots=True)
class _Name:
    item: int
    letters: str
    words: frozenset[str]


class ProductMatcher:
    """Finds products of one catalogue; made once for a catalogue and safe to share between threads."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = list(items)

    @cached_property
    def skus(self) -> Mapping[str, Sequence[str]]:
        """Of all items, by `number_shapes.lookalike_key`."""
        return by_lookalike(item.sku for item in self._items)

    def match(
        self, rows: Sequence[str], skus: Sequence[FoundNumber] = (), *, limit: int = 3
    ) -> tuple[ProductMatch, ...]:
        """Products that the rows of a picture name, best first, each product once."""
        best: dict[str, ProductMatch] = {}
        for number in skus:
            item = self._by_sku.get(number.value)
            if item is not None:
                best.setdefault(item.product_id, _match(item, 1.0, number.as_read))
        for text in _stretches(rows):
            for item, score in self._scored(text):
                found = best.get(item.product_id)
                if score >= _LEAST_SCORE and (found is None or score > found.score):
                    best[item.product_id] = _match(item, score, text)
        ordered = sorted(best.values(), key=lambda one: (-one.score, one.product_id))
        return tuple(ordered[:limit])

    def _scored(self, text: str) -> list[tuple[Item, float]]:
        from rapidfuzz import fuzz

        letters, read = bare(text), _words(text)
        if len(letters) < _LEAST_LETTERS:
            return []
        reached: defaultdict[int, float] = defaultdict(float)
        for word in sorted(read):
            for number in self._having.get(word, ()):
                reached[number] += self._weight(word)
        nearest = sorted(reached, key=lambda number: (-reached[number], number))
        scored: list[tuple[Item, float]] = []
        for number in nearest[:_MOST_CANDIDATES]:
            name = self._names[number]
            wanted = sum(self._weight(word) for word in name.words)
            covered = sum(self._weight(word) for word in name.words & read) / wanted if wanted else 0.0
            # A short line inside a long name fits it letter by letter and says little of it.
            share = min(1.0, len(letters) / (0.8 * len(name.letters)))
            alike = fuzz.partial_ratio(name.letters, letters) / 100 * share
            scored.append((self._items[name.item], _WORD_SHARE * covered + (1 - _WORD_SHARE) * alike))
        return scored

    def _weight(self, word: str) -> float:
        count = len(self._having.get(word, ()))
        return math.log(1 + len(self._names) / count) if count else 0.0

    @cached_property
    def _by_sku(self) -> Mapping[str, Item]:
        return {item.sku: item for item in self._items}

    @cached_property
    def _names(self) -> list[_Name]:
        return [
            _Name(number, bare(name), frozenset(_words(name)))
            for number, item in enumerate(self._items)
            for name in dict.fromkeys((item.name, item.name_en))
            if len(bare(name)) >= 2
        ]

    @cached_property
    def _having(self) -> dict[str, list[int]]:
        having: defaultdict[str, list[int]] = defaultdict(list)
        for number, name in enumerate(self._names):
            for word in name.words:
                having[word].append(number)
        return dict(having)


def _stretches(rows: Sequence[str]) -> list[str]:
    """Cells of the rows, and rows with the next one, because a long name runs over two."""
    cells = [cell for row in rows for cell in row.split("  ")]
    firsts = [row.split("  ")[0] for row in rows]
    return list(dict.fromkeys([*cells, *(f"{one} {other}" for one, other in pairwise(firsts))]))


def _words(text: str) -> set[str]:
    """Words, letters and digits apart: 8+256GB as 8, 256, gb, however it was spaced."""
    return {word for word in words(collapse_spaces(_APART.sub(" ", fold(text)))) if word.strip()}


def _match(item: Item, score: float, matched: str) -> ProductMatch:
    return ProductMatch(item.product_id, item.sku, item.name, item.name_en, min(score, 1.0), matched)
