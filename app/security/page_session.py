"""Sessions of browsers that opened the chat page: short-lived, signed, good for chat and search only."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable

from app.security.access import Caller
from app.security.errors import KeyUnknown

_PREFIX = "page1"


class PageSessions:
    """Issues and checks tokens `page1.<expiry>.<nonce>.<signature>`; nothing is stored.

    A restart keeps them valid as long as the secret is the same.
    """

    def __init__(
        self, secret: Callable[[], bytes], *, lifetime_s: int = 12 * 3600, now: Callable[[], float] = time.time
    ) -> None:
        if lifetime_s < 1:
            raise ValueError(f"Expected lifetime_s >= 1, got {lifetime_s}.")
        self._secret, self._now = secret, now
        self.lifetime_s = lifetime_s

    def issue(self, *, old: str | None = None) -> str:
        """A token that is good for `lifetime_s` seconds from now; of the same browser as an old one that still is."""
        try:
            session = self.authenticate(old).session if old else ""
        except KeyUnknown:
            session = ""
        body = f"{_PREFIX}.{int(self._now()) + self.lifetime_s}.{session or secrets.token_urlsafe(12)}"
        return f"{body}.{self._sign(body)}"

    def authenticate(self, token: str) -> Caller:
        """The page as a caller; `KeyUnknown` for a token that is forged, damaged or over."""
        body, _, signature = token.rpartition(".")
        prefix, _, rest = body.partition(".")
        expiry, _, session = rest.partition(".")
        is_signed = hmac.compare_digest(self._sign(body).encode(), signature.encode())
        if not is_signed or prefix != _PREFIX or not expiry.isdigit() or int(expiry) <= self._now():
            raise KeyUnknown("The session of this page is over. Reload the page.")
        return Caller("page", "page", frozenset({"chat", "search"}), session=session)

    def _sign(self, body: str) -> str:
        return hmac.new(self._secret(), body.encode(), hashlib.sha256).hexdigest()
