"""What is recommended to whom, and why: each reason says only what the records show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from app.domain.action import Wording

ReasonKind = Literal["also_chosen", "same_category", "cheaper", "popular", "few", "in_stock"]
"""also_chosen: people who chose something of the customer's chose this, too; same_category: as something of the
customer's; cheaper: than something asked about; popular: chosen by many; few: by hardly anybody yet; in_stock:
nothing is known but that it can be had."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is recommended."""

    kind: ReasonKind
    wording: Wording
    evidence: Mapping[str, Any] = field(default_factory=dict)
    """What the words rest on, as JSON values that can be looked up: `item_id` of the customer's own, `people` who chose
    both, `category`, prices in cents."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {"kind": self.kind, **self.wording.to_dict(), "evidence": dict(self.evidence)}


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One item for somebody."""

    item_id: str
    """Of the product."""
    score: float
    """Larger for better; comparable within one list."""
    reason: Reason
    sku: str | None = None
    """The variant that is offered; None where there is no catalogue."""
    name: Wording | None = None
    price_cents: int | None = None
    currency: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "item_id": self.item_id,
            "score": round(self.score, 5),
            "sku": self.sku,
            "name": self.name and self.name.to_dict(),
            "price_cents": self.price_cents,
            "currency": self.currency,
            "reason": self.reason.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a recommendation has to meet, and what the customer is looking at now."""

    session: tuple[str, ...] = ()
    """Products of this visit, oldest first."""
    text: str = ""
    """What is looked for, in the customer's words."""
    category: str | None = None
    lowest_cents: int | None = None
    highest_cents: int | None = None
    hidden: tuple[str, ...] = ()
    """Products that are not wanted."""

    def allow_price(self, cents: int) -> bool:
        """Whether a price is within the bounds."""
        return (self.lowest_cents is None or cents >= self.lowest_cents) and (
            self.highest_cents is None or cents <= self.highest_cents
        )


ANY = Wishes()
"""No wishes."""


class Recommender(Protocol):
    """Recommends what is in stock. Nothing is raised for what a customer can bring about; [] where nothing fits."""

    def for_customer(self, customer_id: str | None, *, wishes: Wishes = ANY, top: int = 10) -> Sequence[Recommendation]:
        """For a customer, by their own behaviour where they agreed to it; by the visit and what is popular else."""

    def similar(self, item_id: str, *, wishes: Wishes = ANY, top: int = 10) -> Sequence[Recommendation]:
        """What is like a product or chosen with it."""

    def cheaper(self, item_id: str, *, top: int = 5) -> Sequence[Recommendation]:
        """Of the same category as a product, in stock and cheaper."""

    def product_of(self, text: str) -> str | None:
        """The product whose name and words are most like a text, or whose id or SKU it is; None where none is."""
