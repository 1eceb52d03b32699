"""One conversation of a program with the gate: a language model with tools, an MCP client.

Programs forget, repeat and make things up. So the session keeps who the customer is, hands out a confirmation with each
description of a change, carries a change out only for a confirmation that it has handed out, and only once for each.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from app.actions.reads.identity import IDENTIFY_CUSTOMER
from app.domain.action import ActionOutcome, ActionRequest, Actions, Wording

_OTHER = Wording(
    zh="一次会话只能为一位客户办理。请为另一位客户另开会话。",
    en="One conversation serves one customer. Please start another for somebody else.",
)
_NOT_DESCRIBED = Wording(
    zh="这个确认码无效：请先不带确认码调用，把将要做的事告诉客户，客户同意后再带上返回的确认码。",
    en="That confirmation is not valid. Call without it first, tell the customer what would be done, and send the "
    "confirmation that came back once the customer has agreed.",
)


class ToolSession:
    """The state of one conversation; used by one caller at a time."""

    def __init__(
        self, gate: Actions, *, actor: str, customer_id: str | None = None, conversation_id: str | None = None
    ) -> None:
        """Nobody is identified yet, unless the channel knows who it is.

        Args:
            gate: what everything goes through.
            actor: who asks on the customer's behalf, for the audit: assistant, mcp:NAME.
            customer_id: where the channel knows it.
            conversation_id: a new one where there is none.
        """
        self._gate, self._actor, self.customer_id = gate, actor, customer_id
        self.conversation_id = conversation_id or uuid.uuid4().hex
        self._specs = {spec.name: spec for spec in gate.specs()}
        self._keys: dict[str, str] = {}
        """Confirmations handed out, each with the idempotency key of the change."""

    def call(self, name: str, arguments: Mapping[str, Any]) -> ActionOutcome:
        """As `Actions.perform`; `confirmation` among the arguments of a change means that the customer agreed."""
        if name == IDENTIFY_CUSTOMER.spec.name:
            return self._identify(arguments)
        given = {key: value for key, value in arguments.items() if key != "confirmation"}
        confirmation = arguments.get("confirmation") or None
        spec = self._specs.get(name)
        if spec is None or not spec.is_write or confirmation is None:
            return self._noted(self._gate.perform(self._request(name, given)))
        key = self._keys.get(str(confirmation))
        if key is None:
            return ActionOutcome("refused", _NOT_DESCRIBED)
        request = self._request(name, given, confirmation=str(confirmation), key=key)
        return self._noted(self._gate.perform(request))

    def _request(
        self, name: str, given: Mapping[str, Any], *, confirmation: str | None = None, key: str | None = None
    ) -> ActionRequest:
        return ActionRequest(
            name,
            given,
            self.customer_id,
            self.conversation_id,
            key,
            is_confirmed=confirmation is not None,
            confirmation=confirmation,
            actor=self._actor,
        )

    def _noted(self, outcome: ActionOutcome) -> ActionOutcome:
        if outcome.status == "needs_confirmation":
            # A new key each time it is described: the same change may be wanted again after it was undone.
            self._keys[str(outcome.data["confirmation"])] = uuid.uuid4().hex
        return outcome

    def _identify(self, arguments: Mapping[str, Any]) -> ActionOutcome:
        """Find out who the customer is; for the rest of the conversation nobody else can be."""
        outcome = self._gate.perform(self._request(IDENTIFY_CUSTOMER.spec.name, arguments))
        if outcome.status != "done":
            return outcome
        found = str(outcome.data["customer_id"])
        if self.customer_id not in (None, found):
            return ActionOutcome("refused", _OTHER)
        self.customer_id = found
        return outcome
