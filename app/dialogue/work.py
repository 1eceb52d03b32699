"""A step of a dialogue while it is taken: the state so far and the effects so far."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.dialogue.effects import AskConfirmation, AskSlot, Effect, End, HandOff, OfferChoices, Say
from app.dialogue.flow import Flow
from app.dialogue.state import (
    MAX_CANCELLED,
    MAX_CHOICES,
    MAX_SUSPENDED,
    Asked,
    Choice,
    DialogueState,
    Filled,
    Frame,
    Offered,
)
from app.domain.action import ActionRequest, Wording
from app.domain.handoff import HandOffReason


class Work:
    """Changes to a copy: the state that a step was given stays as it is."""

    def __init__(self, state: DialogueState) -> None:
        self.state = state
        self.effects: list[Effect] = []

    @property
    def frame(self) -> Frame | None:
        """The flow under way."""
        return self.state.active

    def put(self, **changes: Any) -> None:
        """Change the state."""
        self.state = replace(self.state, **changes)

    def put_frame(self, frame: Frame) -> None:
        """Change the flow under way."""
        self.put(frames=(*self.state.suspended, frame))

    def say(self, wording: Wording) -> None:
        """Unless there is nothing to say."""
        if wording.zh or wording.en:
            self.effects.append(Say(wording))

    def push(
        self, flow: Flow, slots: dict[str, Filled], *, hints: tuple[Filled, ...] = (), is_called: bool = False
    ) -> None:
        """Begin a flow on top of what is under way; too deep, and the lowest is left for later."""
        serial = self.state.serial + 1
        if self.frame is not None and not is_called:
            self.put_frame(_to_return_to(self.frame))
        frames = (*self.state.frames, Frame(flow.id, serial, flow.start, slots, hints, is_called=is_called))
        later = tuple(wish for wish in self.state.later if wish.flow != flow.id)  # done now, nothing is left to do
        self.put(frames=frames, serial=serial, asked=None, later=later)
        while len(self.state.frames) > MAX_SUSPENDED + 1:
            lowest, *rest = self.state.frames
            self.put(frames=(replace(rest[0], is_called=False), *rest[1:]))
            self.set_aside(lowest)

    def set_aside(self, frame: Frame) -> None:
        """Keep a flow that was left, so that it can be taken up again."""
        others = tuple(other for other in self.state.cancelled if other.flow != frame.flow)
        self.put(cancelled=(replace(_to_return_to(frame), tries=0, is_called=False), *others)[:MAX_CANCELLED])

    def leave(self) -> Frame | None:
        """Leave the flow under way, with the flows that it called; gives the one that the customer began."""
        frames = list(self.state.frames)
        while frames and frames[-1].is_called:
            frames.pop()
        left = frames.pop() if frames else None
        self.put(frames=tuple(frames), asked=None, pending=None)
        if left is not None:
            self.set_aside(left)
        return left

    def end(self, frame: Frame) -> None:
        """The flow under way is through."""
        self.put(frames=self.state.suspended, asked=None)
        self.effects.append(End(frame.flow))
        if not frame.is_called:
            self.put(finished=frame, finished_turn=self.state.turn)

    def ask_slot(self, slot: str, wording: Wording, *, is_reminder: bool = False) -> None:
        """Ask for a slot; "" asks for one of several."""
        self.put(asked=Asked("slot", slot, wording))
        self.effects.append(AskSlot(slot, wording, is_reminder))

    def offer(
        self, slot: str, wording: Wording, choices: tuple[Choice, ...], *, flow: str, is_reminder: bool = False
    ) -> None:
        """Ask which of several is meant."""
        choices = choices[:MAX_CHOICES]
        self.put(
            asked=Asked("choices", slot, wording),
            offered=Offered(flow, slot, choices, self.state.turn),
        )
        self.effects.append(OfferChoices(slot, wording, choices, is_reminder))

    def confirm(self, wording: Wording, request: ActionRequest, *, is_reminder: bool = False) -> None:
        """Ask whether exactly this is to be done."""
        self.put(asked=Asked("confirmation", "", wording, request))
        self.effects.append(AskConfirmation(wording, request, is_reminder))

    def offer_person(self, wording: Wording) -> None:
        """Ask whether a person should take over; what was open stays open."""
        open_slot = self.state.asked.slot if self.state.asked is not None else ""
        self.put(asked=Asked("person", open_slot, wording))
        self.say(wording)

    def hand_off(self, reason: HandOffReason, topic: str = "") -> None:
        """Pass on to a person; flows under way are kept, should the conversation come back."""
        for frame in self.state.frames:
            if not frame.is_called:
                self.set_aside(frame)
        self.put(frames=(), asked=None, pending=None, later=(), failures=0, angry=0)
        self.effects.append(HandOff(reason, topic))


def _to_return_to(frame: Frame) -> Frame:
    """What was looked up for an open question is looked up again when the flow is taken up again."""
    return replace(frame, looked_up=tuple(name for name in frame.looked_up if name in frame.slots))
