"""The alternative to be measured against: LangChain over a flat FAISS index, as its tutorials have it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import faiss
import numpy as np
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import VectorStore

from index.ports import Embedder
from index.types import FloatMatrix, Passage


class QuestionEmbeddings(Embeddings):
    """An embedder of ours as LangChain wants it; passages are given with their vectors instead."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed_query(self, text: str) -> list[float]:
        return list(map(float, self._embedder.embed_queries([text])[0]))

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        raise NotImplementedError


class FaissVectorStore(VectorStore):
    """Inner products with every vector, documents in memory: what langchain-community's FAISS does."""

    def __init__(self, embeddings: Embeddings, passages: Iterable[Passage], vectors: Sequence[FloatMatrix]) -> None:
        self._embeddings = embeddings
        self._documents = [Document(id=one.passage_id, page_content=one.text) for one in passages]
        rows = np.stack(vectors)
        self._index = faiss.IndexFlatIP(rows.shape[1])
        self._index.add(rows)

    @classmethod
    def from_texts(cls, *_arguments: Any, **_options: Any) -> FaissVectorStore:
        raise NotImplementedError

    def similarity_search(self, query: str, k: int = 4, **_options: Any) -> list[Document]:
        vector = np.asarray([self._embeddings.embed_query(query)], np.float32)
        _, rows = self._index.search(vector, k)
        return [self._documents[row] for row in rows[0]]
