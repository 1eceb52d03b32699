"""Long work: start a re-ingest, watch how far it is."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from app.domain.job import Job, JobKind
from app.web.dependencies import AdminCaller, ServicesDep
from app.web.request_errors import JobNotFound
from app.web.schemas import IngestRequest
from app.web.services import Services
from app.web.sse import HEARTBEAT, event_stream, frame, wants_events

router = APIRouter(prefix="/v1/admin", tags=["jobs"])

WATCH_S = 0.2
"""How often a watcher looks for news; a row of SQLite by its key, well below a millisecond."""


@router.post("/ingest", status_code=202)
def ingest(_: AdminCaller, services: ServicesDep, body: IngestRequest | None = None) -> dict[str, Any]:
    """Take the knowledge base in again, now; with `dry_run` the job only says what that would change."""
    wish = body or IngestRequest()
    kind: JobKind = "preview" if wish.dry_run else "ingest"
    return {"job": services.jobs.submit(kind, {"full": wish.full, "trigger": "request"}).to_dict()}


@router.get("/jobs")
def recent(_: AdminCaller, services: ServicesDep, limit: Annotated[int, Query(ge=1, le=500)] = 50) -> dict[str, Any]:
    """Jobs, newest first."""
    return {"jobs": [job.to_dict() for job in services.jobs.recent(limit)]}


@router.get("/jobs/{job_id}")
async def one(job_id: str, request: Request, _: AdminCaller, services: ServicesDep) -> Response:
    """One job; with `Accept: text/event-stream` events `progress` at each change and `done` at its end."""
    job = await run_in_threadpool(services.jobs.get, job_id)
    if job is None:
        raise JobNotFound(f"There is no job {job_id[:100]!r}.")
    if wants_events(request.headers.get("accept", "")):
        return event_stream(_frames(services, job))
    return JSONResponse(job.to_dict())


async def _frames(services: Services, job: Job) -> AsyncIterator[str]:
    newest: Job | None = job
    revision, told = -1, 0.0
    while newest is not None:
        if newest.revision != revision:
            yield frame(newest.to_dict(), event="done" if newest.is_over else "progress", number=newest.revision)
            revision, told = newest.revision, time.monotonic()
        if newest.is_over:
            return
        if time.monotonic() - told >= services.limits.heartbeat_s:
            yield HEARTBEAT
            told = time.monotonic()
        await asyncio.sleep(WATCH_S)
        newest = await run_in_threadpool(services.jobs.get, job.job_id)
