"""Plays example dialogues through the engine and says where they went another way."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from app.dialogue.effects import (
    AnswerQuestion,
    AskConfirmation,
    AskSlot,
    Effect,
    End,
    HandOff,
    OfferChoices,
    Perform,
    Say,
)
from app.dialogue.engine import DialogueEngine
from app.dialogue.examples import Example, ExampleTurn
from app.dialogue.scripted_actions import ScriptedActions
from app.dialogue.state import DialogueState
from app.dialogue.yaml_lines import Problem
from app.domain.action import ActionRequest

_START = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
_MAX_ACTIONS = 12
"""Of one turn."""


class Rehearsal:
    """Plays one example after the other, each from a new conversation."""

    def __init__(self, engine: DialogueEngine) -> None:
        """Messages are taken as the examples say that they are understood, actions as they say that these end."""
        self._engine = engine

    def play(self, example: Example) -> list[Problem]:
        """What was not as expected; [] for a dialogue that went and ended as it should."""
        actions = ScriptedActions(example.outcomes)
        state, done, handed_off = DialogueState(customer_id=example.customer_id), list[ActionRequest](), ""
        problems: list[Problem] = []
        for number, turn in enumerate(example.turns):
            state = DialogueState.from_dict(json.loads(json.dumps(state.to_dict())))  # as between two requests
            now = _START + timedelta(minutes=number)
            state, effects = self._turn(state, turn, actions, now, done)
            handed_off = next((effect.reason for effect in effects if isinstance(effect, HandOff)), handed_off)
            problems += _differences(example, turn, effects, state)
        ended = _ended(state, done, handed_off)
        return problems + [
            Problem(example.file, example.line, f"{example.name}: ends with {name} {ended[name]!r}, not {wanted!r}.")
            for name, wanted in example.end.items()
            if not _holds(ended.get(name), _plain(wanted))
        ]

    def _turn(
        self,
        state: DialogueState,
        turn: ExampleTurn,
        actions: ScriptedActions,
        now: datetime,
        done: list[ActionRequest],
    ) -> tuple[DialogueState, list[Effect]]:
        state, new = self._engine.step(state, turn.message, turn.understanding, now)
        effects = list(new)
        for _ in range(_MAX_ACTIONS):
            if not new or not isinstance(new[-1], Perform):
                break
            request = new[-1].request
            outcome = actions.perform(request)
            if request.is_confirmed and outcome.status == "done":
                done.append(request)
            state, new = self._engine.resume(state, outcome)
            effects += new
        if any(isinstance(effect, AnswerQuestion) for effect in effects):
            state, new = self._engine.answered(state, is_answered=turn.is_answered, understanding=turn.understanding)
            effects += new
        return state, effects


def in_short(effect: Effect) -> str:
    """An effect as example files write it."""
    match effect:
        case Say():
            return "say"
        case AskSlot(slot=slot):
            return f"ask {slot}".strip()
        case OfferChoices(slot=slot):
            return f"offer {slot}".strip()
        case Perform(request=request):
            return f"perform {request.name}"
        case AskConfirmation():
            return "confirm"
        case AnswerQuestion():
            return "answer"
        case HandOff(reason=reason):
            return f"hand off {reason}"
        case End(flow=flow):
            return f"end {flow}"


def read_by_customer(effects: list[Effect], state: DialogueState) -> str:
    """What the customer reads, in the language of the conversation."""
    language = state.language or "zh"
    lines: list[str] = []
    for effect in effects:
        if isinstance(effect, (Say, AskSlot, OfferChoices, AskConfirmation)):
            lines.append(effect.wording.in_language(language))
        if isinstance(effect, OfferChoices):
            lines += [choice.label.in_language(language) for choice in effect.choices]
    return "\n".join(lines)


def _differences(example: Example, turn: ExampleTurn, effects: list[Effect], state: DialogueState) -> list[Problem]:
    found: list[str] = []
    shown = [in_short(effect) for effect in effects]
    if turn.expect is not None and tuple(shown) != turn.expect:
        found.append(f"{turn.message!r} led to {shown}, not {list(turn.expect)}.")
    text = read_by_customer(effects, state)
    found += [f"{turn.message!r} was answered {text!r}, without {part!r}." for part in turn.says if part not in text]
    asked = next((effect for effect in effects if isinstance(effect, AnswerQuestion)), None)
    if turn.question is not None and (asked.text if asked else None) != turn.question:
        found.append(f"{turn.message!r} asked {asked!r}, not {turn.question!r}.")
    if turn.previous is not None and (asked.previous if asked else None) != turn.previous:
        found.append(f"{turn.message!r} asked {asked!r}, not after {turn.previous!r}.")
    return [Problem(example.file, turn.line, f"{example.name}: {item}") for item in found]


def _ended(state: DialogueState, done: list[ActionRequest], handed_off: str) -> Mapping[str, Any]:
    active = state.active
    return {
        "flow": active.flow if active else None,
        "slots": {name: _plain(value.value) for name, value in active.slots.items()} if active else {},
        "done": [{"action": request.name, **{n: _plain(v) for n, v in request.arguments.items()}} for request in done],
        "customer": state.customer_id,
        "language": state.language,
        "handed_off": handed_off or None,
        "asked": state.asked.kind if state.asked else None,
        "suspended": [frame.flow for frame in state.suspended],
        "cancelled": [frame.flow for frame in state.cancelled],
        "failures": state.failures,
    }


def _holds(found: Any, wanted: Any) -> bool:
    """Whether it is as wanted; mappings may hold more."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        return all(name in found and _holds(found[name], value) for name, value in wanted.items())
    if isinstance(wanted, list) and isinstance(found, list):
        return len(found) == len(wanted) and all(map(_holds, found, wanted))
    return bool(found == wanted)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, (list, tuple)) else value
