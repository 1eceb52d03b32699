"""One turn of a conversation while it is served: what the dialogue asks for is done, in its order."""

from __future__ import annotations

import logging
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from app.conversations.taking_apart import apart
from app.conversations.telling import Told, amount_of, outcome_data
from app.conversations.values import Answerer, Incoming, ReplyEvent
from app.dialogue import AnswerQuestion, DialogueEngine, DialogueState, Effect, HandOff, Perform
from app.dialogue.inquiry import is_inquiry
from app.dialogue.said import GIVES, STEERING
from app.dialogue.state import Later
from app.domain import Answer, AnswerEvent, DoneEvent, Message, Turn
from app.domain.action import ActionOutcome, Actions, Wording
from app.domain.conversation import ConversationMessage, Role
from app.domain.handoff import CustomerFacts, HandOffDesk, HandOffPacket, HandOffReason, Signals
from app.domain.service_events import EventLog
from app.domain.understanding import Understander, Understanding
from index.errors import KefuError, StoreMissing
from index.types import Language

logger = logging.getLogger(__name__)

_MAX_ACTIONS = 16
"""Of one turn; more of them go round."""
_ASKS_FOR_PERSON, _ASKS_WHO = "talk_to_human", "about_assistant"
_NO_MATTER = STEERING | {GIVES, _ASKS_FOR_PERSON, _ASKS_WHO}
"""Intents that say nothing of what a conversation is about."""
_NO_INDEX = Wording(
    "知识库还没有准备好，暂时回答不了这个问题；订单相关的事我可以办理。",
    "The knowledge base isn't ready, so I can't answer that yet; I can still help with orders.",
)
_STUCK = Wording("抱歉，这一步没有办成，请稍后再试。", "Sorry, that didn't work. Please try again in a moment.")


@dataclass(frozen=True, slots=True)
class Parts:
    """What a turn works with."""

    engine: DialogueEngine
    understander: Understander
    actions: Actions
    answerer: Answerer
    desk: HandOffDesk
    tier_of: Callable[[str], str] = lambda _customer_id: ""
    """A customer's membership, for the desk's triggers."""
    customer_facts: CustomerFacts = lambda _customer_id: {}
    """What agents may see of a customer."""
    log: EventLog | None = None
    """Told what happened; None tells nobody."""


