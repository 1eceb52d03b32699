"""The retriever as a LangChain `BaseRetriever`, for chains that are built elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from app.retrieval.retriever import Retriever, Searchable
from index.types import Query


class KefuRetriever(BaseRetriever):
    """Finds passages of the newest generation; each becomes a `Document` whose metadata can be cited."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    retriever: Retriever
    borrow: Callable[[], AbstractContextManager[Searchable]]
    top: int = 10
    access: frozenset[str] = frozenset()

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 (LangChain passes it by name)
    ) -> list[Document]:
        with self.borrow() as source:
            found = self.retriever.retrieve(Query(query, top=self.top, access=self.access), source)
        return [
            Document(
                id=item.passage.passage_id,
                page_content=item.passage.text,
                metadata={
                    "document_id": item.passage.document_id,
                    "title": item.passage.title,
                    "heading": item.passage.location.heading,
                    "page": item.passage.location.page,
                    "score": item.hit.score,
                    "stages": dict(item.hit.stages),
                },
            )
            for item in found
        ]
