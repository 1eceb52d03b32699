"""Which flow a message wishes for, and how sure that is."""

from __future__ import annotations

from app.dialogue.flow import Flow
from app.dialogue.library import FlowLibrary
from app.dialogue.params import DialogueParams
from app.dialogue.said import GIVES, NUMBERS, Said
from app.dialogue.state import DialogueState
from index.text.follow_up import is_follow_up
from index.text.normalize import fold


class Wishes:
    """Reads wishes by the intent of a message, and by the numbers and names in it."""

    def __init__(self, library: FlowLibrary, params: DialogueParams) -> None:
        self._library, self._params = library, params

    def flow_of(self, said: Said) -> Flow | None:
        """The flow that the intent starts.

        An intent that is not sure enough by itself is where the message also gives the number that its flow begins
        with: 退SL2026… can hardly mean anything else.
        """
        if said.intent not in (None, GIVES):
            return self._library.of_intent(said.intent)
        if said.is_question or said.is_only_slots:
            return None
        understood = said.understanding
        likely = (understood.intent, understood.confidence)
        if said.intent == GIVES:  # a number looks like an answer: what else is it, if it is none?
            intent, confidence = understood.runners_up[0] if understood.runners_up else ("", 0.0)
            likely = (intent, confidence / max(1e-6, 1 - understood.confidence))
        flow = self._library.of_intent(likely[0])
        is_likely = likely[1] >= self._params.min_confidence / 2
        return flow if flow is not None and is_likely and self._begins_with_a_number_of(said, flow) else None

    def alone(self, said: Said) -> Flow | None:
        """The flow that a message plainly wishes for, whatever is under way; questions and anger wish for none."""
        flow = self.flow_of(said)
        if flow is None or flow.is_small_talk or said.understanding.confidence < self._params.clear_confidence:
            return None
        is_told = said.understanding.sentiment == "negative" or bool({"person", "correct"} & said.cues)
        return None if is_told or (said.is_inquiry and not flow.takes_questions) else flow

    def is_strong(self, said: Said, flow: Flow | None, active: Flow | None) -> bool:
        """Whether the message leaves what is under way for another flow."""
        if flow is None or flow.is_small_talk or (active is not None and flow.id == active.id):
            return False
        if said.intent not in (None, GIVES) and said.understanding.confidence >= self._params.strong_confidence:
            return True
        known = {kind for spec in active.slots.values() for kind in spec.types} if active is not None else set()
        brings = {slot.type for slot in said.understanding.slots if slot.type in NUMBERS} - known
        return bool(brings) and self._begins_with_a_number_of(said, flow)

    def rival(self, said: Said, flow: Flow) -> Flow | None:
        """Another flow that is about as likely."""
        understood = said.understanding
        if understood.confidence >= self._params.clear_confidence or not understood.runners_up:
            return None
        intent, confidence = understood.runners_up[0]
        rival = self._library.of_intent(intent)
        if rival is None or rival is flow or rival.is_small_talk or flow.is_small_talk:
            return None
        return rival if confidence >= understood.confidence / 2 else None

    def named(self, said: Said, *, besides: str = "") -> Flow | None:
        """The flow that a message calls by its name; None where it calls none, or several."""
        found = [flow for flow in self._library.flows() if flow.id != besides and is_named(said, flow)]
        return found[0] if len(found) == 1 else None

    def is_asked_about(self, said: Said, state: DialogueState) -> bool:
        """Whether 那换货呢 follows up the question before instead of wishing for something."""
        question = state.question
        is_recent = question is not None and state.turn - question.turn <= 1
        return is_recent and not state.frames and said.is_question and is_follow_up(said.text)

    def _begins_with_a_number_of(self, said: Said, flow: Flow) -> bool:
        kinds = {slot.type for slot in said.understanding.slots if slot.type in NUMBERS}
        return any(flow in self._library.about(kind) for kind in kinds)


def is_named(said: Said, flow: Flow) -> bool:
    """Whether a message calls a flow by its name."""
    names = (fold(flow.name.zh), fold(flow.name.en).removeprefix("the "), *flow.words)
    return any(name in said.folded for name in names if name)
