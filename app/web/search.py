"""POST /v1/search and the passages that citations open."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter

from app.web.dependencies import ChatCaller, SearchCaller, ServicesDep
from app.web.request_errors import PassageNotFound
from app.web.schemas import LocationReply, PassageReply, SearchHit, SearchReply, SearchRequest
from index.errors import QuestionEmpty, QuestionTooLong

router = APIRouter(tags=["search"])

MAX_QUERY = 4000


@router.post("/v1/search")
def search(body: SearchRequest, caller: SearchCaller, services: ServicesDep) -> SearchReply:
    """The passages nearest to a query, with the score of each stage that found them."""
    query = body.to_query(caller, today=date.today())
    if not query.text:
        raise QuestionEmpty("The query is empty. Send the words to look for.")
    if len(query.text) > MAX_QUERY:
        raise QuestionTooLong(f"The query has {len(query.text)} characters, the limit is {MAX_QUERY}. Shorten it.")
    with services.serving.borrow() as generation:
        found = services.retriever.retrieve(query, generation)
        return SearchReply(hits=[SearchHit.of(item) for item in found], generation=generation.name)


@router.get("/v1/passages/{passage_id:path}")
def passage(passage_id: str, caller: ChatCaller, services: ServicesDep) -> PassageReply:
    """One passage with its place, for a reader who opens a citation."""
    with services.serving.borrow() as generation:
        try:
            found = generation.passages([passage_id])[0]
        except (KeyError, IndexError):
            found = None
        if found is None or (found.access and not caller.access & set(found.access)):
            raise PassageNotFound("This passage is not in the index any more; the document may have changed.")
        return PassageReply(
            passage_id=found.passage_id,
            document_id=found.document_id,
            title=found.title,
            text=found.text,
            language=found.language,
            location=LocationReply.of(found.location),
            valid_from=found.valid_from,
            valid_to=found.valid_to,
            generation=generation.name,
        )
