"""The facts that rules may speak of: what each means, its type, and where it comes from.

A fact that is not known is unknown, never a default: a rule that needs it does not decide. A fact with an `argument`
can be asked of the customer; the others come from the company's records.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, get_args

from app.domain.shop import OrderStatus, PaymentKind

FactType = Literal["text", "number", "flag", "date"]
Unit = Literal["", "days", "months", "times", "money"]
FactValue = str | Decimal | int | bool | date | None
"""None is unknown. Money is in units of the order's currency, not in cents: 12.50."""
Facts = Mapping[str, FactValue]


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a rule may speak of."""

    name: str
    type: FactType
    description: str
    unit: Unit = ""
    values: tuple[str, ...] = ()
    """All that a text can be; () for any text."""
    is_of_line: bool = False
    """Whether it differs between the items of an order; a rule that names it is asked for each item."""
    argument: str | None = None
    """The argument of the action by which the customer tells it."""


REASONS = ("change_of_mind", "fault", "damaged", "wrong_item", "missing", "not_as_described", "other")
"""Why a customer sends something back, as the actions of after-sales take it."""

_METHODS = get_args(PaymentKind)

_ALL = (
    Fact("status", "text", "state of the order", values=get_args(OrderStatus)),
    Fact("today", "date", "the present day at the company"),
    Fact("placed_on", "date", "day on which the order was placed"),
    Fact("delivered_on", "date", "day on which the order was received"),
    Fact("days_since_placed", "number", "days from the day of the order; 0 on that day", "days"),
    Fact("days_since_shipped", "number", "days from the day of dispatch; 0 on that day", "days"),
    Fact("days_since_delivered", "number", "days from the day of receipt; 0 on that day", "days"),
    Fact("months_since_delivered", "number", "whole months from the day of receipt", "months"),
    Fact("order_total", "number", "what was to be paid for the order", "money"),
    Fact("shipping", "number", "delivery fee of the order", "money"),
    Fact("currency", "text", "currency of the order, ISO 4217"),
    Fact("country", "text", "where the order is delivered, ISO 3166 alpha-2"),
    Fact("region", "text", "province or state of the order's address"),
    Fact("paid_with", "text", "how the order was first paid", values=_METHODS),
    Fact("payments", "number", "how often money moved for the order, back or forth", "times"),
    Fact("tier", "text", "membership of the customer, as the company names it"),
    Fact("address_changes", "number", "times that the address of the order was changed", "times"),
    Fact("item_changes", "number", "times that the items of the order were changed", "times"),
    Fact("payment_changes", "number", "times that the payment of the order was changed", "times"),
    Fact("returns", "number", "returns asked for on the order, refused ones left out", "times"),
    Fact("exchanges", "number", "exchanges asked for on the order, refused ones left out", "times"),
    Fact("returns_this_month", "number", "returns of the customer in this calendar month", "times"),
    Fact("cancellations_30_days", "number", "orders that the customer cancelled in the last 30 days", "times"),
    Fact("lines", "number", "different items in the order", "times"),
    Fact("reason", "text", "why the customer asks, as told", argument="reason"),
    Fact("difference", "number", "what the customer has to pay on top; negative for money back", "money"),
    Fact("price_drop", "number", "by how much one of the item is cheaper now", "money", is_of_line=True),
    Fact("method_kind", "text", "kind of the payment method asked for", values=_METHODS),
    Fact("method_is_original", "flag", "whether the order was paid with the method asked for"),
    Fact("method_balance", "number", "balance of the gift card or account asked for", "money"),
    Fact("new_country", "text", "country of the new address, ISO 3166 alpha-2"),
    Fact("new_region", "text", "province or state of the new address"),
    Fact("new_city", "text", "city of the new address"),
    Fact("is_same_place", "flag", "whether only the name or the phone number of an address changes"),
    Fact("invoice_kind", "text", "which invoice", values=("personal", "company", "special_vat"), argument="kind"),
    Fact("invoices", "number", "invoices asked for on the order, refused ones left out", "times"),
    Fact("amount", "number", "what the request moves: refund, invoice, price difference", "money"),
    Fact("sku", "text", "SKU of the item", is_of_line=True),
    Fact("category", "text", "category of the item", is_of_line=True),
    Fact("return_class", "text", "how the catalogue classes the item for returns", is_of_line=True),
    Fact("warranty_months", "number", "warranty of the item by the catalogue", "months", is_of_line=True),
    Fact("quantity", "number", "how many of the item the request is about", "times", is_of_line=True),
    Fact("price", "number", "what one of the item was sold for", "money", is_of_line=True),
    Fact("item_exchanges", "number", "times that the item was exchanged before", "times", is_of_line=True),
    Fact(
        "item_price_claims", "number", "times that a price difference was paid for the item", "times", is_of_line=True
    ),
    Fact("item_in_return", "flag", "whether the item is being returned", is_of_line=True),
    Fact("same_product", "flag", "whether the new item is a variant of the same product", is_of_line=True),
    Fact("same_variant", "flag", "whether the new item is the very same variant", is_of_line=True),
    Fact("new_stock", "number", "how many of the new item are in stock", "times", is_of_line=True),
    Fact("is_opened", "flag", "whether seal or packing was opened", is_of_line=True, argument="is_opened"),
    Fact("is_activated", "flag", "whether the device went online", is_of_line=True, argument="is_activated"),
    Fact("is_installed", "flag", "whether the appliance was installed", is_of_line=True, argument="is_installed"),
    Fact(
        "is_complete", "flag", "whether everything that came with it is there", is_of_line=True, argument="is_complete"
    ),
)

FACTS: Mapping[str, Fact] = {fact.name: fact for fact in _ALL}
"""By name."""
