"""Administration of documents: take files, say how far each is, list, delete."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, BinaryIO

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from app.domain.job import FileStatus
from app.domain.validity import validity_dict
from app.web.dependencies import AdminCaller, ServicesDep, request_id
from app.web.errors import problem_response
from app.web.request_errors import DocumentNotFound, DocumentNotUploaded, UploadEmpty
from app.web.services import Services
from index.errors import KefuError, StoreMissing
from index.types import Document
from ingest.errors import DocumentRefused

UPLOAD_PATH = "/v1/admin/documents"
_CHUNK = 2**20
_MULTIPART = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"files": {"type": "array", "items": {"type": "string", "format": "binary"}}},
                    "required": ["files"],
                }
            }
        },
    }
}

router = APIRouter(prefix=UPLOAD_PATH, tags=["documents"])


@router.post("", status_code=202, openapi_extra=_MULTIPART)
async def upload(request: Request, _: AdminCaller, services: ServicesDep) -> JSONResponse:
    """Take files in; each has its status, and one that is refused does not stop the others.

    The body is read only after the key was checked. When every file is refused the answer is a problem document.
    """
    async with request.form(max_files=services.limits.max_files, max_fields=20) as form:
        parts = [part for _, part in form.multi_items() if isinstance(part, UploadFile)]
        if not parts:
            raise UploadEmpty("The upload holds no file. Send multipart/form-data with one or more fields `files`.")
        rows, refusals = await run_in_threadpool(
            _save_all, services, [(part.filename or "", part.file) for part in parts]
        )
    accepted = [str(row["document_id"]) for row in rows if row["status"] == "queued"]
    if not accepted:
        return problem_response(refusals[0], request_id=request_id(request), extension={"files": rows})
    job = await run_in_threadpool(services.jobs.submit, "upload", {"files": accepted})
    return JSONResponse({"job": job.to_dict(), "files": rows}, status_code=202)


@router.get("")
def listed(
    _: AdminCaller,
    services: ServicesDep,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    offset: Annotated[int, Query(ge=0)] = 0,
    q: Annotated[str, Query(max_length=200)] = "",
) -> dict[str, Any]:
    """All documents by id: those in the index, and uploads that are on their way or were refused.

    `q` takes those alone whose id or title holds these words.
    """
    try:
        with services.serving.borrow() as generation:
            titles = generation.titles()
            names = _names(services, titles, q)
            indexed = {name: generation.document(name) for name in names[offset : offset + limit] if name in titles}
    except StoreMissing:
        names, indexed = _names(services, {}, q), {}
    page = names[offset : offset + limit]
    return {"documents": [_row(services, name, indexed.get(name)) for name in page], "total": len(names)}


@router.get("/{document_id:path}")
def one(document_id: str, _: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """One document: what the index knows of it, and how far its newest upload is."""
    try:
        with services.serving.borrow() as generation:
            document = generation.document(document_id)
            passages = generation.count_of(document_id)
    except StoreMissing:
        document, passages = None, 0
    row = _row(services, document_id, document)
    if document is None and row["status"] is None:
        raise DocumentNotFound(f"There is no document {document_id[:200]!r}.")
    return {**row, "passages": passages}


@router.delete("/{document_id:path}", status_code=202)
def delete(document_id: str, _: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """Remove an uploaded document, file and index entries, by a job."""
    if services.uploads.holds(document_id):
        return {"job": services.jobs.submit("delete", {"files": [document_id]}).to_dict()}
    if _is_indexed(services, document_id):
        raise DocumentNotUploaded(
            f"{document_id[:200]!r} comes from a folder of the knowledge base. Remove the file there and ingest again."
        )
    raise DocumentNotFound(f"There is no document {document_id[:200]!r}.")


def _save_all(
    services: Services, parts: Sequence[tuple[str, BinaryIO]]
) -> tuple[list[Mapping[str, Any]], list[KefuError]]:
    rows: list[Mapping[str, Any]] = []
    refusals: list[KefuError] = []
    for name, file in parts:
        try:
            stored = services.uploads.save(name, _chunks(file))
        except DocumentRefused as refusal:
            refusals.append(refusal)
            rows.append({"name": name, "status": "refused", "code": refusal.code, "message": refusal.message})
        else:
            rows.append({"name": name, "status": "queued", **stored.to_dict()})
    return rows, refusals


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk


def _names(services: Services, titles: Mapping[str, str], words: str) -> list[str]:
    """Ids of what is in the index or was uploaded, in order; those alone whose id or title holds the words."""
    names = sorted(titles.keys() | {stored.document_id for stored in services.uploads.stored()})
    wanted = words.strip().casefold()
    return [name for name in names if wanted in f"{name}\n{titles.get(name, '')}".casefold()] if wanted else names


def _is_indexed(services: Services, document_id: str) -> bool:
    try:
        with services.serving.borrow() as generation:
            return generation.document(document_id) is not None
    except StoreMissing:
        return False


def _row(services: Services, document_id: str, document: Document | None) -> dict[str, Any]:
    is_uploaded = services.uploads.holds(document_id)
    status = services.jobs.file_status(document_id) if is_uploaded or document is None else None
    return {
        "document_id": document_id,
        "uploaded": is_uploaded,
        **_status(status, document, is_uploaded=is_uploaded),
        "title": document.title if document else None,
        "format": document.format if document else None,
        "language": document.language if document else None,
        "size": document.size if document else None,
        "sha256": document.sha256 if document else None,
        **validity_dict(document),
        "access": list(document.access) if document else [],
        "warnings": list(document.warnings) if document else [],
    }


def _status(status: FileStatus | None, document: Document | None, *, is_uploaded: bool) -> dict[str, Any]:
    if status is not None and (is_uploaded or status.status == "refused"):
        return {"status": status.status, "code": status.code, "message": status.message}
    known = "done" if document is not None else "queued" if is_uploaded else None
    return {"status": known, "code": None, "message": None}
