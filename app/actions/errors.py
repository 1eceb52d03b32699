"""What can go wrong at the gate for actions."""

from __future__ import annotations

from index.errors import KefuError


class ActionError(KefuError):
    """An action cannot be done as asked."""

    code = "action"


class ActionBusy(ActionError):
    """Another request changes the same order at this moment."""

    code = "action_busy"


class KeyTaken(ActionError):
    """The idempotency key stands for another request."""

    code = "idempotency_key_taken"
