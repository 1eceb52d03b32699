"""Which model of each kind serves: for everybody, and on trial for a share of conversations."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.database import Database, insert_new
from app.domain.current_conversation import CurrentConversation
from app.domain.drawing import SIDES, drawn
from app.served.errors import CanaryRunning, NothingBefore, ServingChanged
from app.served.records import ENDED, CandidateTable
from app.served.tables import candidates, pins, serving

_FRESH_S = 1.0
"""How long what was read is believed: another process may have changed it."""


@dataclass(frozen=True, slots=True)
class ServingState:
    """What serves of one kind."""

    kind: str
    version: int
    """Raised by each change; a change names the one that it was decided on."""
    candidate_id: str | None
    """None is what comes with kefu."""
    earlier: tuple[str | None, ...]
    """Before it, newest last."""
    canary_id: str | None = None
    canary_share: float = 0.0
    """Of new conversations, in (0, 1) during a trial."""
    canary_since: datetime | None = None
    canary_spent: Mapping[str, Any] | None = None
    """What looking at the trial has used up so far; see `app.served.alarms`."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        since = None if self.canary_since is None else self.canary_since.isoformat(timespec="seconds")
        canary = {"id": self.canary_id, "share": self.canary_share, "since": since, "spent": self.canary_spent}
        return {
            "kind": self.kind,
            "version": self.version,
            "serving": self.candidate_id,
            "earlier": list(self.earlier),
            "canary": canary if self.canary_id is not None else None,
        }


@dataclass(frozen=True, slots=True)
class Choice:
    """The model for one conversation."""

    candidate_id: str | None
    folder: Path | None
    """None is what comes with kefu."""
    is_canary: bool = False


