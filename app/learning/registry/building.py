"""Puts the registry together over a container: a gate for each kind that can be measured here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from app.domain.learning import CandidateKind
from app.learning.registry.errors import CandidateUnusable
from app.learning.registry.gate import Gate, GateParams
from app.learning.registry.intents import IntentsMeasure, Retrain
from app.learning.registry.measures import (
    embedder_measure,
    fixed_set,
    llm_measure,
    recommender_measure,
    reranker_measure,
)
from app.learning.registry.measuring import Measure
from app.learning.registry.registry import Registry

if TYPE_CHECKING:
    from app.building.container import Container

MeasureOf = Callable[["Container"], Measure]
_USED_AGAIN = ("intents",)
"""Kinds whose measure is kept, for it knows the vectors of its questions; others hold models or records in memory."""


def build_registry(
    container: Container,
    *,
    retrain: Retrain = lambda _lineage, _data: None,
    more: Mapping[CandidateKind, MeasureOf] | None = None,
) -> Registry:
    """The registry of an installation: classifiers by their labels, adapters of questions' vectors and rerankers by
    what is found, recommenders by what was chosen next, language models by what they answer.

    Args:
        container: of the installation.
        retrain: makes a classifier of messages again from its record and data.
        more: how kinds are measured in the place of, or beside, these.
    """
    settings = container.settings.learning
    known: dict[CandidateKind, MeasureOf] = {
        "intents": lambda holder: intents_measure(holder, retrain=retrain),
        "embedder": embedder_measure,
        "reranker": reranker_measure,
        "recommender": recommender_measure,
        "llm": llm_measure,
        **(more or {}),
    }
    gates: dict[str, Gate] = {}

    def gate_of(kind: CandidateKind) -> Gate:
        if kind not in known:
            raise CandidateUnusable(
                f"Nothing here measures models of the kind {kind}; those of {', '.join(sorted(known))} are measured."
            )
        if kind in gates:
            return gates[kind]
        params = GateParams(reproduces=settings.reproduce)
        if kind == "llm":
            params = replace(params, replay_questions=settings.llm_questions)
        gate = Gate(known[kind](container), params=params, recent=lambda most: recent_of(container, most))
        if kind in _USED_AGAIN:
            gates[kind] = gate
        return gate

    return Registry(
        container.served_models,
        container.candidates_folder,
        gate_of,
        needs_approval=settings.approval,
    )


def intents_measure(container: Container, *, retrain: Retrain) -> IntentsMeasure:
    """Beside the classifier of the settings, else the one that comes with kefu."""
    from app.understanding import INTENTS, load_classifier, shipped_classifier
    from app.understanding.masking import masking

    own = container.settings.understanding.intents
    return IntentsMeasure(
        container.embedder,
        lambda: shipped_classifier(INTENTS) if own is None else load_classifier(own.expanduser(), embedder_id=None),
        fixed_set=[fixed_set(container, "intents")],
        mask=masking(container.slot_finder()),
        retrain=retrain,
    )


def recent_of(container: Container, most: int) -> Sequence[str]:
    """The newest questions of customers whose words were kept, at most so many, each once."""
    from app.receipts.questions import QuestionFilter

    found: dict[str, None] = {}
    before: int | None = None
    while len(found) < most:
        page = container.receipts.questions(QuestionFilter(), before=before, limit=200)
        found.update((line.question, None) for line in page.lines if line.question)
        before = page.next_before
        if before is None:
            break
    return list(found)[:most]
