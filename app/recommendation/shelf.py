"""The catalogue as recommendations need it: what can be sold, at what price, and what is like what somebody asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from app.domain.action import Wording
from app.domain.recommendation import Wishes
from app.domain.shop import Item, in_language
from app.recommendation.descriptions import described
from app.recommendation.rules import Offer
from index.text.segment import search_words

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
        best = float(likeness.max(initial=0.0))
        if best < _LEAST:
            return {}
        return {ids[at]: float(likeness[at]) for at in np.flatnonzero(likeness >= _LIKE * best)}

    def reference(self, text: str) -> str | None:
        """The one product that a text names by the whole of its name, or the best match of its words."""
        matching = self.matching(text)
        return max(matching, key=lambda item: (matching[item], item)) if matching else None

    @cached_property
    def _words(self) -> tuple[TfidfVectorizer, object, list[str]]:
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
            and (wishes.lowest_cents is None or offer.price_cents >= wishes.lowest_cents)
            and (wishes.highest_cents is None or offer.price_cents <= wishes.highest_cents)
            and product_id not in wishes.hidden
        )

    def _is_of(self, product_id: str, category: str) -> bool:
        named = self.categories[product_id]
        return category.casefold() in (named.zh.casefold(), named.en.casefold())


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