class ServedModels:
    """Reads and changes what serves. Kept in the database, so it survives a restart and holds for all processes."""

    def __init__(self, database: Database, folder: Path) -> None:
        """`folder` holds a folder of files for each candidate, by id."""
        self._database, self._folder = database, folder
        self._lock = threading.Lock()
        self._read: dict[str, tuple[float, ServingState]] = {}
        self.candidates = CandidateTable(database)

    def folder_of(self, candidate_id: str) -> Path:
        """Where the files of a candidate lie."""
        return self._folder / candidate_id

    def state(self, kind: str, *, fresh: bool = False) -> ServingState:
        """What serves now; `fresh` reads it anew, which every decision does."""
        with self._lock:
            known = self._read.get(kind)
        if not fresh and known is not None and time.monotonic() - known[0] < _FRESH_S:
            return known[1]
        with self._database.reading() as connection:
            state = _state(connection, kind)
        with self._lock:
            self._read[kind] = (time.monotonic(), state)
        return state

    def choose(self, kind: str, conversation: CurrentConversation | None) -> Choice:
        """The model for a conversation: one that began during a trial keeps its own to the end.

        Unless that model was taken back: then nobody is served by it any more. One that began before the trial takes
        no part in it. Without a conversation the model that serves all.
        """
        state = self.state(kind)
        if conversation is None or state.version == 0:
            return self._choice(state.candidate_id)
        conversation_id = conversation.conversation_id
        with self._database.reading() as connection:
            pin = connection.execute(
                select(pins.c.candidate_id, pins.c.is_canary, candidates.c.state)
                .select_from(pins.outerjoin(candidates, candidates.c.candidate_id == pins.c.candidate_id))
                .where(pins.c.kind == kind, pins.c.conversation_id == conversation_id)
            ).first()
        if pin is not None:
            if pin.state in ENDED:
                return self._choice(state.candidate_id)
            return self._choice(pin.candidate_id, is_canary=bool(pin.is_canary))
        if state.canary_id is None or state.canary_since is None or conversation.started_at < state.canary_since:
            return self._choice(state.candidate_id)
        is_canary = _draw(state.canary_id, conversation_id) < state.canary_share
        chosen = state.canary_id if is_canary else state.candidate_id
        self._pin(kind, conversation_id, state.canary_id, chosen, is_canary=is_canary)
        return self._choice(chosen, is_canary=is_canary)

    def note_fault(self, kind: str, conversation: CurrentConversation | None) -> None:
        """The model of a conversation could not be used."""
        if conversation is None:
            return
        here = (pins.c.kind == kind) & (pins.c.conversation_id == conversation.conversation_id)
        with self._database.writing() as connection:
            connection.execute(update(pins).where(here).values(faults=pins.c.faults + 1))

    def promote(self, kind: str, candidate_id: str, *, on: ServingState, by: str, note: str | None = None) -> None:
        """Let it serve everybody; a trial of this kind ends. Raises `ServingChanged`."""
        with self._database.writing() as connection:
            self._change(
                connection, on, candidate_id=candidate_id, earlier=[*on.earlier, on.candidate_id], **_NO_CANARY
            )
            if on.candidate_id is not None:
                self.candidates.put_state(on.candidate_id, "retired")
            if on.canary_id not in (None, candidate_id):
                self.candidates.put_state(str(on.canary_id), "passed")
            self.candidates.put_state(candidate_id, "serving")
            self.candidates.log(kind, candidate_id, "promoted", by=by, note=note, details={"before": on.candidate_id})
        self._forget(kind)

    def roll_back(
        self, kind: str, *, by: str, note: str | None = None, details: Mapping[str, Any] | None = None
    ) -> str:
        """End a trial, or without one go back to the model before. Returns the id of what was taken back.

        Raises `NothingBefore`, `ServingChanged`.
        """
        on = self.state(kind, fresh=True)
        taken = on.canary_id or on.candidate_id
        if taken is None:
            raise NothingBefore(f"What serves as {kind} comes with kefu, and no trial is under way.")
        with self._database.writing() as connection:
            if on.canary_id is not None:
                self._change(connection, on, **_NO_CANARY)
            else:
                before, earlier = self._usable_before(on)
                self._change(connection, on, candidate_id=before, earlier=earlier, **_NO_CANARY)
                if before is not None:
                    self.candidates.put_state(before, "serving")
            self.candidates.put_state(taken, "rolled_back")
            self.candidates.log(kind, taken, "rolled_back", by=by, note=note, details=details)
        self._forget(kind)
        return taken

    def start_canary(self, kind: str, candidate_id: str, share: float, *, on: ServingState, by: str) -> None:
        """Let it serve a share of new conversations. Raises `CanaryRunning`, `ServingChanged`, `ValueError`."""
        if not 0 < share < 1:
            raise ValueError(f"Expected a share between 0 and 1, got {share}.")
        if on.canary_id is not None and on.canary_id != candidate_id:
            raise CanaryRunning(
                f"Candidate {on.canary_id} is on trial as {kind}. `kefu models promote {on.canary_id}` or "
                f"`kefu models rollback {kind}` ends that first."
            )
        began: dict[str, Any] = {"canary_since": datetime.now(UTC), "canary_spent": {}} if not on.canary_id else {}
        with self._database.writing() as connection:
            self._change(connection, on, canary_id=candidate_id, canary_share=share, **began)
            self.candidates.put_state(candidate_id, "canary")
            self.candidates.log(kind, candidate_id, "canary", by=by, details={"share": share})
        self._forget(kind)

    def put_spent(self, on: ServingState, spent: Mapping[str, Any]) -> None:
        """Remember what a look at the trial has used up. Raises `ServingChanged`."""
        with self._database.writing() as connection:
            self._change(connection, on, canary_spent=dict(spent))
        self._forget(on.kind)

    def pinned(self, canary_id: str) -> Mapping[str, tuple[bool, int]]:
        """Of the conversations of a trial: whether the candidate serves it, and its faults, by conversation."""
        wanted = select(pins.c.conversation_id, pins.c.is_canary, pins.c.faults).where(pins.c.canary_id == canary_id)
        with self._database.reading() as connection:
            return {row.conversation_id: (bool(row.is_canary), row.faults) for row in connection.execute(wanted)}

    def _usable_before(self, on: ServingState) -> tuple[str | None, list[str | None]]:
        """The newest earlier model that was not taken back itself, and those before it; kefu's own at the end."""
        earlier = list(on.earlier)
        while earlier:
            before = earlier.pop()
            if before is None or self.candidates.get(before).state not in ENDED:
                return before, earlier
        return None, []

    def _choice(self, candidate_id: str | None, *, is_canary: bool = False) -> Choice:
        folder = None if candidate_id is None else self.folder_of(candidate_id)
        return Choice(candidate_id, folder, is_canary)

    def _pin(
        self, kind: str, conversation_id: str, canary_id: str, candidate_id: str | None, *, is_canary: bool
    ) -> None:
        row = {
            "kind": kind,
            "conversation_id": conversation_id,
            "canary_id": canary_id,
            "candidate_id": candidate_id,
            "is_canary": int(is_canary),
            "at": datetime.now(UTC),
            "faults": 0,
        }
        with self._database.writing() as connection:
            connection.execute(insert_new(connection, pins), row)

    def _change(self, connection: Connection, on: ServingState, **values: Any) -> None:
        """Compare and set: changes only what still is as it was when it was decided on."""
        if on.version == 0:
            known = connection.execute(select(serving.c.version).where(serving.c.kind == on.kind)).first()
            if known is None:
                try:
                    connection.execute(insert(serving).values(kind=on.kind, version=1, **{"earlier": [], **values}))
                except IntegrityError:  # another process was first
                    raise ServingChanged(_CHANGED.format(kind=on.kind)) from None
                return
        here = (serving.c.kind == on.kind) & (serving.c.version == on.version)
        changed = connection.execute(update(serving).where(here).values(version=on.version + 1, **values))
        if changed.rowcount != 1:
            raise ServingChanged(_CHANGED.format(kind=on.kind))

    def _forget(self, kind: str) -> None:
        with self._lock:
            self._read.pop(kind, None)


_CHANGED = (
    "What serves as {kind} was changed by somebody else meanwhile. Look at `kefu models candidates` and decide again."
)
_NO_CANARY: Mapping[str, Any] = {
    "canary_id": None,
    "canary_share": None,
    "canary_since": None,
    "canary_spent": None,
}


def _draw(canary_id: str, conversation_id: str) -> float:
    """In [0, 1), the same for the same trial and conversation, another for another trial."""
    return drawn(f"{canary_id}\0{conversation_id}") / SIDES


def _state(connection: Connection, kind: str) -> ServingState:
    row = connection.execute(select(serving).where(serving.c.kind == kind)).first()
    if row is None:
        return ServingState(kind, 0, None, ())
    return ServingState(
        kind,
        row.version,
        row.candidate_id,
        tuple(row.earlier),
        row.canary_id,
        row.canary_share or 0.0,
        row.canary_since,
        row.canary_spent,
    )
