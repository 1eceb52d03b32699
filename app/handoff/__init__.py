"""Hand-off to people: when, to whom, until when, and what the customer is told meanwhile."""

from app.handoff.canned import CannedReplies, CannedReply, render, values_of
from app.handoff.clock import DeskClock
from app.handoff.desk import SqlHandOffDesk
from app.handoff.faults import faults_at_the_desk
from app.handoff.inbox import Agent, Inbox
from app.handoff.inbox_list import InboxPage, InboxStatus, events_after, inbox_page, trail
from app.handoff.policy import HandOffPolicy, policy_of
from app.handoff.policy_book import PolicyBook
from app.handoff.presence import Presence, PresenceBook, PresenceState
from app.handoff.suggest import Suggester, Suggestion

__all__ = [
    "Agent",
    "CannedReplies",
    "CannedReply",
    "DeskClock",
    "HandOffPolicy",
    "Inbox",
    "InboxPage",
    "InboxStatus",
    "PolicyBook",
    "Presence",
    "PresenceBook",
    "PresenceState",
    "SqlHandOffDesk",
    "Suggester",
    "Suggestion",
    "events_after",
    "faults_at_the_desk",
    "inbox_page",
    "policy_of",
    "render",
    "trail",
    "values_of",
]
