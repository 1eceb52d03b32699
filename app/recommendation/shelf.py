"""The catalogue as recommendations need it: what can be sold, for how much, and what is like what is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from app.domain.action import Wording
from app.domain.recommendation import Wishes
from app.domain.shop import Item, in_language
from app.recommendation.descriptions import described
from app.recommendation.rules import Offer
from index.text.segment import search_words

if TYPE_CHECKING:
    from sklearn.feature_extraction.text import TfidfVectorizer

_LIKE = 0.5
"""Share of the best match of a text that others need to be taken, too."""
_LEAST = 0.08
"""Cosine of words below which nothing in the catalogue is meant."""


@dataclass(frozen=True)
class Shelf:
    """Products by id."""

    items: Mapping[str, tuple[Item, ...]]
    """All variants of each."""

    @classmethod
    def of(cls, items: Iterable[Item]) -> Shelf:
        """From the items of a shop."""
        found: dict[str, tuple[Item, ...]] = {}
        for item in items:
            found[item.product_id] = (*found.get(item.product_id, ()), item)
        return cls(found)

    @cached_property
    def offers(self) -> Mapping[str, Offer]:
        """Each product as it can be sold."""
        return {product_id: offer_of(variants) for product_id, variants in self.items.items()}

    @cached_property
    def categories(self) -> Mapping[str, Wording]:
        """What each product belongs to."""
        return {product_id: _category(variants[0]) for product_id, variants in self.items.items()}

    def named(self, product_id: str) -> Wording:
        """What a product is called; its id where it is gone from the catalogue."""
        variants = self.items.get(product_id)
        if not variants:
            return Wording(product_id, product_id)
        return Wording(variants[0].name, variants[0].name_en or variants[0].name)

    def matching(self, text: str) -> dict[str, float]:
        """Products whose words are like a text, best in (0, 1]; none where nothing is."""
        if not text.strip() or not self.items:
            return {}
        vectorizer, matrix, ids = self._words
        query = vectorizer.transform([text])
        likeness = np.asarray((matrix @ query.T).todense()).ravel()
        kinds = self._named_categories(text)
        if kinds:  # 三千以内的手机 wants no holder for one
            of_kind = np.array([self.categories[item].zh in kinds for item in ids])
            likeness = np.where(of_kind, likeness, 0.0)
            return {ids[at]: float(likeness[at]) for at in np.flatnonzero(of_kind)}
        best = float(likeness.max(initial=0.0))
        if best < _LEAST:
            return {}
        return {ids[at]: float(likeness[at]) for at in np.flatnonzero(likeness >= _LIKE * best)}

    def reference(self, text: str) -> str | None:
        """The product whose words are most like a text; None where none is like it."""
        matching = self.matching(text)
        return max(matching, key=lambda item: (matching[item], item)) if matching else None

    def _named_categories(self, text: str) -> frozenset[str]:
        """Categories whose whole name stands in a text, in either language."""
        said = set(search_words(text))
        return frozenset(zh for zh, words in self._category_words if words <= said)

    @cached_property
    def _category_words(self) -> Sequence[tuple[str, frozenset[str]]]:
        """Name in Chinese, and the words of it in either language, where there are any."""
        named = (
            (one.zh, frozenset(search_words(n))) for one in set(self.categories.values()) for n in (one.zh, one.en)
        )
        return tuple((zh, words) for zh, words in named if words)

    @cached_property
    def _words(self) -> tuple[TfidfVectorizer, object, list[str]]:
        from sklearn.feature_extraction.text import TfidfVectorizer

        texts = described(tuple(variants[0] for variants in self.items.values()))
        vectorizer = TfidfVectorizer(analyzer=search_words, sublinear_tf=True)
        return vectorizer, vectorizer.fit_transform(texts.values()), list(texts)

    def meets(self, product_id: str, wishes: Wishes, *, lowest_stock: int = 1) -> bool:
        """Whether a product can be sold and is within the category and the price that are wanted."""
        offer = self.offers.get(product_id)
        return (
            offer is not None
            and offer.stock >= max(lowest_stock, 1)
            and (wishes.category is None or self._is_of(product_id, wishes.category))
            and wishes.allow_price(offer.price_cents)
            and product_id not in wishes.hidden
        )

    def _is_of(self, product_id: str, category: str) -> bool:
        named = self.categories[product_id]
        return category.casefold() in (named.zh.casefold(), named.en.casefold())


@dataclass(frozen=True)
class ShelfFacts:
    """The same as arrays, one place for each item of a model, to ask of all of them at once."""

    places: Mapping[str, int]
    stock: np.ndarray
    """int64; 0 for what is not in the catalogue."""
    cents: np.ndarray
    """int64."""
    category: np.ndarray
    """int32, places in `names`; -1 for what is not in the catalogue."""
    names: Mapping[str, int]
    """Of categories, zh and en, folded."""

    @classmethod
    def of(cls, shelf: Shelf, places: Mapping[str, int]) -> ShelfFacts:
        """For the items of a model, by their places there."""
        names: dict[str, int] = {}
        stock, cents = np.zeros(len(places), np.int64), np.zeros(len(places), np.int64)
        category = np.full(len(places), -1, np.int32)
        for item, at in places.items():
            offer = shelf.offers.get(item)
            if offer is None:
                continue
            named = shelf.categories[item]
            number = names.setdefault(named.zh.casefold(), len(names))
            names.setdefault(named.en.casefold(), number)
            stock[at], cents[at], category[at] = offer.stock, offer.price_cents, number
        return cls(places, stock, cents, category, names)

    def meeting(self, wishes: Wishes, *, lowest_stock: int = 1) -> np.ndarray:
        """Which items can be sold and are as wished: bool."""
        fits: np.ndarray = self.stock >= max(lowest_stock, 1)
        if wishes.category is not None:
            fits &= self.category == self.names.get(wishes.category.casefold(), -2)
        if wishes.lowest_cents is not None:
            fits &= self.cents >= wishes.lowest_cents
        if wishes.highest_cents is not None:
            fits &= self.cents <= wishes.highest_cents
        fits[[self.places[item] for item in wishes.hidden if item in self.places]] = False
        return fits


def offer_of(variants: tuple[Item, ...]) -> Offer:
    """The cheapest variant in stock; the cheapest of all where none is."""
    there = [item for item in variants if item.stock > 0] or list(variants)
    cheapest = min(there, key=lambda item: (item.price_cents, item.sku))
    cost = cheapest.attributes.get("cost_cents", "")
    earned = 1 - int(cost) / cheapest.price_cents if str(cost).isdigit() and cheapest.price_cents > 0 else None
    return Offer(
        cheapest.product_id,
        cheapest.sku,
        cheapest.category,
        cheapest.price_cents,
        sum(item.stock for item in variants),
        None if earned is None else min(max(earned, 0.0), 1.0),
    )


def _category(item: Item) -> Wording:
    english = item.attributes.get("category_en") or in_language(item.category, "en")
    return Wording(in_language(item.category, "zh"), english)
