"""A learnt map of the question's vector alone: it brings customers' words nearer to the documents that answer them.

Passages keep their vectors, so it is switched on and off without taking anything in again. It is the identity plus a
product of two thin matrices, which only knows the vectors of the embedder that it was trained on.
"""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from index.errors import QueryMapDamaged, QueryMapMismatch
from index.types import FloatMatrix

QUERY_MAP = "query_map.safetensors"
"""Name of the file in the folder of an adapter."""


class QueryMap:
    """q becomes the unit vector along q + (q `into`) `out_of`; safe to share between threads."""

    def __init__(self, into: FloatMatrix, out_of: FloatMatrix, *, embedder_id: str) -> None:
        """Weights as they were trained.

        Args:
            into: (d, r).
            out_of: (r, d); all zero is the identity.
            embedder_id: whose vectors it maps.

        Raises `ValueError` when shapes do not fit.
        """
        if into.ndim != 2 or into.shape != out_of.T.shape:
            raise ValueError(f"Expected matrices (d, r) and (r, d), got {into.shape} and {out_of.shape}.")
        self._into, self._out_of = np.asarray(into, np.float32), np.asarray(out_of, np.float32)
        self.embedder_id = embedder_id

    @property
    def dimension(self) -> int:
        """Length d of a vector."""
        return int(self._into.shape[0])

    @cached_property
    def digest(self) -> str:
        """Sha256 of weights and embedder: what a receipt names."""
        content = hashlib.sha256(self.embedder_id.encode())
        for matrix in (self._into, self._out_of):
            content.update(np.ascontiguousarray(matrix).tobytes())
        return content.hexdigest()

    def moved(self, vectors: FloatMatrix) -> FloatMatrix:
        """Of questions' vectors (n, d) where to look for their answers: float32, rows of unit length.

        A row of zeros, which some embedders give for a text without words, stays one.
        """
        found = self.shifted(vectors)
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        unit: FloatMatrix = np.divide(found, lengths, out=np.zeros_like(found), where=lengths > 0)
        return unit

    def shifted(self, vectors: FloatMatrix) -> FloatMatrix:
        """As `moved`, of whatever length they come to have."""
        found: FloatMatrix = np.asarray(vectors + (vectors @ self._into) @ self._out_of, np.float32)
        return found

    def plus(self, other: QueryMap) -> QueryMap:
        """What both maps add to a vector, in one. Raises `ValueError` unless they are of one embedder."""
        if other.embedder_id != self.embedder_id:
            raise ValueError(f"Expected maps of one embedder, got {self.embedder_id} and {other.embedder_id}.")
        into = np.concatenate([self._into, other._into], axis=1)
        return QueryMap(into, np.concatenate([self._out_of, other._out_of]), embedder_id=self.embedder_id)

    def save(self, folder: Path) -> Path:
        """Write the file into a folder, which is made; returns its path."""
        from safetensors.numpy import save_file

        folder.mkdir(parents=True, exist_ok=True)
        path = folder / QUERY_MAP
        tensors = {"into": self._into, "out_of": np.ascontiguousarray(self._out_of)}
        save_file(tensors, path, metadata={"embedder": self.embedder_id})
        path.chmod(0o644)  # written for the owner alone otherwise
        return path

    @classmethod
    def load(cls, folder: Path, *, embedder_id: str | None = None) -> QueryMap:
        """Read what `save` wrote.

        Args:
            folder: of the adapter.
            embedder_id: of the embedder that it is for; None takes any.

        Raises:
            QueryMapDamaged: no such file, or not whole.
            QueryMapMismatch: trained on another embedder.
        """
        path = folder / QUERY_MAP
        try:
            into, out_of, written = _read(path)
            found = cls(into, out_of, embedder_id=written)
        except Exception as error:  # the library has an error class of its own for what is cut off
            told = " ".join(str(error).split())[:120]
            raise QueryMapDamaged(
                f"The adapter {path} cannot be read ({told}). Train it again with `kefu train embedder`."
            ) from error
        if embedder_id is not None and written != embedder_id:
            raise QueryMapMismatch(
                f"The adapter {folder} was trained on the embedder {written}; {embedder_id} answers here. "
                "Train it again with `kefu train embedder`."
            )
        return found


def _read(path: Path) -> tuple[Any, Any, str]:
    from safetensors import safe_open

    with safe_open(path, framework="numpy") as stored:
        into, out_of = stored.get_tensor("into"), stored.get_tensor("out_of")
        written = (stored.metadata() or {})["embedder"]
    if not (np.isfinite(into).all() and np.isfinite(out_of).all()):
        raise ValueError("it holds numbers that are none")
    return into, out_of, written
