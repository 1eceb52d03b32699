from collections.abc import Sequence

import numpy as np

from app.cli.lookahead import Lookahead
from index.types import EmbeddedPassages, FloatMatrix, Passage


class _Counting:
    """One number per text: its length; counts its calls."""

    embedder_id, dimension = "length", 1

    def __init__(self) -> None:
        self.calls: list[list[str]] = []

    def embed_queries(self, texts: Sequence[str]) -> FloatMatrix:
        self.calls.append(list(texts))
        return np.array([[len(text)] for text in texts], np.float32)

    def embed_passages(self, passages: Sequence[Passage]) -> EmbeddedPassages:
        raise NotImplementedError


def test_what_was_prepared_is_embedded_once_and_together() -> None:
    inner = _Counting()
    ahead = Lookahead(inner)

    ahead.prepare([" 退货 ", "运费多少", "退货", ""])

    assert ahead.embed_queries(["退货"]).tolist() == [[2.0]]
    assert ahead.embed_queries(["运费多少"]).tolist() == [[4.0]]
    assert inner.calls == [["退货", "运费多少"]]


def test_what_was_not_prepared_is_embedded_now() -> None:
    inner = _Counting()
    ahead = Lookahead(inner)
    ahead.prepare([])

    assert ahead.embed_queries(["new"]).tolist() == [[3.0]]
    assert inner.calls == [["new"]]
