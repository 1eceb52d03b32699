"""Questions of the log, each with what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from app.domain.service_events import ServiceEvent
from app.insight.counting import handling_seconds
from app.insight.journal import Story
from index.text.language import detect
from index.types import Language

if TYPE_CHECKING:
    from app.insight.events import ServiceEvents

_LOW_CSAT = 2
_ASKED_FOR_A_PERSON = "asked"
_LONGEST = 400
"""Characters of a question that are looked at."""


@dataclass(frozen=True, slots=True)
class LoggedQuestion:
    """One question and what became of it."""

    event_id: str
    text: str
    language: Language
    at: datetime
    conversation_id: str
    person: str
    """Who asked: the customer, or the conversation where that is not known."""
    confidence: float | None = None
    """Of the assistant that the base answers it, in [0, 1]; None where it was not asked."""
    is_declined: bool = False
    is_handed_off: bool = False
    """Whether the conversation went to a person after this question."""
    is_rated_down: bool = False
    is_off_topic: bool = False
    """As the understanding of the message said."""
    handling_s: float | None = None
    """Seconds of agents after it; None where nobody measured any."""
    amount_cents: int = 0
    """Money that was in question when it was handed off."""
    replies: tuple[str, ...] = field(default=(), repr=False)
    """What agents wrote to it."""

    @property
    def went_wrong(self) -> bool:
        """Whether it was declined, handed off or rated down."""
        return self.is_declined or self.is_handed_off or self.is_rated_down


def questions_of(log: ServiceEvents, start: datetime, end: datetime) -> list[LoggedQuestion]:
    """The questions asked from start to end, oldest first. Raises `DatabaseUnavailable`."""
    stories: dict[str, list[ServiceEvent]] = {}
    ratings: dict[str, ServiceEvent] = {}
    for event in log.of_conversations(start, end):
        stories.setdefault(event.conversation_id or "", []).append(event)
    for event in log.between(start, end, kinds=("rated",)):
        if event.receipt_id is not None:
            ratings[event.receipt_id] = event
    disliked = frozenset(name for name, event in ratings.items() if event.data.get("rating") == "down")
    found = [
        question
        for name, events in stories.items()
        for question in questions_in(Story(name, tuple(events)), disliked)
        if start <= question.at < end
    ]
    return sorted(found, key=lambda question: (question.at, question.event_id))


def questions_in(story: Story, disliked: frozenset[str]) -> Iterator[LoggedQuestion]:
    """The questions of one conversation; `disliked` are receipts of answers with thumbs down."""
    turns = list(_turns(story.events))
    seconds = handling_seconds(story)
    has_low_csat = any(
        event.data.get("survey") == "csat" and float(event.data.get("score", 5)) <= _LOW_CSAT
        for event in story.of("survey_answered")
    )
    for number, (asked, after) in enumerate(turns):
        handed = next((event for event in after if event.kind == "handed_off"), None)
        text = (asked.text or "").strip()[:_LONGEST]
        if not text or (asked.kind == "customer_wrote" and _only_asks_for_a_person(handed)):
            continue
        question = LoggedQuestion(
            event_id=asked.event_id,
            text=text,
            language=asked.language or detect(text),
            at=asked.at,
            conversation_id=story.conversation_id,
            person=story.customer_id or story.conversation_id,
            confidence=_number(asked.data.get("confidence")),
            is_declined=asked.kind == "declined",
            is_handed_off=handed is not None,
            is_rated_down=asked.receipt_id in disliked or (has_low_csat and number == len(turns) - 1),
            is_off_topic=bool(asked.data.get("off_topic", False)),
        )
        if handed is not None:
            replies = tuple(event.text for event in after if event.kind == "agent_replied" and event.text)
            amount = int(handed.data.get("amount_cents", 0))
            question = replace(question, handling_s=seconds, amount_cents=amount, replies=replies)
        yield question


def _turns(events: Sequence[ServiceEvent]) -> Iterator[tuple[ServiceEvent, list[ServiceEvent]]]:
    """Each question with what followed until the next; a message that nothing but a person replied to counts too.

    What customers write while an agent is there belongs to the talk with the agent, not to the base.
    """
    asked: ServiceEvent | None = None
    after: list[ServiceEvent] = []
    is_with_person = False
    for number, event in enumerate(events):
        is_judged = event.kind in ("answered", "declined")
        is_open_message = event.kind == "customer_wrote" and not is_with_person
        if is_judged or (is_open_message and _is_handed_off_next(events[number + 1 :])):
            if asked is not None:
                yield asked, after
            asked, after = event, []
        elif asked is not None:
            after.append(event)
        if event.kind in ("handed_off", "agent_joined"):
            is_with_person = True
        elif event.kind in ("agent_left", "resolved"):
            is_with_person = False
    if asked is not None:
        yield asked, after


def _is_handed_off_next(behind: Iterable[ServiceEvent]) -> bool:
    """Whether a message went to a person without having been answered or declined; `behind`: what followed it."""
    decisive = ("answered", "declined", "action_done", "customer_wrote", "handed_off")
    return next((event.kind for event in behind if event.kind in decisive), "") == "handed_off"


def _only_asks_for_a_person(handed: ServiceEvent | None) -> bool:
    return handed is None or handed.data.get("reason") == _ASKED_FOR_A_PERSON


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
