"""The report over ten weeks of made-up conversations."""

from __future__ import annotations

import random
import re
from datetime import UTC, date, datetime, timedelta

import pypdfium2
import pytest

from app.database import Database
from app.domain.service_events import ServiceEvent
from app.insight.events import ServiceEvents
from app.insight.metrics import ServiceMetrics
from app.reporting import Sources, collect, write_report
from app.reporting.collecting import Prices
from app.reporting.errors import ReportMissing
from app.reporting.writing import Reports

TODAY = date(2026, 11, 25)  # a Wednesday: the week of the report is 16 to 22 November
FIRST = datetime(2026, 9, 14, 9, tzinfo=UTC)
LOOK = {
    "experiment_id": "lower-threshold",
    "units": {"now": 300, "lower": 310},
    "words": {"zh": "“lower”更好。", "en": "lower is better <b>."},
}
RUN = {
    "name": "golden",
    "fault": None,
    "sections": [{"figures": [{"name": "answer_accuracy", "kind": "share", "value": 0.91, "low": 0.88, "high": 0.93}]}],
}


def conversations(draw: random.Random) -> list[ServiceEvent]:
    """A hundred a week; in the last one far more are declined and the rest is as before."""
    found = []
    for number in range(1000):
        week = number // 100
        at = FIRST + timedelta(weeks=week, hours=draw.randrange(0, 24 * 7 - 10))
        name = f"c{number}"
        is_declined = draw.random() < (0.4 if week == 9 else 0.1)
        data = {"seconds": draw.uniform(0.2, 1.8), "tokens": 400, "citations": 1}
        found += [
            ServiceEvent("customer_wrote", at, conversation_id=name, customer_id=f"p{number % 300}"),
            ServiceEvent(
                "declined" if is_declined else "answered",
                at,
                conversation_id=name,
                data=data,
                language="en" if number % 2 else "zh",
                channel="widget",
            ),
        ]
        if draw.random() < 0.6:
            found.append(ServiceEvent("resolved", at, conversation_id=name, data={"by": "customer"}))
        for survey, score in (("csat", draw.choice([3, 4, 5, 5])), ("nps", draw.randrange(5, 11))):
            answer = {"survey": survey, "survey_id": f"{name}-{survey}", "score": score}
            found.append(ServiceEvent("survey_answered", at, conversation_id=name, data=answer))
    return found


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    database = Database.in_file(tmp_path_factory.mktemp("report") / "kefu.sqlite")
    log = ServiceEvents(database)
    log.append(*conversations(random.Random(8)))
    sources = Sources(
        ServiceMetrics(log, zone=UTC, clock=lambda: datetime(2026, 11, 25, 9, tzinfo=UTC)),
        experiments=lambda _: [LOOK],
        evaluations=lambda: [RUN],
        faults=lambda _start, _end: 2,
        prices=Prices(per_million_tokens=2.0, per_machine_hour=3.6),
    )
    made = collect(sources, weeks=8, today=TODAY)
    database.close()
    return made


def lines(report):
    return {line.name: line for section in report.sections for line in section.lines}


def test_the_week_of_the_report_is_the_last_whole_one(report):
    assert (report.first, report.last, report.name) == (date(2026, 11, 16), date(2026, 11, 22), "2026-W47")
    assert lines(report)["csat"].weeks[0].first == date(2026, 9, 28)
    assert lines(report)["conversations"].last.value == 100


def test_what_changed_is_marked_and_what_did_not_is_not(report):
    found = lines(report)

    assert (found["decline_rate"].is_marked, found["decline_rate"].is_better) == (True, False)
    assert not any(found[name].is_marked for name in ("csat", "nps", "resolution_rate"))


def test_languages_are_compared_and_shown_in_page_and_file(report, tmp_path):
    compared = {(item.metric, item.by.en): item for item in report.fairness}
    item = compared["decline_rate", "language"]
    assert {group.name.en for group in item.groups} >= {"Chinese", "English"}
    assert item.p is not None
    assert not item.is_marked

    pages = {path.name: path for path in write_report(report, tmp_path)}

    assert "公平性" in pages["report.zh.html"].read_text(encoding="utf-8")
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pages["report.en.pdf"]))
    assert "Fairness: customers by language and channel" in text
    assert "Chinese" in text


def test_the_cost_of_an_answer_is_seconds_and_tokens_at_their_prices(report):
    # 400 tokens at 2 a million are .0008; 0.2 to 1.8 seconds at 3.6 an hour are .001 on average
    assert lines(report)["answer_cost"].last.value == pytest.approx(0.0018, rel=0.1)


def test_page_and_file_are_written_in_both_languages_and_found_again(report, tmp_path):
    paths = write_report(report, tmp_path)

    assert sorted(path.name for path in paths) == [
        "report.en.html", "report.en.pdf", "report.zh.html", "report.zh.pdf",
    ]  # fmt: skip
    reports = Reports(tmp_path)
    assert reports.list() == [{"name": "2026-W47", "files": sorted(path.name for path in paths)}]
    assert reports.file("2026-W47", "report.zh.pdf").read_bytes().startswith(b"%PDF")
    for name, file in (("2026-W46", "report.zh.pdf"), ("..", "report.zh.pdf"), ("2026-W47", "../x")):
        with pytest.raises(ReportMissing):
            reports.file(name, file)


def test_every_number_leads_to_its_definition_and_to_its_rows(report, tmp_path):
    write_report(report, tmp_path)
    page = (tmp_path / "2026-W47" / "report.en.html").read_text(encoding="utf-8")

    wanted = set(re.findall(r'href="#(def-\w+)"', page))
    assert wanted == set(re.findall(r'id="(def-\w+)"', page))
    assert {f"def-{name}" for name in lines(report)} == wanted
    assert "/console/#/home?metric=csat&amp;from=2026-11-16&amp;to=2026-11-22" in page
    assert "lower is better &lt;b&gt;." in page
    assert "91.0%" in page


@pytest.mark.parametrize(("language", "words"), [("zh", ["客服周报", "婉拒率", "变差"]), ("en", ["Decline", "worse"])])
def test_the_file_holds_the_words_of_its_language(report, tmp_path, language, words):
    write_report(report, tmp_path)

    document = pypdfium2.PdfDocument(tmp_path / "2026-W47" / f"report.{language}.pdf")
    text = "\n".join(page.get_textpage().get_text_range() for page in document)
    document.close()

    assert all(word in text for word in words)


def test_a_service_without_events_has_a_report_that_says_so(tmp_path):
    database = Database.in_file(tmp_path / "kefu.sqlite")
    made = collect(Sources(ServiceMetrics(ServiceEvents(database), zone=UTC)), weeks=1, today=TODAY)
    database.close()

    assert len(write_report(made, tmp_path)) == 4
    assert lines(made)["csat"].last.value is None
