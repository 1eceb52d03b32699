"""Flows: what is asked, done and said, step by step, to bring something about for a customer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from app.dialogue.state import MentionKind
from app.domain.action import ActionStatus, Wording
from app.domain.handoff import HandOffReason

END = "end"
"""Where a step may go to, beside the other steps."""
SlotShape = Literal["text", "integer", "list", "address"]
_PLACE = re.compile(r"\{([A-Za-z_][\w.]*)\}")


@dataclass(frozen=True, slots=True)
class Option:
    """A value that a slot may have, and the words by which customers mean it."""

    value: Any
    label: Wording
    words: tuple[str, ...] = ()
    """Beside the labels; folded."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """Where the choices for a slot come from."""

    action: str
    """"" where the choices come only with an action that asks for them."""
    arguments: Mapping[str, Any]
    """As of `PerformStep`."""
    items: str
    """Key of the list in the outcome's data; dots lead deeper."""
    value: str
    """Key of the value in an item."""
    label: Wording
    """With places such as {order_id} for what an item holds."""
    takes_hints: bool = True
    """Whether the message that began the flow may tell which is meant; not so for what something is changed into."""


@dataclass(frozen=True, slots=True)
class SlotSpec:
    """Something that a flow needs to know."""

    name: str
    ask: Wording
    types: tuple[str, ...] = ()
    """Kinds of slots of a message that fill it, see `app.domain.understanding.SlotType`."""
    options: tuple[Option, ...] = ()
    pattern: re.Pattern[str] | None = None
    """Found in the message: the group `value` at any time, the whole match only where the slot was asked for."""
    takes_text: bool = False
    """Whether any message will do where it was asked for."""
    shape: SlotShape = "text"
    lookup: Lookup | None = None
    mention: MentionKind | None = None
    """Taken over from what was talked about before, and remembered."""
    depends: tuple[str, ...] = ()
    """Slots whose change empties this one."""
    default: Any = None
    label: Wording | None = None
    """What it is called when something is to be changed: 订单, the order."""
    invalid: Wording | None = None
    """Said before the question is asked again."""

    @property
    def many(self) -> bool:
        """Whether it holds several values."""
        return self.shape == "list"


@dataclass(frozen=True, slots=True)
class Branch:
    """What follows an outcome."""

    say: Wording | None = None
    """In place of the outcome's message, which {message} stands for; None says the message."""
    is_silent: bool = False
    go: str | None = None
    """None goes on with the next step after what was done, and ends the flow after a refusal."""
    clear: tuple[str, ...] = ()
    """Slots to be asked anew."""
    hand_off: HandOffReason | None = None


@dataclass(frozen=True, slots=True)
class CollectStep:
    """Go on once one of the alternatives is known whole."""

    id: str
    alternatives: tuple[tuple[str, ...], ...]
    ask: Wording | None = None
    """Where there are several; else the slot's own question."""


@dataclass(frozen=True, slots=True)
class PerformStep:
    """Do something at the gate."""

    id: str
    action: str
    arguments: Mapping[str, Any]
    """Argument to the slot that gives it, or to a list or mapping of slots: [{sku: item, new_sku: new_item}]."""
    on: Mapping[ActionStatus, Branch] = field(default_factory=dict)
    tries: int = 3
    """Refusals after which a person takes over, where a refusal leads back."""
    identifies: bool = False
    """Whether its outcome's `customer_id` is who the customer is."""


@dataclass(frozen=True, slots=True)
class SayStep:
    """Tell the customer something."""

    id: str
    say: Wording


@dataclass(frozen=True, slots=True)
class AnswerStep:
    """Answer a question of the company's own wording from the knowledge base."""

    id: str
    question: Wording


@dataclass(frozen=True, slots=True)
class WhenStep:
    """Go elsewhere when a slot has one of some values, else on."""

    id: str
    slot: str
    values: tuple[Any, ...]
    """Empty: when it is filled at all."""
    go: str


@dataclass(frozen=True, slots=True)
class CallStep:
    """Run another flow and come back."""

    id: str
    flow: str


@dataclass(frozen=True, slots=True)
class HandOffStep:
    """Pass on to a person."""

    id: str
    reason: HandOffReason
    topic: str = ""


@dataclass(frozen=True, slots=True)
class GoStep:
    """Go elsewhere."""

    id: str
    go: str


Step = CollectStep | PerformStep | SayStep | AnswerStep | WhenStep | CallStep | HandOffStep | GoStep


@dataclass(frozen=True)
class Flow:
    """A flow as it is written in a file."""

    id: str
    name: Wording
    """As it stands in a sentence: 退货, the return."""
    intents: tuple[str, ...]
    slots: Mapping[str, SlotSpec]
    steps: tuple[Step, ...]
    words: tuple[str, ...] = ()
    """By which a customer means it when asking to go on with it; folded."""
    topic: str = ""
    """Skill of the people who know about it."""
    is_small_talk: bool = False
    """Said in passing: what was under way stays where it is."""
    own_questions: tuple[str, ...] = ()
    """Intents of questions that it can answer where they are about the customer's own order."""
    takes_questions: bool = False
    """Asking is how it is wished for (有没有便宜一点的？): the documents are not asked first."""
    file: str = ""
    line: int = 0
    is_own: bool = False
    """Of the company, not shipped."""
    lines: Mapping[str, int] = field(default_factory=dict)
    """Lines of slots and steps, as slots.NAME and steps.ID."""

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {step.id: number for number, step in enumerate(self.steps)}

    def step(self, step_id: str) -> Step | None:
        """None at the end."""
        number = self._places.get(step_id)
        return None if number is None else self.steps[number]

    def after(self, step_id: str) -> str:
        """Id of the step behind one; "end" behind the last."""
        number = self._places[step_id] + 1
        return self.steps[number].id if number < len(self.steps) else END

    @property
    def actions(self) -> tuple[str, ...]:
        """Names of the actions that its steps perform."""
        return tuple(step.action for step in self.steps if isinstance(step, PerformStep))

    @property
    def start(self) -> str:
        """Id of the first step."""
        return self.steps[0].id if self.steps else END


def slots_in(template: Any) -> list[str]:
    """Names of the slots in the arguments of an action."""
    if isinstance(template, Mapping):
        return [name for value in template.values() for name in slots_in(value)]
    if isinstance(template, (list, tuple)):
        return [name for value in template for name in slots_in(value)]
    return [str(template)]


def given(template: Any, values: Mapping[str, Any]) -> Any:
    """The arguments of an action with the slots' values; what is not known is left out, None where nothing is."""
    if isinstance(template, Mapping):
        found = {name: value for name, part in template.items() if (value := given(part, values)) is not None}
        return found or None
    if isinstance(template, (list, tuple)):
        return [value for part in template if (value := given(part, values)) is not None] or None
    return values.get(str(template))


def places(wording: Wording) -> set[str]:
    """Names of the {places} in a text of either language."""
    return {*_PLACE.findall(wording.zh), *_PLACE.findall(wording.en)}


def filled(wording: Wording, zh: Mapping[str, Any], en: Mapping[str, Any] | None = None) -> Wording:
    """A text with its places filled; one that nothing is known for is left empty."""
    return Wording(_filled(wording.zh, zh), _filled(wording.en, zh if en is None else en))


def _filled(text: str, values: Mapping[str, Any]) -> str:
    return _PLACE.sub(lambda match: _shown(values.get(match[1])), text)


def _shown(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(_shown(item) for item in value)
    return "" if value is None else str(value)
