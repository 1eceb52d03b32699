"""What routes are handed: the services, the caller, the running chats."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, cast
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response

from app.security.access import Caller, Scope
from app.security.console_session import ConsoleSessions
from app.security.errors import KeyMissing
from app.security.page_session import PageSessions
from app.security.rate_limit import RateLimit
from app.security.widget_session import WidgetSessions, require_origin
from app.web.feed import Feed
from app.web.metrics import Metrics
from app.web.request_errors import DeskOff, InsightOff, OriginForeign, RateExceeded, ReceiptsOff
from app.web.services import Desk, Insight, Receipts, Services
from app.web.turns import TurnRunner

COOKIE = "kefu_page"
CONSOLE_COOKIE = "kefu_console"
CONSOLE_HEADER = "x-kefu-console"
"""Carries the request token of a console session, which other sites cannot send."""
_BROWSERS = ("page", "widget")
"""Callers that share a name: they are counted by address."""


@dataclass(frozen=True, slots=True)
class WebState:
    """What one application keeps: the services, and what is counted and limited across requests."""

    services: Services
    metrics: Metrics
    turns: TurnRunner
    sessions: PageSessions
    console: ConsoleSessions
    widget: WidgetSessions
    rate: RateLimit
    said: Feed
    """Wakes who waits for messages of a conversation."""
    moved: Feed
    """Wakes who waits for changes of hand-offs."""

    def end_streams(self) -> None:
        """The service ends: streams of news, which have no end of their own, hold it up no longer."""
        self.said.close()
        self.moved.close()


def web_state(request: Request) -> WebState:
    """The state of the application that serves this request."""
    return cast(WebState, request.app.state.web)


def _services(request: Request) -> Services:
    return web_state(request).services


def _insight(request: Request) -> Insight:
    insight = web_state(request).services.insight
    if insight is None:
        raise InsightOff("Events are not recorded here, so there are no numbers and no gaps.")
    return insight


def _desk(request: Request) -> Desk:
    desk = web_state(request).services.desk
    if desk is None:
        raise DeskOff("This service has no agents' desk.")
    return desk


def _receipts(request: Request) -> Receipts:
    receipts = web_state(request).services.receipts
    if receipts is None:
        raise ReceiptsOff("Receipts are switched off. KEFU_RECEIPTS__ENABLED=true keeps those of answers to come.")
    return receipts


def request_id(request: Request) -> str:
    """The id under which this request is logged."""
    return str(request.state.request_id)


def _require(scope: Scope) -> Callable[[Request], Caller]:
    def caller_of(request: Request) -> Caller:
        caller = authenticate(request)
        caller.require(scope)
        if scope not in ("admin", "agent"):  # who works here is not slowed down
            _check_rate(request, caller)
        return caller

    return caller_of


def authenticate(request: Request) -> Caller:
    """The caller by API key, or by the session of console, widget or page.

    Raises a leaf of `AccessError`, or `OriginForeign`.
    """
    state = web_state(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.startswith("widget1."):
        origin = require_origin(
            state.widget, request.headers.get("origin") or _own_origin(request), own_origin(request)
        )
        return state.widget.authenticate(token.strip(), origin)
    if scheme:
        return state.services.keys.authenticate(token.strip() if scheme.lower() == "bearer" else None)
    console, request_token = request.cookies.get(CONSOLE_COOKIE), request.headers.get(CONSOLE_HEADER)
    if console and request_token:
        check_origin(request)
        return state.console.authenticate(console, request_token)
    session = request.cookies.get(COOKIE)
    if session and state.services.public_chat:
        check_origin(request)
        return state.sessions.authenticate(session)
    raise KeyMissing("No API key was sent. Send it as `Authorization: Bearer kefu_…`.")


def own_origin(request: Request) -> str:
    """The site under which the service was asked."""
    return f"{request.url.scheme}://{request.headers.get('host', '')}"


def _own_origin(request: Request) -> str | None:
    """Browsers send no Origin with a GET to the site of the page itself."""
    return own_origin(request) if request.headers.get("sec-fetch-site") == "same-origin" else None


def check_origin(request: Request) -> None:
    """A browser says where a request comes from; a cookie counts only from our own pages. Raises `OriginForeign`."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    is_foreign = site not in (None, "same-origin", "none")
    if is_foreign or (origin and urlsplit(origin).netloc != request.headers.get("host")):
        raise OriginForeign("The session of the chat page works on the page only. Other programs need an API key.")


def set_session_cookie(response: Response, request: Request, name: str, session: str, *, lifetime_s: int) -> None:
    """Keep a session in the browser, out of reach of scripts and of other sites."""
    response.set_cookie(
        name,
        session,
        max_age=lifetime_s,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
        path="/",
    )


def _check_rate(request: Request, caller: Caller) -> None:
    name = f"{caller.key_id} {address_of(request)}" if caller.key_id in _BROWSERS else caller.key_id
    limit_rate(request, name)


def address_of(request: Request) -> str:
    """Where the request comes from, to count by."""
    return request.client.host if request.client else "unknown"


def limit_sign_ins(request: Request) -> None:
    """Raises `RateExceeded` where somebody seems to try keys one after the other."""
    limit_rate(request, f"sign-in {address_of(request)}")


def limit_rate(request: Request, name: str) -> None:
    """Count a request of somebody. Raises `RateExceeded`."""
    wait_s = web_state(request).rate.wait_s(name)
    if wait_s > 0:
        limit = web_state(request).services.limits.requests_per_minute
        raise RateExceeded(f"More than {limit} requests a minute. Wait a moment.", retry_after_s=wait_s)


ServicesDep = Annotated[Services, Depends(_services)]
InsightDep = Annotated[Insight, Depends(_insight)]
DeskDep = Annotated[Desk, Depends(_desk)]
ReceiptsDep = Annotated[Receipts, Depends(_receipts)]
StateDep = Annotated[WebState, Depends(web_state)]
ChatCaller = Annotated[Caller, Depends(_require("chat"))]
SearchCaller = Annotated[Caller, Depends(_require("search"))]
AgentCaller = Annotated[Caller, Depends(_require("agent"))]
AdminCaller = Annotated[Caller, Depends(_require("admin"))]
