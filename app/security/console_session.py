"""Sessions of people who signed in to the console with an API key; the key itself never stays in the browser."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable

from app.security.access import Caller
from app.security.errors import KeyUnknown

_PREFIX = "console1"
_OVER = "The session of the console is over. Sign in again."


class ConsoleSessions:
    """Issues and checks tokens `console1.<expiry>.<key id>.<nonce>.<signature>`; nothing is stored.

    A session may do what its key may do at that moment: revoking the key ends it. The token travels in a cookie that
    scripts cannot read, so each request has to carry a second value as well, which other sites can neither read nor
    send (`request_token`).
    """

    def __init__(
        self,
        secret: Callable[[], bytes],
        caller_of: Callable[[str], Caller],
        *,
        lifetime_s: int = 12 * 3600,
        now: Callable[[], float] = time.time,
    ) -> None:
        """`caller_of` gives the caller of a key id and raises `KeyUnknown` when the key is not alive."""
        if lifetime_s < 1:
            raise ValueError(f"Expected lifetime_s >= 1, got {lifetime_s}.")
        self._secret, self._caller_of, self._now = secret, caller_of, now
        self.lifetime_s = lifetime_s

    def issue(self, key_id: str) -> str:
        """A token for a key, good for `lifetime_s` seconds from now."""
        body = f"{_PREFIX}.{int(self._now()) + self.lifetime_s}.{key_id}.{secrets.token_urlsafe(12)}"
        return f"{body}.{self._sign(body)}"

    def request_token(self, session: str) -> str:
        """What requests of this session carry in a header."""
        return self._sign(f"request.{session}")

    def authenticate(self, session: str, request_token: str | None = None) -> Caller:
        """The caller behind a session; with a request token both have to fit.

        Raises `KeyUnknown` for what is forged, damaged, over, or of a key that was revoked.
        """
        body, _, signature = session.rpartition(".")
        parts = body.split(".")
        is_signed = hmac.compare_digest(self._sign(body).encode(), signature.encode())
        if not is_signed or len(parts) != 4 or parts[0] != _PREFIX or int(parts[1]) <= self._now():
            raise KeyUnknown(_OVER)
        if request_token is not None:
            expected = self.request_token(session)
            if not hmac.compare_digest(expected.encode(), request_token.encode()):
                raise KeyUnknown("The request does not belong to this session of the console. Reload the page.")
        return self._caller_of(parts[2])

    def _sign(self, body: str) -> str:
        return hmac.new(self._secret(), body.encode(), hashlib.sha256).hexdigest()
