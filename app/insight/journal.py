"""Events of a period, put together by conversation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from app.domain.service_events import EventKind, ServiceEvent

if TYPE_CHECKING:
    from app.insight.events import ServiceEvents

QUIET = timedelta(hours=24)
"""A conversation in which nothing happened for so long is over."""
REPEAT = timedelta(days=7)
"""Within it the same customer with the same intent has the same problem still."""
CONVERSION = timedelta(hours=48)
"""Within it an order is put down to an answer."""
_FORESIGHT = max(QUIET, REPEAT, CONVERSION)
"""How far behind the period events are looked at."""

_ASKED: frozenset[EventKind] = frozenset({"customer_wrote", "answered", "declined"})
_PERSON: frozenset[EventKind] = frozenset({"handed_off", "agent_joined", "agent_replied"})
_STATED = frozenset({"customer", "agent", "action"})
"""Who may say that a conversation is resolved; silence says nothing."""


@dataclass(frozen=True)
class Story:
    """One conversation, its events oldest first."""

    conversation_id: str
    events: Sequence[ServiceEvent]

    def of(self, *kinds: EventKind) -> list[ServiceEvent]:
        """Its events of some kinds, oldest first."""
        return [event for event in self.events if event.kind in kinds]

    @property
    def started_at(self) -> datetime:
        """When the first thing happened."""
        return self.events[0].at

    @cached_property
    def channel(self) -> str:
        """Where it was held."""
        return next((event.channel for event in self.events if event.channel), "")

    @cached_property
    def language(self) -> str:
        """Of the first message whose language is known."""
        return next((event.language for event in self.events if event.language), "")

    @cached_property
    def intent(self) -> str:
        """Of the first message that was understood."""
        return next((event.intent for event in self.events if event.intent), "")

    @cached_property
    def customer_id(self) -> str | None:
        """Once identified."""
        return next((event.customer_id for event in self.events if event.customer_id), None)

    @cached_property
    def is_served(self) -> bool:
        """Whether a customer wrote at all."""
        return any(event.kind in _ASKED for event in self.events)

    @cached_property
    def is_answered(self) -> bool:
        """Whether the assistant answered or did something, once or more."""
        return any(event.kind in ("answered", "action_done") for event in self.events)

    @cached_property
    def has_person(self) -> bool:
        """Whether a person was asked for or took part."""
        return any(event.kind in _PERSON for event in self.events)

    @cached_property
    def ending(self) -> ServiceEvent | None:
        """The event by which it counts as resolved; None where it does not, or was reopened since."""
        last = next((event for event in reversed(self.events) if event.kind in ("resolved", "reopened")), None)
        return last if last is not None and last.kind == "resolved" else None

    @cached_property
    def resolved_by(self) -> str:
        """Who said so: customer, agent, action or silence; "" where it is not resolved."""
        return str(self.ending.data.get("by", "silence")) if self.ending is not None else ""

    @property
    def is_resolved(self) -> bool:
        """Whether somebody said that it is; silence is not counted."""
        return self.resolved_by in _STATED

    def is_over(self, now: datetime) -> bool:
        """Whether it is resolved, or quiet for a day."""
        return self.ending is not None or self.events[-1].at <= now - QUIET


@dataclass(frozen=True)
class Journal:
    """What happened in a period, and behind it as far as definitions look."""

    start: datetime
    end: datetime
    now: datetime
    """Windows that are still open then are left out, so that a number does not change once it counts."""
    events: Sequence[ServiceEvent] = field(repr=False)
    """Oldest first."""

    @classmethod
    def of(cls, log: ServiceEvents, start: datetime, end: datetime, *, now: datetime) -> Journal:
        """Read from the log. Raises `DatabaseUnavailable`."""
        beyond = end + _FORESIGHT
        found = [*log.of_conversations(start, beyond), *log.outside_conversations(start, beyond)]
        return cls(start, end, now, sorted((event for event in found if event.at <= now), key=lambda event: event.at))

    @cached_property
    def stories(self) -> Mapping[str, Story]:
        """All conversations by id, also those that began before or after the period."""
        grouped: defaultdict[str, list[ServiceEvent]] = defaultdict(list)
        for event in self.events:
            if event.conversation_id is not None:
                grouped[event.conversation_id].append(event)
        return {name: Story(name, tuple(items)) for name, items in grouped.items()}

    def started(self) -> Iterator[Story]:
        """Conversations that began in the period and in which a customer wrote."""
        return (story for story in self.stories.values() if self.holds(story.started_at) and story.is_served)

    def over(self) -> Iterator[Story]:
        """Those of `started` that are over."""
        return (story for story in self.started() if story.is_over(self.now))

    def within(self, *kinds: EventKind) -> Iterator[ServiceEvent]:
        """Events of the period of some kinds."""
        return (event for event in self.events if event.kind in kinds and self.holds(event.at))

    def holds(self, at: datetime) -> bool:
        """Whether a moment lies in the period."""
        return self.start <= at < self.end

    @cached_property
    def by_customer(self) -> Mapping[str, Sequence[Story]]:
        """Conversations of each customer that is known, by their beginning."""
        found: defaultdict[str, list[Story]] = defaultdict(list)
        for story in self.stories.values():
            if story.customer_id is not None:
                found[story.customer_id].append(story)
        return {name: sorted(stories, key=lambda story: story.started_at) for name, stories in found.items()}

    @cached_property
    def orders(self) -> Mapping[str, Sequence[ServiceEvent]]:
        """Orders of each customer, oldest first."""
        return _grouped((event.customer_id, event) for event in self.events if event.kind == "order_placed")

    @cached_property
    def opened(self) -> frozenset[str]:
        """Receipts of which a source was opened."""
        return frozenset(
            event.receipt_id for event in self.events if event.kind == "citation_opened" and event.receipt_id
        )

    @cached_property
    def story_of_receipt(self) -> Mapping[str, Story]:
        """The conversation in which an answer was given, for ratings that name the answer alone."""
        return {
            event.receipt_id: story
            for story in self.stories.values()
            for event in story.events
            if event.receipt_id is not None and event.kind in ("answered", "declined")
        }

    def is_disappointed(self, story: Story) -> bool:
        """Whether a conversation's last question was declined, or the last rating of its answers is thumbs down."""
        questions = story.of("answered", "declined", "action_done")
        receipts = {event.receipt_id for event in questions if event.receipt_id is not None}
        ratings = [event for name in receipts for event in self.ratings.get(name, ())]
        ratings += [event for event in story.of("rated") if event.receipt_id not in receipts]
        last = max(ratings, key=lambda event: event.at, default=None)
        is_declined = bool(questions) and questions[-1].kind == "declined"
        return is_declined or (last is not None and last.data.get("rating") == "down")

    @cached_property
    def ratings(self) -> Mapping[str, Sequence[ServiceEvent]]:
        """Ratings of each answer, by its receipt, oldest first, whether or not they name the conversation."""
        return _grouped((event.receipt_id, event) for event in self.events if event.kind == "rated")


def _grouped(pairs: Iterable[tuple[str | None, ServiceEvent]]) -> Mapping[str, Sequence[ServiceEvent]]:
    found: defaultdict[str, list[ServiceEvent]] = defaultdict(list)
    for name, event in pairs:
        if name is not None:
            found[name].append(event)
    return found
