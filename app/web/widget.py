"""The chat widget: one script for pages of the company, its session, and what the console says about it."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import Field

from app.security.widget_session import require_origin
from app.web.dependencies import AdminCaller, StateDep, address_of, limit_rate, own_origin
from app.web.schemas import Text, WebRequest

router = APIRouter(tags=["widget"])

_CACHED = "public, max-age=300, stale-while-revalidate=86400"


class WidgetVisit(WebRequest):
    """A page that opened the widget."""

    customer_id: Text | None = Field(default=None, min_length=1, max_length=200)
    signature: Text | None = Field(default=None, max_length=128)
    """HMAC-SHA256 of the customer's id in hex, made on the shop's server."""
    before: Text | None = Field(default=None, max_length=2000)
    """The token that is running out; its session goes on."""


@router.get("/widget.js", include_in_schema=False)
def script(request: Request) -> Response:
    """The widget, scripts and styles in one file; any page may load it, only allowed ones are served."""
    body, mark = _script()
    headers = {"Cache-Control": _CACHED, "ETag": mark, "Cross-Origin-Resource-Policy": "cross-origin"}
    if request.headers.get("if-none-match") == mark:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="text/javascript; charset=utf-8", headers=headers)


@router.post("/v1/widget/session")
def visit(body: WidgetVisit, request: Request, state: StateDep) -> dict[str, Any]:
    """A session for one page: a token that works from that site only, and what the widget shows first."""
    origin = require_origin(state.widget, request.headers.get("origin"), own_origin(request))
    limit_rate(request, f"widget {address_of(request)}")
    token = state.widget.issue(origin, customer_id=body.customer_id, signature=body.signature, before=body.before)
    return {"token": token, "expires_in_s": state.widget.lifetime_s, **state.services.page.to_dict()}


@router.get("/v1/admin/widget")
def policy(_: AdminCaller, state: StateDep) -> dict[str, Any]:
    """Where the widget may stand, and whether customers can be told apart; the secret is not shown."""
    return {"origins": list(state.widget.origins), "knows_customers": state.widget.knows_customers}


@cache
def _script() -> tuple[bytes, str]:
    """The file and its mark. Styles go in as text: a style sheet made by script is let pass by any policy of a host."""
    static = files("app.web").joinpath("static")
    tokens = static.joinpath("tokens.css").read_text(encoding="utf-8")
    tokens = tokens.replace(":root", ":host").replace('[data-theme="dark"]', ':host([data-theme="dark"])')
    styles = tokens + static.joinpath("widget/widget.css").read_text(encoding="utf-8")
    source = static.joinpath("widget/widget.js").read_text(encoding="utf-8")
    body = source.replace('"%STYLES%"', json.dumps(_compact(styles)), 1).encode()
    return body, f'"{hashlib.sha256(body).hexdigest()[:16]}"'


def _compact(styles: str) -> str:
    lines = (line.strip() for line in styles.splitlines())
    return "".join(line if line.endswith(("{", "}", ";", ",")) else f"{line} " for line in lines if line)
