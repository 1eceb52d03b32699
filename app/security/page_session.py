"""Sessions of browsers that opened the chat page: short-lived, signed, good for chat and search only."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from app.security.access import Caller
from app.security.errors import KeyUnknown
from app.security.signed_token import TokenSigner


class PageSessions:
    """Issues and checks tokens `page1.<expiry>.<session>.<signature>`; see `TokenSigner`."""

    def __init__(
        self, secret: Callable[[], bytes], *, lifetime_s: int = 12 * 3600, now: Callable[[], float] = time.time
    ) -> None:
        self._tokens = TokenSigner("page1", secret, fields=1, lifetime_s=lifetime_s, now=now)
        self.lifetime_s = lifetime_s

    def issue(self, *, old: str | None = None) -> str:
        """A token that is good for `lifetime_s` seconds from now; of the same browser as an old one that still is."""
        try:
            session = self.authenticate(old).session if old else ""
        except KeyUnknown:
            session = ""
        return self._tokens.issue(session or secrets.token_urlsafe(12))

    def authenticate(self, token: str) -> Caller:
        """The page as a caller; `KeyUnknown` for a token that is forged, damaged or over."""
        fields = self._tokens.read(token)
        if fields is None:
            raise KeyUnknown("The session of this page is over. Reload the page.")
        (session,) = fields
        return Caller("page", "page", frozenset({"chat", "search"}), session=session)
