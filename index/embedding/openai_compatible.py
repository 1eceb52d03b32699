"""Embeds through any server that offers OpenAI's `/v1/embeddings`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import httpx
import numpy as np
import stamina

from index.errors import EmbedderMismatch, EmbedderUnavailable
from index.types import EmbeddedPassages, FloatMatrix, Passage

_RETRIED = {408, 409, 425, 429, 500, 502, 503, 504}


class OpenAICompatibleEmbedder:
    """Fulfils `index.ports.Embedder`; usable from several threads.

    A remote server shows no token vectors, so sentences are embedded as texts of their own (about five times as many
    texts); without them the index finds passages only as wholes.
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        api_key: str | None = None,
        *,
        embedder_id: str | None = None,
        dimension: int | None = None,
        query_prefix: str = "",
        passage_prefix: str = "",
        embeds_sentences: bool = True,
        batch: int = 64,
        max_batch_characters: int = 60_000,
        timeout_s: float = 30.0,
        attempts: int = 3,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Nothing is sent yet.

        Args:
            base_url: up to and including `/v1`.
            model: its name on that server.
            api_key: sent as bearer token.
            embedder_id: as recorded in the index; the model's name with "openai:" before it by default.
            dimension: length of a vector; None asks the server once.
            query_prefix: what the model wants before a question.
            passage_prefix: what it wants before a passage.
            embeds_sentences: whether sentences get vectors.
            batch: texts in one request.
            max_batch_characters: characters in one request; a longer text goes alone.
            timeout_s: of one attempt.
            attempts: in all, for time-outs, refused connections and the statuses that invite another try.
            transport: instead of the network, for tests.
        """
        if batch < 1 or attempts < 1:
            raise ValueError(f"Expected batch >= 1 and attempts >= 1, got {batch} and {attempts}.")
        self._url = f"{base_url.rstrip('/')}/embeddings"
        self._model, self._embedder_id = model, embedder_id or f"openai:{model}"
        self._dimension = dimension
        self._query_prefix, self._passage_prefix = query_prefix, passage_prefix
        self._embeds_sentences = embeds_sentences
        self._batch, self._max_batch_characters = batch, max_batch_characters
        self._attempts, self._timeout_s = attempts, timeout_s
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._client = httpx.Client(headers=headers, timeout=timeout_s, transport=transport)

    @property
    def embedder_id(self) -> str:
        """Name as recorded in the index."""
        return self._embedder_id

    @property
    def dimension(self) -> int:
        """Length of a vector; asks the server when it was not given and nothing has been embedded yet."""
        if self._dimension is None:
            self._dimension = self._request(["dimension"]).shape[1]
        return self._dimension

    def embed_queries(self, texts: Sequence[str]) -> FloatMatrix:
        """Embed questions; see `Embedder`.

        Raises `EmbedderUnavailable` when the server does not answer as it should, `EmbedderMismatch` when its vectors
        have another length than was given.
        """
        return self._embed([self._query_prefix + text for text in texts])

    def embed_passages(self, passages: Sequence[Passage]) -> EmbeddedPassages:
        """Embed passages and, unless switched off, their sentences; raises as `embed_queries`."""
        vectors = self._embed([self._passage_prefix + passage.embedded_text for passage in passages])
        if not self._embeds_sentences:
            return EmbeddedPassages(vectors, tuple(vectors[:0] for _ in passages))
        texts = [
            self._passage_prefix + passage.sentence_text(number)
            for passage in passages
            for number in range(len(passage.sentences))
        ]
        rows = self._embed(texts)
        ends = np.cumsum([len(passage.sentences) for passage in passages])
        return EmbeddedPassages(vectors, tuple(np.split(rows, ends[:-1])) if passages else ())

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _embed(self, texts: Sequence[str]) -> FloatMatrix:
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        rows = np.concatenate([self._request(batch) for batch in self._batches(texts)])
        if self._dimension is None:
            self._dimension = rows.shape[1]
        return rows

    def _batches(self, texts: Sequence[str]) -> Iterator[list[str]]:
        batch: list[str] = []
        characters = 0
        for text in texts:
            if batch and (len(batch) == self._batch or characters + len(text) > self._max_batch_characters):
                yield batch
                batch, characters = [], 0
            batch.append(text)
            characters += len(text)
        if batch:
            yield batch

    def _request(self, texts: Sequence[str]) -> FloatMatrix:
        body = {"model": self._model, "input": list(texts), "encoding_format": "float"}
        try:
            for attempt in stamina.retry_context(
                on=_deserves_another_try,
                attempts=self._attempts,
                timeout=timedelta(seconds=self._timeout_s * self._attempts),
                wait_initial=0.2,
                wait_max=5.0,
            ):
                with attempt:
                    reply = self._client.post(self._url, json=body).raise_for_status()
        except httpx.TimeoutException as error:
            raise EmbedderUnavailable(
                f"The embedding server {self._url} did not answer within {self._timeout_s:g} s; "
                "check that it runs or raise the time limit."
            ) from error
        except httpx.HTTPStatusError as error:
            said = " ".join(error.response.text.split())[:200]
            raise EmbedderUnavailable(
                f"The embedding server {self._url} answered {error.response.status_code}: {said or 'nothing'}"
            ) from error
        except httpx.HTTPError as error:
            raise EmbedderUnavailable(f"The embedding server {self._url} cannot be reached: {error}") from error
        return self._vectors(reply, len(texts))

    def _vectors(self, reply: httpx.Response, expected: int) -> FloatMatrix:
        try:
            data: list[dict[str, Any]] = reply.json()["data"]
            ordered = sorted(data, key=lambda item: int(item["index"]))
            rows = np.asarray([item["embedding"] for item in ordered], np.float32)
        except (ValueError, KeyError, TypeError) as error:
            raise EmbedderUnavailable(f"The embedding server {self._url} sent no embeddings: {error!r}") from error
        if rows.ndim != 2 or len(rows) != expected or not np.isfinite(rows).all():
            raise EmbedderUnavailable(
                f"The embedding server {self._url} sent embeddings of shape {rows.shape} for {expected} texts."
            )
        if self._dimension is not None and rows.shape[1] != self._dimension:
            raise EmbedderMismatch(
                f"The embedding server {self._url} sends vectors of length {rows.shape[1]}, expected "
                f"{self._dimension}; check the model's name or run kefu ingest --full with the new one."
            )
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        unit: FloatMatrix = (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)
        return unit


def _deserves_another_try(error: Exception) -> bool:
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code in _RETRIED
    return isinstance(error, httpx.TransportError)
