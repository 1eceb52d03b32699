"""The chat page at /, and the session that lets it work without a key."""

from __future__ import annotations

from importlib.resources import files

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from app.security.errors import KeyMissing
from app.web.dependencies import COOKIE, WebState, set_session_cookie, web_state

router = APIRouter(tags=["page"])


@router.get("/", include_in_schema=False)
def page(request: Request) -> HTMLResponse:
    """The page; where it is public it brings a short session for chat and search."""
    html = files("app.web").joinpath("static/index.html").read_text(encoding="utf-8")
    response = HTMLResponse(html, headers={"Cache-Control": "no-store"})
    if web_state(request).services.public_chat:
        _set_session(response, request, web_state(request))
    return response


@router.post("/v1/session", status_code=204)
def renew(request: Request) -> Response:
    """A fresh session for a page that was open for long; `KeyMissing` where the page is not public."""
    state = web_state(request)
    if not state.services.public_chat:
        raise KeyMissing("This page needs an API key. Ask the administrator for one with scope chat.")
    response = Response(status_code=204)
    _set_session(response, request, state)
    return response


def _set_session(response: Response, request: Request, state: WebState) -> None:
    session = state.sessions.issue(old=request.cookies.get(COOKIE))
    set_session_cookie(response, request, COOKIE, session, lifetime_s=state.sessions.lifetime_s)


class PageFiles(StaticFiles):
    """Scripts and styles of the page; asked for again each time, so that an update shows at once (304 if not)."""

    def __init__(self) -> None:
        super().__init__(packages=[("app.web", "static")])

    async def get_response(self, path: str, scope: Scope) -> Response:
        """As `StaticFiles`, with `no-cache`."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response
