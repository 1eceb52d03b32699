"""From a message, what it was understood as and where the dialogue stands to what is to be done next.

Pure: no clock, no model, no store. What has to be done outside comes back as effects, and its outcome is fed in again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from app.dialogue import phrases
from app.dialogue.effects import Effect, Perform, Say
from app.dialogue.flow import filled
from app.dialogue.languages import language_after
from app.dialogue.library import PERSON, FlowLibrary
from app.dialogue.params import DialogueParams
from app.dialogue.reading import MessageReader
from app.dialogue.running import FlowRunner
from app.dialogue.said import Said
from app.dialogue.state import FORGOTTEN_AFTER, MAX_LATER, MAX_QUOTED, DialogueState, Later
from app.dialogue.wishes import Wishes
from app.dialogue.work import Work
from app.domain.action import ActionOutcome, Wording
from app.domain.handoff import HandOffReason
from app.domain.understanding import Understanding
from index.text.normalize import shortened

Step = tuple[DialogueState, tuple[Effect, ...]]


class DialogueEngine:
    """Takes one step at a time. Holds nothing but the flows, so it can be shared between conversations and threads."""

    def __init__(self, library: FlowLibrary, *, params: DialogueParams | None = None) -> None:
        self._library, self._params = library, params or DialogueParams()
        self._runner = FlowRunner(library)
        self._reader = MessageReader(library, self._runner, self._params)
        self._wishes = Wishes(library, self._params)

    def step(self, state: DialogueState, message: str, understanding: Understanding, now: datetime) -> Step:
        """Take a customer's message. When the last effect is `Perform`, go on with `resume`."""
        said = Said(message, understanding, self._params.min_confidence)
        work = Work(self._begun(state, said, now))
        if not said.has_words:
            work.say(phrases.WORDLESS)
            self._runner.remind(work)
        else:
            self._reader.read(work, said)
        self._mind_failures(work, before=state.failures)
        return work.state, tuple(work.effects)

    def flow_wished(self, message: str, understanding: Understanding) -> str | None:
        """The flow that a message plainly wishes for by itself, whatever is under way; None for none."""
        flow = self._wishes.alone(Said(message, understanding, self._params.min_confidence))
        return flow.id if flow is not None else None

    def is_asked(self, message: str, understanding: Understanding) -> bool:
        """Whether a message is for the documents, whatever is under way."""
        said = Said(message, understanding, self._params.min_confidence)
        return said.is_inquiry and not said.cues

    def note(self, state: DialogueState, wishes: Sequence[Later]) -> DialogueState:
        """The state with wishes that wait until what is under way is through."""
        return replace(state, later=(*state.later, *wishes)[:MAX_LATER])

    def told_of_noted(self, state: DialogueState) -> Wording | None:
        """What is said of wishes that wait; None where none does."""
        return _quoted(phrases.NOTED, state.later[0].text) if state.later else None

    def next_noted(self, state: DialogueState) -> tuple[DialogueState, Later, Effect] | None:
        """The wish that is next, to be taken as a message, and what is said of it; None while something is open."""
        if not state.later or not state.is_idle:
            return None
        wish, *rest = state.later
        return replace(state, later=tuple(rest)), wish, Say(_quoted(phrases.NOW_LATER, wish.text))

    def hand_off(
        self, state: DialogueState, message: str, understanding: Understanding, now: datetime, reason: HandOffReason
    ) -> Step:
        """Take a customer's message that is for a person, whatever the dialogue would make of it."""
        begun = self._begun(state, Said(message, understanding, self._params.min_confidence), now)
        return self.interrupt(begun, reason)

    def interrupt(self, state: DialogueState, reason: HandOffReason) -> Step:
        """Pass on to a person in the middle of a step."""
        work = Work(state)
        work.hand_off(reason, self._reader.topic(work))
        return work.state, tuple(work.effects)

    def resume(self, state: DialogueState, outcome: ActionOutcome) -> Step:
        """Take the outcome of the `Perform` that came last; with none awaited, nothing happens."""
        work = Work(state)
        pending = state.pending
        if pending is not None:
            work.put(pending=None)
            self._remember(work, outcome)
            self._runner.take(work, pending, outcome)
        return work.state, tuple(work.effects)

    def answered(self, state: DialogueState, *, is_answered: bool, understanding: Understanding | None = None) -> Step:
        """Take how an `AnswerQuestion` went: after several that could not be answered a person is offered.

        Not for what is plainly off topic (`understanding` of the message): nobody at a shop writes poems either.

        Where something can be done about what was asked, that is offered behind an answer and begun in place of one.
        """
        work = Work(state)
        instead = state.instead if state.instead_turn == state.turn and not state.frames else None
        if is_answered:
            work.put(failures=0)
            if instead is not None:
                name = self._library[instead.flow].name
                work.say(filled(phrases.OFFER_FLOW, {"name": name.zh}, {"name": name.en}))
        elif instead is not None and instead.flow == PERSON:
            work.put(instead=None)
            work.offer_person(phrases.OFFER_PERSON)  # who asks for a number to call has not asked to be passed on
        elif instead is not None:
            work.put(instead=None)
            self._runner.start(work, self._library[instead.flow], instead.slots, hints=instead.hints)
        elif understanding is None or not self._is_off_topic(understanding):
            work.put(failures=state.failures + 1)
            self._mind_failures(work, before=state.failures)
        return work.state, tuple(work.effects)

    def _is_off_topic(self, understanding: Understanding) -> bool:
        return understanding.out_of_scope and understanding.confidence < self._params.off_topic

    def _begun(self, state: DialogueState, said: Said, now: datetime) -> DialogueState:
        turn = state.turn + 1
        is_angry = said.understanding.sentiment == "negative"
        changes = {
            "turn": turn,
            "pending": None,
            "language": language_after(state.language, said.text, said.understanding.language),
            "angry": state.angry + 1 if is_angry else 0,
            "at": now.astimezone(UTC).isoformat(timespec="seconds"),
        }
        if state.offered is not None and turn - state.offered.turn > FORGOTTEN_AFTER and state.asked is None:
            changes["offered"] = None
        begun = replace(state, **changes)  # type: ignore[arg-type]
        if state.at and (state.frames or state.later) and now - datetime.fromisoformat(state.at) > self._params.idle:
            work = Work(begun)
            while work.frame is not None:
                work.leave()
            work.put(later=())
            return work.state
        return begun

    def _mind_failures(self, work: Work, *, before: int) -> None:
        """Offer a person after some turns that led nowhere, and call one after more."""
        failures, asked = work.state.failures, work.state.asked
        if failures <= before:
            return
        if failures >= 2 * self._params.max_failures:
            work.effects = [effect for effect in work.effects if not isinstance(effect, Perform)]
            work.hand_off("failed", self._reader.topic(work))
            return
        is_free = work.state.pending is None and (asked is None or asked.kind != "person")
        if failures >= self._params.max_failures and is_free:
            work.offer_person(phrases.OFFER_PERSON)

    def _remember(self, work: Work, outcome: ActionOutcome) -> None:
        """The one order or product that an outcome is about."""
        order = outcome.data.get("order")
        data = order if isinstance(order, dict) else outcome.data
        if isinstance(data.get("order_id"), str):
            work.state = work.state.with_mention("order", data["order_id"])
        if isinstance(outcome.data.get("product"), str):
            work.state = work.state.with_mention("product", outcome.data["product"])
        lines = data.get("lines")
        if isinstance(lines, (list, tuple)) and len(lines) == 1 and isinstance(lines[0], dict) and lines[0].get("name"):
            work.state = work.state.with_mention("product", str(lines[0]["name"]))


def _quoted(wording: Wording, text: str) -> Wording:
    short = shortened(text, MAX_QUOTED)
    return filled(wording, {"text": short}, {"text": short})
