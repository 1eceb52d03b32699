"""What a customer lets the assistant know about them, and for what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from index.types import Language

Purpose = Literal["service", "personalisation", "marketing"]
"""service: remember from one conversation to the next; personalisation: let tastes and past orders weigh in answers and
recommendations; marketing: send offers."""


@dataclass(frozen=True, slots=True)
class Consent:
    """What somebody said to one purpose."""

    purpose: Purpose
    is_given: bool
    at: datetime
    source: str
    """Where it was said: account page, conversation id, shop."""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When nothing is sent; from `start` until `end`, over midnight where `end` comes first."""

    start: time
    end: time
    timezone: str
    """IANA name."""

    def holds(self, at: datetime) -> bool:
        """Whether an aware time falls into them; equal ends mean the whole day."""
        clock = at.astimezone(ZoneInfo(self.timezone)).time()
        if self.start < self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end


@dataclass(frozen=True, slots=True)
class Preferences:
    """What somebody told us they like."""

    language: Language | None = None
    sizes: Mapping[str, str] = field(default_factory=dict)
    """Category to size: 鞋 to 38."""
    brands: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    quiet_hours: QuietHours | None = None


@dataclass(frozen=True, slots=True)
class ProfileNote:
    """Something worth remembering that was said in a conversation."""

    note_id: str
    text: str
    source: str
    """Of what: a conversation's id."""
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """What past orders say; counted anew whenever it is asked for."""

    orders: int
    """That were not cancelled, among the newest 200."""
    sizes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Category to the sizes bought and kept, most often first."""
    categories: tuple[str, ...] = ()
    """Most often first."""
    products: tuple[str, ...] = ()
    """Ids of what was bought and kept, newest first."""
    first_order_at: datetime | None = None
    last_order_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """One customer."""

    customer_id: str
    name: str
    tier: str
    language: Language | None
    """Of the preferences, else of the shop's records."""
    consents: Mapping[Purpose, Consent] = field(default_factory=dict)
    """The newest word on each purpose; nothing was said to the others."""
    preferences: Preferences = field(default_factory=Preferences)
    notes: tuple[ProfileNote, ...] = ()
    """Oldest first."""
    facts: Facts | None = None
    """None where past orders may not be looked at."""

    def allows(self, purpose: Purpose) -> bool:
        """Whether the customer said yes; silence is no."""
        consent = self.consents.get(purpose)
        return consent is not None and consent.is_given

    def size_in(self, category: str) -> str | None:
        """What they said they wear, else what they bought and kept most often."""
        said = self.preferences.sizes.get(category)
        bought = self.facts.sizes.get(category, ()) if self.facts is not None else ()
        return said or next(iter(bought), None)

    def may_be_written_to(self, at: datetime) -> bool:
        """Whether an offer may be sent at a time: with consent, outside of the quiet hours."""
        quiet = self.preferences.quiet_hours
        return self.allows("marketing") and not (quiet is not None and quiet.holds(at))
