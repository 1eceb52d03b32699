"""The reports of the weeks, and one of them written now."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import FileResponse

from app.reporting.errors import ReportMissing
from app.web.dependencies import AdminCaller, ServicesDep

router = APIRouter(prefix="/v1/admin/reports", tags=["reports"])


@router.get("")
def listed(_: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """All reports with their files, newest week first."""
    return {"reports": list(services.reports.list()) if services.reports is not None else []}


@router.post("", status_code=202)
def write(_: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """Write that of the last whole week by a job."""
    return {"job": services.jobs.submit("report", {"trigger": "request"}).to_dict()}


@router.get("/{name}/{file}")
def one(name: str, file: str, _: AdminCaller, services: ServicesDep) -> FileResponse:
    """One file of a report."""
    if services.reports is None:
        raise ReportMissing("This service writes no reports.")
    return FileResponse(services.reports.file(name, file))
