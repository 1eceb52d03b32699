"""Documents, passages and vectors for tests of the index; no weights, the same on every machine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from index.store import Store
from index.text.language import detect
from index.text.sentences import split_sentences
from index.types import Document, EmbeddedPassages, FloatMatrix, Location, Passage
from index.writer import GenerationWriter

Item = tuple[Document, list[Passage]]


class HashedEmbedder:
    """Gives each text a random unit vector of its own; the same text always the same one. Counts what it embeds."""

    embedder_id = "hashed-1"
    dimension = 24

    def __init__(self) -> None:
        self.embedded = 0

    def embed_queries(self, texts: Sequence[str]) -> FloatMatrix:
        rows = [self._vector(text) for text in texts]
        return np.stack(rows) if rows else np.zeros((0, self.dimension), np.float32)

    def embed_passages(self, passages: Sequence[Passage]) -> EmbeddedPassages:
        self.embedded += len(passages)
        sentences = tuple(
            self.embed_queries([item.sentence_text(number) for number in range(len(item.sentences))])
            for item in passages
        )
        return EmbeddedPassages(self.embed_queries([item.embedded_text for item in passages]), sentences)

    def _vector(self, text: str) -> FloatMatrix:
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
        row = np.random.default_rng(seed).standard_normal(self.dimension).astype(np.float32)
        return row / np.linalg.norm(row)


def item(document_id: str, *texts: str, **fields: Any) -> Item:
    """A document with one passage a text; `fields` (access, valid_from, …) go to both."""
    whole = "\n".join(texts)
    language = fields.pop("language", detect(whole))
    sha256 = hashlib.sha256(whole.encode()).hexdigest()
    document = Document(document_id, document_id, "text", sha256, len(whole.encode()), language, **fields)
    passages = [
        Passage(
            passage_id=f"{document_id}#{number}",
            document_id=document_id,
            title=document_id,
            text=text,
            context="",
            language=language,
            location=Location(0, len(text), heading="规定"),
            sentences=tuple(split_sentences(text)),
            **fields,
        )
        for number, text in enumerate(texts)
    ]
    return document, passages


def rules(count: int, *, start: int = 0) -> list[Item]:
    """Documents that all differ, in Chinese and English by turns."""
    return [
        item(f"rules/{number:04d}.md", f"第{number}条：自签收之日起{number}天内可以退货。运费由买家{number}承担。")
        if number % 2
        else item(f"rules/{number:04d}.md", f"Rule {number}: refunds take {number} days. Ask desk {number} for help.")
        for number in range(start, start + count)
    ]


def fill(writer: GenerationWriter, embedder: HashedEmbedder) -> None:
    """Embed whatever is missing."""
    while missing := writer.missing(64):
        writer.put_vectors(missing, embedder.embed_passages(missing))


def publish(
    store: Store, items: Iterable[Item] = (), *, remove: Iterable[str] = (), embedder: HashedEmbedder | None = None
) -> str | None:
    """One whole run: put, remove, embed, publish."""
    embedder = embedder or HashedEmbedder()
    with store.writer(embedder_id=embedder.embedder_id, dimension=embedder.dimension) as writer:
        for document, passages in items:
            writer.put(document, passages)
        for document_id in remove:
            writer.remove(document_id)
        fill(writer, embedder)
        return writer.publish()


def question(text: str) -> FloatMatrix:
    """The vector of a question, (1, d)."""
    return HashedEmbedder().embed_queries([text])
