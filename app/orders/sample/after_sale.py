"""What is asked for after an order was placed, and how far it is at a moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from app.domain.shop import Case, CaseKind, CaseStatus, Order, OrderLine, Payment
from app.orders.sample.catalogue import Product
from app.orders.sample.fulfilment import Plan
from index.types import Language

_REASONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "mind": {
        "zh": ("尺码不合适", "不喜欢", "买多了", "和图片颜色不一样", "家里已经有了"),
        "en": ("wrong size", "changed my mind", "ordered too many", "colour differs from the picture"),
    },
    "fault": {
        "zh": ("收到就坏了", "用了两天不开机", "有划痕", "少配件", "发错货了"),
        "en": ("arrived broken", "does not switch on", "scratched", "parts missing", "wrong item sent"),
    },
    "cancel": {
        "zh": ("不想要了", "地址填错了", "买错了"),
        "en": ("no longer needed", "ordered by mistake", "wrong address"),
    },
}
_STEPS: tuple[tuple[float, CaseStatus], ...] = (
    (0.0, "requested"),
    (0.8, "approved"),
    (3.0, "in_transit"),
    (8.0, "done"),
)
"""Days after the request."""


def with_cases(
    rng: Random, order: Order, plan: Plan, products: Mapping[str, Product], now: datetime, language: Language
) -> Order:
    """The order with what was asked for until now, and the refunds that came of it."""
    cases = list(_cases(rng, order, plan, products, now, language))
    refunds = [
        Payment("refund", case.amount_cents, case.method_id, moment.replace(microsecond=0))
        for case, moment in cases
        if moment is not None and case.method_id is not None and case.amount_cents > 0
    ]
    found = sorted((case for case, _ in cases), key=lambda case: case.created_at)
    numbered = tuple(replace(case, case_id=f"AS{order.order_id[2:]}-{number}") for number, case in enumerate(found, 1))
    return replace(order, cases=numbered, payments=(*order.payments, *refunds)) if numbered else order


def _cases(
    rng: Random, order: Order, plan: Plan, products: Mapping[str, Product], now: datetime, language: Language
) -> Iterator[tuple[Case, datetime | None]]:
    """Each with the moment of its refund, where one was made apart from the order's own."""
    en = "en" if language == "en" else "zh"
    if order.status == "cancelled":
        if plan.cancelled_at is not None:
            paid = sum(payment.amount_cents for payment in order.payments if payment.kind == "payment")
            yield (
                _case(
                    order, "cancel", "done", rng.choice(_REASONS["cancel"][en]), order.lines, paid, plan.cancelled_at
                ),
                None,
            )
        return
    if plan.paid_at is not None and rng.random() < 0.04:
        title = {"type": "personal", "title": order.address.recipient}
        yield from _short(order, "invoice", plan.paid_at + timedelta(hours=rng.uniform(1, 60)), now, details=title)
    if order.status != "delivered":
        return
    chance, wait = rng.random(), timedelta(days=rng.uniform(0.2, 6.5))
    line = rng.choice(order.lines)
    is_fault = rng.random() < 0.4
    is_allowed = is_fault or products[line.product_id].is_returnable
    asked = plan.delivered_at + wait
    reason = rng.choice(_REASONS["fault" if is_fault else "mind"][en])
    if chance < 0.06 and is_allowed and asked <= now:
        yield _goods_back(rng, order, "return", reason, line, asked, now)
    elif chance < 0.075 and order.currency == "CNY" and is_fault and asked <= now:
        new = rng.choice(products[line.product_id].items).sku
        yield _goods_back(rng, order, "exchange", reason, line, asked, now, details={"new_skus": {line.line_id: new}})
    elif chance < 0.09 and order.currency == "CNY":
        difference = line.quantity * max(100, line.price_cents // 100 * rng.randint(4, 12))
        yield from _short(
            order, "price_protection", plan.placed_at + timedelta(days=rng.uniform(5, 28)), now,
            lines=[line], amount=difference,
            details={"price_cents_now": line.price_cents - difference // line.quantity},
        )  # fmt: skip


def _case(
    order: Order,
    kind: CaseKind,
    status: CaseStatus,
    reason: str,
    lines: Sequence[OrderLine],
    amount: int,
    at: datetime,
    details: Mapping[str, Any] | None = None,
) -> Case:
    method = next((payment.method_id for payment in order.payments), None)
    ids = tuple(line.line_id for line in lines)
    at = at.replace(microsecond=0)
    return Case("", order.order_id, kind, status, reason, ids, amount, method if amount else None, at, details or {})


def _goods_back(
    rng: Random,
    order: Order,
    kind: CaseKind,
    reason: str,
    line: OrderLine,
    asked: datetime,
    now: datetime,
    *,
    details: Mapping[str, Any] | None = None,
) -> tuple[Case, datetime | None]:
    """Something that travels back, step by step; one in twenty is refused."""
    is_refused = rng.random() < 0.05
    days = (now - asked) / timedelta(days=1)
    status = next(step for day, step in reversed(_STEPS) if day <= days)
    if is_refused and status != "requested":
        status = "refused"
    goods = sum(one.quantity * one.price_cents for one in order.lines)
    price = line.quantity * line.price_cents
    amount = price - order.discount_cents * price // goods if kind == "return" else 0
    is_paid_back = kind == "return" and status == "done"
    case = _case(order, kind, status, reason, [line], amount, asked, details)
    return case, asked + timedelta(days=_STEPS[-1][0]) if is_paid_back else None


def _short(
    order: Order,
    kind: CaseKind,
    asked: datetime,
    now: datetime,
    *,
    lines: Sequence[OrderLine] = (),
    amount: int = 0,
    details: Mapping[str, Any] | None = None,
) -> Iterator[tuple[Case, datetime | None]]:
    """Something that is done within two days."""
    if asked > now:
        return
    done_at = asked + timedelta(days=2)
    is_done = done_at <= now
    case = _case(order, kind, "done" if is_done else "approved", "", lines, amount, asked, details)
    yield case, done_at if is_done and amount else None
