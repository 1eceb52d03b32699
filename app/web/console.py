"""The console at /console, and signing in to it with an API key."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import Field

from app.security.access import SCOPES, Caller
from app.security.errors import KeyUnknown
from app.web.dependencies import CONSOLE_COOKIE, StateDep, WebState, check_origin, limit_sign_ins, set_session_cookie
from app.web.schemas import Text, WebRequest

router = APIRouter(tags=["console"])


class SignIn(WebRequest):
    """Who wants in."""

    key: Text = Field(min_length=1, max_length=200)


@router.get("/console", include_in_schema=False)
@router.get("/console/", include_in_schema=False)
def console() -> HTMLResponse:
    """The shell of the console; it holds nothing secret, everything comes with a session."""
    html = files("app.web").joinpath("static/console/index.html").read_text(encoding="utf-8")
    return HTMLResponse(html, headers={"Cache-Control": "no-cache"})


@router.post("/v1/console/session")
def sign_in(body: SignIn, request: Request, state: StateDep) -> JSONResponse:
    """Sign in: the session comes as a cookie that scripts cannot read, its request token in the answer."""
    check_origin(request)
    limit_sign_ins(request)
    caller = state.services.keys.authenticate(body.key.strip())
    session = state.console.issue(caller.key_id)
    response = JSONResponse(_told(state, caller, session))
    set_session_cookie(response, request, CONSOLE_COOKIE, session, lifetime_s=state.console.lifetime_s)
    return response


@router.get("/v1/console/session")
def current(request: Request, state: StateDep) -> dict[str, Any] | None:
    """Who is signed in, with the request token, after a reload; null when nobody is (any more)."""
    check_origin(request)
    session = request.cookies.get(CONSOLE_COOKIE)
    try:
        return _told(state, state.console.authenticate(session), session) if session else None
    except KeyUnknown:
        return None


@router.delete("/v1/console/session", status_code=204)
def sign_out(request: Request) -> Response:
    """Sign out: the browser forgets the session."""
    check_origin(request)
    response = Response(status_code=204)
    response.delete_cookie(CONSOLE_COOKIE, path="/", httponly=True, samesite="strict")
    return response


def _told(state: WebState, caller: Caller, session: str) -> dict[str, Any]:
    return {
        "name": caller.name,
        "key_id": caller.key_id,
        "scopes": [scope for scope in SCOPES if caller.may(scope)],
        "request_token": state.console.request_token(session),
        "version": state.services.version,
        "company": dict(state.services.page.name),
    }
