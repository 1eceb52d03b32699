from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from scipy.stats import fisher_exact

from app.database import Database
from app.domain.current_conversation import CurrentConversation
from app.domain.service_events import ServiceEvent
from app.served import CanaryWatch, ServedModels
from app.served.alarms import SIGNALS, AlarmParams, Arms, Share, arms_of, look, spending, worse_by_chance
from app.served.records import CandidateRecord

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def arms(canary: tuple[int, int], control: tuple[int, int]) -> Arms:
    nothing = Share(0, 0)
    return Arms(
        {name: Share(*canary) if name == "declines" else nothing for name in SIGNALS},
        {name: Share(*control) if name == "declines" else nothing for name in SIGNALS},
        (canary[1], control[1]),
    )


def test_chance_is_that_of_fishers_exact_test():
    assert worse_by_chance(Share(9, 40), Share(30, 360)) == pytest.approx(
        fisher_exact([[9, 31], [30, 330]], alternative="greater").pvalue
    )


def test_spending_begins_at_nothing_and_ends_at_alpha():
    assert spending(0, 0.05) == 0
    assert spending(1, 0.05) == pytest.approx(0.05)
    assert spending(0.5, 0.05) == pytest.approx(0.05 * math.log(1 + 0.5 * (math.e - 1)))
    assert spending(3, 0.05) == pytest.approx(0.05)


def test_a_harmful_model_is_noticed_early():
    found, _ = look(arms((12, 20), (18, 180)), {}, AlarmParams())

    assert [alarm.signal for alarm in found] == ["declines"]
    assert "60.0%" in found[0].words["en"]
    assert "60.0%" in found[0].words["zh"]


def test_too_few_conversations_say_nothing():
    assert look(arms((9, 9), (0, 90)), {}, AlarmParams()) == ([], {})


def test_a_second_look_at_the_same_conversations_has_nothing_left_to_spend():
    _, spent = look(arms((4, 40), (20, 360)), {}, AlarmParams())

    assert look(arms((40, 40), (0, 360)), spent, AlarmParams())[0] == []


def test_a_certain_but_small_difference_is_no_alarm():
    found, _ = look(arms((1300, 10_000), (10_000, 100_000)), {}, AlarmParams(planned=10_000))

    assert found == []


def test_harmless_models_are_taken_back_no_more_often_than_promised():
    """1,000 trials without any difference, looked at after every ten conversations."""
    chance = np.random.default_rng(20261125)
    params = AlarmParams(alpha=0.2, planned=200, margin=0.0)
    false = 0
    for _ in range(1000):
        one, other = chance.random(200) < 0.2, chance.random(1800) < 0.2
        spent: dict = {}
        for count in range(10, 201, 10):
            found, spent = look(
                arms((int(one[:count].sum()), count), (int(other[: 9 * count].sum()), 9 * count)), spent, params
            )
            if found:
                false += 1
                break

    assert false / 1000 <= 0.2 / len(SIGNALS)  # one of the four is watched here


def test_arms_are_put_together_by_conversation():
    def event(kind, name, **more):
        return ServiceEvent(kind, NOW, conversation_id=name, **more)

    pinned = {"a": (True, 0), "b": (True, 2), "c": (False, 0), "d": (False, 0)}
    events = [
        event("answered", "a", receipt_id="r1", data={"seconds": 1.0}),
        event("declined", "a", data={"seconds": 1.0}),
        event("declined", "a", data={"seconds": 1.0}),
        event("answered", "b", data={"seconds": 30.0}),
        event("answered", "c", data={"seconds": 1.0}),
        ServiceEvent("rated", NOW, receipt_id="r1", data={"rating": "down"}),
        event("rated", "c", data={"rating": "up"}),
        event("declined", "stranger"),
    ]

    found = arms_of(pinned, events)

    assert found.conversations == (2, 2)
    assert found.canary == {
        "faults": Share(1, 2), "declines": Share(1, 2), "ratings": Share(1, 1), "latency": Share(1, 2),
    }  # fmt: skip
    assert found.control["declines"] == Share(0, 1)
    assert found.control["ratings"] == Share(0, 1)


@pytest.fixture
def models(tmp_path):
    models = ServedModels(Database.in_file(tmp_path / "kefu.sqlite"), tmp_path / "models")
    record = CandidateRecord("new", "intents", "passed", NOW, NOW, {}, {}, {}, None)
    models.candidates.add(record, by="test")
    models.start_canary("intents", "new", 0.3, on=models.state("intents", fresh=True), by="test")
    return models


def served(models: ServedModels, count: int, *, declined_by_candidate: bool) -> list[ServiceEvent]:
    events = []
    for number in range(count):
        talk = CurrentConversation(f"c{number}", datetime.now(UTC) + timedelta(seconds=1))
        choice = models.choose("intents", talk)
        kind = "declined" if choice.is_canary and declined_by_candidate else "answered"
        events.append(ServiceEvent(kind, NOW, conversation_id=talk.conversation_id, data={"seconds": 1.0}))
    return events


def test_a_candidate_that_declines_everything_is_taken_back_by_itself(models):
    events = served(models, 100, declined_by_candidate=True)

    found = CanaryWatch(models, lambda _start, _end: events).look("intents")

    assert found is not None
    assert found.outcome == "rolled_back"
    assert models.state("intents", fresh=True).canary_id is None
    assert models.candidates.get("new").state == "rolled_back"
    assert models.candidates.history()[-1]["by"] == "alarm"


def test_a_harmless_candidate_goes_on_and_what_looks_used_up_survives_a_restart(models, tmp_path):
    events = served(models, 100, declined_by_candidate=False)
    first = CanaryWatch(models, lambda _start, _end: events).look("intents")
    again = ServedModels(Database.in_file(tmp_path / "kefu.sqlite"), tmp_path / "models")

    assert first is not None
    assert first.outcome == "running"
    assert again.state("intents").canary_spent["declines"] > 0
    assert CanaryWatch(again, lambda _start, _end: events).look("intents").outcome == "running"


def test_without_a_trial_there_is_nothing_to_look_at(models):
    models.roll_back("intents", by="test")

    assert CanaryWatch(models, lambda _start, _end: []).look_at_all() == []
