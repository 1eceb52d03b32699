"""Candidates as they are kept: rows of the table, and their files below one folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Row, insert, select, update

from app.database import Database
from app.served.errors import CandidateMissing
from app.served.tables import candidates, moves

State = Literal["refused", "passed", "canary", "serving", "retired", "rejected", "rolled_back"]
"""
refused      the gate found a reason against it
passed       better by the gate's measures, waits for a trial, an approval or its promotion
canary       serves a share of conversations
serving      serves all
retired      served before; it can come back
rejected     a person said no
rolled_back  taken back by a person or an alarm; it does not come back
"""
ENDED: tuple[State, ...] = ("refused", "rejected", "rolled_back")


@dataclass(frozen=True, slots=True)
class CandidateRecord:
    """A candidate and what became of it."""

    candidate_id: str
    kind: str
    state: State
    created_at: datetime
    submitted_at: datetime
    lineage: Mapping[str, Any]
    metrics: Mapping[str, float]
    files: Mapping[str, Mapping[str, Any]]
    verdict: Mapping[str, Any] | None

    @property
    def main_figures(self) -> Mapping[str, Any] | None:
        """Of all questions, the candidate beside what served; None where it came to no comparison."""
        comparison = (self.verdict or {}).get("comparison") or {}
        return comparison.get("main")

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "id": self.candidate_id,
            "kind": self.kind,
            "state": self.state,
            "created_at": self.created_at.isoformat(timespec="seconds"),
            "submitted_at": self.submitted_at.isoformat(timespec="seconds"),
            "lineage": dict(self.lineage),
            "metrics": dict(self.metrics),
            "files": {name: dict(facts) for name, facts in self.files.items()},
            "verdict": None if self.verdict is None else dict(self.verdict),
        }


class CandidateTable:
    """Reads and writes candidates and the log of moves. Safe to share between threads and processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, record: CandidateRecord, *, by: str) -> None:
        """Keep a new one."""
        with self._database.writing() as connection:
            connection.execute(
                insert(candidates).values(
                    candidate_id=record.candidate_id,
                    kind=record.kind,
                    state=record.state,
                    created_at=record.created_at,
                    submitted_at=record.submitted_at,
                    lineage=dict(record.lineage),
                    metrics=dict(record.metrics),
                    files=dict(record.files),
                    verdict=record.verdict,
                )
            )
            self.log(record.kind, record.candidate_id, "submitted", by=by, details={"state": record.state})

    def get(self, candidate_id: str) -> CandidateRecord:
        """By its id or the first characters of it, four or more. Raises `CandidateMissing`."""
        with self._database.reading() as connection:
            exact = candidates.c.candidate_id == candidate_id
            rows = connection.execute(select(candidates).where(exact)).all()
            if not rows and len(candidate_id) >= 4:
                begins = candidates.c.candidate_id.startswith(candidate_id, autoescape=True)
                rows = connection.execute(select(candidates).where(begins).limit(2)).all()
        if len(rows) != 1:
            what = "several candidates begin with" if rows else "there is no candidate"
            raise CandidateMissing(f"{what.capitalize()} {candidate_id[:40]!r}. `kefu models candidates` lists them.")
        return _record(rows[0])

    def all(self, *, kind: str | None = None, state: str | None = None) -> Sequence[CandidateRecord]:
        """Newest first."""
        wanted = select(candidates).order_by(candidates.c.submitted_at.desc(), candidates.c.candidate_id)
        if kind is not None:
            wanted = wanted.where(candidates.c.kind == kind)
        if state is not None:
            wanted = wanted.where(candidates.c.state == state)
        with self._database.reading() as connection:
            return [_record(row) for row in connection.execute(wanted)]

    def put_state(self, candidate_id: str, state: State) -> None:
        """Say what became of it."""
        with self._database.writing() as connection:
            connection.execute(update(candidates).where(candidates.c.candidate_id == candidate_id).values(state=state))

    def put_verdict(self, candidate_id: str, state: State, verdict: Mapping[str, Any]) -> None:
        """Keep what the gate said."""
        with self._database.writing() as connection:
            change = update(candidates).where(candidates.c.candidate_id == candidate_id)
            connection.execute(change.values(state=state, verdict=dict(verdict)))

    def log(
        self,
        kind: str,
        candidate_id: str | None,
        move: str,
        *,
        by: str,
        note: str | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """Write down a decision."""
        with self._database.writing() as connection:
            connection.execute(
                insert(moves).values(
                    kind=kind, candidate_id=candidate_id, move=move, by=by[:100], at=datetime.now(UTC), note=note,
                    details=dict(details or {}),
                )
            )  # fmt: skip

    def history(self, *, kind: str | None = None, candidate_id: str | None = None) -> Sequence[Mapping[str, Any]]:
        """Decisions, oldest first, as JSON."""
        wanted = select(moves).order_by(moves.c.number)
        if kind is not None:
            wanted = wanted.where(moves.c.kind == kind)
        if candidate_id is not None:
            wanted = wanted.where(moves.c.candidate_id == candidate_id)
        with self._database.reading() as connection:
            return [
                {
                    "move": row.move,
                    "kind": row.kind,
                    "id": row.candidate_id,
                    "by": row.by,
                    "at": row.at.isoformat(timespec="seconds"),
                    "note": row.note,
                    "details": row.details,
                }
                for row in connection.execute(wanted)
            ]


def _record(row: Row[Any]) -> CandidateRecord:
    return CandidateRecord(
        row.candidate_id, row.kind, row.state, row.created_at, row.submitted_at, row.lineage, row.metrics, row.files,
        row.verdict,
    )  # fmt: skip
