"""What a sentence says of its own validity; expected days are read off by a person."""

from __future__ import annotations

from datetime import date

import pytest

from ingest.validity.sale_periods import SalePeriods
from ingest.validity.statements import Doubt, Place, Statement, StatementReader

Days = tuple[date | None, date | None]


def said(text: str, place: Place = "document", **fields: object) -> list[Days | str]:
    found = StatementReader().sentence(text, place=place, **fields)  # type: ignore[arg-type]
    return [(item.valid_from, item.valid_to) if isinstance(item, Statement) else item.reason for item in found]


@pytest.mark.parametrize(
    "text",
    [
        "自2026年3月1日起施行。",
        "**自2026年3月1日起施行**，替代2025年版。",
        "本规则自二〇二六年三月一日起执行。",
        "本辦法於2026年3月1日起實施。",
        "本政策于2026年3月1日正式生效",
        "生效日期：2026年3月1日",
        "文件编号：RT-2026-01　自2026年3月1日起施行",
        "退货规则（2026年3月1日起施行）",
        "Effective 1 March 2026.",
        "Document RT-2026-01, **effective from 1 March 2026**.",
        "This policy takes effect on March 1, 2026.",
        "These terms apply from 1 March 2026.",
        "Effective date: 2026-03-01",
    ],
)
def test_the_first_day_is_read(text: str) -> None:
    assert said(text, name="退货规则") == [(date(2026, 3, 1), None)]


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("有效期至2026年11月30日。", date(2026, 11, 30)),
        ("本條款有效期至二〇二六年十一月三十日止", date(2026, 11, 30)),
        ("有效期至2026年11月。", date(2026, 11, 30)),
        ("有效期至2028年2月29日", date(2028, 2, 29)),
        ("Valid until 30 November 2026.", date(2026, 11, 30)),
        ("This notice is valid through November 30, 2026", date(2026, 11, 30)),
        # Repealed or replaced on a day: the day before is the last.
        ("本政策于2026年5月1日废止。", date(2026, 4, 30)),
        ("本政策自2026年5月1日起廢止。", date(2026, 4, 30)),
        ("2026年1月1日起由新版替代", date(2025, 12, 31)),
        ("本版已由2026年3月1日起施行的新版替代，只适用于签收日在施行期间内的订单。", date(2026, 2, 28)),
        ("Superseded by RT-2026 on 1 March 2028.", date(2028, 2, 29)),
        ("Superseded by the version effective from 1 March 2026;", date(2026, 2, 28)),
    ],
)
def test_the_last_day_is_read(text: str, last: date) -> None:
    assert said(text) == [(None, last)]


@pytest.mark.parametrize(
    "text",
    [
        "本政策适用于2026年11月1日至11月11日。",
        "本活動適用於二〇二六年十一月一日至十一月十一日。",
        "施行期间：2026年11月1日至2026年11月11日。",
        "活动时间：**2026年11月1日0:00至2026年11月11日24:00**，以下简称“本次活动”。",
        "本规则仅适用于2026年双11期间",
        "In force from 1 November to 11 November 2026.",
        "This offer is valid from 1 Nov to 11 Nov 2026.",
        "This policy applies to orders placed between 1 and 11 November 2026.",
        "This sale applies during Double 11 2026.",
    ],
)
def test_a_period_is_read(text: str) -> None:
    assert said(text) == [(date(2026, 11, 1), date(2026, 11, 11))]


@pytest.mark.parametrize(
    "text",
    [
        "本公司于2026年3月1日成立。",
        "本政策2026年3月1日发布。",
        "公告日期：2026年11月16日。",
        "优惠券有效期至2026年11月30日。",
        "签收日在2026年2月28日及以前的订单，仍按2025年版办理。",
        "请于2026年3月1日前提交申请。",
        "自2026年3月1日起30天内可以退货。",
        "原《退货办法》于2026年5月1日废止。",
        "PLUS会员权益自2026年3月1日起生效。",
        "新合同自2026年3月1日起执行。",
        "2025年版",
        "Announced on 16 November 2026.",
        "No parcels leave our warehouses from 4 February to 11 February 2027 (8 days).",
        "Vouchers are valid until 30 November 2026.",
        "The new courier contract is effective from 1 March 2026.",
        "Return it by 30 November 2026.",
        "We moved offices on 1 March 2026.",
        "",
    ],
)
def test_events_deadlines_and_the_days_of_other_things_are_no_validity(text: str) -> None:
    assert said(text, name="七日无理由退货规则") == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("自2026年2月30日起施行。", "calendar"),
        ("本规则2月30日起施行。", "calendar"),
        ("Effective from 30 February 2026.", "calendar"),
        ("Effective from 2026-02-30.", "calendar"),
        ("自2027年2月29日起执行。", "calendar"),
        ("有效期：2026年11月11日至2026年11月1日", "would end"),
        ("This policy applies from 11 Nov 2026 to 1 Nov 2026.", "would end"),
        ("自3月1日起施行。", "without a year"),
        ("本规则适用于双11期间", "without a year"),
    ],
)
def test_a_statement_that_cannot_be_taken_says_why(text: str, reason: str) -> None:
    (found,) = StatementReader().sentence(text, place="document")

    assert isinstance(found, Doubt)
    assert reason in found.reason
    assert found.quote == text


