"""Things that can be done for a customer (look an order up, cancel it, return it) and what comes of asking for them.

Conversations, language models and other programs (MCP) all ask through the same gate: who asks is known, the policy
allows it, the customer has confirmed it, and doing it twice does it once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from index.types import Language

ActionStatus = Literal[
    "done", "refused", "needs_identity", "needs_input", "needs_confirmation", "needs_person", "failed"
]


@dataclass(frozen=True, slots=True)
class Wording:
    """A text in both languages."""

    zh: str
    en: str

    def to_dict(self) -> dict[str, str]:
        """As JSON."""
        return {"zh": self.zh, "en": self.en}

    def in_language(self, language: Language) -> str:
        """That of a reply in `language`; Chinese for a mixture."""
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """What can be asked for, as a language model or another program sees it."""

    name: str
    description: Wording
    parameters: Mapping[str, Any]
    """JSON Schema of the arguments, an object."""
    is_write: bool
    """Whether it changes anything; if so it is confirmed, idempotent and audited."""
    needs_identity: bool


@dataclass(frozen=True, slots=True)
class ActionRequest:
    """Somebody asks for an action."""

    name: str
    arguments: Mapping[str, Any]
    customer_id: str | None = None
    """The customer, once identified; None for a stranger."""
    conversation_id: str | None = None
    idempotency_key: str | None = None
    """A repeated write with the same key gives the first one's outcome and does nothing more."""
    is_confirmed: bool = False
    """Whether the customer said yes to exactly this."""
    confirmation: str | None = None
    """The `confirmation` in the data of the `needs_confirmation` that the customer said yes to; where it is given and
    what would be done is different by now, it is described anew instead of done."""
    actor: str = "assistant"
    """Who asks on the customer's behalf, for the audit: assistant, agent:ID, mcp:KEY, customer."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A rule that decided, and the words of the policy that it rests on."""

    rule_id: str
    holds: bool
    """Whether its condition was met."""
    reason: Wording
    document_id: str | None = None
    quote: str | None = None
    """Exact words of the document."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """What the rule was given: days since delivery, category, amount."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "rule": self.rule_id,
            "holds": self.holds,
            "reason": self.reason.to_dict(),
            "document_id": self.document_id,
            "quote": self.quote,
            "values": dict(self.values),
        }

    @classmethod
    def of_dict(cls, held: Mapping[str, Any]) -> Ground:
        """The inverse of `to_dict`."""
        return cls(
            held["rule"], held["holds"], Wording(**held["reason"]), held["document_id"], held["quote"], held["values"]
        )


@dataclass(frozen=True, slots=True)
class ActionOutcome:
    """What came of it."""

    status: ActionStatus
    message: Wording
    """What to tell the customer; for `needs_confirmation` what exactly would be done."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """The order, the refund, the choices: JSON values."""
    grounds: tuple[Ground, ...] = ()
    """The decision's trace, in the order in which rules were asked."""
    missing: tuple[str, ...] = ()
    """For `needs_input`: names of the arguments that are wanted."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "status": self.status,
            "message": self.message.to_dict(),
            "data": dict(self.data),
            "grounds": [ground.to_dict() for ground in self.grounds],
            "missing": list(self.missing),
        }

    @classmethod
    def of_dict(cls, held: Mapping[str, Any]) -> ActionOutcome:
        """The inverse of `to_dict`."""
        grounds = tuple(Ground.of_dict(ground) for ground in held["grounds"])
        return cls(held["status"], Wording(**held["message"]), held["data"], grounds, tuple(held["missing"]))


class Actions(Protocol):
    """The gate."""

    def specs(self) -> Sequence[ActionSpec]:
        """What can be asked for."""

    def perform(self, request: ActionRequest) -> ActionOutcome:
        """Do it or say why not; never raises for what a customer can bring about."""
