"""Sessions of the chat widget on pages of the company: which sites may hold it, and who the customer says to be."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from app.security.access import Caller
from app.security.errors import IdentityForged, KeyUnknown, OriginRefused
from app.security.signed_token import TokenSigner, is_same

_MAX_CUSTOMER_ID = 200
_DEFAULT_PORTS = {"https": 443, "http": 80}


class WidgetSessions:
    """Issues and checks tokens `widget1.<expiry>.<session>.<origin>.<customer>.<signature>`; see `TokenSigner`.

    A token works only from the site that it was issued to. A customer's id counts only with the HMAC-SHA256 (hex) that
    the shop's own server made of it, so nobody can claim to be somebody else.
    """

    def __init__(
        self,
        secret: Callable[[], bytes],
        *,
        origins: Iterable[str] = (),
        identity_secret: str = "",
        lifetime_s: int = 2 * 3600,
        now: Callable[[], float] = time.time,
    ) -> None:
        """`origins` are sites such as `https://shop.example` or `https://*.shop.example`, one label for the star.

        ValueError for one that is no site.
        """
        self._tokens = TokenSigner("widget1", secret, fields=3, lifetime_s=lifetime_s, now=now)
        self._identity_secret = identity_secret
        self.lifetime_s = lifetime_s
        self.origins = tuple(_site(origin) for origin in origins)

    @property
    def knows_customers(self) -> bool:
        """Whether there is a secret to check identities with."""
        return bool(self._identity_secret)

    def allows(self, origin: str) -> bool:
        """Whether the widget may stand on pages of this site."""
        return any(_fits(origin, allowed) for allowed in self.origins)

    def signature(self, customer_id: str) -> str:
        """What the shop's server has to send for a customer."""
        return hmac.new(self._identity_secret.encode(), customer_id.encode(), hashlib.sha256).hexdigest()

    def issue(
        self, origin: str, *, customer_id: str | None = None, signature: str | None = None, before: str | None = None
    ) -> str:
        """A token for a page of `origin`; `before`, a token of that page, lets its session go on.

        Raises `IdentityForged` when a customer is named without the right signature.
        """
        if customer_id is not None:
            self._check_identity(customer_id, signature or "")
        session = secrets.token_urlsafe(12)
        if before is not None:
            session = self._session_of(before, origin, customer_id) or session
        return self._tokens.issue(session, _encoded(origin), _encoded(customer_id or ""))

    def authenticate(self, token: str, origin: str) -> Caller:
        """The page as a caller. Raises `KeyUnknown` for a token that is forged, damaged, over or of another site."""
        fields = self._tokens.read(token)
        if fields is None or fields[1] != _encoded(origin):
            raise KeyUnknown("The session of this widget is over. Reload the page.")
        session, _, customer = fields
        customer_id = base64.urlsafe_b64decode(customer + "==").decode() or None
        return Caller("widget", "widget", frozenset({"chat"}), session=session, customer_id=customer_id)

    def _session_of(self, token: str, origin: str, customer_id: str | None) -> str | None:
        """A visitor who signs in keeps the conversation; one who was somebody else before does not."""
        fields = self._tokens.read(token, also_over=True)
        if fields is None or fields[1] != _encoded(origin) or fields[2] not in ("", _encoded(customer_id or "")):
            return None
        return fields[0]

    def _check_identity(self, customer_id: str, signature: str) -> None:
        if not self._identity_secret:
            raise IdentityForged(
                "A customer was named, and there is no secret to check it with. Set KEFU_WIDGET__SECRET, or name none."
            )
        is_right = is_same(self.signature(customer_id), signature.lower())
        if not is_right or not 0 < len(customer_id) <= _MAX_CUSTOMER_ID:
            raise IdentityForged(
                "The signature does not fit the customer id. Send the HMAC-SHA256 of the id in hex, made on your "
                "server with KEFU_WIDGET__SECRET."
            )


def require_origin(sessions: WidgetSessions, origin: str | None, own: str) -> str:
    """The site that a request of the widget comes from, allowed or our own. Raises `OriginRefused`."""
    if origin and (origin == own or sessions.allows(origin)):
        return origin
    raise OriginRefused(
        f"The widget may not be used on {(origin or 'a page that does not say its site')[:200]}. "
        "Add the site to KEFU_WIDGET__ORIGINS."
    )


def _site(origin: str) -> str:
    parts = urlsplit(origin.strip().lower())
    try:
        port = parts.port
    except ValueError:
        port = -1
    is_site = parts.scheme in _DEFAULT_PORTS and parts.hostname and port != -1
    if not is_site or parts.path.strip("/") or parts.query or parts.fragment or parts.username:
        raise ValueError(f"Expected sites such as https://shop.example, got {origin!r}.")
    shown = "" if port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{parts.hostname}{shown}"


def _fits(origin: str, allowed: str) -> bool:
    if "*" not in allowed:
        return origin == allowed
    head, _, tail = allowed.partition("*")
    middle = origin[len(head) : len(origin) - len(tail)]
    is_inside = origin.startswith(head) and origin.endswith(tail) and len(origin) > len(head) + len(tail)
    return is_inside and tail.startswith(".") and not set(middle) & set("./:@")


def _encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