def test_days_without_a_year_are_of_the_documents_year() -> None:
    assert said("自3月1日起施行。", year=2026) == [(date(2026, 3, 1), None)]
    assert said("本规则适用于618期间", year=2026) == [(date(2026, 6, 1), date(2026, 6, 18))]


def test_away_from_where_documents_speak_of_themselves_only_their_own_name_counts() -> None:
    assert said("自2026年3月1日起施行。", "anywhere") == []
    assert said("本规则自2026年3月1日起施行。", "anywhere") == [(date(2026, 3, 1), None)]


@pytest.mark.parametrize(
    "text",
    [
        "自2027年1月1日起，包邮门槛调整为满79元。",
        "From 1 January 2027, delivery is free from 79 yuan.",
        "以下标准自2027年1月1日起执行。",
        "The following rates apply from 1 January 2027.",
        "自2027年1月1日起施行。",
    ],
)
def test_the_first_sentence_of_a_section_limits_it(text: str) -> None:
    (found,) = StatementReader().sentence(text, place="section", is_whole=True)

    assert isinstance(found, Statement)
    assert found.is_of_section
    assert found.valid_from == date(2027, 1, 1)


def test_a_first_sentence_beside_other_times_does_not_limit_its_section() -> None:
    assert said("自2027年1月1日起，包邮门槛调整为满79元。", "section", is_whole=False) == []
    assert said("自2027年1月1日起，现行99元的门槛调整为满79元。", "section", is_whole=True) == []


@pytest.mark.parametrize(
    ("heading", "days"),
    [
        ("双11期间(11月1日-11月11日)运费规则", (date(2026, 11, 1), date(2026, 11, 11))),
        ("雙11期間（11月1日—11月11日）運費規則", (date(2026, 11, 1), date(2026, 11, 11))),
        ("双十一期间的运费", (date(2026, 11, 1), date(2026, 11, 11))),
        ("双11期间(11月3日-11月9日)运费规则", (date(2026, 11, 3), date(2026, 11, 9))),
        ("Shipping rates, 1–11 November 2026", (date(2026, 11, 1), date(2026, 11, 11))),
        ("Delivery fees from 1 January 2027", (date(2027, 1, 1), None)),
        ("自2027年1月1日起的运费", (date(2027, 1, 1), None)),
        ("2027年1月1日前的运费", (None, date(2026, 12, 31))),
    ],
)
def test_a_heading_limits_its_section(heading: str, days: Days) -> None:
    (found,) = StatementReader().heading(heading, year=2026)

    assert isinstance(found, Statement)
    assert (found.valid_from, found.valid_to) == days


@pytest.mark.parametrize(
    "heading",
    [
        "2026年双11活动规则",
        "2027年春节期间发货与客服安排",
        "停发期间：2027年2月4日至2月11日",
        "一、期限",
        "History 2025 to 2026",
    ],
)
def test_a_heading_that_names_an_event_limits_nothing(heading: str) -> None:
    assert StatementReader().heading(heading, year=2026) == []


def test_sales_are_those_of_the_table() -> None:
    reader = StatementReader(SalePeriods({"店庆,anniversary": "12-30/01-02"}))

    (zh,) = reader.heading("店庆期间退货规则", year=2026)
    (en,) = reader.heading("Returns during the Anniversary sale 2026")

    assert isinstance(zh, Statement)
    assert isinstance(en, Statement)
    assert (zh.valid_from, zh.valid_to) == (en.valid_from, en.valid_to) == (date(2026, 12, 30), date(2027, 1, 2))
    assert reader.heading("双11期间退货规则", year=2026) == []


@pytest.mark.parametrize("days", ["11-01", "02-30/03-01", "11/01-11/11", ""])
def test_a_table_of_sales_with_other_days_is_refused(days: str) -> None:
    with pytest.raises(ValueError, match="Expected"):
        SalePeriods({"店庆": days})
