"""Asking how it was, once it is over: who is asked what, and when not."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from app.database import Database
from app.domain.action import Wording
from app.domain.service_events import EventLog, ServiceEvent
from app.feedback.errors import ScoreInvalid, SurveyClosed, SurveyMissing
from app.feedback.tables import surveys
from index.types import Language

SurveyKind = Literal["csat", "nps"]

SCORES: Mapping[SurveyKind, tuple[int, int]] = {"csat": (1, 5), "nps": (0, 10)}
"""Least and greatest score; NPS after Reichheld, Harvard Business Review 81 (12), 2003."""

_QUESTIONS: Mapping[SurveyKind, Wording] = {
    "csat": Wording(
        "这次服务您满意吗？1 分很不满意，5 分非常满意。",
        "How satisfied are you with the help you got? 1 is not at all, 5 is very.",
    ),
    "nps": Wording(
        "您有多大可能把我们推荐给朋友或同事？0 分完全不可能，10 分非常可能。",
        "How likely are you to recommend us to a friend or colleague? 0 is not at all, 10 is extremely.",
    ),
}


@dataclass(frozen=True, slots=True)
class SurveyPolicy:
    """Who is asked when."""

    is_enabled: bool = True
    quiet_days: int = 14
    """Nobody is asked twice within so many days, whatever about."""
    nps_days: int = 90
    """Nobody is asked whether they would recommend the company more often; 0 never asks that."""
    open_days: int = 14
    """How long an answer is taken, or changed."""

    def __post_init__(self) -> None:
        if self.quiet_days < 0 or self.nps_days < 0 or self.open_days < 1:
            raise ValueError(f"Expected quiet_days >= 0, nps_days >= 0 and open_days >= 1, got {self}.")


@dataclass(frozen=True, slots=True)
class Survey:
    """One question to one customer. Times are ISO 8601 in UTC."""

    survey_id: str
    kind: SurveyKind
    conversation_id: str
    customer_id: str | None
    language: Language
    asked_at: str
    score: int | None = None
    comment: str | None = None
    answered_at: str | None = None

    @property
    def question(self) -> str:
        """In the customer's language."""
        return _QUESTIONS[self.kind].in_language(self.language)

    def to_dict(self) -> dict[str, Any]:
        """As JSON, as a customer may see it."""
        least, greatest = SCORES[self.kind]
        return {
            "survey_id": self.survey_id,
            "kind": self.kind,
            "question": self.question,
            "least": least,
            "greatest": greatest,
            "language": self.language,
            "score": self.score,
            "comment": self.comment,
        }


