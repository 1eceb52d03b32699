"""What the effects of a dialogue step are to the customer: texts in one language, with what a page makes buttons of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.dialogue import AskConfirmation, AskSlot, Effect, OfferChoices, Say
from app.domain.action import ActionOutcome, Wording
from index.types import Language


@dataclass(slots=True)
class Told:
    """A message in the making: what is said one after the other becomes one message."""

    wordings: list[Wording] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)

    def add(self, effect: Effect, language: Language) -> bool:
        """Whether the effect is something to be said."""
        match effect:
            case Say(wording=wording):
                self.wordings.append(wording)
            case AskSlot(wording=wording, slot=slot):
                self.wordings.append(wording)
                self.data |= {"asks": slot}
            case OfferChoices(wording=wording, slot=slot, choices=choices):
                self.wordings.append(wording)
                shown = [{"value": choice.value, "label": choice.label.in_language(language)} for choice in choices]
                self.data |= {"asks": slot, "choices": shown}
            case AskConfirmation(wording=wording, request=request):
                self.wordings.append(wording)
                self.data |= {"confirms": {"action": request.name, "arguments": dict(request.arguments)}}
            case _:
                return False
        return True

    def text(self, language: Language) -> str:
        """In one language, one below the other; choices numbered, for channels without buttons."""
        lines = [wording.in_language(language) for wording in self.wordings]
        lines += [f"{number}. {choice['label']}" for number, choice in enumerate(self.data.get("choices", ()), start=1)]
        return "\n".join(line for line in lines if line)


def outcome_data(action: str, outcome: ActionOutcome) -> dict[str, Any]:
    """An outcome as it is kept with the message that tells of it: status and rules, not the personal data."""
    return {
        "action": action,
        "status": outcome.status,
        "grounds": [
            {
                "rule": ground.rule_id,
                "holds": ground.holds,
                "reason": {"zh": ground.reason.zh, "en": ground.reason.en},
                "document_id": ground.document_id,
                "quote": ground.quote,
            }
            for ground in outcome.grounds
        ],
    }


def amount_of(outcome: ActionOutcome) -> int:
    """The most money that an outcome speaks of, cents; 0 where it speaks of none."""
    amounts = [
        abs(value)
        for name, value in outcome.data.items()
        if name.endswith("_cents") and isinstance(value, int) and not isinstance(value, bool)
    ]
    return max(amounts, default=0)
