"""Money of an order: what was paid by which method, what goes back, and what a gift card can bear."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from app.actions.context import Context, method_of
from app.actions.selection import Picked
from app.actions.stopping import refused, stop
from app.actions.wording import OTHER_CURRENCY, joined, method_name
from app.domain.action import Wording
from app.domain.money import in_cents, money
from app.domain.shop import Customer, Order, Payment, PaymentMethod
from app.policy import Charge

_KEEP_BALANCE = ("gift_card", "balance")


def net_paid(order: Order) -> dict[str, int]:
    """Cents paid by each method and not given back, by method id, in the order of payment."""
    paid: dict[str, int] = {}
    for payment in order.payments:
        sign = 1 if payment.kind == "payment" else -1
        paid[payment.method_id] = paid.get(payment.method_id, 0) + sign * payment.amount_cents
    return {method_id: cents for method_id, cents in paid.items() if cents > 0}


def original_method(order: Order) -> str | None:
    """The method of the first payment; None for an order that was not paid."""
    return next((payment.method_id for payment in order.payments if payment.kind == "payment"), None)


def asked_or_original(order: Order, context: Context) -> tuple[PaymentMethod | None, str | None]:
    """The method asked for, else the one first paid with, and its id; that may be in the account no more."""
    asked = context.own_method()
    method_id = asked.method_id if asked is not None else original_method(order)
    return method_of(context.customer, method_id), method_id


@dataclass(slots=True)
class Moves:
    """Payments and refunds that an order change makes, and what they do to balances."""

    customer: Customer
    payments: list[Payment] = field(default_factory=list)
    balances: dict[str, int] = field(default_factory=dict)

    def refund(self, method_id: str, cents: int) -> None:
        """Give money back."""
        if cents > 0:
            self.payments.append(Payment("refund", cents, method_id))
            self._add(method_id, cents)

    def charge(self, method_id: str, cents: int) -> None:
        """Take money. Ends the action when a gift card or an account does not hold so much."""
        if cents > 0:
            self.payments.append(Payment("payment", cents, method_id))
            self._add(method_id, -cents)

    def _add(self, method_id: str, cents: int) -> None:
        method = method_of(self.customer, method_id)
        if method is None or method.kind not in _KEEP_BALANCE:
            return
        self.balances[method_id] = self.balances.get(method_id, 0) + cents
        if (method.balance_cents or 0) + self.balances[method_id] < 0:
            raise refused(short_of(method))


def short_of(method: PaymentMethod) -> Wording:
    """A gift card or an account that does not hold enough."""
    name = method_name(method)
    return Wording(zh=f"{name.zh}余额不足。", en=f"The balance of {name.en} is not enough.")


def refund_of_goods(order: Order, picks: Sequence[Picked]) -> int:
    """Cents that were paid for these items: discounts of the order are spread over its goods by their price.

    Never more than is left of what was paid after earlier refunds and returns that are under way.
    """
    goods = sum(line.quantity * line.price_cents for line in order.lines)
    if goods <= 0:
        return 0
    share = Decimal(sum(picked.cents for picked in picks)) * (goods - order.discount_cents) / goods
    promised = sum(
        case.amount_cents
        for case in order.cases
        if case.kind == "return" and case.status in ("requested", "approved", "in_transit")
    )
    left = max(0, sum(net_paid(order).values()) - promised)
    return min(in_cents(share / 100), left)


def split(cents: int, order: Order) -> dict[str, int]:
    """An amount over the methods that the order was paid with, in proportion; the last one takes what is left over."""
    paid = net_paid(order)
    total = sum(paid.values())
    shares: dict[str, int] = {}
    for number, (method_id, part) in enumerate(paid.items(), start=1):
        shares[method_id] = cents - sum(shares.values()) if number == len(paid) else cents * part // total
    return shares


def charged(charges: Sequence[Charge], order: Order) -> int:
    """Cents that the rules add to what the customer pays; negative for money back.

    Ends the action with a person when a rule names another currency than the order's.
    """
    if any(charge.currency not in ("", order.currency) for charge in charges):
        raise stop("needs_person", OTHER_CURRENCY)
    return sum(charge.cents for charge in charges)


def to_whom(shares: Mapping[str, int], context: Context, currency: str) -> Wording:
    """Amounts by method, as a list: 支付宝500元、礼品卡36元."""
    parts = []
    for method_id, cents in shares.items():
        name, amount = method_name(method_of(context.customer, method_id), method_id), money(cents, currency)
        parts.append(Wording(zh=f"{name.zh} {amount.zh}", en=f"{amount.en} to {name.en}"))
    return joined(parts)
