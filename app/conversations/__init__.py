"""Conversations: how a message is served, where they are kept, and who works on one."""

from app.conversations.answering import ConversingAssistant
from app.conversations.listing import ConversationFilter, ConversationPage, listed
from app.conversations.service import ConversationService
from app.conversations.store import SqlConversationStore
from app.conversations.turn import Parts
from app.conversations.values import Incoming, ReplyEvent, TurnDone, TurnReply

__all__ = [
    "ConversationFilter",
    "ConversationPage",
    "ConversationService",
    "ConversingAssistant",
    "Incoming",
    "Parts",
    "ReplyEvent",
    "SqlConversationStore",
    "TurnDone",
    "TurnReply",
    "listed",
]
