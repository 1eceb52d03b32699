"""Why a trained part of the search cannot serve."""

from __future__ import annotations

from index.errors import ModelError


class ScorerDamaged(ModelError):
    """The weights of a reranker are missing or not whole."""

    code = "scorer_damaged"


class ScorerMismatch(ModelError):
    """A reranker was trained on another embedder."""

    code = "scorer_mismatch"
