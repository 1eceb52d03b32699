"""What a step of a dialogue asks its caller to do, as plain values in the order in which they are to be done."""

from __future__ import annotations

from dataclasses import dataclass

from app.dialogue.state import Choice
from app.domain.action import ActionRequest, Wording
from app.domain.handoff import HandOffReason


@dataclass(frozen=True, slots=True)
class Say:
    """Tell the customer something."""

    wording: Wording


@dataclass(frozen=True, slots=True)
class AskSlot:
    """Ask for something that a flow needs."""

    slot: str
    wording: Wording
    is_reminder: bool = False
    """Asked before, and again after something came between."""


@dataclass(frozen=True, slots=True)
class OfferChoices:
    """Ask which of several is meant."""

    slot: str
    """Of the flow; "" where flows themselves are to be chosen from."""
    wording: Wording
    choices: tuple[Choice, ...]
    is_reminder: bool = False


@dataclass(frozen=True, slots=True)
class Perform:
    """Do something at the gate and feed the outcome back by `DialogueEngine.resume`; always the last effect."""

    request: ActionRequest


@dataclass(frozen=True, slots=True)
class AskConfirmation:
    """Ask whether exactly this is to be done."""

    wording: Wording
    request: ActionRequest
    """What a yes will perform, with `is_confirmed`."""
    is_reminder: bool = False


@dataclass(frozen=True, slots=True)
class AnswerQuestion:
    """Answer from the knowledge base, then say by `DialogueEngine.answered` whether that was possible."""

    text: str
    previous: str | None = None
    """The question that this one follows up, where it cannot be understood alone."""


@dataclass(frozen=True, slots=True)
class HandOff:
    """Pass the conversation on to a person."""

    reason: HandOffReason
    topic: str = ""
    """Skill that is wanted."""


@dataclass(frozen=True, slots=True)
class End:
    """A flow has come to its end."""

    flow: str


Effect = Say | AskSlot | OfferChoices | Perform | AskConfirmation | AnswerQuestion | HandOff | End
