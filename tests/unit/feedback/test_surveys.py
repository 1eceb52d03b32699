from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.database import Database
from app.feedback.errors import ScoreInvalid, SurveyClosed, SurveyMissing
from app.feedback.surveys import SurveyPolicy, Surveys
from tests.unit.feedback.test_store import Notebook


class Clock:
    """Goes only when told."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 10, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_days(self, days: float) -> None:
        self.now += timedelta(days=days)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log() -> Notebook:
    return Notebook()


@pytest.fixture
def surveys(tmp_path: Path, clock: Clock, log: Notebook) -> Iterator[Surveys]:
    database = Database.in_file(tmp_path / "kefu.sqlite")
    yield Surveys(database, log=log, clock=clock)
    database.close()


def test_a_conversation_is_asked_about_once(surveys: Surveys) -> None:
    assert surveys.ask("c1", language="zh") is not None
    assert surveys.ask("c1", language="zh") is None
    assert surveys.ask("c2", language="zh") is not None


def test_a_customer_is_left_in_peace_for_two_weeks(surveys: Surveys, clock: Clock) -> None:
    assert surveys.ask("c1", language="en", customer_id="p1") is not None
    clock.pass_days(13)
    assert surveys.ask("c2", language="en", customer_id="p1") is None
    assert surveys.ask("c3", language="en", customer_id="p2") is not None
    clock.pass_days(2)
    assert surveys.ask("c4", language="en", customer_id="p1") is not None


def test_recommending_is_asked_after_the_first_help_and_seldom(surveys: Surveys, clock: Clock) -> None:
    kinds = []
    for number in range(6):
        survey = surveys.ask(f"c{number}", language="en", customer_id="p1")
        kinds.append(survey.kind if survey is not None else None)
        clock.pass_days(30)

    assert kinds == ["csat", "nps", "csat", "csat", "nps", "csat"]


def test_strangers_are_never_asked_whether_they_would_recommend(surveys: Surveys) -> None:
    assert {survey.kind for number in range(5) if (survey := surveys.ask(f"c{number}", language="zh"))} == {"csat"}


def test_the_question_is_in_the_customers_language(surveys: Surveys) -> None:
    chinese, english = surveys.ask("c1", language="zh"), surveys.ask("c2", language="en")

    assert chinese is not None
    assert english is not None
    assert "满意" in chinese.question
    assert "satisfied" in english.question


def test_a_second_answer_takes_the_place_of_the_first(surveys: Surveys, log: Notebook) -> None:
    survey = surveys.ask("c1", language="zh", customer_id="p1")
    assert survey is not None
    surveys.answer(survey.survey_id, 2)
    surveys.answer(survey.survey_id, 5, "后来解决了")

    assert (surveys.get(survey.survey_id).score, surveys.get(survey.survey_id).comment) == (5, "后来解决了")
    assert [(event.kind, event.data.get("score")) for event in log.events] == [
        ("survey_asked", None),
        ("survey_answered", 2),
        ("survey_answered", 5),
    ]
    assert "后来解决了" not in str(log.events), "a comment is a person's words; the log counts scores"


def test_answers_that_cannot_be_taken_are_told(surveys: Surveys, clock: Clock) -> None:
    survey = surveys.ask("c1", language="zh")
    assert survey is not None
    for score in (0, 6, -1):
        with pytest.raises(ScoreInvalid, match="from 1 to 5"):
            surveys.answer(survey.survey_id, score)
    with pytest.raises(SurveyMissing):
        surveys.answer("nothing", 5)
    clock.pass_days(15)
    with pytest.raises(SurveyClosed, match="2026-11-10"):
        surveys.answer(survey.survey_id, 5)


def test_a_policy_may_ask_nobody(tmp_path: Path) -> None:
    database = Database.in_file(tmp_path / "kefu.sqlite")

    assert Surveys(database, policy=SurveyPolicy(is_enabled=False)).ask("c1", language="zh") is None
    assert not (tmp_path / "kefu.sqlite").exists()


def test_erasing_a_customer_takes_the_surveys(surveys: Surveys) -> None:
    survey = surveys.ask("c1", language="zh", customer_id="p1")
    assert survey is not None

    assert surveys.erase(customer_id="p1") == 1
    with pytest.raises(SurveyMissing):
        surveys.get(survey.survey_id)
