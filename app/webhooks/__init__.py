"""Webhooks: what happens here is told to a company's other programs, signed, and until they take it."""

from app.webhooks.dispatcher import Dispatcher
from app.webhooks.outbox import TEST_EVENT, Endpoint, Outbox
from app.webhooks.signing import is_genuine, signed_headers

__all__ = ["TEST_EVENT", "Dispatcher", "Endpoint", "Outbox", "is_genuine", "signed_headers"]
