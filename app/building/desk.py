"""Puts the agents' desk together: conversations, hand-offs, clocks and webhooks over one database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.conversations import SqlConversationStore
from app.database import Database
from app.domain.handoff import CustomerFacts
from app.domain.service_events import EventLog
from app.feedback.store import AgentEdit, FeedbackStore
from app.handoff import CannedReplies, DeskClock, Inbox, PolicyBook, PresenceBook, SqlHandOffDesk
from app.handoff.assignment import Assignment
from app.handoff.logged import logged
from app.handoff.moves import EVENT_NAMES, Moves
from app.settings import Settings
from app.webhooks import Dispatcher, Outbox


@dataclass(frozen=True, slots=True)
class DeskParts:
    """The objects of one desk."""

    database: Database
    conversations: SqlConversationStore
    desk: SqlHandOffDesk
    inbox: Inbox
    clock: DeskClock
    presence: PresenceBook
    policy: PolicyBook
    canned: CannedReplies
    moves: Moves
    assignment: Assignment
    outbox: Outbox
    dispatcher: Dispatcher

    def start(self, *, sends_webhooks: bool) -> None:
        """Watch the clocks and send webhooks, in the background."""
        self.clock.start()
        if sends_webhooks:
            self.dispatcher.start()

    def stop(self) -> None:
        """Neither any more."""
        self.clock.stop()
        self.dispatcher.stop()


def build_desk(
    database: Database,
    settings: Settings,
    *,
    log: EventLog,
    feedback: FeedbackStore,
    customer_facts: CustomerFacts = lambda _customer_id: {},
    also_forget: Callable[[str], object] = lambda _conversation_id: None,
) -> DeskParts:
    """The desk by the settings; nothing is opened yet. Raises `HandOffPolicyInvalid` for rules that cannot be meant.

    `also_forget` is told of each conversation that is erased, in the same transaction: others keep words of it, too.
    """

    def also_erase(keys: Sequence[str]) -> None:
        desk.erase(keys)
        outbox.erase(keys)
        for key in keys:
            also_forget(key)

    webhooks = settings.webhooks
    policy = PolicyBook(database, _rules(settings))
    outbox = Outbox(database, known_events=EVENT_NAMES, allow_private=webhooks.allow_private)
    conversations = SqlConversationStore(database, also_erase=also_erase)
    moves = Moves(database, conversations, policy, publish=with_edits(feedback, logged(log, outbox.publish)))
    presence = PresenceBook(database)
    assignment = Assignment(moves, presence)
    inbox = Inbox(moves, assignment, customer_facts=customer_facts)
    desk = SqlHandOffDesk(moves, assignment)
    return DeskParts(
        database=database,
        conversations=conversations,
        desk=desk,
        inbox=inbox,
        clock=DeskClock(moves, assignment, inbox, presence),
        presence=presence,
        policy=policy,
        canned=CannedReplies(database),
        moves=moves,
        assignment=assignment,
        outbox=outbox,
        dispatcher=Dispatcher(database, outbox, allow_private=webhooks.allow_private, timeout_s=webhooks.timeout_s),
    )


def with_edits(
    feedback: FeedbackStore, publish: Callable[[str, Mapping[str, Any]], object]
) -> Callable[[str, Mapping[str, Any]], None]:
    """Publishes as before, and keeps what an agent made of a suggestion by the receipt of the suggestion."""

    def both(name: str, data: Mapping[str, Any]) -> None:
        publish(name, data)
        if name == "message.from_agent" and data.get("suggested") and data.get("receipt_id"):
            feedback.add_edit(
                AgentEdit(
                    receipt_id=data["receipt_id"],
                    agent=data["agent"],
                    suggested=data["suggested"],
                    sent=data["text"],
                    conversation_id=data["conversation_id"],
                    edit_id=data["message_id"],
                )
            )

    return both


def _rules(settings: Settings) -> dict[str, object]:
    from tzlocal import get_localzone_name

    values = settings.handoff.model_dump(mode="json")
    return {**values, "timezone": values["timezone"] or get_localzone_name() or "UTC"}
