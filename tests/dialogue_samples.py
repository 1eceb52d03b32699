"""Understandings, outcomes and dialogues that several tests share."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from app.dialogue import DialogueEngine, DialogueState, Effect, FlowLibrary, Perform
from app.dialogue.examples import Example, read_examples
from app.dialogue.yaml_lines import Problem
from app.domain.action import ActionOutcome, Actions
from app.domain.understanding import Sentiment, Slot, SlotType, Understanding
from index.text.language import detect

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
DIALOGUES = Path(__file__).parent / "evaluation" / "dialogues"


def understood(
    message: str,
    intent: str | None = None,
    *slots: tuple[SlotType, str] | tuple[SlotType, str, str],
    confidence: float = 0.95,
    sentiment: Sentiment = "neutral",
) -> Understanding:
    """As a good classifier would have it; without an intent the message is out of scope."""
    found = []
    for kind, value, *normalized in slots:
        start = message.index(value)
        found.append(Slot(kind, value, normalized[0] if normalized else value, start, start + len(value)))
    return Understanding(
        intent=intent or "policy_question",
        confidence=confidence if intent else 0.2,
        out_of_scope=intent is None,
        slots=tuple(found),
        language=detect(message),
        sentiment=sentiment,
    )


def take(
    engine: DialogueEngine,
    state: DialogueState,
    message: str,
    understanding: Understanding | None = None,
    *,
    actions: Actions | None = None,
) -> tuple[DialogueState, list[Effect]]:
    """A step with all that its actions lead to; without a gate it stops at the first."""
    state, new = engine.step(state, message, understanding or understood(message), NOW)
    effects = list(new)
    while actions is not None and new and isinstance(new[-1], Perform):
        state, new = engine.resume(state, actions.perform(new[-1].request))
        effects += new
    return state, effects


def outcome(status: str, **fields: object) -> ActionOutcome:
    """An outcome with short texts."""
    from app.domain.action import Wording

    return ActionOutcome(status, Wording("好了", "done"), **fields)  # type: ignore[arg-type]


def scripted_dialogues() -> list[Example]:
    """Those of the evaluation."""
    problems: list[Problem] = []
    examples = [
        example
        for path in sorted(DIALOGUES.glob("*.yaml"))
        if path.name != "world.yaml"
        for example in read_examples(
            path.read_text(encoding="utf-8"),
            path.name,
            problems,
            read_world=lambda name: (DIALOGUES / name).read_text(encoding="utf-8"),
        )
    ]
    assert problems == []
    return examples


def shipped_engine() -> DialogueEngine:
    """With the flows that are shipped."""
    return DialogueEngine(FlowLibrary.load())
