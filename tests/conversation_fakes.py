"""Parts of a conversation's turn that tests control: what messages mean, what is answered, who takes over."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from app.conversations import ConversationService, Incoming, Parts, SqlConversationStore, TurnReply
from app.database import Database
from app.dialogue import DialogueEngine
from app.dialogue.scripted_actions import ScriptedActions, ScriptedOutcome
from app.domain import Answer, AnswerEvent, DoneEvent, SentenceEvent, Turn
from app.domain.action import ActionRequest, Wording
from app.domain.conversation import ConversationMessage
from app.domain.handoff import HandOffPacket, HandOffReason, HandOffTicket, Signals
from app.domain.understanding import Understanding
from tests.dialogue_samples import NOW, scripted_dialogues, shipped_engine, understood
from tests.fakes import answer_of, passage


class KnownUnderstander:
    """Understands messages as it was told to, and all others as out of scope."""

    def __init__(self, known: Mapping[str, Understanding] | None = None) -> None:
        self.known = dict(known or {})

    def understand(self, message: str) -> Understanding:
        return self.known.get(message) or understood(message)


class FakeAnswerer:
    """Answers everything with one cited sentence, or declines."""

    def __init__(self, *, declines: bool = False) -> None:
        self.declines = declines
        self.turns: list[Turn] = []
        self.running = 0
        self.most_running = 0
        self._lock = threading.Lock()

    def stream(self, turn: Turn) -> Iterator[AnswerEvent]:
        with self._lock:
            self.running += 1
            self.most_running = max(self.most_running, self.running)
        try:
            self.turns.append(turn)
            answer = self._answer(turn)
            for sentence in answer.sentences:
                yield SentenceEvent(sentence)
            yield DoneEvent(answer)
        finally:
            with self._lock:
                self.running -= 1

    def _answer(self, turn: Turn) -> Answer:
        if self.declines:
            return answer_of(language="zh")
        return answer_of(("质量问题退货，运费由商家承担。", passage("质量问题退货，运费由商家承担。")))


class FakeDesk:
    """Takes every conversation that is opened and keeps it."""

    def __init__(self, *, wants: HandOffReason | None = None) -> None:
        self.wants = wants
        self.packets: list[HandOffPacket] = []
        self.written: list[ConversationMessage] = []
        self.told: Wording | None = None

    def wanted(self, signals: Signals) -> HandOffReason | None:
        if self.wants == "money":
            return "money" if signals.amount_cents > 100_000 else None
        if self.wants == "failed":
            return "failed" if signals.failures >= 2 else None
        return self.wants

    def may_answer(self, message: str) -> bool:
        return "不想活" not in message

    def open(self, packet: HandOffPacket) -> HandOffTicket:
        self.packets.append(packet)
        return HandOffTicket("T1", Wording("已为您转接人工。", "A colleague will take over."))

    def holds(self, conversation_id: str) -> bool:
        return any(packet.conversation_id == conversation_id for packet in self.packets)

    def customer_wrote(self, message: ConversationMessage) -> Wording | None:
        self.written.append(message)
        return self.told


@cache
def _engine() -> DialogueEngine:
    return shipped_engine()


@cache
def _outcomes() -> tuple[ScriptedOutcome, ...]:
    return scripted_dialogues()[0].outcomes


class ConversingShop:
    """The service with real store and dialogue over a scripted gate; its clock stands still until it is set."""

    def __init__(self, folder: Path, known: Mapping[str, Understanding], **desk: Any) -> None:
        self.now = NOW
        self.database = Database.in_file(folder / "kefu.sqlite")
        self.store = SqlConversationStore(self.database, clock=lambda: self.now)
        self.actions = ScriptedActions(_outcomes())
        self.answerer = FakeAnswerer()
        self.desk = FakeDesk(**desk)
        parts = Parts(_engine(), KnownUnderstander(known), self.actions, self.answerer, self.desk)
        self.service = ConversationService(
            self.store, parts, together=self.database.writing, clock=lambda: self.now, max_message=500
        )

    def say(self, message: str, **fields: object) -> TurnReply:
        values = {"conversation_id": "K1", "customer_id": "C1", "owner": "page", **fields}
        return self.service.reply(Incoming(message, **values))  # type: ignore[arg-type]

    def done(self) -> list[ActionRequest]:
        return [request for request in self.actions.requests if request.is_confirmed]
