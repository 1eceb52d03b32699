"""Gaps in the database, each known again by the questions that it shares with an earlier run's."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from app.database import Database
from app.insight.errors import GapMissing, GapStepInvalid
from app.insight.events import stamp
from app.insight.gaps.gap import STEPS, Draft, Gap, GapState, Step
from app.insight.gaps.mining import FoundGap, GapKind
from app.insight.tables import gap_questions, gap_steps, gaps

_SAME = 0.3
"""Share of the smaller one's questions that are the same."""


class GapStore:
    """Safe to share between threads and processes."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database, self._clock = database, clock

    def keep(self, found: Sequence[FoundGap]) -> list[str]:
        """Keep what a run found, dearest first; returns the ids, in that order.

        One that shares questions with a gap that is kept already is that gap: its figures and questions are renewed,
        its state, draft and history stay, and where somebody has begun to work on it its label does too.
        """
        with self._database.writing() as connection:
            known = self._members(connection)
            ids, taken = [], set[str]()
            for gap in found:
                event_ids = [question.event_id for question in gap.questions]
                gap_id = _same(event_ids, known, taken)
                if gap_id is None:
                    gap_id = self._add(connection, gap)
                else:
                    self._renew(connection, gap_id, gap)
                taken.add(gap_id)
                ids.append(gap_id)
                connection.execute(delete(gap_questions).where(gap_questions.c.gap_id == gap_id))
                connection.execute(insert(gap_questions), [{"gap_id": gap_id, "event_id": name} for name in event_ids])
        return ids

    def all(self, *, state: GapState | None = None, kind: GapKind | None = None, limit: int = 200) -> list[Gap]:
        """Dearest first; of a state or kind, or all."""
        wanted = select(gaps).order_by(gaps.c.minutes.desc(), gaps.c.gap_id).limit(limit)
        if state is not None:
            wanted = wanted.where(gaps.c.state == state)
        if kind is not None:
            wanted = wanted.where(gaps.c.kind == kind)
        with self._database.reading() as connection:
            return [_gap(row) for row in connection.execute(wanted)]

    def get(self, gap_id: str) -> Gap:
        """By its id, or the beginning of it that no other has. Raises `GapMissing`."""
        with self._database.reading() as connection:
            return _gap(_found(connection, gap_id))

    def question_ids(self, gap_id: str) -> list[str]:
        """Ids of the events of its questions."""
        wanted = select(gap_questions.c.event_id).where(gap_questions.c.gap_id == gap_id)
        with self._database.reading() as connection:
            return sorted(connection.execute(wanted).scalars())

    def steps(self, gap_id: str) -> list[Step]:
        """Its history, oldest first."""
        wanted = select(gap_steps).where(gap_steps.c.gap_id == gap_id).order_by(gap_steps.c.number)
        with self._database.reading() as connection:
            return [Step(row.state, row.by, row.at, row.note) for row in connection.execute(wanted)]

    def move(self, gap_id: str, state: GapState, *, by: str, note: str | None = None, **changes: Any) -> Gap:
        """Bring a gap into a state, with other columns changed in the same transaction.

        Raises `GapMissing`, or `GapStepInvalid` when the state does not follow the present one.
        """
        with self._database.writing() as connection:
            row = _found(connection, gap_id)
            if state not in STEPS[row.state]:
                follows = ", ".join(sorted(STEPS[row.state]))
                raise GapStepInvalid(f"The gap is {row.state}; what can follow is {follows}, not {state}.")
            change = update(gaps).where(gaps.c.gap_id == row.gap_id)
            connection.execute(change.values(state=state, **changes))
            step = {"gap_id": row.gap_id, "state": state, "by": by, "at": stamp(self._clock()), "note": note}
            connection.execute(insert(gap_steps).values(step))
            return _gap(_found(connection, row.gap_id))

    def note_effect(self, gap_id: str, effect: Mapping[str, Any]) -> None:
        """Keep what publishing changed."""
        with self._database.writing() as connection:
            connection.execute(update(gaps).where(gaps.c.gap_id == gap_id).values(effect=dict(effect)))

    def _members(self, connection: Connection) -> dict[str, set[str]]:
        members: dict[str, set[str]] = {}
        for row in connection.execute(select(gap_questions)):
            members.setdefault(row.gap_id, set()).add(row.event_id)
        return members

    def _add(self, connection: Connection, gap: FoundGap) -> str:
        gap_id, now = uuid.uuid4().hex, stamp(self._clock())
        values = {"gap_id": gap_id, "state": "open", "found_at": now, "documents": [], **_label(gap), **_figures(gap)}
        connection.execute(insert(gaps).values(**values, seen_at=now))
        step = {"gap_id": gap_id, "state": "open", "by": "mining", "at": now, "note": None}
        connection.execute(insert(gap_steps).values(step))
        return gap_id

    def _renew(self, connection: Connection, gap_id: str, gap: FoundGap) -> None:
        state = connection.execute(select(gaps.c.state).where(gaps.c.gap_id == gap_id)).scalar_one()
        label = _label(gap) if state == "open" else {}
        values = {**_figures(gap), **label, "seen_at": stamp(self._clock())}
        connection.execute(update(gaps).where(gaps.c.gap_id == gap_id).values(**values))


def _same(event_ids: Sequence[str], known: Mapping[str, set[str]], taken: set[str]) -> str | None:
    """The kept gap that shares most questions, if enough; one that is taken already is not given again."""
    shared = Counter(
        {name: len(members.intersection(event_ids)) for name, members in known.items() if name not in taken}
    )
    for name, count in sorted(shared.items(), key=lambda pair: (-pair[1], pair[0])):
        return name if count >= _SAME * min(len(known[name]), len(event_ids)) and count else None
    return None


def _found(connection: Connection, gap_id: str) -> Row[Any]:
    beginning = gap_id.replace("%", "").replace("_", "")
    wanted = select(gaps).where(gaps.c.gap_id.startswith(beginning)).limit(2)
    rows = connection.execute(wanted).all() if len(beginning) >= 4 else []
    if len(rows) != 1:
        why = "several begin so" if rows else "there is none"
        raise GapMissing(f"There is no gap {gap_id[:60]!r}: {why}. `kefu gaps list` shows those there are.")
    return rows[0]


def _label(gap: FoundGap) -> dict[str, Any]:
    words = {language: list(found) for language, found in gap.label.keywords.items()}
    return {"label_zh": gap.label.zh, "label_en": gap.label.en, "keywords": words}


def _figures(gap: FoundGap) -> dict[str, Any]:
    return {
        "kind": gap.kind,
        "questions": len(gap.questions),
        "conversations": len({question.conversation_id for question in gap.questions}),
        "figures": gap.figures(),
        "minutes": gap.minutes,
    }


def _gap(row: Row[Any]) -> Gap:
    return Gap(
        gap_id=row.gap_id,
        kind=row.kind,
        state=row.state,
        label_zh=row.label_zh,
        label_en=row.label_en,
        keywords=row.keywords,
        questions=row.questions,
        conversations=row.conversations,
        minutes=row.minutes,
        figures=row.figures,
        found_at=row.found_at,
        seen_at=row.seen_at,
        draft=Draft.of_dict(row.draft) if row.draft else None,
        documents=tuple(row.documents),
        published_at=row.published_at,
        effect=row.effect,
    )
