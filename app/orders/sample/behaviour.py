"""What customers looked at, searched for, put in the basket, bought and waved away: events for recommendation.

Drawn around the orders that there are: before something is bought it is usually found, viewed and put in the basket,
and much is viewed that is not bought.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from app.domain.behaviour import BehaviourEvent, EventKind
from app.domain.shop import Item, Order, OrderLine, in_language
from index.types import Language


def behaviour_of(
    orders: Iterable[Order], items: Sequence[Item], languages: Mapping[str, Language | None], *, seed: int = 1
) -> Iterator[BehaviourEvent]:
    """All events of one customer after the other, each customer's oldest first; the same for the same records and seed.

    Each order is followed by its `buy` events, one a line, with the order's time.
    """
    shelves = _Shelves(items)
    by_customer: defaultdict[str, list[Order]] = defaultdict(list)
    for order in orders:
        if order.placed_at is not None:
            by_customer[order.customer_id].append(order)
    for customer_id in sorted(by_customer):
        rng = Random(f"{seed}/events/{customer_id}")
        events: list[BehaviourEvent] = []
        for order in by_customer[customer_id]:
            visitor = _Visitor(rng, shelves, customer_id, languages.get(customer_id) or "zh")
            events += visitor.around(order)
        yield from sorted(events, key=lambda event: event.at)


class _Shelves:
    """Products by category, one item each."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.by_product = {item.product_id: item for item in items}
        self.by_category: defaultdict[str, list[Item]] = defaultdict(list)
        for item in self.by_product.values():
            self.by_category[item.category].append(item)
        self.all = list(self.by_product.values())

    def beside(self, rng: Random, product_id: str) -> Item:
        """Something from the same shelf; from any for one that is gone."""
        item = self.by_product.get(product_id)
        return rng.choice(self.by_category[item.category] if item is not None else self.all)


class _Visitor:
    """Draws what one customer did around an order."""

    def __init__(self, rng: Random, shelves: _Shelves, customer_id: str, language: Language) -> None:
        self._rng, self._shelves, self._customer_id, self._language = rng, shelves, customer_id, language

    def around(self, order: Order) -> list[BehaviourEvent]:
        """The visit in which it was placed, often one before it, and now and then one that led to nothing."""
        rng, placed_at = self._rng, order.placed_at
        if placed_at is None:
            return []
        events = []
        if rng.random() < 0.5:
            before = placed_at - timedelta(days=rng.uniform(0.5, 9))
            events += self._look_around(f"{order.order_id}-a", before, [line.product_id for line in order.lines])
        if rng.random() < 0.5:
            idle = placed_at - timedelta(days=rng.uniform(1, 20))
            beside = [self._shelves.beside(rng, order.lines[0].product_id).product_id]
            events += self._look_around(f"{order.order_id}-b", idle, beside)
        return events + self._buy(order, f"{order.order_id}-c", placed_at)

    def _buy(self, order: Order, session: str, placed_at: datetime) -> list[BehaviourEvent]:
        rng, events = self._rng, []
        at = placed_at - timedelta(minutes=rng.uniform(3, 40))
        for line in order.lines:
            if rng.random() < 0.45:
                events.append(self._event("search", at, session, query=self._query(line)))
            if rng.random() < 0.6:
                other = self._shelves.beside(rng, line.product_id)
                events.append(self._event("view", self._between(at, placed_at), session, item_id=other.product_id))
            viewed = self._between(at, placed_at)
            put = self._between(viewed, placed_at)
            events.append(self._event("view", viewed, session, item_id=line.product_id))
            events.append(
                self._event("cart", put, session, item_id=line.product_id, sku=line.sku, quantity=line.quantity)
            )
        for line in order.lines:
            what = {"item_id": line.product_id, "sku": line.sku, "quantity": line.quantity}
            events.append(self._event("buy", placed_at, session, order_id=order.order_id, **what))
        return events

    def _look_around(self, session: str, at: datetime, wanted: Sequence[str]) -> list[BehaviourEvent]:
        """Views of what is wanted and of what stands beside it; some is put in the basket and left, some waved away."""
        rng, events = self._rng, []
        for product_id in wanted:
            seen = [product_id, *(self._shelves.beside(rng, product_id).product_id for _ in range(rng.randint(0, 3)))]
            for item_id in seen:
                at += timedelta(seconds=rng.uniform(8, 150))
                events.append(self._event("view", at, session, item_id=item_id))
                if rng.random() < 0.12:
                    events.append(self._event("cart", at + timedelta(seconds=5), session, item_id=item_id, quantity=1))
                elif item_id != product_id and rng.random() < 0.1:
                    events.append(self._event("dismiss", at + timedelta(seconds=4), session, item_id=item_id))
        return events

    def _query(self, line: OrderLine) -> str:
        """What somebody types who wants this."""
        item = self._shelves.by_product.get(line.product_id)
        if item is None:
            return line.name
        is_en = self._language == "en"
        words = (item.name_en if is_en else item.name).split()
        colour = in_language(line.options.get("colour", ""), "en" if is_en else "zh")
        category = item.attributes.get("category_en", item.category) if is_en else item.category
        texts = [
            category,
            words[-1] if not is_en else " ".join(words[1:]),
            " ".join(words),
            f"{colour} {words[-1]}".strip(),
        ]
        return self._rng.choices(texts, (3, 4, 1, 2))[0] or category

    def _between(self, early: datetime, late: datetime) -> datetime:
        return (early + (late - early) * self._rng.uniform(0.05, 0.95)).replace(microsecond=0)

    def _event(self, kind: EventKind, at: datetime, session: str, **fields: Any) -> BehaviourEvent:
        return BehaviourEvent(self._customer_id, kind, at, session, **fields)
