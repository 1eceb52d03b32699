"""Signatures by which a receiver knows that a request is ours, whole and new.

Source: Standard Webhooks 1.0 (github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md), so that its
libraries can check them: HMAC-SHA256 over `id.timestamp.body`, base64, behind `v1,`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping

from app.webhooks.errors import EndpointInvalid

PREFIX = "whsec_"
TOLERANCE_S = 300
"""How old a request may be: a copy that somebody sends again later is refused."""


def new_secret() -> str:
    """A secret of 256 random bits."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signed_headers(secret: str, *, delivery_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """What goes with a body: its id, the seconds since 1970 at which it is sent, and the signature."""
    return {
        "webhook-id": delivery_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{_signature(secret, delivery_id, timestamp, body)}",
    }


def is_genuine(secret: str, headers: Mapping[str, str], body: bytes, *, now: float) -> bool:
    """What a receiver checks; `headers` with names in small letters."""
    try:
        delivery_id, timestamp = headers["webhook-id"], int(headers["webhook-timestamp"])
        given = headers["webhook-signature"].split()
    except (KeyError, ValueError):
        return False
    if abs(now - timestamp) > TOLERANCE_S:
        return False
    expected = f"v1,{_signature(secret, delivery_id, timestamp, body)}"
    return any(hmac.compare_digest(expected.encode(), one.encode()) for one in given)


def _signature(secret: str, delivery_id: str, timestamp: int, body: bytes) -> str:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise EndpointInvalid("The secret of a webhook is whsec_ and base64 behind it.") from error
    mac = hmac.new(key, f"{delivery_id}.{timestamp}.".encode() + body, hashlib.sha256)
    return base64.b64encode(mac.digest()).decode()
