"""Tokens that tell by themselves what they stand for and until when; the signature is what makes them ours."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable


class TokenSigner:
    """Makes and reads tokens `<kind>.<expiry>.<field>.….<signature>`; nothing is stored.

    A restart keeps them valid as long as the secret is the same. No field may hold a dot.
    """

    def __init__(
        self, kind: str, secret: Callable[[], bytes], *, fields: int, lifetime_s: int, now: Callable[[], float]
    ) -> None:
        """`kind` keeps tokens of one use from counting for another; `fields` is how many a token has."""
        if lifetime_s < 1:
            raise ValueError(f"Expected lifetime_s >= 1, got {lifetime_s}.")
        self._kind, self._secret, self._fields, self._now = kind, secret, fields, now
        self._lifetime_s = lifetime_s

    def issue(self, *fields: str) -> str:
        """A token that is good for `lifetime_s` seconds from now."""
        body = ".".join((self._kind, str(int(self._now()) + self._lifetime_s), *fields))
        return f"{body}.{self.sign(body)}"

    def read(self, token: str, *, also_over: bool = False) -> list[str] | None:
        """The fields of a token; None when it is forged, damaged or of another kind, or over and `also_over` unset."""
        body, _, signature = token.rpartition(".")
        kind, *rest = body.split(".")
        is_signed = is_same(self.sign(body), signature)
        if not is_signed or kind != self._kind or len(rest) != 1 + self._fields:
            return None
        expiry, *fields = rest
        return fields if also_over or int(expiry) > self._now() else None

    def sign(self, text: str) -> str:
        """HMAC-SHA256 in hex."""
        return hmac.new(self._secret(), text.encode(), hashlib.sha256).hexdigest()


def is_same(expected: str, given: str) -> bool:
    """Whether both are equal, in a time that does not tell how much of them is."""
    return hmac.compare_digest(expected.encode(), given.encode())
