"""Where a conversation stands, as a value that can be kept as JSON and looked at.

Everything in it is bounded: what is said in a long conversation does not make its state grow.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from app.dialogue.errors import DialogueStateInvalid
from app.domain.action import ActionRequest, Wording
from index.types import Language

VERSION = 1
MAX_SUSPENDED = 3
MAX_CANCELLED = 2
MAX_CHOICES = 10
MAX_MENTIONS = 8
MAX_LATER = 2
MAX_QUOTED = 40
"""Characters of a wish that waits, where it is told."""
MAX_VALUE = 500
"""Characters of a slot's value, of a label and of a remembered question."""
FORGOTTEN_AFTER = 8
"""Turns after which choices, mentions and questions no longer explain what a message refers to."""

AskedKind = Literal["slot", "choices", "confirmation", "person"]
MentionKind = Literal["order", "product", "topic"]


@dataclass(frozen=True, slots=True)
class Filled:
    """A value of a slot, and where it comes from."""

    value: Any
    """JSON."""
    said: str = ""
    """The customer's own words for it; "" where it was looked up or taken over."""
    turn: int = 0
    """Number of the customer's message, counted from 1."""
    start: int | None = None
    end: int | None = None
    """Half-open range of code points in that message."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several things that may be meant."""

    value: Any
    label: Wording
    attributes: Mapping[str, str] = field(default_factory=dict)
    """What it can be told from the others by: colour, day, price in cents."""


@dataclass(frozen=True, slots=True)
class Offered:
    """The choices that were offered last; they explain references until they are forgotten."""

    flow: str
    slot: str
    """"" where the choices are flows."""
    choices: tuple[Choice, ...]
    turn: int


@dataclass(frozen=True, slots=True)
class Frame:
    """A flow under way."""

    flow: str
    serial: int
    """Tells this run of the flow from others of the conversation."""
    step: str
    """Id of the step to go on from; "" is the end."""
    slots: Mapping[str, Filled] = field(default_factory=dict)
    hints: tuple[Filled, ...] = ()
    """What was said of something whose slot is not filled yet: yesterday's, the red one."""
    looked_up: tuple[str, ...] = ()
    """Slots whose choices were looked up already."""
    tries: int = 0
    """Refusals of the present action in a row."""
    is_called: bool = False
    """By the frame below, which goes on when this one ends."""
    is_verified: bool = False
    """Whether it has asked who the customer is."""

    def without(self, names: Collection[str]) -> Frame:
        """The frame with some slots to be filled, and looked up, anew."""
        slots = {name: value for name, value in self.slots.items() if name not in names}
        return replace(self, slots=slots, looked_up=tuple(name for name in self.looked_up if name not in names))


@dataclass(frozen=True, slots=True)
class Asked:
    """The question that is open."""

    kind: AskedKind
    slot: str
    """"" where one of several slots, a flow or no slot is asked for."""
    wording: Wording
    request: ActionRequest | None = None
    """Of a confirmation."""


@dataclass(frozen=True, slots=True)
class Pending:
    """An action whose outcome is awaited."""

    request: ActionRequest
    slot: str = ""
    """The slot that choices are looked up for; "" for a step of the flow."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Something that was talked about."""

    kind: MentionKind
    value: str
    turn: int


@dataclass(frozen=True, slots=True)
class Question:
    """A question to the knowledge base that stands alone."""

    text: str
    turn: int


@dataclass(frozen=True, slots=True)
class Later:
    """A wish that was said beside another, and waits until that one is through."""

    text: str
    flow: str
    """That it wishes for."""


