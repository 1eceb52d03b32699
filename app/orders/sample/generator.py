"""Puts the sample company's records together: customers, two years of their orders, the fixed ones for examples."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from random import Random

from app.domain.shop import Customer, Item, Order
from app.orders.sample.after_sale import with_cases
from app.orders.sample.catalogue import Product
from app.orders.sample.demo import demo_records
from app.orders.sample.fulfilment import PER_UNIT, Bought, Plan, build_order, plan_order
from app.orders.sample.notes import draw_note
from app.orders.sample.people import Person, draw_person
from app.orders.sample.seasons import SHANGHAI, day_weight, draw_moment
from app.orders.sample.tastes import Taste

DAYS = 730
ORDERS_EACH = 15
"""Of a customer, in the mean."""
MOST_CUSTOMERS = 20_000
_FIRST_NUMBER = 10_101
_GROWTH = 1.25
"""Orders of the last day to those of the first."""
_SALE_SHARE = 0.92
"""Of the price, on days of a sale."""
_SILVER_CENTS, _GOLD_CENTS = 100_000, 500_000
"""Spent within a calendar year. Source: `knowledge/zh/membership/会员等级与权益.md`."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The records, by id."""

    customers: list[Customer]
    items: list[Item]
    orders: list[Order]


def moment_of(as_of: date) -> datetime:
    """The moment at which the records stand: midnight UTC, 8 o'clock in Shanghai."""
    return datetime.combine(as_of, time(tzinfo=UTC))


def make_sample(products: Sequence[Product], *, seed: int = 1, customers: int = 400, as_of: date) -> Sample:
    """Records up to the morning of a day; the same for the same arguments.

    Besides those asked for there are a few fixed customers and orders, see `docs/sample-data.md`.
    """
    if not 0 <= customers <= MOST_CUSTOMERS:
        raise ValueError(f"Expected 0 to {MOST_CUSTOMERS} customers, got {customers}.")
    now = moment_of(as_of)
    calendar = _Calendar(as_of)
    people: list[Person] = []
    drafts: list[_Draft] = []
    for number in range(_FIRST_NUMBER, _FIRST_NUMBER + customers):
        person = draw_person(Random(f"{seed}/person/{number}"), number)
        people.append(person)
        drafts += _drafts(person, products, calendar, Random(f"{seed}/orders/{number}"), now)
    by_id = {product.product_id: product for product in products}
    orders = [_finished(draft, order_id, by_id, seed, now) for draft, order_id in _numbered(drafts, seed)]
    demo = demo_records(by_id, now)
    tiers = _tiers(orders, people, as_of)
    made = [replace(person.customer, tier=tiers[person.customer.customer_id]) for person in people]
    return Sample(
        customers=[*demo.customers, *made],
        items=[item for product in products for item in product.items],
        orders=sorted([*demo.orders, *orders], key=lambda order: order.order_id),
    )


@dataclass(frozen=True, slots=True)
class _Draft:
    """An order without a number."""

    person: Person
    basket: tuple[Bought, ...]
    plan: Plan
    share: float
    note: str


class _Calendar:
    """Days up to the last, drawn by how much is bought on each."""

    def __init__(self, last: date) -> None:
        self._first = last - timedelta(days=DAYS - 1)
        growth = (_GROWTH ** (index / DAYS) for index in range(DAYS))
        weights = [day_weight(self._first + timedelta(days=index)) * grown for index, grown in enumerate(growth)]
        self._cumulative = list(accumulate(weights))

    def draw(self, rng: Random) -> date:
        """A day."""
        return self._first + timedelta(days=rng.choices(range(DAYS), cum_weights=self._cumulative)[0])


def _drafts(
    person: Person, products: Sequence[Product], calendar: _Calendar, rng: Random, now: datetime
) -> Iterator[_Draft]:
    """All that somebody ordered, oldest first; what is used up is bought again in between."""
    taste = Taste(person, products, rng)
    wanted = max(1, round(ORDERS_EACH * person.pace))
    days = sorted(calendar.draw(rng) for _ in range(wanted))
    regular: list[Bought] = []
    for day in days:
        basket = _basket(taste, regular, rng, day.month)
        regular = [*regular, *(bought for bought in basket if bought.product.is_consumable)][-6:]
        placed_at = draw_moment(rng, day)
        if placed_at >= now:
            continue
        note = draw_note(rng, person.customer.language or "zh", basket[0].product.category)
        share = _SALE_SHARE if day_weight(day) >= 2 else 1.0
        yield _Draft(person, tuple(basket), plan_order(rng, placed_at, person.deliver_to, basket), share, note)


def _basket(taste: Taste, regular: Sequence[Bought], rng: Random, month: int) -> list[Bought]:
    """One to four things, none twice."""
    if regular and rng.random() < 0.3:
        basket = [rng.choice(regular)]
    else:
        product = taste.draw(rng, month)
        quantity = rng.choices((1, 2, 3), (6, 3, 1))[0] if product.is_consumable else 1
        basket = [Bought(product, taste.draw_item(rng, product), quantity)]
    for _ in range(rng.choices((0, 1, 2, 3), (55, 28, 12, 5))[0]):
        more = taste.draw_companion(rng, basket[-1].product) or taste.draw(rng, month)
        if all(more is not bought.product for bought in basket):
            basket.append(Bought(more, taste.draw_item(rng, more), 2 if rng.random() < 0.08 else 1))
    return basket


def _numbered(drafts: Sequence[_Draft], seed: int) -> Iterator[tuple[_Draft, str]]:
    """SL, the day, and four digits that rise through the day."""
    by_day: defaultdict[date, list[_Draft]] = defaultdict(list)
    for draft in sorted(drafts, key=lambda draft: (draft.plan.placed_at, draft.person.customer.customer_id)):
        by_day[draft.plan.placed_at.astimezone(SHANGHAI).date()].append(draft)
    for day, those in sorted(by_day.items()):
        step = max(1, 9800 // (len(those) + 1))
        rng = Random(f"{seed}/numbers/{day}")
        for index, draft in enumerate(those):
            yield draft, f"SL{day:%y%m%d}{100 + index * step + rng.randrange(step):04d}"


def _finished(draft: _Draft, order_id: str, products: dict[str, Product], seed: int, now: datetime) -> Order:
    rng = Random(f"{seed}/order/{order_id}")
    order = build_order(rng, order_id, draft.person, draft.basket, draft.plan, now, note=draft.note, share=draft.share)
    return with_cases(rng, order, draft.plan, products, now, draft.person.customer.language or "zh")


def _tiers(orders: Sequence[Order], people: Sequence[Person], as_of: date) -> dict[str, str]:
    """By what was received and kept in this calendar year or the last; PLUS is bought."""
    spent: defaultdict[tuple[str, int], float] = defaultdict(float)
    for order in orders:
        if order.status == "delivered" and order.placed_at is not None:
            back = sum(payment.amount_cents for payment in order.payments if payment.kind == "refund")
            year = order.placed_at.astimezone(SHANGHAI).year
            spent[order.customer_id, year] += (order.total_cents - back) * PER_UNIT[order.currency]
    tiers = {}
    for person in people:
        customer_id = person.customer.customer_id
        most = max(spent[customer_id, year] for year in (as_of.year - 1, as_of.year))
        earned = "金卡" if most >= _GOLD_CENTS else "银卡" if most >= _SILVER_CENTS else "普通"
        tiers[customer_id] = "PLUS" if person.is_plus else earned
    return tiers
