from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from scipy import stats

from app.domain.shop import Case
from app.warehouse.stock.places import Place, parse_bin
from app.warehouse.stock.signals import Complaint, SignalParams, complaints_of_orders, find_signals
from app.warehouse.stock.signals.messages import Said, complaints_of_messages
from tests.shop_samples import line, plain_order

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def order(number, *skus, status="delivered", at=NOW - timedelta(days=5)):
    lines = tuple(replace(line(f"{number}-{index}"), sku=sku, product_id=sku) for index, sku in enumerate(skus))
    return replace(plain_order(f"SL{number}", placed_at=at), lines=lines, status=status, cases=())


def complaint(sku, kind="damaged", at=NOW - timedelta(days=1), source_id="AS1"):
    return Complaint(kind, sku, at, "杯子碎了", "case", source_id)


def test_an_sku_that_breaks_more_often_than_the_others_raises_an_alarm_with_its_quotes():
    orders = [order(number, f"S{number % 10}") for number in range(300)]
    complaints = [complaint("S1", source_id=f"AS{n}") for n in range(8)] + [complaint("S2")]

    report = find_signals(orders, complaints, now=NOW, params=SignalParams(quotes=2))

    (alarm,) = report.alarms
    assert (alarm.unit, alarm.name, alarm.kind, alarm.complaints, alarm.sent) == ("sku", "S1", "damaged", 8, 30)
    interval = stats.binomtest(8, 30).proportion_ci(0.95, method="exact")
    assert (alarm.low, alarm.high) == pytest.approx((interval.low, interval.high))
    assert alarm.usual == pytest.approx(1.5 / 271)
    assert [quote["quote"] for quote in alarm.quotes] == ["杯子碎了"] * 2


def test_bins_collect_what_their_variants_are_complained_of():
    orders = [replace(order(number, "P-BK" if number % 2 else "P-WH")) for number in range(40)]
    orders = [replace(one, lines=tuple(replace(part, product_id="P") for part in one.lines)) for one in orders]
    places = {"P": Place(parse_bin("B-02-03-A"), 100)}

    report = find_signals(orders, [complaint("P-BK"), complaint("P-WH")], now=NOW, places=places)

    (shelf,) = [signal for signal in report.signals if signal.unit == "bin"]
    assert (shelf.name, shelf.complaints, shelf.sent) == ("B-02-03-A", 2, 40)


def test_one_complaint_is_never_an_alarm_and_old_ones_do_not_count():
    orders = [order(number, "S1" if number == 0 else "S2") for number in range(500)]
    old = complaint("S1", at=NOW - timedelta(days=200))

    report = find_signals(orders, [complaint("S1"), old], now=NOW)

    assert report.alarms == []
    assert report.totals == {"damaged": 1}


def test_what_was_never_sent_counts_in_no_rate():
    report = find_signals([order(1, "S1", status="cancelled")], [complaint("S1"), complaint("")], now=NOW)

    assert (report.signals, report.unplaced) == ((), 2)


def test_reasons_of_cases_are_read_for_the_lines_that_they_are_about():
    whole = order(7, "S1", "S2")
    case = Case("AS7-1", "SL7", "return", "done", "少配件", (whole.lines[1].line_id,), 0, None, NOW)
    quiet = replace(case, case_id="AS7-2", reason="尺码不合适")

    found = complaints_of_orders([replace(whole, cases=(case, quiet))])

    assert [(one.kind, one.sku, one.source_id) for one in found] == [("missing", "S2", "AS7-1")]


def test_messages_are_given_to_an_sku_only_where_the_conversation_names_one():
    one, two = order(1, "S-1"), order(2, "S-2", "S-3")
    cup = replace(two.lines[0], name="星屿 保温杯")
    two = replace(two, lines=(cup, replace(two.lines[1], name="星屿 雨伞")))

    def said(conversation, text):
        return Said(conversation, NOW, text)

    messages = [
        said("a", "SL1 收到就碎了"),
        said("b", "订单 sl2"), said("b", "保温杯裂了"),
        said("c", "SL2 少发了一件"),
        said("d", "S-3 wrong item sent"),
        said("e", "破损怎么赔吗"),
    ]  # fmt: skip
    found = {one.source_id: one.sku for one in complaints_of_messages(messages, [one, two])}

    assert found == {"a": "S-1", "b": "S-2", "c": "", "d": "S-3"}