@dataclass(frozen=True, slots=True)
class DialogueState:
    """All that a dialogue remembers."""

    turn: int = 0
    """Customer's messages so far."""
    frames: tuple[Frame, ...] = ()
    """The active flow last, above those that it suspended."""
    asked: Asked | None = None
    offered: Offered | None = None
    pending: Pending | None = None
    customer_id: str | None = None
    language: Language | None = None
    """zh or en; None before the first message with words."""
    failures: int = 0
    """Turns in a row that led nowhere."""
    angry: int = 0
    """Angry messages in a row."""
    serial: int = 0
    """Flows begun so far."""
    mentions: tuple[Mention, ...] = ()
    """Newest first."""
    instead: Frame | None = None
    """What is begun where the documents do not answer, and what is offered where they do."""
    instead_turn: int = 0
    question: Question | None = None
    cancelled: tuple[Frame, ...] = ()
    """Flows that were left and can be taken up again, newest first."""
    finished: Frame | None = None
    """The flow that ended last, for a correction or a reference just after."""
    finished_turn: int = 0
    later: tuple[Later, ...] = ()
    """In the order in which they were said."""
    at: str = ""
    """When the last message came, ISO in UTC."""

    @property
    def active(self) -> Frame | None:
        """The flow under way."""
        return self.frames[-1] if self.frames else None

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way and nothing is asked."""
        return not self.frames and self.asked is None and self.pending is None

    @property
    def suspended(self) -> tuple[Frame, ...]:
        """Flows that wait for the active one."""
        return self.frames[:-1]

    def mentioned(self, kind: MentionKind) -> Mention | None:
        """The newest of its kind that is not forgotten."""
        return next((m for m in self.mentions if m.kind == kind and self.turn - m.turn <= FORGOTTEN_AFTER), None)

    def with_mention(self, kind: MentionKind, value: str) -> DialogueState:
        """The state after something was talked about."""
        others = tuple(m for m in self.mentions if (m.kind, m.value) != (kind, value))
        return replace(self, mentions=(Mention(kind, value[:MAX_VALUE], self.turn), *others)[:MAX_MENTIONS])

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {"version": VERSION, **asdict(self)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> DialogueState:
        """From `to_dict`; {} is a new dialogue. Raises `DialogueStateInvalid` for one of another version or damaged."""
        if not data:
            return cls()
        if data.get("version") != VERSION:
            raise DialogueStateInvalid(f"The dialogue's state is of version {data.get('version')!r}, not {VERSION}.")
        try:
            return cls(
                **{
                    **{name: value for name, value in data.items() if name != "version"},
                    "frames": tuple(_frame(item) for item in data["frames"]),
                    "asked": _optional(data["asked"], _asked),
                    "offered": _optional(data["offered"], _offered),
                    "pending": _optional(data["pending"], _pending),
                    "mentions": tuple(Mention(**item) for item in data["mentions"]),
                    "instead": _optional(data.get("instead"), _frame),
                    "question": _optional(data["question"], lambda item: Question(**item)),
                    "cancelled": tuple(_frame(item) for item in data["cancelled"]),
                    "finished": _optional(data["finished"], _frame),
                    "later": tuple(Later(**item) for item in data.get("later", ())),
                }
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise DialogueStateInvalid(f"The dialogue's state is damaged: {error!r}.") from error


def _optional(data: Any, make: Any) -> Any:
    return None if data is None else make(data)


def _frame(data: Mapping[str, Any]) -> Frame:
    return Frame(
        **{
            **data,
            "slots": {name: Filled(**value) for name, value in data["slots"].items()},
            "hints": tuple(Filled(**item) for item in data["hints"]),
            "looked_up": tuple(data["looked_up"]),
        }
    )


def _asked(data: Mapping[str, Any]) -> Asked:
    request = _optional(data["request"], lambda item: ActionRequest(**item))
    return Asked(**{**data, "wording": Wording(**data["wording"]), "request": request})


def _pending(data: Mapping[str, Any]) -> Pending:
    return Pending(ActionRequest(**data["request"]), data["slot"])


def _offered(data: Mapping[str, Any]) -> Offered:
    choices = tuple(Choice(**{**item, "label": Wording(**item["label"])}) for item in data["choices"])
    return Offered(**{**data, "choices": choices})
