"""Lets the widget on an allowed site read answers of this service; every other site stays shut out by the browser."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.security.widget_session import WidgetSessions

_PATHS = ("/v1/widget/session", "/v1/chat", "/v1/feedback", "/v1/status", "/v1/citations/opened")
_PREFIXES = ("/v1/chat/", "/v1/passages/", "/v1/conversations/", "/v1/surveys/")
_MAX_AGE_S = "600"


class CrossOrigin:
    """ASGI middleware: CORS for the routes of the widget and the sites that may hold it, without cookies.

    Which site a token belongs to is checked with the token; this only lets a browser hand the answer to the page.
    """

    def __init__(self, app: ASGIApp, *, widget: WidgetSessions) -> None:
        self._app, self._widget = app, widget

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        origin = Headers(scope=scope).get("origin") if scope["type"] == "http" else None
        if origin is None or not _is_for_widget(scope["path"]) or not self._widget.allows(origin):
            await self._app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS":
            await Response(status_code=204, headers=_preflight(origin))(scope, receive, send)
            return

        async def send_readable(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Access-Control-Allow-Origin"] = origin
                headers["Access-Control-Expose-Headers"] = "X-Request-ID, Retry-After"
                headers["Cross-Origin-Resource-Policy"] = "cross-origin"
                headers.add_vary_header("Origin")
            await send(message)

        await self._app(scope, receive, send_readable)


def _is_for_widget(path: str) -> bool:
    return path in _PATHS or path.startswith(_PREFIXES)


def _preflight(origin: str) -> dict[str, str]:
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Allow-Headers": "Authorization, Content-Type, Accept",
        "Access-Control-Max-Age": _MAX_AGE_S,
        "Vary": "Origin",
    }
