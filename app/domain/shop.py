"""What a shop knows: products, customers, their orders, and what was asked for after the sale.

Money is in cents of the currency beside it; times are aware, in UTC.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import uuid4

from index.types import Language

OrderStatus = Literal["unpaid", "pending", "processed", "shipped", "delivered", "cancelled"]
"""unpaid: placed; pending: paid, not yet picked; processed: picked, about to leave; then on its way, and there."""
CaseKind = Literal["cancel", "return", "exchange", "modify", "price_protection", "invoice", "address", "payment"]
CaseStatus = Literal["requested", "approved", "in_transit", "done", "refused"]
PaymentKind = Literal["card", "paypal", "alipay", "wechat", "gift_card", "balance"]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a parcel goes."""

    recipient: str
    lines: tuple[str, ...]
    """Street, house, door."""
    city: str
    region: str
    """Province or state."""
    country: str
    """ISO 3166 alpha-2."""
    postcode: str
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class PaymentMethod:
    """How somebody pays."""

    method_id: str
    kind: PaymentKind
    label: str = ""
    """What the customer recognises it by: 支付宝, Mastercard 9212."""
    balance_cents: int | None = None
    """Of a gift card or a balance."""


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who buys."""

    customer_id: str
    name: str
    email: str | None
    phone: str | None
    """E.164."""
    address: Address | None
    payment_methods: tuple[PaymentMethod, ...] = ()
    tier: str = ""
    """Of the membership, as the company names it; "" for none."""
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One thing with an SKU that can be put in a basket."""

    sku: str
    product_id: str
    """Of the product that it is a variant of; variants can be exchanged for one another."""
    name: str
    name_en: str
    category: str
    options: Mapping[str, str]
    """What tells it from other variants: colour, size."""
    price_cents: int
    currency: str
    stock: int
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OrderLine:
    """Some of one item in an order."""

    line_id: str
    sku: str
    product_id: str
    name: str
    category: str
    options: Mapping[str, str]
    quantity: int
    price_cents: int
    """Of one, as it was paid."""


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that moved for an order."""

    kind: Literal["payment", "refund"]
    amount_cents: int
    method_id: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ShipmentEvent:
    """Something that happened to a parcel."""

    at: datetime
    status: str
    """picked_up, in_transit, out_for_delivery, delivered, delayed, lost, returned."""
    place: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Shipment:
    """A parcel."""

    tracking_number: str
    carrier: str
    line_ids: tuple[str, ...]
    events: tuple[ShipmentEvent, ...] = ()
    expected_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """Something that was asked for on an order after it was placed, and how far it is."""

    case_id: str
    order_id: str
    kind: CaseKind
    status: CaseStatus
    reason: str
    line_ids: tuple[str, ...]
    amount_cents: int
    """To the customer; negative where the customer pays."""
    method_id: str | None
    created_at: datetime
    details: Mapping[str, Any] = field(default_factory=dict)
    """What a kind needs besides: new SKUs of an exchange, the old address, the title of an invoice."""


@dataclass(frozen=True, slots=True)
class Order:
    """What was bought."""

    order_id: str
    customer_id: str
    status: OrderStatus
    lines: tuple[OrderLine, ...]
    address: Address
    currency: str
    payments: tuple[Payment, ...]
    placed_at: datetime | None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    shipping_cents: int = 0
    discount_cents: int = 0
    shipments: tuple[Shipment, ...] = ()
    cases: tuple[Case, ...] = ()
    """Oldest first."""
    note: str = ""
    """Of the customer, to the courier."""

    @property
    def total_cents(self) -> int:
        """What was to be paid."""
        return sum(line.quantity * line.price_cents for line in self.lines) + self.shipping_cents - self.discount_cents


@dataclass(frozen=True, slots=True)
class OrderChange:
    """A change of an order that is made whole or not at all; None leaves a part as it is."""

    order_id: str
    expected_status: OrderStatus
    """The change is refused when the order has moved on meanwhile."""
    status: OrderStatus | None = None
    address: Address | None = None
    lines: tuple[OrderLine, ...] | None = None
    payments: tuple[Payment, ...] = ()
    """Added to those that there are."""
    balances: Mapping[str, int] = field(default_factory=dict)
    """Payment method to what is added to its balance, cents."""
    case: Case | None = None
    """Added."""
    expected_cases: int | None = None
    """The change is refused when the order has another number of cases meanwhile: nothing is returned twice."""
    change_id: str = field(default_factory=lambda: uuid4().hex, compare=False)
    """The same change asked for again is not made again; the order is given as it is."""


_BILINGUAL = re.compile(r"(?P<zh>[^A-Za-z]*[\u4e00-\u9fff].*?) (?P<en>[A-Za-z][^\u4e00-\u9fff]*)")


def in_language(text: str, language: Language) -> str:
    """One half of what a catalogue writes in both languages (黑色 black); the whole of anything else.

    Chinese for a mixture.
    """
    found = _BILINGUAL.fullmatch(text)
    return text if found is None else found["en" if language == "en" else "zh"]


class Shop(Protocol):
    """The company's own records of customers, products and orders, wherever they are kept."""

    def customer(self, customer_id: str) -> Customer | None:
        """None where there is none of that id."""

    def find_customers(
        self,
        *,
        email: str | None = None,
        phone: str | None = None,
        name: str | None = None,
        postcode: str | None = None,
    ) -> Sequence[Customer]:
        """Those to whom all that is given applies; none where nothing is given. Names and e-mails by any case."""

    def order(self, order_id: str) -> Order | None:
        """None where there is none of that number."""

    def orders_of(self, customer_id: str, *, limit: int = 20) -> Sequence[Order]:
        """Newest first."""

    def order_of_parcel(self, tracking_number: str) -> Order | None:
        """The order that a parcel belongs to."""

    def item(self, sku: str) -> Item | None:
        """None where there is none of that SKU."""

    def variants(self, product_id: str) -> Sequence[Item]:
        """All items of a product, in and out of stock."""

    def change_order(self, change: OrderChange) -> Order:
        """The order as it is afterwards.

        Raises `OrderMissing`, `OrderMoved`, `MethodMissing`, `BalanceTooLow` or `CaseTaken` (`app.orders.errors`), and
        with a shop elsewhere `ShopUncertain` when it did not say whether the change was made.
        """

    def change_address(self, customer_id: str, address: Address) -> Customer:
        """A customer's own address. Raises `CustomerMissing`."""
