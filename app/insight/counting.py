"""The denominators, row by row: one function for each metric of `app.insight.definitions`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.domain.service_events import ServiceEvent
from app.insight.journal import CONVERSION, REPEAT, Journal, Story
from app.insight.rows import MetricRow


def conversations(journal: Journal) -> Iterator[MetricRow]:
    """Every conversation in which a customer wrote."""
    return (_of_story(story, 1.0) for story in journal.started())


def questions(journal: Journal) -> Iterator[MetricRow]:
    """Every question that was answered or declined."""
    return (_of_event(journal, event, 1.0) for event in journal.within("answered", "declined"))


def involvement(journal: Journal) -> Iterator[MetricRow]:
    """Conversations in which the assistant answered or acted."""
    return (_of_story(story, story.is_answered) for story in journal.started())


def resolution(journal: Journal) -> Iterator[MetricRow]:
    """Conversations that are over: resolved by somebody's word."""
    return (_of_story(story, story.is_resolved, by=story.resolved_by) for story in journal.over())


def silent_ending(journal: Journal) -> Iterator[MetricRow]:
    """Conversations that are over: nobody said whether it was resolved."""
    return (_of_story(story, not story.is_resolved, by=story.resolved_by) for story in journal.over())


def containment(journal: Journal) -> Iterator[MetricRow]:
    """Conversations that are over: no person was asked for or took part."""
    return (_of_story(story, not story.has_person) for story in journal.over())


def deflection(journal: Journal) -> Iterator[MetricRow]:
    """Conversations that are over: answered without a person, and nothing speaks against it."""
    for story in journal.over():
        is_disappointed = journal.is_disappointed(story)
        is_deflected = story.is_answered and not story.has_person and not is_disappointed
        yield _of_story(
            story,
            is_deflected,
            is_answered=story.is_answered,
            has_person=story.has_person,
            is_disappointed=is_disappointed,
        )


def first_contact_resolution(journal: Journal) -> Iterator[MetricRow]:
    """Resolved conversations whose window is over: neither reopened nor followed by another of the same kind."""
    for story in journal.started():
        if not story.is_resolved or story.ending is None or story.ending.at + REPEAT > journal.now:
            continue
        again = next(_repeats(journal, story, story.ending.at), None)
        is_reopened = bool(story.of("reopened"))
        yield _of_story(
            story,
            not is_reopened and again is None,
            is_reopened=is_reopened,
            again=again.conversation_id if again is not None else None,
        )


def hand_off(journal: Journal) -> Iterator[MetricRow]:
    """Conversations handed to a person."""
    for story in journal.started():
        handed = story.of("handed_off")
        yield _of_story(story, bool(handed), reason=handed[0].data.get("reason") if handed else None)


def hand_off_served(journal: Journal) -> Iterator[MetricRow]:
    """Conversations handed off that are over: an agent replied."""
    for story in journal.over():
        handed = story.of("handed_off")
        if handed:
            yield _of_story(story, any(event.at >= handed[0].at for event in story.of("agent_replied")))


def decline(journal: Journal) -> Iterator[MetricRow]:
    """Questions to the knowledge base that were declined."""
    return (_of_event(journal, event, event.kind == "declined") for event in journal.within("answered", "declined"))


def csat(journal: Journal) -> Iterator[MetricRow]:
    """Surveys answered with 4 or 5."""
    return (_of_event(journal, event, score >= 4, score=score) for event, score in _scores(journal, "csat"))


def csat_mean(journal: Journal) -> Iterator[MetricRow]:
    """The answers themselves, 1 to 5."""
    return (_of_event(journal, event, score) for event, score in _scores(journal, "csat"))


def nps(journal: Journal) -> Iterator[MetricRow]:
    """+100 for 9 and 10, -100 for 0 to 6, 0 for 7 and 8."""
    for event, score in _scores(journal, "nps"):
        yield _of_event(journal, event, 100.0 if score >= 9 else -100.0 if score <= 6 else 0.0, score=score)


def survey_response(journal: Journal) -> Iterator[MetricRow]:
    """Surveys asked that were answered."""
    answered = {event.data.get("survey_id") for event in journal.events if event.kind == "survey_answered"}
    for event in journal.within("survey_asked"):
        yield _of_event(journal, event, event.data.get("survey_id") in answered, survey=event.data.get("survey"))


def approval(journal: Journal) -> Iterator[MetricRow]:
    """Rated answers: thumbs up, by the last rating of each."""
    last: dict[str, ServiceEvent] = {}
    for event in journal.within("rated"):
        last[event.receipt_id or event.event_id] = event
    for event in last.values():
        yield _of_event(journal, event, event.data.get("rating") == "up", reasons=event.data.get("reasons"))


def handling_time(journal: Journal) -> Iterator[MetricRow]:
    """Conversations with an agent that are over: seconds that agents spent in them."""
    for story in journal.over():
        seconds = handling_seconds(story)
        if seconds is not None:
            yield _of_story(story, seconds)


def first_response_time(journal: Journal) -> Iterator[MetricRow]:
    """Conversations: seconds from the first message to the first reply of whomever."""
    for story in journal.started():
        reply = next(iter(story.of("answered", "declined", "action_done", "agent_replied")), None)
        if reply is None:
            continue
        asked = next(iter(story.of("customer_wrote")), None)
        waited = (reply.at - asked.at).total_seconds() if asked is not None else float(reply.data.get("seconds", 0.0))
        yield _of_story(story, max(0.0, waited), by=reply.kind)


