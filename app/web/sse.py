"""Server-sent events: framing, heartbeats, and what the response must say so that nothing buffers them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

from fastapi.responses import StreamingResponse

HEARTBEAT = ": still here\n\n"
"""A comment; clients skip it, proxies see that the connection lives."""


def frame(data: Mapping[str, Any] | str, *, event: str | None = None, number: int | None = None) -> str:
    """One event. JSON has no raw line breaks, so the data always stands on one line."""
    body = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    head = f"event: {event}\n" if event else ""
    mark = f"id: {number}\n" if number is not None else ""
    return f"{mark}{head}data: {body}\n\n"


def event_stream(frames: AsyncIterator[str]) -> StreamingResponse:
    """The frames as a response that proxies do not hold back."""
    headers = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}
    return StreamingResponse(frames, media_type="text/event-stream", headers=headers)


def wants_events(accept: str) -> bool:
    """Whether an Accept header asks for an event stream."""
    return "text/event-stream" in accept.lower()
