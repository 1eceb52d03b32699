"""Amounts of money in words."""

from __future__ import annotations

from decimal import Decimal

from app.domain.action import Wording


def in_cents(amount: Decimal) -> int:
    """An amount in units of its currency, as cents; half a cent goes up."""
    return int((amount * 100).to_integral_value(rounding="ROUND_HALF_UP"))


def in_units(cents: int) -> Decimal:
    """Cents as an amount in units of the currency."""
    return Decimal(cents) / 100


def money(cents: int, currency: str) -> Wording:
    """An amount as customers read it: 12.50元, 12.50 yuan, US$12.50, 12.50 HKD; whole ones without cents."""
    number = f"{in_units(abs(cents)):,.2f}".removesuffix(".00")
    number = f"-{number}" if cents < 0 else number
    if currency == "CNY":
        return Wording(zh=f"{number}元", en=f"{number} yuan")
    if currency == "USD":
        return Wording(zh=f"{number}美元", en=f"US${number}" if cents >= 0 else f"-US${number[1:]}")
    return Wording(zh=f"{number} {currency}", en=f"{number} {currency}")
