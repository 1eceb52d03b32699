"""What training hands to the registry: a model that may serve one day, and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Protocol, get_args

CandidateKind = Literal["llm", "embedder", "reranker", "intents", "recommender"]
CANDIDATE_KINDS: tuple[CandidateKind, ...] = get_args(CandidateKind)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A trained model before anybody has judged it."""

    kind: CandidateKind
    folder: Path
    """Where its files lie; they are copied when it is submitted."""
    created_at: datetime
    """When training ended, aware."""
    lineage: Mapping[str, Any]
    """Where it comes from, as JSON: data with hashes, code version, seed, parents, base."""
    metrics: Mapping[str, float] = field(default_factory=dict)
    """What training says of it; the registry measures anew."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a candidate without a person."""

    outcome: Literal["promoted", "held", "refused"]
    """held: it passed, and waits for somebody, or for something to end."""
    zh: str
    en: str
    """Why, in words."""
    figures: Mapping[str, float] = field(default_factory=dict)
    """Of the fixed set, `candidate` and `serving`; {} where it came to no comparison."""


class Settles(Protocol):
    """Takes candidates and decides about them; see `app.learning.registry.Registry`."""

    def submit(self, candidate: Candidate) -> str:
        """Keep a copy and judge it. Returns its id."""

    def settle(self, candidate_id: str) -> Settled:
        """Promote one that passed where no person has to say yes."""
