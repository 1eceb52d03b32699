"""Token vectors in few bytes: what a passage's words look like to the model, kept small enough to lie in the index.

A token vector of e5's last layer lies close to the mean of all of them; less that mean and brought to unit length, its
dot products tell words apart. It is kept as 96 numbers of 8 bits, each the nearest of 256 centres of four of its
coordinates (product quantisation: Jégou, Douze and Schmid, TPAMI 2011). Mean and centres are those of one model,
trained by `app.training.token_codes`; with another they say nothing.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np

from index.types import FloatMatrix, TokenCodes

WEIGHTS = "token_codes.safetensors"
_CENTRES = 256


class TokenCodec:
    """Turns token vectors into codes and back; safe to share between threads."""

    def __init__(self, mean: FloatMatrix, centres: FloatMatrix, *, codec_id: str, embedder_id: str) -> None:
        """From what was trained.

        Args:
            mean: of all token vectors, (d,).
            centres: (m, 256, d / m), for each of the m parts of a vector.
            codec_id: codes of different ids are never compared.
            embedder_id: whose token vectors these are.

        Raises `ValueError` when shapes do not fit.
        """
        parts, count, width = centres.shape
        if count != _CENTRES or parts * width != mean.shape[0]:
            raise ValueError(f"Expected centres (m, {_CENTRES}, {mean.shape[0]} / m), got {centres.shape}.")
        self.codec_id, self.embedder_id = codec_id, embedder_id
        self._mean, self._centres = mean.astype(np.float32), centres.astype(np.float32)
        self._quantizer: Any = None

    @classmethod
    def load(cls, path: Path) -> TokenCodec:
        """Read a file that `save` wrote; its content is its identity."""
        from safetensors.numpy import load

        raw = path.read_bytes()
        found = load(raw)
        digest = hashlib.sha256(raw).hexdigest()[:12]
        embedder_id = bytes(found["embedder"]).decode()
        return cls(
            found["mean"], found["centres"], codec_id=f"pq{len(found['centres'])}-{digest}", embedder_id=embedder_id
        )

    @classmethod
    @cache
    def shipped(cls) -> TokenCodec:
        """The one of the default embedder."""
        with as_file(files("index.embedding").joinpath(WEIGHTS)) as path:
            return cls.load(path)

    @classmethod
    def of(cls, embedder_id: str) -> TokenCodec | None:
        """The one of an embedder; None where it has none."""
        codec = cls.shipped()
        return codec if codec.embedder_id == embedder_id else None

    def save(self, path: Path) -> None:
        """Write mean and centres as 16-bit numbers."""
        from safetensors.numpy import save_file

        embedder = np.frombuffer(self.embedder_id.encode(), np.uint8)
        half = {"mean": self._mean.astype(np.float16), "centres": self._centres.astype(np.float16)}
        save_file({**half, "embedder": embedder}, path)

    @property
    def size(self) -> int:
        """Bytes of a token's code, m."""
        return int(self._centres.shape[0])

    def centred(self, states: FloatMatrix) -> FloatMatrix:
        """Token vectors (n, d) as the model gives them, less their mean and of unit length; float32."""
        moved = states - self._mean
        lengths = np.linalg.norm(moved, axis=1, keepdims=True)
        unit: FloatMatrix = np.divide(moved, lengths, out=np.zeros_like(moved), where=lengths > 0)
        return unit

    def encode(self, states: FloatMatrix) -> TokenCodes:
        """Codes (n, m) of token vectors (n, d) as the model gives them."""
        if not len(states):
            return np.zeros((0, self.size), np.uint8)
        codes: TokenCodes = self._loaded().compute_codes(np.ascontiguousarray(self.centred(states)))
        return codes

    def decode(self, codes: TokenCodes) -> FloatMatrix:
        """Vectors (n, d) near the centred ones: float32, of nearly unit length."""
        if not len(codes):
            return np.zeros((0, len(self._mean)), np.float32)
        vectors: FloatMatrix = self._loaded().decode(np.ascontiguousarray(codes))
        return vectors

    def similarities(self, question: FloatMatrix, codes: TokenCodes) -> FloatMatrix:
        """Dot products (n, t) of decoded tokens with those of a question (t, d).

        Products of the question with every centre are looked up and added: a third of the time of decoding first, and
        without the decoded vectors in memory.
        """
        import torch

        if not len(codes) or not len(question):
            return np.zeros((len(codes), len(question)), np.float32)
        asked = torch.from_numpy(np.ascontiguousarray(question, np.float32)).view(len(question), self.size, -1)
        with torch.inference_mode():
            products = torch.bmm(torch.from_numpy(self._centres), asked.permute(1, 2, 0)).flatten(0, 1)
            places = torch.from_numpy(codes).int() + torch.arange(self.size, dtype=torch.int32) * _CENTRES
            summed = torch.nn.functional.embedding_bag(places, products, mode="sum")
        found: FloatMatrix = summed.numpy()
        return found

    def _loaded(self) -> Any:
        if self._quantizer is None:
            import faiss  # loads OpenMP and BLAS, so not on import

            quantizer = faiss.ProductQuantizer(len(self._mean), self.size, 8)
            faiss.copy_array_to_vector(self._centres.ravel(), quantizer.centroids)
            self._quantizer = quantizer  # a second one made beside it is the same
        return self._quantizer
