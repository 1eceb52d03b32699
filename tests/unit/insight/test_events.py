from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from app.domain.service_events import ServiceEvent
from app.insight.events import ServiceEvents
from tests.unit.insight.conftest import NOON, Event


def test_an_event_comes_back_as_it_was(log: ServiceEvents, event: Event) -> None:
    answered = event(
        "answered", "c1", text="退款多久到账？", language="zh", channel="widget", intent="refund_status",
        customer_id="p1", receipt_id="r1", confidence=0.9,
    )  # fmt: skip
    log.append(answered)

    assert log.conversation("c1") == [answered]


def test_a_repeated_event_counts_once(log: ServiceEvents, event: Event) -> None:
    log.append(event("resolved", "c1", by="customer", event_id="e1"))
    log.append(event("resolved", "c1", by="agent", event_id="e1"), event("reopened", "c1", 9, event_id="e2"))

    assert [(item.kind, dict(item.data)) for item in log.conversation("c1")] == [
        ("resolved", {"by": "customer"}),
        ("reopened", {}),
    ]


def test_a_period_holds_its_beginning_and_not_its_end(log: ServiceEvents, event: Event) -> None:
    log.append(*(event("customer_wrote", "c1", seconds, text=str(seconds)) for seconds in (-1, 0, 59, 60)))

    found = log.between(NOON, NOON + timedelta(seconds=60))

    assert [item.text for item in found] == ["0", "59"]


def test_conversations_come_whole_when_anything_of_them_falls_into_the_period(log: ServiceEvents, event: Event) -> None:
    log.append(
        event("customer_wrote", "old", -90_000), event("customer_wrote", "now", 5), event("resolved", "now", 9_000)
    )
    log.append(event("order_placed", None, 6, customer_id="p1"))

    found = list(log.of_conversations(NOON, NOON + timedelta(minutes=1)))

    assert [(item.conversation_id, item.kind) for item in found] == [("now", "customer_wrote"), ("now", "resolved")]


def test_erasing_a_person_takes_words_and_name_and_leaves_the_count(log: ServiceEvents, event: Event) -> None:
    log.append(
        event("customer_wrote", "c1", text="我叫王小明", customer_id="p1"),
        event("agent_replied", "c1", 5, text="王先生您好", suggested="您好", agent="lin"),
        event("order_placed", None, 9, customer_id="p1", order_id="o1"),
        event("customer_wrote", "c2", text="别人的话", customer_id="p2"),
    )

    assert log.erase(customer_id="p1") == 3
    assert [(item.kind, item.text, item.customer_id) for item in log.conversation("c1")] == [
        ("customer_wrote", None, None),
        ("agent_replied", None, None),
    ]
    assert "suggested" not in log.conversation("c1")[1].data
    assert log.conversation("c2")[0].text == "别人的话"


def test_old_words_are_forgotten_by_date(log: ServiceEvents, event: Event) -> None:
    log.append(event("customer_wrote", "c1", -10, text="a"), event("customer_wrote", "c1", 10, text="b"))

    assert log.forget_words_before(NOON) == 1
    assert [item.text for item in log.conversation("c1")] == [None, "b"]


def test_a_time_without_its_zone_is_a_mistake(log: ServiceEvents) -> None:
    with pytest.raises(ValueError, match="with its zone"):
        log.append(ServiceEvent("resolved", datetime(2026, 11, 10)))


def test_nothing_to_erase_must_be_named(log: ServiceEvents) -> None:
    with pytest.raises(ValueError, match="conversation or a customer"):
        log.erase()
