from __future__ import annotations

from datetime import timedelta

from app.insight.events import ServiceEvents
from app.insight.gaps.question import LoggedQuestion, questions_of
from tests.unit.insight.conftest import NOON, Event


def _asked(log: ServiceEvents) -> dict[str, LoggedQuestion]:
    return {item.text: item for item in questions_of(log, NOON, NOON + timedelta(hours=1))}


def test_a_question_knows_what_became_of_it(log: ServiceEvents, event: Event) -> None:
    log.append(
        event("customer_wrote", "c1", 0, text="能租帐篷吗"),
        event("declined", "c1", 1, text="能租帐篷吗", confidence=0.1, receipt_id="r1", customer_id="p1"),
        event("handed_off", "c1", 5, reason="failed", amount_cents=12_900),
        event("agent_joined", "c1", 10, agent="lin"),
        event("customer_wrote", "c1", 20, text="周末用"),
        event("agent_replied", "c1", 70, text="暂时没有租赁服务。"),
        event("agent_left", "c1", 130),
        event("answered", "c2", 3, text="几天到货", confidence=0.9, receipt_id="r2"),
        event("rated", None, 9, receipt_id="r2", rating="down"),
        event("answered", "c3", 3, text="怎么开发票", confidence=0.8, receipt_id="r3"),
    )
    asked = _asked(log)

    assert set(asked) == {"能租帐篷吗", "几天到货", "怎么开发票"}, (
        "what is said to the agent is no question to the base"
    )
    rent = asked["能租帐篷吗"]
    assert (rent.is_declined, rent.is_handed_off, rent.person, rent.language) == (True, True, "p1", "zh")
    assert (rent.handling_s, rent.amount_cents, rent.replies) == (120, 12_900, ("暂时没有租赁服务。",))
    assert (asked["几天到货"].is_rated_down, asked["几天到货"].went_wrong) == (True, True)
    assert not asked["怎么开发票"].went_wrong


def test_a_rating_that_was_taken_back_counts_no_more(log: ServiceEvents, event: Event) -> None:
    log.append(
        event("answered", "c1", 3, text="几天到货", receipt_id="r2"),
        event("rated", None, 9, receipt_id="r2", rating="down"),
        event("rated", None, 12, receipt_id="r2", rating="up"),
    )

    assert not _asked(log)["几天到货"].went_wrong


def test_asking_for_a_person_is_no_question_and_a_message_that_went_straight_to_one_is(
    log: ServiceEvents, event: Event
) -> None:
    log.append(
        event("customer_wrote", "c1", 0, text="转人工"),
        event("handed_off", "c1", 1, reason="asked"),
        event("customer_wrote", "c2", 0, text="我要投诉食物中毒"),
        event("handed_off", "c2", 1, reason="risk"),
    )

    assert list(_asked(log)) == ["我要投诉食物中毒"]


def test_low_satisfaction_is_put_down_to_the_last_question(log: ServiceEvents, event: Event) -> None:
    log.append(
        event("answered", "c1", 0, text="第一问"),
        event("answered", "c1", 9, text="第二问"),
        event("survey_answered", "c1", 60, survey_id="s", survey="csat", score=1),
    )

    assert [item.text for item in _asked(log).values() if item.went_wrong] == ["第二问"]


def test_words_that_were_erased_are_no_question(log: ServiceEvents, event: Event) -> None:
    log.append(event("declined", "c1", 0, text="我叫王小明", customer_id="p1"))
    log.erase(customer_id="p1")

    assert _asked(log) == {}
