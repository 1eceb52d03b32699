"""A gate that answers by a list of rules, for example dialogues: it shows what a flow makes of an outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.dialogue.flow import filled
from app.domain.action import ActionOutcome, ActionRequest, ActionSpec, ActionStatus, Wording

ANYBODY = "*"


@dataclass(frozen=True, slots=True)
class ScriptedOutcome:
    """What is answered to requests that it fits."""

    outcome: ActionOutcome
    """Places such as {order_id} in its message stand for the request's arguments."""
    actions: tuple[str, ...] = ()
    """Empty for any."""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    """That the request must have."""
    customer_id: str | None = ANYBODY
    """None for a stranger."""
    is_confirmed: bool | None = None
    """None for both."""

    def fits(self, request: ActionRequest) -> bool:
        """Whether the request is one of those."""
        return (
            (not self.actions or request.name in self.actions)
            and self.customer_id in (ANYBODY, request.customer_id)
            and self.is_confirmed in (None, request.is_confirmed)
            and all(request.arguments.get(name) == value for name, value in self.arguments.items())
        )


class ScriptedActions:
    """Fulfils `Actions`; the first rule that fits answers, and nothing fitting is a failure."""

    def __init__(self, outcomes: Sequence[ScriptedOutcome]) -> None:
        self._outcomes = outcomes
        self.requests: list[ActionRequest] = []
        """What was asked for, in order."""

    def specs(self) -> Sequence[ActionSpec]:
        """Of the actions that rules name."""
        names = dict.fromkeys(name for rule in self._outcomes for name in rule.actions)
        return [ActionSpec(name, Wording(name, name), {"type": "object"}, False, False) for name in names]

    def perform(self, request: ActionRequest) -> ActionOutcome:
        """As the rules say."""
        self.requests.append(request)
        rule = next((rule for rule in self._outcomes if rule.fits(request)), None)
        if rule is None:
            return ActionOutcome("failed", Wording(f"没有 {request.name} 的规则。", f"No rule for {request.name}."))
        found = rule.outcome
        message = filled(found.message, request.arguments)
        return ActionOutcome(found.status, message, found.data, found.grounds, found.missing)


def outcome_of(data: Mapping[str, Any]) -> ScriptedOutcome:
    """From the mapping of an example file. Raises `KeyError` without a status, `TypeError` for a wrong kind."""
    action = data.get("action", ())
    status: ActionStatus = data["status"]
    return ScriptedOutcome(
        outcome=ActionOutcome(
            status,
            Wording(str(data.get("zh", "")), str(data.get("en", data.get("zh", "")))),
            dict(data.get("data") or {}),
            missing=tuple(data.get("missing") or ()),
        ),
        actions=(action,) if isinstance(action, str) else tuple(action),
        arguments=dict(data.get("with") or {}),
        customer_id=data.get("customer", ANYBODY),
        is_confirmed=data.get("confirmed"),
    )
