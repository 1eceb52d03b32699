"""Numbers worked out by hand from small logs."""

from __future__ import annotations

from datetime import UTC, date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.insight.definitions import METRICS
from app.insight.errors import MetricUnknown, PeriodInvalid
from app.insight.events import ServiceEvents
from app.insight.metrics import Filter, Period, ServiceMetrics
from app.insight.pages import definitions_page, rows_csv, values_csv
from app.insight.rows import MetricRow
from app.insight.summary import summarise
from tests.unit.insight.conftest import NOON, Event

DAY = Period(date(2026, 11, 10), date(2026, 11, 10))
ROOT = Path(__file__).parents[3]


@pytest.fixture
def metrics(log: ServiceEvents) -> ServiceMetrics:
    return ServiceMetrics(log, zone=UTC, clock=lambda: NOON + timedelta(days=30))


@pytest.fixture
def desk(log: ServiceEvents, event: Event) -> ServiceEvents:
    """Four conversations: answered and resolved; declined and handed off; fell silent; answered, rated down."""
    log.append(
        event("conversation_started", "good", channel="widget", language="zh"),
        event("customer_wrote", "good", 0, customer_id="p1", language="zh", intent="refund"),
        event(
            "answered", "good", 2, receipt_id="r1", confidence=0.9, seconds=0.5, tokens=0, citations=2, language="zh"
        ),
        event("citation_opened", "good", 5, receipt_id="r1", marker=1),
        event("resolved", "good", 20, by="customer"),
        event("order_placed", None, 3600, customer_id="p1", order_id="o1", amount_cents=9900),
        event("customer_wrote", "person", 100, customer_id="p2", language="en", intent="careers"),
        event("declined", "person", 104, receipt_id="r2", confidence=0.1, seconds=1.5, tokens=200, language="en"),
        event("handed_off", "person", 110, reason="failed"),
        event("agent_joined", "person", 170, agent="lin"),
        event("agent_replied", "person", 200, text="…", agent="lin", suggested="…", is_edited=True),
        event("agent_left", "person", 290, agent="lin"),
        event("resolved", "person", 300, by="agent"),
        event("customer_wrote", "silent", 200, language="zh", intent="refund"),
        event("answered", "silent", 208, receipt_id="r3", confidence=0.6, seconds=1.0, tokens=100, citations=1),
        event("resolved", "silent", 7200, by="silence"),
        event("customer_wrote", "sad", 300, customer_id="p3", language="en", intent="refund"),
        event("answered", "sad", 301, receipt_id="r4", confidence=0.7, seconds=1.0, tokens=100, citations=0),
        event("rated", None, 310, receipt_id="r4", rating="down", reasons=["wrong"]),
        event("rated", "good", 15, receipt_id="r1", rating="up"),
    )
    return log


@pytest.mark.parametrize(
    ("name", "value", "denominator"),
    [
        ("conversations", 4, 4),
        ("questions", 4, 4),
        ("involvement_rate", 3 / 4, 4),
        ("resolution_rate", 2 / 4, 4),
        ("silent_ending_rate", 2 / 4, 4),
        ("containment_rate", 3 / 4, 4),
        ("hand_off_rate", 1 / 4, 4),
        ("hand_off_served_rate", 1, 1),
        ("decline_rate", 1 / 4, 4),
        ("approval_rate", 1 / 2, 2),
        ("handling_time", 120, 1),  # joined at 170, left at 290
        ("first_response_time", 3, 4),  # median of 2, 4, 8 and 1
        ("agent_response_time", 90, 1),
        ("answer_seconds", 1.0, 4),  # median of 0.5, 1.5, 1, 1
        ("answer_tokens", 100, 4),  # mean of 0, 200, 100, 100
        ("citation_opening_rate", 1 / 2, 2),  # r4 has no sources
        ("suggestion_kept_rate", 0, 1),
        ("first_contact_resolution", 1, 2),
        ("conversion_rate", 1 / 3, 3),  # silent has no customer
    ],
)
def test_each_number_is_what_its_definition_gives(
    desk: ServiceEvents, metrics: ServiceMetrics, name: str, value: float, denominator: int
) -> None:
    (shown,) = metrics.show(DAY, names=[name])

    assert shown.overall.value == pytest.approx(value)
    assert shown.overall.denominator == denominator


def test_a_rating_without_its_conversation_takes_the_deflection_away(
    desk: ServiceEvents, metrics: ServiceMetrics
) -> None:
    rows = {row.conversation_id: row.value for row in metrics.rows("deflection_rate", DAY)}

    # "sad" was rated by its receipt alone; it is found again by the answer.
    assert rows == {"good": 1.0, "person": 0.0, "silent": 1.0, "sad": 0.0}


@pytest.mark.parametrize("name", METRICS)
def test_every_number_can_be_computed_again_from_its_rows(
    desk: ServiceEvents, metrics: ServiceMetrics, name: str
) -> None:
    (shown,) = metrics.show(DAY, names=[name])
    rows = metrics.rows(name, DAY)

    assert summarise(rows, METRICS[name].aggregate) == shown.overall
    assert len({row.row_id for row in rows}) == len(rows)


@pytest.mark.parametrize("name", METRICS)
def test_an_empty_log_has_no_numbers_and_no_faults(metrics: ServiceMetrics, name: str) -> None:
    (shown,) = metrics.show(DAY, names=[name], by="week")

    assert shown.overall.value in (None, 0)
    assert shown.groups == {}


