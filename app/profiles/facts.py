"""What past orders say about somebody."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from app.domain.profile import Facts
from app.domain.shop import Order, OrderLine

_SIZE_NAMES = frozenset({"size", "尺码", "尺寸", "码数", "鞋码"})
_GONE = ("return", "exchange")
"""Cases whose goods do not stay with the customer."""


def facts_of(orders: Sequence[Order]) -> Facts:
    """From a customer's orders, newest first. What was cancelled or sent back does not count."""
    bought = [order for order in orders if order.status not in ("cancelled", "unpaid")]
    sizes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    categories: Counter[str] = Counter()
    products: dict[str, None] = {}
    for order in bought:
        for line in _kept(order):
            categories[line.category] += 1
            products[line.product_id] = None
            if size := _size(line.options):
                sizes[line.category][size] += line.quantity
    times = sorted(order.placed_at for order in bought if order.placed_at is not None)
    return Facts(
        orders=len(bought),
        sizes={category: tuple(_ranked(counts)) for category, counts in sorted(sizes.items())},
        categories=tuple(_ranked(categories)),
        products=tuple(products),
        first_order_at=times[0] if times else None,
        last_order_at=times[-1] if times else None,
    )


def _kept(order: Order) -> Iterator[OrderLine]:
    gone = {
        line_id
        for case in order.cases
        if case.kind in _GONE and case.status != "refused"
        for line_id in (case.line_ids or [line.line_id for line in order.lines])
    }
    return (line for line in order.lines if line.line_id not in gone)


def _size(options: Mapping[str, str]) -> str | None:
    return next((value for name, value in options.items() if name.casefold() in _SIZE_NAMES), None)


def _ranked(counts: Counter[str]) -> list[str]:
    """Most often first, ties by name."""
    return sorted(counts, key=lambda name: (-counts[name], name))