class Surveys:
    """Surveys in the database. Safe to share between threads and processes."""

    def __init__(
        self,
        database: Database,
        *,
        policy: SurveyPolicy | None = None,
        log: EventLog | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database, self._policy, self._log, self._clock = database, policy or SurveyPolicy(), log, clock

    def ask(self, conversation_id: str, *, language: Language, customer_id: str | None = None) -> Survey | None:
        """What to ask now that a conversation is resolved; None when the customer is to be left in peace.

        A conversation is asked about once. A customer who is known is asked nothing within `quiet_days` of the last
        question, and whether they would recommend the company every `nps_days` at most, in place of the other
        question. A stranger is asked about the conversation alone.
        """
        if not self._policy.is_enabled:
            return None
        now = self._clock()
        try:
            with self._database.writing() as connection:
                kind = self._due(connection, conversation_id, customer_id, now)
                if kind is None:
                    return None
                survey = Survey(uuid.uuid4().hex, kind, conversation_id, customer_id, language, _stamp(now))
                connection.execute(insert(surveys).values(**_row(survey)))
        except IntegrityError:  # another process asked about the same conversation in the same moment
            return None
        self._tell("survey_asked", survey, now, {})
        return survey

    def get(self, survey_id: str) -> Survey:
        """Raises `SurveyMissing`."""
        with self._database.reading() as connection:
            return _found(connection, survey_id)

    def answer(self, survey_id: str, score: int, comment: str | None = None) -> Survey:
        """Keep an answer; a second one takes the place of the first while the survey is open.

        Raises `SurveyMissing`, `SurveyClosed` or `ScoreInvalid`.
        """
        now = self._clock()
        with self._database.writing() as connection:
            survey = _found(connection, survey_id)
            least, greatest = SCORES[survey.kind]
            if not least <= score <= greatest:
                raise ScoreInvalid(f"Expected a score from {least} to {greatest}, got {score}.")
            if datetime.fromisoformat(survey.asked_at) + timedelta(days=self._policy.open_days) < now:
                raise SurveyClosed(f"This was asked on {survey.asked_at[:10]}; answers are no longer taken.")
            change = update(surveys).where(surveys.c.survey_id == survey_id)
            connection.execute(change.values(score=score, comment=comment, answered_at=_stamp(now)))
            answered = _found(connection, survey_id)
        self._tell("survey_answered", answered, now, {"score": score})
        return answered

    def erase(self, *, conversation_id: str | None = None, customer_id: str | None = None) -> int:
        """Remove surveys of a conversation or of a customer; how many."""
        removed = 0
        with self._database.writing() as connection:
            for column, value in ((surveys.c.conversation_id, conversation_id), (surveys.c.customer_id, customer_id)):
                if value is not None:
                    removed += connection.execute(delete(surveys).where(column == value)).rowcount
        return removed

    def forget_words_before(self, day: datetime) -> int:
        """Erase comments that are older, and who was asked; how many. Scores stay."""
        has_any = or_(surveys.c.comment.is_not(None), surveys.c.customer_id.is_not(None))
        forget = update(surveys).where(surveys.c.asked_at < _stamp(day), has_any)
        with self._database.writing() as connection:
            return connection.execute(forget.values(comment=None, customer_id=None)).rowcount

    def _due(
        self, connection: Connection, conversation_id: str, customer_id: str | None, now: datetime
    ) -> SurveyKind | None:
        about = select(surveys.c.survey_id).where(surveys.c.conversation_id == conversation_id)
        if connection.execute(about).first() is not None:
            return None
        if customer_id is None:
            return "csat"
        last = select(surveys.c.kind, func.max(surveys.c.asked_at)).where(surveys.c.customer_id == customer_id)
        asked = {kind: at for kind, at in connection.execute(last.group_by(surveys.c.kind))}  # noqa: C416
        if any(_age(at, now) < timedelta(days=self._policy.quiet_days) for at in asked.values()):
            return None
        if not self._policy.nps_days:
            return "csat"
        is_nps_due = "nps" not in asked or _age(asked["nps"], now) >= timedelta(days=self._policy.nps_days)
        # The first time a customer is asked is about the help they got; the company comes after.
        return "nps" if is_nps_due and "csat" in asked else "csat"

    def _tell(
        self,
        kind: Literal["survey_asked", "survey_answered"],
        survey: Survey,
        at: datetime,
        more: Mapping[str, Any],
    ) -> None:
        if self._log is None:
            return
        self._log.append(
            ServiceEvent(
                kind,
                at,
                conversation_id=survey.conversation_id,
                customer_id=survey.customer_id,
                language=survey.language,
                data={"survey_id": survey.survey_id, "survey": survey.kind, **more},
            )
        )


def _found(connection: Connection, survey_id: str) -> Survey:
    row = connection.execute(select(surveys).where(surveys.c.survey_id == survey_id)).first()
    if row is None:
        raise SurveyMissing(f"There is no survey {survey_id[:60]!r}.")
    return _survey(row)


def _survey(row: Row[Any]) -> Survey:
    return Survey(
        survey_id=row.survey_id,
        kind=row.kind,
        conversation_id=row.conversation_id,
        customer_id=row.customer_id,
        language=row.language,
        asked_at=row.asked_at,
        score=row.score,
        comment=row.comment,
        answered_at=row.answered_at,
    )


def _row(survey: Survey) -> dict[str, Any]:
    names = ("survey_id", "kind", "conversation_id", "customer_id", "language", "asked_at")
    return {name: getattr(survey, name) for name in names}


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def _age(asked_at: str, now: datetime) -> timedelta:
    return now - datetime.fromisoformat(asked_at)
