"""Conversations: where they are kept, and who works on one."""

from app.conversations.listing import ConversationFilter, ConversationPage, listed
from app.conversations.store import SqlConversationStore

__all__ = ["ConversationFilter", "ConversationPage", "SqlConversationStore", "listed"]
