"""Puts the registry together over a container: a gate for each kind that can be measured here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.learning import CandidateKind
from app.learning.registry.errors import CandidateUnusable
from app.learning.registry.gate import Gate, GateParams
from app.learning.registry.intents import IntentsMeasure, Retrain
from app.learning.registry.measuring import Measure
from app.learning.registry.registry import Registry

if TYPE_CHECKING:
    from app.container import Container

MeasureOf = Callable[["Container"], Measure]


def build_registry(
    container: Container,
    *,
    retrain: Retrain = lambda _lineage, _data: None,
    more: Mapping[CandidateKind, MeasureOf] | None = None,
) -> Registry:
    """The registry of an installation.

    Args:
        container: of the installation.
        retrain: makes a classifier of messages again from its record and data.
        more: how kinds beside `intents` are measured; candidates of the others are told that they cannot be.
    """
    settings = container.settings.learning
    known: dict[CandidateKind, MeasureOf] = {
        "intents": lambda holder: intents_measure(holder, retrain=retrain),
        **(more or {}),
    }
    gates: dict[str, Gate] = {}

    def gate_of(kind: CandidateKind) -> Gate:
        if kind not in known:
            raise CandidateUnusable(
                f"Nothing here measures models of the kind {kind}; those of {', '.join(sorted(known))} are measured."
            )
        if kind not in gates:
            params = GateParams(reproduces=settings.reproduce)
            gates[kind] = Gate(known[kind](container), params=params, recent=lambda most: recent_of(container, most))
        return gates[kind]

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


def fixed_set(container: Container, kind: str) -> Path:
    """Where a company keeps what candidates of a kind are measured on."""
    folder = container.settings.learning.fixed_sets
    return (container.settings.home / "learning" / "fixed" if folder is None else folder.expanduser()) / f"{kind}.jsonl"


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
