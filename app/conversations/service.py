"""Serves customers' messages: one turn at a time in a conversation, each once, and kept whole or not at all."""

from __future__ import annotations

import hashlib
import logging
import queue
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from app.conversations.errors import ConversationMissing
from app.conversations.happened import Happened, events_of
from app.conversations.turn import Parts, RunningTurn
from app.conversations.values import Incoming, ReplyEvent, TurnDone, TurnReply
from app.dialogue import DialogueState
from app.dialogue.errors import DialogueStateInvalid
from app.domain.conversation import Conversation, ConversationMessage, ConversationStore
from app.domain.current_conversation import within_conversation
from app.domain.handoff import HandOffTicket
from index.errors import QuestionEmpty, QuestionTooLong
from index.types import Language

logger = logging.getLogger(__name__)

_HISTORY = 40
"""Messages that an agent and the triggers see of what came before."""
_MAX_ID = 100
Listener = Callable[[ReplyEvent], None]


class ConversationService:
    """The one way in for customers' messages. Safe to share between threads."""

    def __init__(
        self,
        store: ConversationStore,
        parts: Parts,
        *,
        together: Callable[[], AbstractContextManager[Any]] = nullcontext,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        max_message: int = 4000,
    ) -> None:
        """Ready to serve.

        Args:
            store: keeps conversations.
            parts: what a turn works with.
            together: makes what is kept within it one transaction: messages, state and hand-off belong together.
            clock: tells the time, aware.
            max_message: most characters of a message.
        """
        self._store, self._parts, self._together = store, parts, together
        self._clock, self._max_message = clock, max_message
        self._writes = frozenset(spec.name for spec in parts.actions.specs() if spec.is_write)

    def reply(self, incoming: Incoming) -> TurnReply:
        """Serve a message.

        Raises `QuestionEmpty`, `QuestionTooLong`, `ConversationMissing` for a conversation of somebody else, and
        `ConversationBusy` when earlier messages of it take too long.
        """
        return self._serve(incoming, lambda _: None)

    def stream(self, incoming: Incoming) -> Iterator[ReplyEvent]:
        """As `reply`, event by event.

        The turn runs in a thread of its own, which holds the conversation, and ends whether or not anybody listens: who
        leaves finds the replies in the conversation.
        """
        events: queue.SimpleQueue[ReplyEvent | BaseException] = queue.SimpleQueue()

        def serve() -> None:
            try:
                events.put(TurnDone(self._serve(incoming, events.put)))
            except BaseException as error:  # handed to whoever listens
                events.put(error)

        threading.Thread(target=serve, name="conversation-turn", daemon=True).start()
        while True:
            event = events.get()
            if isinstance(event, BaseException):
                raise event
            yield event
            if isinstance(event, TurnDone):
                return

    def _serve(self, incoming: Incoming, on_event: Listener) -> TurnReply:
        text = incoming.message.strip()
        if not text:
            raise QuestionEmpty("The message is empty. Send what the customer wrote.")
        if len(text) > self._max_message:
            raise QuestionTooLong(
                f"The message has {len(text)} characters, the limit is {self._max_message}. Shorten it."
            )
        incoming = replace(incoming, message=text, request_id=_bounded(incoming.request_id))
        if incoming.conversation_id is not None and len(incoming.conversation_id) > _MAX_ID:
            raise ConversationMissing(f"There is no conversation {incoming.conversation_id[:40]}….")
        key = incoming.conversation_id or uuid.uuid4().hex
        with self._store.turn(key):
            conversation = self._opened(key, incoming)
            if (repeated := self._repeated(conversation, incoming)) is not None:
                return repeated
            if self._parts.desk.holds(key):
                return self._pass_on(conversation, incoming, on_event)
            with within_conversation(key, conversation.started_at):
                return self._converse(conversation, incoming, on_event)

    def _log(self, turn: Happened) -> None:
        if self._parts.log is not None:
            self._parts.log.append(*events_of(turn))

    def _opened(self, key: str, incoming: Incoming) -> Conversation:
        now = self._clock()
        known = self._store.get(key)
        if known is None:
            return self._store.start(
                Conversation(
                    conversation_id=key,
                    channel=incoming.channel,
                    status="open",
                    started_at=now,
                    changed_at=now,
                    customer_id=incoming.customer_id,
                    owner=incoming.owner,
                )
            )
        is_foreign = known.owner != incoming.owner or (
            None not in (known.customer_id, incoming.customer_id) and known.customer_id != incoming.customer_id
        )
        if is_foreign:
            raise ConversationMissing(f"There is no conversation {key[:100]}.")
        return known

    def _repeated(self, conversation: Conversation, incoming: Incoming) -> TurnReply | None:
        if incoming.request_id is None:
            return None
        replies = self._store.replies_to(conversation.conversation_id, incoming.request_id)
        if replies is None:
            return None
        return TurnReply(
            conversation_id=conversation.conversation_id,
            messages=tuple(replies),
            language=conversation.language or "zh",
            status=conversation.status,
            customer_id=conversation.customer_id,
            is_repeated=True,
        )

    def _pass_on(self, conversation: Conversation, incoming: Incoming, on_event: Listener) -> TurnReply:
        """To the desk, which has the conversation."""
        key, now = conversation.conversation_id, self._clock()
        message = _customers(key, incoming, now)
        language = incoming.language or conversation.language or "zh"
        replies: tuple[ConversationMessage, ...] = ()
        with self._together():
            self._store.add(message, request_id=incoming.request_id)
            self._log(Happened(incoming, key, message.message_id, now, language, conversation.customer_id))
            told = self._parts.desk.customer_wrote(message)
            if told is not None:
                text = told.in_language(language)
                replies = (ConversationMessage(uuid.uuid4().hex, key, "system", text, now, data=told.to_dict()),)
                self._store.add(replies[0], request_id=incoming.request_id)
        for reply in replies:
            on_event(reply)
        current = self._store.get(key) or conversation
        return TurnReply(key, replies, language, current.status, current.customer_id)

    def _converse(self, conversation: Conversation, incoming: Incoming, on_event: Listener) -> TurnReply:
        key, now = conversation.conversation_id, self._clock()
        state = _state_of(conversation)
        if state.customer_id is None:
            state = replace(state, customer_id=incoming.customer_id or conversation.customer_id)
        history = tuple(self._store.messages(key, limit=_HISTORY))
        turn = RunningTurn(self._parts, incoming, key, state, now, history, on_event)
        turn.run()
        as_shown = replace(incoming, message=_label_of(incoming.message, state, turn.language))
        message = _customers(key, as_shown, now, understanding=turn.understood.to_dict() if turn.understood else None)
        ticket: HandOffTicket | None = None
        named = turn.state.customer_id if turn.hand_off is not None else None
        customer = self._parts.customer_facts(named) if named is not None else {}
        with self._together():
            self._store.add(message)
            for reply in turn.replies:
                self._store.add(reply, request_id=incoming.request_id)
            self._store.update(
                replace(
                    conversation,
                    status="open",
                    changed_at=now,
                    language=turn.language,
                    customer_id=turn.state.customer_id,
                    state=turn.state.to_dict(),
                )
            )
            self._log(
                Happened(
                    incoming,
                    key,
                    message.message_id,
                    now,
                    turn.language,
                    turn.state.customer_id,
                    is_first=not history,
                    understood=turn.understood,
                    answer=turn.answer,
                    outcomes=tuple(turn.outcomes),
                    writes=self._writes,
                )
            )
            if turn.hand_off is not None:
                told = len(turn.replies)
                ticket = self._parts.desk.open(turn.packet((*history, message, *turn.replies), customer=customer))
                both = ticket.message.to_dict()  # agents read it in their own language
                turn.tell(ticket.message, role="system", data={"ticket_id": ticket.ticket_id, **both})
                for reply in turn.replies[told:]:
                    self._store.add(reply, request_id=incoming.request_id)
        current = self._store.get(key) or conversation
        return TurnReply(
            conversation_id=key,
            messages=tuple(turn.replies),
            language=turn.language,
            status=current.status,
            customer_id=turn.state.customer_id,
            answer=turn.answer,
            ticket=ticket,
        )


