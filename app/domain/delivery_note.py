"""What a note to the courier asks for, one typed wish at a time.

Names of places, methods and the like are the codes listed at each type; they are what JSON carries, and
`app.warehouse.notes` has words for them in both languages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Literal

ConstraintType = Literal[
    "delivery_window",
    "hand_over",
    "signature",
    "contact",
    "contact_number",
    "floor",
    "lift",
    "stairs",
    "gate_code",
    "entrance",
    "vehicle",
    "height_limit",
    "carry_to",
    "handling",
    "packaging",
    "hazard",
    "recipient",
    "substitution",
    "shipping",
    "carrier",
    "report",
    "left_at",
    "unclear",
]

Reason = Literal[
    "vague_time",
    "vague_place",
    "contradiction",
    "past",
    "address_change",
    "other_request",
    "instruction",
    "not_understood",
]
"""Why a person has to look: a time or a place that nobody can tell from the words; wishes that cannot all be met, or a
day that does not exist; a day that lies behind; another address; something that is no wish for a delivery (a refund);
an order to the machine that reads the note; words that ask for something of which no rule knows what."""


@dataclass(frozen=True, slots=True)
class DeliveryWindow:
    """Days and hours in which to deliver, or, where `excluded`, not to deliver. What is None or () is not said.

    A window with weekdays means each such day, between `first_day` and `last_day` where these are given.
    """

    first_day: date | None = None
    last_day: date | None = None
    """Both within."""
    weekdays: tuple[int, ...] = ()
    """1 is Monday."""
    start: time | None = None
    end: time | None = None
    excluded: bool = False

    @property
    def has_days(self) -> bool:
        """Whether it says anything of the day."""
        return self.first_day is not None or self.last_day is not None or bool(self.weekdays)

    @property
    def has_hours(self) -> bool:
        """Whether it says anything of the time of day."""
        return self.start is not None or self.end is not None

    def is_on(self, day: date) -> bool:
        """Whether it speaks of that day; one that names no day speaks of each."""
        if self.weekdays and day.isoweekday() not in self.weekdays:
            return False
        return not (self.first_day and day < self.first_day) and not (self.last_day and day > self.last_day)

    def to_json(self) -> dict[str, Any]:
        """As JSON, without what is not said."""
        said: dict[str, Any] = {
            "first_day": self.first_day and self.first_day.isoformat(),
            "last_day": self.last_day and self.last_day.isoformat(),
            "weekdays": list(self.weekdays) or None,
            "start": self.start and f"{self.start:%H:%M}",
            "end": self.end and f"{self.end:%H:%M}",
        }
        return {name: value for name, value in said.items() if value is not None} | {"excluded": self.excluded}


@dataclass(frozen=True, slots=True)
class HandOver:
    """Who may take it, or where it may be left."""

    to: str
    """guard, property, locker, station, neighbour, front_desk, mailroom, door, porch, hallway, mailbox, meter_box,
    hidden_spot, shelf, garage, yard, parcel_box, back_door, side_door, downstairs, safe_place, shop, colleague,
    household."""
    allowed: bool = True
    if_absent: bool = False
    """Only when nobody is in."""

    def to_json(self) -> dict[str, Any]:
        """As JSON."""
        return {"to": self.to, "allowed": self.allowed, "if_absent": self.if_absent}


@dataclass(frozen=True, slots=True)
class Contact:
    """How to make oneself known, or how not to."""

    method: str
    """call, text, wechat, notify (in whichever way), knock, doorbell, quiet, speak_up, photo (of where it was left)."""
    allowed: bool = True
    minutes_ahead: int | None = None

    def to_json(self) -> dict[str, Any]:
        """As JSON."""
        return {"method": self.method, "allowed": self.allowed, "minutes_ahead": self.minutes_ahead}


@dataclass(frozen=True, slots=True)
class Entrance:
    """Which way in, or which way not."""

    name: str
    """north, south, east, west, front, back, side, garage, or the number of a gate."""
    usable: bool = True

    def to_json(self) -> dict[str, Any]:
        """As JSON."""
        return {"name": self.name, "usable": self.usable}


@dataclass(frozen=True, slots=True)
class Carrier:
    """Which carrier to use, or not to use."""

    name: str
    """sf, yto, zto, sto, yunda, jd, ems (China Post too), jt, deppon, best, cainiao; fedex, ups, dhl, usps, royal_mail,
    dpd, evri, amazon."""
    allowed: bool = True

    def to_json(self) -> dict[str, Any]:
        """As JSON."""
        return {"name": self.name, "allowed": self.allowed}


@dataclass(frozen=True, slots=True)
class Unclear:
    """Something that a person has to decide."""

    reason: Reason

    def to_json(self) -> dict[str, Any]:
        """As JSON."""
        return {"reason": self.reason}


Value = DeliveryWindow | HandOver | Contact | Entrance | Carrier | Unclear | str | int | float
"""Plain values by type:

signature: recipient, required, anyone, none, inspect_first
contact_number: E.164, or its digits where no country is told
floor: a number; lift: none, available; stairs: none; gate_code: as written
vehicle: small, on_foot; height_limit: metres; carry_to: door, upstairs, inside
handling: fragile, upright, cold, perishable, valuable, no_pressure, dry, heavy
packaging: gift, gift_wrap, card, no_receipt, invoice, no_invoice, discreet, padded, minimal
hazard: dog, cat, slippery, construction; recipient: elderly, hard_of_hearing, pregnant, disabled
substitution: contact_first, allowed, none, refund, ship_rest, wait; shipping: together, separate
report: absent, no_answer, address_wrong, damaged, refused, closed, no_access, missing, delayed, lost
left_at: as the places of `HandOver`
"""


@dataclass(frozen=True, slots=True)
class DeliveryConstraint:
    """One wish, or one doubt, with the words that it rests on."""

    type: ConstraintType
    value: Value
    start: int
    end: int
    """Half-open range of code points of the note."""
    confidence: float
    """In (0, 1]: a rule's own, lower where an hour had to be taken for one of the afternoon or the wish is soft."""

    @property
    def is_clear(self) -> bool:
        """Whether it can be acted on without asking."""
        return self.type != "unclear"

    def to_json(self) -> dict[str, Any]:
        """As JSON."""
        value = self.value if isinstance(self.value, str | int | float) else self.value.to_json()
        return {
            "type": self.type,
            "value": value,
            "start": self.start,
            "end": self.end,
            "confidence": round(self.confidence, 2),
        }


@dataclass(frozen=True, slots=True)
class ReadNote:
    """A note and what it asks for, in the order of its words."""

    text: str
    now: datetime
    """From which 明天 was counted; aware, in the zone of the place of delivery."""
    constraints: tuple[DeliveryConstraint, ...]
    unread: tuple[DeliveryConstraint, ...] = ()
    """What asks for something and was not understood, each `unclear`: for a person to look at, nothing to act on."""

    @property
    def needs_person(self) -> bool:
        """Whether something of it is unclear."""
        return bool(self.unread) or any(not constraint.is_clear for constraint in self.constraints)

    def to_json(self) -> Mapping[str, Any]:
        """As JSON; `unread` only where there is any."""
        said = {"constraints": [constraint.to_json() for constraint in self.constraints]}
        return said | ({"unread": [each.to_json() for each in self.unread]} if self.unread else {})
