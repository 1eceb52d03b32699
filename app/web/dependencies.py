"""What routes are handed: the services, the caller, the running chats."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, cast
from urllib.parse import urlsplit

from fastapi import Depends, Request

from app.security.access import Caller, Scope
from app.security.errors import KeyMissing
from app.security.page_session import PageSessions
from app.security.rate_limit import RateLimit
from app.web.errors import InsightOff, OriginForeign, RateExceeded
from app.web.feed import Feed
from app.web.metrics import Metrics
from app.web.services import Insight, Services
from app.web.turns import TurnRunner

COOKIE = "kefu_page"


@dataclass(frozen=True, slots=True)
class WebState:
    """What one application keeps: the services, and what is counted and limited across requests."""

    services: Services
    metrics: Metrics
    turns: TurnRunner
    sessions: PageSessions
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
    """The caller by API key, or by the page's session; raises a leaf of `AccessError`, or `OriginForeign`."""
    state = web_state(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme:
        return state.services.keys.authenticate(token.strip() if scheme.lower() == "bearer" else None)
    session = request.cookies.get(COOKIE)
    if session and state.services.public_chat:
        _check_origin(request)
        return state.sessions.authenticate(session)
    raise KeyMissing("No API key was sent. Send it as `Authorization: Bearer kefu_…`.")


def _check_origin(request: Request) -> None:
    """A browser says where a request comes from; the cookie counts only from our own page."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    is_foreign = site not in (None, "same-origin", "none")
    if is_foreign or (origin and urlsplit(origin).netloc != request.headers.get("host")):
        raise OriginForeign("The session of the chat page works on the page only. Other programs need an API key.")


def _check_rate(request: Request, caller: Caller) -> None:
    address = request.client.host if request.client else "unknown"
    wait_s = web_state(request).rate.wait_s(caller.key_id if caller.key_id != "page" else f"page {address}")
    if wait_s > 0:
        limit = web_state(request).services.limits.requests_per_minute
        raise RateExceeded(f"More than {limit} requests a minute. Wait a moment.", retry_after_s=wait_s)


ServicesDep = Annotated[Services, Depends(_services)]
InsightDep = Annotated[Insight, Depends(_insight)]
StateDep = Annotated[WebState, Depends(web_state)]
ChatCaller = Annotated[Caller, Depends(_require("chat"))]
SearchCaller = Annotated[Caller, Depends(_require("search"))]
AgentCaller = Annotated[Caller, Depends(_require("agent"))]
AdminCaller = Annotated[Caller, Depends(_require("admin"))]
