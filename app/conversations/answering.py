"""Conversations behind the same door as answers: who asks with a conversation gets its next turn."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any, Protocol, cast

from app.conversations.service import ConversationService
from app.conversations.values import Incoming, TurnDone, TurnReply
from app.database.errors import DatabaseError
from app.domain import Answer, AnswerEvent, DoneEvent, MessageEvent, Status, Timings, Turn, final_answer
from app.domain.conversation import ConversationMessage

logger = logging.getLogger(__name__)
_OFFERS = ("asks", "choices", "confirms")


class Answering(Protocol):
    """Answers one message; see `app.assistant.assistant.Assistant`."""

    def reply(self, turn: Turn) -> Answer:
        """The whole answer."""

    def stream(self, turn: Turn) -> Iterator[AnswerEvent]:
        """Event by event, `DoneEvent` last."""


class ConversingAssistant:
    """Takes the turns of kept conversations to the conversation service and all others to the plain assistant.

    A turn with an owner and neither history nor passages of its own is one of a conversation that is kept here. While
    the records cannot be reached the documents answer all the same, and nothing is kept.
    """

    def __init__(self, build: Callable[[], ConversationService], assistant: Answering) -> None:
        """Ready to serve; `build` makes the service when the first conversation comes."""
        self._build, self._assistant = build, assistant
        self._lock = threading.Lock()
        self._service: ConversationService | None = None

    def load(self) -> None:
        """Make the service now; where the records cannot be reached it is tried again with the first conversation."""
        try:
            self._made()
        except DatabaseError as error:
            logger.warning("conversations are not kept yet: %s", error.message)

    def _made(self) -> ConversationService:
        with self._lock:
            if self._service is None:
                self._service = self._build()
            return self._service

    def reply(self, turn: Turn) -> Answer:
        """As `Answering.reply`; raises what `ConversationService.reply` raises."""
        return final_answer(self.stream(turn))

    def stream(self, turn: Turn) -> Iterator[AnswerEvent]:
        """As `Answering.stream`; what a flow says comes as `MessageEvent`."""
        if not turn.owner or turn.history or turn.passages is not None:
            yield from self._plainly(turn)
            return
        has_begun = False
        try:
            for event in self._conversing(turn):
                has_begun = True
                yield event
        except DatabaseError as error:
            if has_begun:
                raise
            logger.warning("a message is answered from the documents alone: %s", error.message)
            yield from self._plainly(turn)

    def _plainly(self, turn: Turn) -> Iterator[AnswerEvent]:
        with closing(cast(Any, self._assistant.stream(turn))) as events:
            yield from events

    def _conversing(self, turn: Turn) -> Iterator[AnswerEvent]:
        started = time.perf_counter()
        with closing(cast(Any, self._made().stream(_incoming(turn)))) as events:
            for event in events:
                if isinstance(event, TurnDone):
                    yield DoneEvent(_answer_of(event.reply, total_ms=(time.perf_counter() - started) * 1000))
                elif not isinstance(event, ConversationMessage):
                    yield event
                elif "answer" not in event.data:
                    yield MessageEvent(event.text, _offered(event))


def _offered(message: ConversationMessage) -> dict[str, Any]:
    """What a page makes buttons of; the rest (outcomes of actions, traces of rules) is for the company."""
    return {name: message.data[name] for name in _OFFERS if name in message.data}


def _incoming(turn: Turn) -> Incoming:
    return Incoming(
        message=turn.message,
        conversation_id=turn.conversation_id,
        request_id=turn.request_id,
        channel=turn.channel,
        owner=turn.owner,
        customer_id=turn.customer_id,
        language=turn.language,
        as_of=turn.as_of,
        access=turn.access,
        mode=turn.mode,
    )


def _answer_of(reply: TurnReply, *, total_ms: float) -> Answer:
    """The turn as an answer: that of the knowledge base where it was asked, with all that was said around it."""
    is_with_people = reply.ticket is not None or reply.status in ("waiting", "with_agent")
    status: Status = "handoff" if is_with_people else "answered"
    said = _said(reply)
    if reply.answer is not None:
        return replace(
            reply.answer,
            text=reply.text,
            status=status if is_with_people else reply.answer.status,
            conversation_id=reply.conversation_id,
            conversation=said,
        )
    return Answer(
        text=reply.text,
        status=status,
        language="en" if reply.language == "en" else "zh",
        sentences=(),
        citations=(),
        confidence=1.0,
        mode="dialogue",
        model=None,
        generation="",
        receipt_id="",
        timings_ms=Timings(total=total_ms),
        conversation_id=reply.conversation_id,
        conversation=said,
    )


def _said(reply: TurnReply) -> dict[str, Any]:
    """What a page needs to go on: messages without the answer in them, the choices and the confirmation of the last."""
    messages: list[dict[str, Any]] = [
        {
            "message_id": message.message_id,
            "role": message.role,
            "text": message.text,
            "is_answer": "answer" in message.data,
        }
        for message in reply.messages
    ]
    if reply.is_repeated:  # such a reply has no answer of its own: the sentences and their proof are those kept
        for item, message in zip(messages, reply.messages, strict=True):
            item |= {name: message.data[name] for name in ("answer",) if name in message.data}
    body: dict[str, Any] = {
        "status": reply.status,
        "messages": messages,
        "is_identified": reply.customer_id is not None,
    }
    for message in reply.messages:
        body |= _offered(message)
    if reply.ticket is not None:
        expected = reply.ticket.expected_by
        body["handoff"] = {"ticket_id": reply.ticket.ticket_id, "expected_by": expected and expected.isoformat()}
    if reply.is_repeated:
        body["is_repeated"] = True
    return body