def agent_response_time(journal: Journal) -> Iterator[MetricRow]:
    """Hand-offs to which an agent replied: seconds from the hand-off to the first reply."""
    for story in journal.started():
        handed = story.of("handed_off")
        replies = [event for event in story.of("agent_replied") if handed and event.at >= handed[0].at]
        if replies:
            yield _of_story(story, (replies[0].at - handed[0].at).total_seconds())


def conversion(journal: Journal) -> Iterator[MetricRow]:
    """Answered conversations of known customers whose window is over: an order followed."""
    for story in journal.started():
        answers = story.of("answered", "agent_replied")
        if not answers or story.customer_id is None or answers[0].at + CONVERSION > journal.now:
            continue
        first, last = answers[0].at, answers[0].at + CONVERSION
        orders = [event for event in journal.orders.get(story.customer_id, ()) if first < event.at <= last]
        yield _of_story(
            story,
            bool(orders),
            orders=[event.data.get("order_id") for event in orders],
            amount_cents=sum(int(event.data.get("amount_cents", 0)) for event in orders),
        )


def order_value(journal: Journal) -> Iterator[MetricRow]:
    """As `conversion`: what the orders that followed come to, 0.00 without any."""
    return (replace(row, value=row.why["amount_cents"] / 100) for row in conversion(journal))


def answer_seconds(journal: Journal) -> Iterator[MetricRow]:
    """Answers and refusals: seconds of computing."""
    return _measured(journal, "seconds")


def answer_tokens(journal: Journal) -> Iterator[MetricRow]:
    """Answers and refusals: tokens of the language model, 0 without one."""
    return _measured(journal, "tokens")


def citation_opening(journal: Journal) -> Iterator[MetricRow]:
    """Answers with sources: one was opened."""
    for event in journal.within("answered"):
        if event.receipt_id is not None and int(event.data.get("citations", 0)) > 0:
            yield _of_event(journal, event, event.receipt_id in journal.opened)


def suggestion_kept(journal: Journal) -> Iterator[MetricRow]:
    """Agents' replies for which there was a suggestion: sent as it was."""
    for event in journal.within("agent_replied"):
        if event.data.get("suggested"):
            yield _of_event(journal, event, not event.data.get("is_edited", False))


def handling_seconds(story: Story) -> float | None:
    """Seconds that agents spent in a conversation; None where none took part.

    What the desk measured itself counts; else the time from an agent's coming, or first reply, to the leaving, the
    resolution or the last reply.
    """
    measured = [float(event.data["handling_s"]) for event in story.events if "handling_s" in event.data]
    if measured:
        return sum(measured)
    total, began, last, has_agent = 0.0, None, None, False
    for event in story.events:
        if event.kind in ("agent_joined", "agent_replied"):
            began, last, has_agent = began or event.at, event.at, True
        elif event.kind in ("agent_left", "resolved") and began is not None:
            total, began = total + (event.at - began).total_seconds(), None
    if began is not None and last is not None:
        total += (last - began).total_seconds()
    return total if has_agent else None


def _scores(journal: Journal, survey: str) -> Iterator[tuple[ServiceEvent, float]]:
    """The last answer to each survey; one without a number is none."""
    last: dict[str, ServiceEvent] = {}
    for event in journal.within("survey_answered"):
        if event.data.get("survey") == survey and isinstance(event.data.get("score"), int | float):
            last[str(event.data.get("survey_id", event.event_id))] = event
    return ((event, float(event.data["score"])) for event in last.values())


def _repeats(journal: Journal, story: Story, since: datetime) -> Iterator[Story]:
    if story.customer_id is None:
        return
    for other in journal.by_customer[story.customer_id]:
        is_later = since < other.started_at <= since + REPEAT
        if is_later and other.conversation_id != story.conversation_id and other.intent == story.intent:
            yield other


def _measured(journal: Journal, name: str) -> Iterator[MetricRow]:
    for event in journal.within("answered", "declined"):
        if isinstance(event.data.get(name), int | float):
            yield _of_event(journal, event, float(event.data[name]))


def _of_story(story: Story, value: float, **why: Any) -> MetricRow:
    return MetricRow(
        row_id=story.conversation_id,
        at=story.started_at,
        value=float(value),
        conversation_id=story.conversation_id,
        language=story.language,
        intent=story.intent,
        channel=story.channel,
        why=_told(why),
    )


def _of_event(journal: Journal, event: ServiceEvent, value: float, **why: Any) -> MetricRow:
    story = journal.stories.get(event.conversation_id or "")
    if story is None and event.receipt_id is not None:
        story = journal.story_of_receipt.get(event.receipt_id)
    return MetricRow(
        row_id=event.event_id,
        at=event.at,
        value=float(value),
        conversation_id=story.conversation_id if story is not None else event.conversation_id,
        language=event.language or (story.language if story is not None else ""),
        intent=event.intent or (story.intent if story is not None else ""),
        channel=event.channel or (story.channel if story is not None else ""),
        receipt_id=event.receipt_id,
        why=_told(why),
    )


def _told(why: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in why.items() if value is not None}