def test_csat_counts_fours_and_fives_and_the_last_answer(
    log: ServiceEvents, event: Event, metrics: ServiceMetrics
) -> None:
    log.append(
        event("survey_asked", "c1", survey_id="s1", survey="csat"),
        event("survey_asked", "c2", survey_id="s2", survey="csat"),
        event("survey_answered", "c1", 1, survey_id="s1", survey="csat", score=1),
        event("survey_answered", "c1", 2, survey_id="s1", survey="csat", score=5),
        *(
            event("survey_answered", f"n{number}", survey_id=f"n{number}", survey="nps", score=score)
            for number, score in enumerate((10, 9, 8, 3))
        ),
    )
    values = {item.metric.name: item.overall for item in metrics.show(DAY)}

    assert (values["csat"].value, values["csat"].denominator) == (1, 1)
    assert values["csat_mean"].value == 5
    assert values["survey_response_rate"].value == 0.5
    assert values["nps"].value == 25  # two promoters, one passive, one detractor of four


def test_coming_back_with_the_same_intent_is_no_first_contact_resolution(
    log: ServiceEvents, event: Event, metrics: ServiceMetrics
) -> None:
    day = 86_400
    for name, intent, start in (("first", "refund", 0), ("other", "invoice", day), ("again", "refund", 3 * day)):
        log.append(
            event("customer_wrote", name, start, customer_id="p1", intent=intent),
            event("resolved", name, start + 60, by="customer"),
        )
    rows = metrics.rows("first_contact_resolution", Period(date(2026, 11, 10), date(2026, 11, 20)))

    assert {row.row_id: row.value for row in rows} == {"first": 0.0, "other": 1.0, "again": 1.0}


def test_windows_that_are_still_open_are_left_out(log: ServiceEvents, event: Event) -> None:
    log.append(event("customer_wrote", "c1", customer_id="p1"), event("resolved", "c1", 60, by="agent"))
    early = ServiceMetrics(log, clock=lambda: NOON + timedelta(days=6))
    late = ServiceMetrics(log, clock=lambda: NOON + timedelta(days=8))

    assert early.rows("first_contact_resolution", DAY) == []
    assert len(late.rows("first_contact_resolution", DAY)) == 1


def test_a_resolution_that_was_reopened_is_none(log: ServiceEvents, event: Event, metrics: ServiceMetrics) -> None:
    log.append(event("customer_wrote", "c1"), event("resolved", "c1", 60, by="customer"), event("reopened", "c1", 90))

    assert [row.value for row in metrics.rows("resolution_rate", DAY)] == [0.0]


def test_days_begin_where_the_company_is(log: ServiceEvents, event: Event) -> None:
    log.append(event("customer_wrote", "c1", 5 * 3600))  # 17:00 UTC, 01:00 of the next day in Shanghai
    shanghai = ServiceMetrics(log, zone=ZoneInfo("Asia/Shanghai"), clock=lambda: NOON + timedelta(days=30))

    assert shanghai.rows("conversations", DAY) == []
    (shown,) = shanghai.show(Period(date(2026, 11, 9), date(2026, 11, 11)), names=["conversations"], by="day")
    assert list(shown.groups) == ["2026-11-11"]
    (by_week,) = shanghai.show(Period(date(2026, 11, 9), date(2026, 11, 11)), names=["conversations"], by="week")
    assert list(by_week.groups) == ["2026-11-09"]  # a Monday


def test_numbers_are_divided_and_filtered_by_what_rows_are(desk: ServiceEvents, metrics: ServiceMetrics) -> None:
    (shown,) = metrics.show(DAY, names=["decline_rate"], by="language")
    (filtered,) = metrics.show(DAY, names=["decline_rate"], only=Filter(language="en"))

    assert {name: value.value for name, value in shown.groups.items()} == {"en": 0.5, "zh": 0.0}
    assert filtered.overall == shown.groups["en"]


def test_spreadsheets_hold_what_was_shown_and_no_formulas(
    log: ServiceEvents, event: Event, metrics: ServiceMetrics
) -> None:
    log.append(event("customer_wrote", "=cmd()", language="zh"), event("declined", "=cmd()", 1, language="zh"))

    values = values_csv(metrics.show(DAY, names=["decline_rate"])).splitlines()
    rows = rows_csv(metrics.rows("decline_rate", DAY)).splitlines()

    assert values[0] == "metric,group,value,low,high,numerator,denominator,unit"
    assert values[1].startswith("decline_rate,,1.0,0.206")  # Wilson's lower end of 1 of 1
    assert ",'=cmd()," in rows[1]


def test_names_and_periods_that_are_none_are_told(metrics: ServiceMetrics) -> None:
    with pytest.raises(MetricUnknown, match="resolution_rate"):
        metrics.rows("happiness", DAY)
    with pytest.raises(PeriodInvalid, match="before it begins"):
        metrics.period(date(2026, 11, 2), date(2026, 11, 1))
    with pytest.raises(PeriodInvalid, match="800 days"):
        metrics.period(date(2000, 1, 1), date(2026, 1, 1))


def test_the_page_of_definitions_is_what_the_code_says() -> None:
    page = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")

    assert page == definitions_page(), "write it again: kefu metrics list --markdown > docs/metrics.md"


def test_every_definition_is_whole_in_both_languages() -> None:
    for metric in METRICS.values():
        for text in (metric.title, metric.numerator, metric.denominator):
            assert text.zh.strip(), metric.name
            assert text.en.strip(), metric.name
        assert bool(metric.note.zh) == bool(metric.note.en), metric.name
        assert metric.source


def test_the_interval_of_a_median_lies_between_the_ranks_of_the_book() -> None:
    rows = [MetricRow(str(number), NOON, float(number)) for number in range(1, 101)]

    value = summarise(rows, "median")

    # Of a hundred: ranks 50 -+ 9.8, so the 41st and the 61st.
    assert (value.value, value.low, value.high) == (50.5, 41.0, 61.0)
    assert summarise(rows[:1], "median").low == summarise(rows[:1], "median").high == 1.0
