"""The passages of a document, in their order: what search finds and answers quote."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from app.web.dependencies import AdminCaller, ServicesDep
from app.web.request_errors import DocumentNotFound
from index.types import Passage

router = APIRouter(prefix="/v1/admin/passages", tags=["documents"])


@router.get("")
def listed(
    document_id: Annotated[str, Query(max_length=2000)],
    _: AdminCaller,
    services: ServicesDep,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> dict[str, Any]:
    """Passages of one document; `start` and `end` count code points of the document's extracted text."""
    with services.serving.borrow() as generation:
        document = generation.document(document_id)
        if document is None:
            raise DocumentNotFound(f"There is no document {document_id[:200]!r} in the index.")
        found = generation.passages_of(document_id, offset=offset, limit=limit)
        return {
            "document_id": document_id,
            "title": document.title,
            "format": document.format,
            "passages": [_line(passage) for passage in found],
            "total": generation.count_of(document_id),
            "generation": generation.name,
        }


def _line(passage: Passage) -> dict[str, Any]:
    place = passage.location
    return {
        "passage_id": passage.passage_id,
        "text": passage.text,
        "context": passage.context,
        "language": passage.language,
        "start": place.start,
        "end": place.end,
        "page": place.page,
        "sheet": place.sheet,
        "row": place.row,
        "heading": place.heading,
        "sentences": [list(span) for span in passage.sentences],
        "valid_from": passage.valid_from,
        "valid_to": passage.valid_to,
        "access": list(passage.access),
    }
