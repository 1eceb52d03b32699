"""What every request goes through: an id, a size limit, security headers, a measurement, no bare failure."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.errors import is_openai_path, problem_response
from app.web.metrics import Metrics
from app.web.request_errors import BodyTooLarge, HostUnknown

logger = logging.getLogger(__name__)

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(self), geolocation=()",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
}


class Envelope:
    """ASGI middleware around the whole application.

    Plain ASGI, because streams pass through here: nothing is buffered, and a client that goes away is noticed.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        metrics: Metrics,
        max_body: int,
        larger: Mapping[str, int],
        hosts: tuple[str, ...],
    ) -> None:
        """`max_body` bounds a request in bytes; `larger` says for which paths it is another number."""
        self._app, self._metrics, self._hosts = app, metrics, frozenset(hosts)
        self._max_body, self._larger = max_body, larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        request_id = _request_id(headers)
        scope.setdefault("state", {})["request_id"] = request_id
        started, status = time.perf_counter(), 0

        async def send_marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _mark(MutableHeaders(scope=message), request_id)
            await send(message)

        try:
            limit = self._larger.get(scope["path"], self._max_body)
            self._check(headers, limit)
            await self._app(scope, _limited(receive, limit), send_marked)
        except Exception as error:
            if not isinstance(error, HTTPException | BodyTooLarge | HostUnknown):
                logger.exception("request %s failed", request_id)
            if status:
                raise  # the answer is on its way: all that is left is to cut it off
            is_openai = is_openai_path(scope["path"])
            await problem_response(error, request_id=request_id, is_openai=is_openai)(scope, receive, send_marked)
        finally:
            route = getattr(scope.get("route"), "path", None) or "unmatched"
            self._metrics.request(
                route=route, method=scope["method"], status=status or 499, seconds=time.perf_counter() - started
            )

    def _check(self, headers: Headers, limit: int) -> None:
        host = headers.get("host", "").rsplit("@", 1)[-1].lower()
        name = host if host.endswith("]") else host.rsplit(":", 1)[0]
        if self._hosts and name not in self._hosts:
            raise HostUnknown(f"This service does not answer under the name {name[:100]!r}.")
        length = headers.get("content-length", "")
        if length.isdigit() and int(length) > limit:
            raise BodyTooLarge(_too_large(limit))


def _limited(receive: Receive, limit: int) -> Receive:
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        message = await receive()
        if message["type"] == "http.request":
            taken += len(message.get("body", b""))
            if taken > limit:
                # FastAPI lets only this kind pass while it reads a body; the cause says what it is.
                raise HTTPException(413, "The request is too large.") from BodyTooLarge(_too_large(limit))
        return message

    return limited


def _too_large(limit: int) -> str:
    return f"The request has more than the {limit:,} bytes that are allowed here. Send less at a time."


def _request_id(headers: Headers) -> str:
    given = headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def _mark(headers: MutableHeaders, request_id: str) -> None:
    headers["X-Request-ID"] = request_id
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    if "cache-control" not in headers:
        headers["Cache-Control"] = "no-store"
