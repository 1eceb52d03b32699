"""What an action works with: the shop, the rules, who asks, and the time."""

from __future__ import annotations

import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from app.actions.arguments import Arguments
from app.actions.ledger import Ledger
from app.actions.stopping import Stop, refused, wanted
from app.actions.views import line_view, order_choice
from app.actions.wording import NEEDS_IDENTITY, NO_METHOD, NO_ORDER, WHICH_ORDER, item_name, which_items
from app.domain.action import ActionOutcome, ActionRequest, ActionStatus, Wording
from app.domain.delivery import Arrivals
from app.domain.recommendation import Recommender
from app.domain.shop import Customer, Order, OrderLine, PaymentMethod, Shop
from app.policy import Decision, Facts, Policy

_STATUS: dict[str, ActionStatus] = {
    "refuse": "refused",
    "needs_person": "needs_person",
    "needs_input": "needs_input",
}


@dataclass(frozen=True, slots=True)
class Context:
    """One request on its way through the gate."""

    request: ActionRequest
    shop: Shop
    policy: Policy
    ledger: Ledger
    now: datetime
    """Aware, in UTC."""
    identified: Customer | None = None
    recommender: Recommender | None = None
    arrivals: Arrivals | None = None
    """Knows the courier's plan of the day; None where there are no plans."""
    _english: dict[str, str] = field(default_factory=dict)
    """English names by SKU: another company's records are asked for each but once."""

    @property
    def arguments(self) -> Arguments:
        """Those of the request."""
        return Arguments(self.request.arguments)

    @property
    def customer(self) -> Customer:
        """Who asks. Ends the action when that is not known."""
        if self.identified is None:
            raise Stop(ActionOutcome("needs_identity", NEEDS_IDENTITY))
        return self.identified

    def company_time(self, time: datetime) -> datetime:
        """A time by the company's clocks."""
        return time.astimezone(zoneinfo.ZoneInfo(self.policy.rules.timezone))

    def day_of(self, time: datetime) -> date:
        """The company's day at a time."""
        return self.company_time(time).date()

    def own_order(self, name: str = "order_id") -> Order:
        """The customer's order of that number; one of somebody else is not there, in the same words."""
        customer = self.customer
        number = self.arguments.text(name, most=100)
        if not number:
            orders = self.shop.orders_of(customer.customer_id, limit=5)
            raise wanted(WHICH_ORDER, name, data={"choices": [order_choice(order, self.english) for order in orders]})
        order = self.any_order(number)
        if order is None or order.customer_id != customer.customer_id:
            raise refused(NO_ORDER)
        return order

    def any_order(self, number: str) -> Order | None:
        """The order of that number, with # or without, in large letters or small; whoever's it is."""
        spellings = dict.fromkeys((number, number.upper(), number.removeprefix("#"), f"#{number}"))
        return next((order for name in spellings if (order := self.shop.order(name)) is not None), None)

    def own_method(self, name: str = "payment_method_id") -> PaymentMethod | None:
        """The payment method asked for; None where none was named."""
        method_id = self.arguments.text(name, most=100)
        if not method_id:
            return None
        found = method_of(self.customer, method_id)
        if found is None:
            raise refused(NO_METHOD)
        return found

    def named(self, line: OrderLine, quantity: int | None = None) -> Wording:
        """An item of an order in words: all of it, or some."""
        return item_name(line, line.quantity if quantity is None else quantity, self.english(line))

    def english(self, line: OrderLine) -> str:
        """The English name of an item of an order; "" where the catalogue does not know it any more."""
        if line.sku not in self._english:
            item = self.shop.item(line.sku)
            self._english[line.sku] = "" if item is None else item.name_en
        return self._english[line.sku]

    def asked_for_items(self, order: Order, name: str, lines: Sequence[OrderLine] | None = None) -> Stop:
        """Asks which items of an order are meant; `lines` are those to choose from, all by default."""
        offered = order.lines if lines is None else lines
        question = which_items([self.named(line) for line in offered])
        return wanted(question, name, data={"choices": [line_view(line, self.english(line)) for line in offered]})

    def refuse_early(self, facts: Facts, subject: str) -> None:
        """Ends the action where the rules refuse whatever the items are, before anybody is asked which."""
        decision = self.policy.decide(self.request.name, facts)
        if decision.answer == "refuse":
            self.decide(facts, subject=subject)

    def local(self, time: datetime) -> str:
        """A time at the company, for people: 2026-11-24 12:00 (UTC+8)."""
        there = self.company_time(time)
        minutes = int((there.utcoffset() or timedelta(0)).total_seconds() // 60)
        sign, hours, rest = "-" if minutes < 0 else "+", abs(minutes) // 60, abs(minutes) % 60
        return f"{there:%Y-%m-%d %H:%M} (UTC{sign}{hours}{f':{rest:02}' if rest else ''})"

    def decide(self, facts: Facts, *, lines: Sequence[Facts] = ({},), subject: str = "") -> Decision:
        """What the rules say. Ends the action unless they allow it."""
        decision = self.policy.decide(self.request.name, facts, lines=lines)
        if decision.answer != "allow":
            outcome = ActionOutcome(
                _STATUS[decision.answer],
                decision.message,
                {"rule": decision.rule_id} if decision.rule_id else {},
                decision.grounds,
                decision.missing,
            )
            raise Stop(outcome, subject=subject, decision=decision)
        return decision


def method_of(customer: Customer, method_id: str | None) -> PaymentMethod | None:
    """A payment method of a customer; None where there is none of that id."""
    return next((method for method in customer.payment_methods if method.method_id == method_id), None)
