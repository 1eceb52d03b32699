"""A change as it would be made: what the customer confirms, and what is then done, are one value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.actions.context import Context
from app.domain.action import ActionOutcome, ActionSpec, Wording
from app.domain.shop import Address, OrderChange
from app.policy import Decision


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be done. The case of `change` has no id yet; it gets one when it is made."""

    subject: str
    """order:ID or customer:ID: what nobody else may change meanwhile."""
    does: Wording
    """What exactly would be done, for the customer to confirm."""
    done: Wording
    """What is said once it was."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """The same for programs: amounts in cents, ids."""
    decision: Decision | None = None
    change: OrderChange | None = None
    own_address: Address | None = None
    """A new address of the customer, instead of a change of an order."""


@dataclass(frozen=True, slots=True)
class Read:
    """An action that looks something up."""

    spec: ActionSpec
    run: Callable[[Context], ActionOutcome]
    is_noted: bool = False
    """Whether it stands in the audit like a write."""


@dataclass(frozen=True, slots=True)
class Write:
    """An action that changes something."""

    spec: ActionSpec
    plan: Callable[[Context], Plan]


def order_subject(order_id: str) -> str:
    """The subject of changes of an order."""
    return f"order:{order_id}"


def customer_subject(customer_id: str) -> str:
    """The subject of changes of a customer."""
    return f"customer:{customer_id}"
