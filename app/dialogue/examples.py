"""Example dialogues: what a customer says turn by turn, and what is expected of the flows.

A file holds `dialogues`, and beside them `outcomes` (what the actions answer, see `scripted_actions`) or the name of a
file with those, `world`. A turn gives what its message would be understood as, so that it runs without a model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from app.dialogue.scripted_actions import ScriptedOutcome, outcome_of
from app.dialogue.yaml_lines import Block, Items, Problem, read_yaml
from app.domain.understanding import Slot, SlotType, Understanding
from index.text.language import detect

_TURN = {
    "say", "intent", "slots", "confidence", "out_of_scope", "sentiment", "answered", "expect", "says", "question",
    "previous", "runners_up",
}  # fmt: skip
_DIALOGUE = {"name", "customer", "tags", "turns", "end"}
_FILE = {"dialogues", "outcomes", "world", "today"}
_END = {"flow", "slots", "done", "customer", "language", "handed_off", "asked", "suspended", "cancelled", "failures"}


@dataclass(frozen=True, slots=True)
class ExampleTurn:
    """A message, and what is expected of it."""

    message: str
    understanding: Understanding
    line: int
    is_answered: bool = True
    """Whether the knowledge base would answer, where it is asked."""
    expect: tuple[str, ...] | None = None
    """Effects in short: say, ask SLOT, offer SLOT, confirm, perform ACTION, answer, hand off REASON, end FLOW."""
    says: tuple[str, ...] = ()
    """Parts of what the customer reads."""
    question: str | None = None
    """What the knowledge base is asked."""
    previous: str | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A dialogue."""

    name: str
    file: str
    line: int
    turns: tuple[ExampleTurn, ...]
    end: Mapping[str, Any]
    """What is true afterwards; what it does not name is left open."""
    outcomes: tuple[ScriptedOutcome, ...] = ()
    customer_id: str | None = None
    tags: tuple[str, ...] = field(default=())


def read_examples(
    text: str, file: str, problems: list[Problem], *, read_world: Callable[[str], str] | None = None
) -> list[Example]:
    """The dialogues of a file; `read_world` gives the text of a file that it names."""
    examples: list[Example] = []
    for block in read_yaml(text, file, problems):
        _known(block, _FILE, file, problems)
        outcomes = _outcomes(block, file, problems)
        if (world := block.get("world")) is not None:
            try:
                told = read_world(str(world)) if read_world is not None else ""
            except OSError as error:
                problems.append(Problem(file, block.line_of("world"), f"{world} cannot be read: {error}."))
                told = ""
            outcomes += [
                found
                for part in read_yaml(told, str(world), problems)
                for found in _outcomes(part, str(world), problems)
            ]
        for item in _blocks(block, "dialogues", file, problems):
            _known(item, _DIALOGUE, file, problems)
            turns = [turn for part in _blocks(item, "turns", file, problems) if (turn := _turn(part, file, problems))]
            end = item.get("end") or Block()
            if isinstance(end, Block):
                _known(end, _END, file, problems)
            examples.append(
                Example(
                    name=str(item.get("name", f"{file}:{item.line}")),
                    file=file,
                    line=item.line,
                    turns=tuple(turns),
                    end=end if isinstance(end, Mapping) else {},
                    outcomes=tuple(outcomes),
                    customer_id=item.get("customer"),
                    tags=tuple(item.get("tags") or ()),
                )
            )
    return examples


def _turn(block: Block, file: str, problems: list[Problem]) -> ExampleTurn | None:
    _known(block, _TURN, file, problems)
    if "say" not in block:
        problems.append(Problem(file, block.line, "A turn needs `say`."))
        return None
    message = str(block["say"] if block["say"] is not None else "")
    slots = []
    for item in block.get("slots") or ():
        kind, value, *rest = item if isinstance(item, list) and len(item) >= 2 else ("", "")
        start = message.find(str(value))
        if not kind or start < 0:
            problems.append(Problem(file, block.line_of("slots"), f"{item!r} is no [type, value in the message]."))
            continue
        slots.append(
            Slot(cast(SlotType, kind), str(value), str(rest[0] if rest else value), start, start + len(str(value)))
        )
    intent = block.get("intent")
    expect = block.get("expect")
    says = block.get("says") or ()
    return ExampleTurn(
        message=message,
        understanding=Understanding(
            intent=str(intent or "policy_question"),
            confidence=float(block.get("confidence", 0.95 if intent else 0.2)),
            out_of_scope=bool(block.get("out_of_scope", intent is None)),
            slots=tuple(sorted(slots, key=lambda slot: slot.start)),
            language=detect(message),
            sentiment=block.get("sentiment", "neutral"),
            runners_up=tuple((str(name), float(p)) for name, p in (block.get("runners_up") or {}).items()),
        ),
        line=block.line,
        is_answered=bool(block.get("answered", True)),
        expect=None if expect is None else tuple(str(part) for part in expect),
        says=(says,) if isinstance(says, str) else tuple(says),
        question=block.get("question"),
        previous=block.get("previous"),
    )


def _outcomes(block: Block, file: str, problems: list[Problem]) -> list[ScriptedOutcome]:
    found = []
    for item in _blocks(block, "outcomes", file, problems):
        try:
            found.append(outcome_of(item))
        except (KeyError, TypeError, ValueError) as error:
            problems.append(Problem(file, item.line, f"This is no outcome: {error!r}."))
    return found


def _blocks(block: Block, key: str, file: str, problems: list[Problem]) -> list[Block]:
    items = block.get(key, Items())
    if not isinstance(items, list) or not all(isinstance(item, Block) for item in items):
        problems.append(Problem(file, block.line_of(key), f"`{key}` is a list of mappings."))
        return []
    return [item for item in items if isinstance(item, Block)]


def _known(block: Block, keys: set[str], file: str, problems: list[Problem]) -> None:
    problems += [
        Problem(file, block.line_of(key), f"{key!r} is nothing that stands here: {', '.join(sorted(keys))}.")
        for key in block
        if key not in keys
    ]
