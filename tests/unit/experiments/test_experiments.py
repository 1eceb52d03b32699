"""Experiments from their start to their end, over a log of made-up conversations."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from app.building.experiment_outcomes import InsightOutcomes
from app.building.experimenting import CHECKS, VaryingAssistant, check_prompt
from app.database import Database
from app.domain.service_events import ServiceEvent
from app.experiments import Arm, Draft, Experiments, Unit, Wish
from app.experiments.errors import ExperimentInvalid, ExperimentMissing, ExperimentStopped
from app.experiments.store import ExperimentStore
from app.insight.errors import MetricUnknown
from app.insight.events import ServiceEvents
from app.insight.metrics import ServiceMetrics

NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)
ARMS = (Arm("now"), Arm("lower", {"min_confidence": 0.3}))
WISH = Wish(lift=0.2, baseline=0.5)


class Clock:
    now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log(tmp_path):
    database = Database.in_file(tmp_path / "kefu.sqlite")
    yield ServiceEvents(database)
    database.close()


@pytest.fixture
def experiments(log, clock) -> Experiments:
    outcomes = InsightOutcomes(log, ServiceMetrics(log, zone=UTC, clock=clock), clock=clock)
    # One salt, so one draw: an interval that holds the truth nineteen times in twenty fails a test once in twenty.
    store = ExperimentStore(log._database)
    return Experiments(store, outcomes, log, checks=CHECKS, clock=clock, salt=lambda: "salt")


def draft(name="lower-threshold", **changes) -> Draft:
    values = {"key": "answer", "arms": ARMS, "metric": "resolution_rate", "guards": ("decline_rate",), **changes}
    return Draft(name, **values)


def serve(experiments, log, clock, count, *, resolved, declined=None, first=0):
    """Conversations by arm; shares by arm of those that are resolved and declined."""
    draw = random.Random(first)
    clock.now += timedelta(hours=1)
    new = []
    for number in range(first, first + count):
        name = f"c{number}"
        variant = experiments.variant("answer", Unit(conversation_id=name))
        assert variant is not None
        experiments.expose(variant, Unit(conversation_id=name))
        is_declined = draw.random() < (declined or {}).get(variant.arm, 0.0)
        new.append(ServiceEvent("customer_wrote", clock.now, conversation_id=name))
        new.append(ServiceEvent("declined" if is_declined else "answered", clock.now, conversation_id=name))
        if draw.random() < resolved[variant.arm]:
            new.append(ServiceEvent("resolved", clock.now, conversation_id=name, data={"by": "customer"}))
    log.append(*new)
    clock.now += timedelta(hours=25)


def test_a_better_arm_is_called_better_in_both_languages(experiments, log, clock):
    experiments.start(draft(), Wish(lift=0.4, baseline=0.5), by="lin")
    serve(experiments, log, clock, 600, resolved={"now": 0.5, "lower": 0.75})

    body = experiments.look("lower-threshold")

    assert body["verdict"] == "better"
    assert "lower is better" in body["words"]["en"]
    assert "“lower”更好" in body["words"]["zh"]
    decides = body["comparisons"][0]["decides"]
    assert decides["low"] < 0.25 < decides["high"]
    assert sum(body["units"].values()) == 600


def test_without_a_difference_nothing_is_called(experiments, log, clock):
    experiments.start(draft(), WISH, by="lin")
    serve(experiments, log, clock, 300, resolved={"now": 0.5, "lower": 0.5})

    assert experiments.look("lower-threshold")["verdict"] in ("running", "hopeless")


def test_a_broken_guard_ends_it_whatever_the_number_that_decides_says(experiments, log, clock):
    experiments.start(draft(), WISH, by="lin")
    serve(experiments, log, clock, 500, resolved={"now": 0.5, "lower": 0.9}, declined={"now": 0.05, "lower": 0.5})

    body = experiments.watch()[0]

    assert body["verdict"] == "guard_broken"
    assert experiments.get("lower-threshold").stopped_by == "kefu"
    assert "Decline rate" in body["words"]["en"]
    assert experiments.variant("answer", Unit(conversation_id="c1")) is None


def test_mixed_up_arms_are_seen(experiments, log, clock):
    experiments.start(draft(), WISH, by="lin")
    name = experiments.get("lower-threshold").experiment_id
    for number in range(300):
        arm = "now" if number % 3 else "lower"
        data = {"experiment": name, "arm": arm, "unit": f"u{number}"}
        log.append(ServiceEvent("exposed", clock.now, conversation_id=f"c{number}", data=data))
    clock.now += timedelta(hours=1)

    assert experiments.look(name)["verdict"] == "mixed_up"


def test_looks_are_kept_and_the_newest_is_shown_while_little_is_added(experiments, log, clock):
    experiments.start(draft(), WISH, by="lin")
    serve(experiments, log, clock, 200, resolved={"now": 0.5, "lower": 0.5})

    first = experiments.look("lower-threshold")
    clock.now += timedelta(hours=1)
    again = experiments.look("lower-threshold")

    assert again == first
    assert [look.body["at"] for look in experiments.looks("lower-threshold")] == [first["at"]]
    serve(experiments, log, clock, 200, resolved={"now": 0.5, "lower": 0.5}, first=200)
    experiments.look("lower-threshold")
    assert len(experiments.looks("lower-threshold")) == 2


def test_too_few_units_are_told_and_not_counted_as_a_look(experiments, log, clock):
    experiments.start(draft(), WISH, by="lin")
    serve(experiments, log, clock, 20, resolved={"now": 0.5, "lower": 0.5})

    assert experiments.look("lower-threshold")["verdict"] == "too_early"
    assert experiments.looks("lower-threshold") == []


def test_nobody_takes_part_in_two_experiments_of_a_layer(experiments):
    experiments.start(draft("one", traffic=0.4), WISH, by="lin")
    experiments.start(draft("two", traffic=0.6), WISH, by="lin")

    found = [experiments.variant("answer", Unit(conversation_id=f"c{number}")) for number in range(2000)]

    assert all(variant is not None for variant in found)
    share = sum(variant.experiment_id == "one" for variant in found) / len(found)
    assert share == pytest.approx(0.4, abs=0.04)
    with pytest.raises(ExperimentInvalid, match="0% of its traffic free"):
        experiments.start(draft("three", traffic=0.1), WISH, by="lin")


def test_the_same_thing_is_not_tried_in_two_layers(experiments):
    experiments.start(draft("one", traffic=0.4), WISH, by="lin")

    with pytest.raises(ExperimentInvalid, match="nobody is in both"):
        experiments.start(draft("two", layer="other"), WISH, by="lin")


def test_customers_keep_their_arm_over_conversations_and_strangers_take_no_part(experiments):
    experiments.start(draft(unit="customer"), WISH, by="lin")

    arms = {experiments.variant("answer", Unit(f"c{number}", "C7")).arm for number in range(20)}

    assert len(arms) == 1
    assert experiments.variant("answer", Unit("c1", None)) is None


def test_the_log_names_no_customer_once_they_are_forgotten(experiments, log, clock):
    experiments.start(draft(unit="customer"), WISH, by="lin")
    unit = Unit("c1", "C7")
    experiments.expose(experiments.variant("answer", unit), unit)
    log.erase(customer_id="C7")

    (event,) = log.conversation("c1")

    assert event.customer_id is None
    assert "C7" not in str(event.data)


def test_what_a_customer_did_before_is_taken_into_account(experiments, log, clock):
    draw = random.Random(4)
    habits = {f"C{number}": draw.choice([0.1, 0.9]) for number in range(300)}

    def talk(name, customer, *, is_resolved):
        log.append(ServiceEvent("customer_wrote", clock.now, conversation_id=name, customer_id=customer))
        if is_resolved:
            log.append(ServiceEvent("resolved", clock.now, conversation_id=name, data={"by": "customer"}))

    clock.now = NOON - timedelta(days=10)
    for customer, habit in habits.items():
        for number in range(3):
            talk(f"before-{customer}-{number}", customer, is_resolved=draw.random() < habit)
    clock.now = NOON
    experiments.start(draft(unit="customer", guards=()), WISH, by="lin")
    clock.now += timedelta(hours=1)
    for customer, habit in habits.items():
        unit = Unit(f"now-{customer}", customer)
        experiments.expose(experiments.variant("answer", unit), unit)
        talk(f"now-{customer}", customer, is_resolved=draw.random() < habit)
    clock.now += timedelta(hours=30)

    decides = experiments.look("lower-threshold")["comparisons"][0]["decides"]

    assert decides["reduction"] > 0.2


def test_a_stopped_one_cannot_be_stopped_again(experiments):
    experiments.start(draft(), WISH, by="lin")

    stopped = experiments.stop("lower-threshold", by="lin", reason="took it over")

    assert (stopped.state, stopped.stop_reason) == ("stopped", "took it over")
    with pytest.raises(ExperimentStopped):
        experiments.stop("lower-threshold", by="lin")
    with pytest.raises(ExperimentMissing):
        experiments.look("nothing")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"arms": (Arm("now"),)}, "2 to 4 arms"),
        ({"arms": (Arm("now"), Arm("now"))}, "different names"),
        ({"arms": (Arm("now"), Arm("第二组"))}, "a-z"),
        ({"traffic": 0.0}, "traffic"),
        ({"metric": "conversations"}, "counts what came"),
        ({"arms": (Arm("now"), Arm("lower", {"min_confidence": 3}))}, "lies in"),
        ({"arms": (Arm("now"), Arm("lower", {"prompt": "x"}))}, "not prompt"),
        ({"key": "retrieval", "arms": (Arm("now"), Arm("deep", {"depth": "很多"}))}, "depth"),
    ],
)
def test_a_plan_that_cannot_be_run_is_refused_with_the_reason(experiments, change, words):
    with pytest.raises(ExperimentInvalid, match=words):
        experiments.start(draft(**change), WISH, by="lin")


def test_unknown_metrics_and_metrics_of_which_nothing_is_known_are_told(experiments):
    with pytest.raises(MetricUnknown):
        experiments.start(draft(metric="happiness"), WISH, by="lin")
    with pytest.raises(ExperimentInvalid, match="Nothing is known of csat"):
        experiments.start(draft(metric="csat"), Wish(), by="lin")


def test_a_name_is_taken_once(experiments):
    experiments.start(draft(traffic=0.1), WISH, by="lin")

    with pytest.raises(ExperimentInvalid, match="already"):
        experiments.start(draft(traffic=0.1), WISH, by="lin")


class Recording:
    """Answers nothing; says which assistant was asked."""

    def __init__(self, name, asked):
        self._name, self._asked = name, asked

    def stream(self, turn):
        self._asked.append((self._name, turn.mode))
        yield from ()


def test_questions_go_to_the_assistant_of_their_arm_and_are_noted(experiments, log):
    from app.domain import Turn

    arms = (Arm("now"), Arm("quick", {"mode": "extractive", "min_confidence": 0.2}))
    experiments.start(draft(arms=arms), WISH, by="lin")
    asked: list[tuple[str, str]] = []
    built = []

    def build(answer, retrieval, prompt):
        built.append((dict(answer), dict(retrieval), dict(prompt)))
        return Recording(str(answer), asked)

    varying = VaryingAssistant(Recording("plain", asked), lambda: experiments, build)
    for number in range(40):
        list(varying.stream(Turn("退货运费谁出？", conversation_id=f"c{number}")))
        list(varying.stream(Turn("退货运费谁出？", conversation_id=f"c{number}")))
    list(varying.stream(Turn("alone")))

    assert set(asked) == {("{}", "auto"), ("{'min_confidence': 0.2}", "extractive"), ("plain", "auto")}
    assert asked[-1] == ("plain", "auto")
    assert len(built) == 2
    exposed = list(log.between(NOON, NOON + timedelta(days=1), kinds=["exposed"]))
    assert len(exposed) == 40


def test_the_instructions_of_an_arm_reach_the_assistant_of_it(experiments):
    from app.domain import Turn

    text = "只用一句话回答，句末写资料编号，如[1]。"
    arms = (Arm("now"), Arm("short", {"zh": text}))
    experiments.start(draft(key="prompt", arms=arms), WISH, by="lin")
    built = []

    def build(answer, retrieval, prompt):
        built.append(dict(prompt))
        return Recording("any", [])

    varying = VaryingAssistant(Recording("plain", []), lambda: experiments, build)
    for number in range(20):
        list(varying.stream(Turn("退货运费谁出？", conversation_id=f"c{number}")))

    assert sorted(map(len, built)) == [0, 1]
    assert {"zh": text} in built


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"fr": "Répondez [1]"}, "zh and en"),
        ({"zh": "  "}, "prompt.zh"),
        ({"en": 3}, "prompt.en"),
        ({"en": "Answer in one sentence."}, "in brackets"),
        ({"en": "[1]" * 2000}, "4000"),
    ],
)
def test_instructions_that_cannot_be_are_told(values, told):
    with pytest.raises(ExperimentInvalid, match=told):
        check_prompt(values)
