"""Sessions of people who signed in to the console with an API key; the key itself never stays in the browser."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from app.security.access import Caller
from app.security.errors import KeyUnknown
from app.security.signed_token import TokenSigner, is_same


class ConsoleSessions:
    """Issues and checks tokens `console1.<expiry>.<key id>.<nonce>.<signature>`; see `TokenSigner`.

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
        self._tokens = TokenSigner("console1", secret, fields=2, lifetime_s=lifetime_s, now=now)
        self._caller_of = caller_of
        self.lifetime_s = lifetime_s

    def issue(self, key_id: str) -> str:
        """A token for a key, good for `lifetime_s` seconds from now."""
        return self._tokens.issue(key_id, secrets.token_urlsafe(12))

    def request_token(self, session: str) -> str:
        """What requests of this session carry in a header."""
        return self._tokens.sign(f"request.{session}")

    def authenticate(self, session: str, request_token: str | None = None) -> Caller:
        """The caller behind a session; with a request token both have to fit.

        Raises `KeyUnknown` for what is forged, damaged, over, or of a key that was revoked.
        """
        fields = self._tokens.read(session)
        if fields is None:
            raise KeyUnknown("The session of the console is over. Sign in again.")
        if request_token is not None and not is_same(self.request_token(session), request_token):
            raise KeyUnknown("The request does not belong to this session of the console. Reload the page.")
        key_id, _ = fields
        return self._caller_of(key_id)