def _bounded(request_id: str | None) -> str | None:
    """Ids that clients make up may have any length."""
    if not request_id or len(request_id) <= _MAX_ID:
        return request_id or None
    return hashlib.sha256(request_id.encode("utf-8", "replace")).hexdigest()


def _state_of(conversation: Conversation) -> DialogueState:
    """Where the dialogue stood; one that a newer version wrote begins anew rather than ending the conversation."""
    try:
        return DialogueState.from_dict(conversation.state)
    except DialogueStateInvalid as error:
        logger.warning("the dialogue of %s begins anew: %s", conversation.conversation_id, error)
        return DialogueState(customer_id=conversation.customer_id, language=conversation.language)


def _label_of(message: str, state: DialogueState, language: Language) -> str:
    """What stood on the button whose value was sent, for whoever reads the conversation; else the message itself."""
    choices = state.offered.choices if state.offered is not None else ()
    return next((choice.label.in_language(language) for choice in choices if choice.value == message), message)


def _customers(
    conversation_id: str, incoming: Incoming, now: datetime, *, understanding: dict[str, Any] | None = None
) -> ConversationMessage:
    """The customer's message; a request that is sent again after a failure is the same message."""
    name = uuid.uuid4().hex
    if incoming.request_id is not None:
        name = hashlib.sha256(f"{conversation_id}\n{incoming.request_id}".encode()).hexdigest()[:32]
    data = {} if understanding is None else {"understanding": understanding}
    return ConversationMessage(name, conversation_id, "customer", incoming.message, now, data=data)