@dataclass(slots=True)
class RunningTurn:
    """Takes a message through understanding, dialogue, actions and answers. Keeps nothing: that is the service's."""

    parts: Parts
    incoming: Incoming
    conversation_id: str
    state: DialogueState
    now: datetime
    history: tuple[ConversationMessage, ...]
    """Before this message, oldest first."""
    on_event: Callable[[ReplyEvent], None]
    replies: list[ConversationMessage] = field(default_factory=list)
    answer: Answer | None = None
    hand_off: HandOff | None = None
    risk: str = ""
    outcomes: list[dict[str, Any]] = field(default_factory=list)
    amount_cents: int = 0
    """The money that the last outcome which speaks of any is about."""
    understood: Understanding | None = None
    is_inquiry: bool = False
    """Whether it asks how things are: neither its intent nor its words then call for a person."""
    _told: Told = field(default_factory=Told)

    @property
    def language(self) -> Language:
        """Of the replies."""
        return self.incoming.language or self.state.language or "zh"

    def run(self) -> None:
        """Serve the message."""
        text = self.incoming.message
        understood = self.understood = self.parts.understander.understand(text)
        self.is_inquiry = is_inquiry(text, understood)
        before = self.state.failures
        reason = self.parts.desk.wanted(self._signals(understood, failures=0))
        if reason == "asked" and self.is_inquiry:
            reason = None  # when people are there is a question, too
        if reason is not None:
            self.risk = text if reason == "risk" else ""
            step = self.parts.engine.hand_off(self.state, text, understood, self.now, reason)
            self.state = step[0]
            if reason == "risk" and self.is_inquiry and self.parts.desk.may_answer(text):
                self._tell_what_is_documented(text)
            self._do(step[1])
        else:
            self._take_all(*apart(text, understood, self.state, self.parts.engine, self.parts.understander))
        if self.hand_off is None and self.state.failures > before:
            wanted = self.parts.desk.wanted(self._signals(understood, failures=self.state.failures))
            if wanted == "failed":
                self._do(self._taken_over("failed"))
        self._finish_message()

    def _take_all(self, first: str, understood: Understanding, wishes: Sequence[Later]) -> None:
        """Take a message, or its first piece, and then what waits while nothing is open."""
        engine = self.parts.engine
        self._take(first, understood)
        if self.hand_off is None:
            self.state = engine.note(self.state, wishes)
        while self.hand_off is None and (noted := engine.next_noted(self.state)) is not None:
            self.state, wish, told = noted
            self._do([told])
            self._take(wish.text, self.parts.understander.understand(wish.text))
        if wishes and self.hand_off is None and (left := engine.told_of_noted(self.state)) is not None:
            self._told.wordings.insert(-1, left)  # what is asked stands last

    def _take(self, text: str, understood: Understanding) -> None:
        self.state, effects = self.parts.engine.step(self.state, text, understood, self.now)
        self._do(effects)

    def packet(self, messages: tuple[ConversationMessage, ...], *, customer: Mapping[str, Any]) -> HandOffPacket:
        """What the agent gets; `customer` is what they may see of them."""
        understood, hand_off = self.understood, self.hand_off
        assert understood is not None and hand_off is not None  # noqa: PT018 - both or a mistake of ours
        answer = self.answer
        return HandOffPacket(
            conversation_id=self.conversation_id,
            reason=hand_off.reason,
            language=self.language,
            intent=self._matter(understood),
            slots=understood.slots,
            messages=messages,
            customer_id=self.state.customer_id,
            topic=hand_off.topic,
            draft=answer,
            tried=tuple(citation.passage_id for citation in answer.citations) if answer is not None else (),
            sentiment=understood.sentiment,
            risk=self.risk[:200],
            facts=self._facts(),
            customer=customer,
        )

    def _matter(self, understood: Understanding) -> str:
        """What it is about: who only asks for a person has mostly said before what for."""
        if understood.intent != _ASKS_FOR_PERSON:
            return understood.intent
        said = [message.data.get("understanding", {}) for message in self.history if message.role == "customer"]
        meant = [each["intent"] for each in said if each and not each["out_of_scope"]]
        return next((intent for intent in reversed(meant) if intent not in _NO_MATTER), understood.intent)

    def tell(self, wording: Wording, *, role: Role = "assistant", data: Mapping[str, Any] | None = None) -> None:
        """Say something of the service's own."""
        self._keep(wording.in_language(self.language), role=role, data=data or {})

    def _do(self, effects: Iterable[Effect]) -> None:
        waiting = deque(effects)
        later: list[Effect] = []
        actions = 0
        while waiting or later:
            if not waiting:
                waiting.extend(later)
                later.clear()
            effect = waiting.popleft()
            if self._told.add(effect, self.language):
                continue
            match effect:
                case Perform():
                    actions += 1
                    waiting.extend(self._perform(effect) if actions <= _MAX_ACTIONS else self._gives_up())
                case AnswerQuestion():
                    self._finish_message()
                    later.extend(self._answer(effect))
                case HandOff():
                    self.hand_off = effect
                case _:
                    pass

    def _perform(self, effect: Perform) -> tuple[Effect, ...]:
        request = replace(
            effect.request,
            customer_id=self.state.customer_id,
            conversation_id=self.conversation_id,
            idempotency_key=f"{self.conversation_id}:{effect.request.idempotency_key}",
        )
        outcome = self.parts.actions.perform(request)
        self.outcomes.append(outcome_data(request.name, outcome))
        self.amount_cents = amount_of(outcome) or self.amount_cents
        self._told.data["outcomes"] = list(self.outcomes)
        if outcome.status == "needs_confirmation" and self._is_too_much(outcome):
            return self._taken_over("money")
        self.state, effects = self.parts.engine.resume(self.state, outcome)
        return effects

    def _gives_up(self) -> tuple[Effect, ...]:
        logger.error("a turn of %s asks for action after action", self.conversation_id)
        self._told.wordings.append(_STUCK)
        self.state = replace(self.state, pending=None)
        return ()

    def _tell_what_is_documented(self, question: str) -> None:
        """Answer beside a hand-off, where the documents hold it; where they do not, the person is answer enough.

        In the documents' own words, which takes no time; nothing that goes wrong here may keep the person away.
        """
        events: list[AnswerEvent] = []
        try:
            events += self.parts.answerer.stream(replace(self._turn(question), mode="extractive"))
        except KefuError as error:
            logger.warning("a risk in %s goes to a person unanswered: %s", self.conversation_id, error.message)
            return
        done = events[-1]
        assert isinstance(done, DoneEvent)
        self.answer = done.answer
        if done.answer.status in ("answered", "partial"):
            for event in events[:-1]:
                self.on_event(event)
            self._keep_answer(done.answer)

    def _turn(self, question: str, previous: str | None = None) -> Turn:
        incoming = self.incoming
        return Turn(
            question,
            conversation_id=self.conversation_id,
            history=(Message("user", previous),) if previous else (),
            language=self.language,
            as_of=incoming.as_of,
            access=incoming.access,
            mode=incoming.mode,
            customer_id=self.state.customer_id,
        )

    def _answer(self, effect: AnswerQuestion) -> tuple[Effect, ...]:
        answer = None
        try:
            for event in self.parts.answerer.stream(self._turn(effect.text, effect.previous)):
                if isinstance(event, DoneEvent):
                    answer = event.answer
                else:
                    self.on_event(event)
        except StoreMissing:
            self._told.wordings.append(_NO_INDEX)
            self._finish_message()
        is_answered = answer is not None and answer.status in ("answered", "partial")
        waits_for_flow = self.state.instead is not None
        self.state, effects = self.parts.engine.answered(
            self.state, is_answered=is_answered, understanding=self.understood
        )
        if answer is not None:
            self.answer = answer
            if is_answered or not (waits_for_flow and effects):  # what is begun instead says more than "not found"
                self._keep_answer(answer)
        return effects

    def _keep_answer(self, answer: Answer) -> None:
        self._keep(answer.text, receipt_id=answer.receipt_id, data={"answer": answer.to_dict()})

    def _taken_over(self, reason: HandOffReason) -> tuple[Effect, ...]:
        """A person takes over in the middle of a step."""
        self._told = Told()
        self.state, effects = self.parts.engine.interrupt(self.state, reason)
        return effects

    def _is_too_much(self, outcome: ActionOutcome) -> bool:
        understood = self.understood
        assert understood is not None
        signals = replace(self._signals(understood, failures=0), amount_cents=amount_of(outcome))
        return self.parts.desk.wanted(signals) == "money"

    def _signals(self, understood: Understanding, *, failures: int) -> Signals:
        customer_id = self.state.customer_id
        return Signals(
            intent="" if understood.out_of_scope or self.is_inquiry else understood.intent,
            text=self.incoming.message,
            sentiment=understood.sentiment,
            failures=failures,
            tier=self.parts.tier_of(customer_id) if customer_id is not None else "",
            history=[message.text for message in self.history if message.role == "customer"],
        )

    def _facts(self) -> dict[str, Any]:
        """What the flow had gathered, for the agent to go on with."""
        frame = self.state.cancelled[0] if self.state.cancelled else self.state.finished
        gathered = {name: value.value for name, value in frame.slots.items()} if frame is not None else {}
        facts = {"flow": frame.flow if frame is not None else None, "gathered": gathered, "outcomes": self.outcomes}
        return {**facts, "amount_cents": self.amount_cents} if self.amount_cents else facts

    def _finish_message(self) -> None:
        told, self._told = self._told, Told()
        text = told.text(self.language)
        if text:
            self._keep(text, data=told.data)

    def _keep(
        self, text: str, *, role: Role = "assistant", receipt_id: str | None = None, data: Mapping[str, Any]
    ) -> None:
        message = ConversationMessage(
            message_id=uuid.uuid4().hex,
            conversation_id=self.conversation_id,
            role=role,
            text=text,
            at=self.now,
            receipt_id=receipt_id,
            data=data,
        )
        self.replies.append(message)
        self.on_event(message)
