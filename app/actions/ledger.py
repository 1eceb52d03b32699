"""The audit of actions, which also makes a repeated one give the first one's outcome."""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from app.actions.errors import ActionBusy, KeyTaken
from app.actions.tables import action_claims, action_log
from app.database import Database
from app.domain.action import ActionOutcome, ActionRequest

RUNNING = "running"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the audit."""

    entry_id: str
    at: str
    """UTC, ISO 8601."""
    actor: str
    customer_id: str | None
    conversation_id: str | None
    action: str
    subject: str
    """What it was about: order:ID, customer:ID, or "" where that is not known."""
    arguments: Mapping[str, Any]
    status: str
    """That of the outcome; "running" while it is being done, and for ever if the process died doing it."""
    rules: Sequence[str]
    """Ids of the rules that applied, in their order; those that objected are marked with a leading "!"."""
    rules_sha256: str
    """Of the rule file."""
    outcome: ActionOutcome | None
    idempotency_key: str | None = None
    arguments_sha256: str = ""

    def is_of(self, request: ActionRequest) -> bool:
        """Whether the same customer asked for the same."""
        return (self.action, self.customer_id, self.arguments_sha256) == (
            request.name,
            request.customer_id,
            digest_of(request.arguments),
        )

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "id": self.entry_id,
            "at": self.at,
            "actor": self.actor,
            "customer_id": self.customer_id,
            "conversation_id": self.conversation_id,
            "action": self.action,
            "subject": self.subject,
            "arguments": dict(self.arguments),
            "status": self.status,
            "rules": list(self.rules),
            "rules_sha256": self.rules_sha256,
            "outcome": None if self.outcome is None else self.outcome.to_dict(),
        }


class Ledger:
    """Writes down what was asked for and what came of it. Safe to share between threads and processes."""

    def __init__(
        self,
        database: Database,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        lease_s: float = 60.0,
        wait_s: float = 15.0,
    ) -> None:
        """Nothing is opened yet.

        Args:
            database: where it is kept.
            now: the present time, aware, in UTC.
            lease_s: after so long a claim is taken to be left by a process that died.
            wait_s: how long another's claim is waited for.
        """
        self._database, self._now, self._lease_s, self._wait_s = database, now, lease_s, wait_s

    @contextmanager
    def claim(self, subject: str) -> Iterator[None]:
        """Nobody else changes `subject` inside this block. Raises `ActionBusy` when it does not come free."""
        token = uuid.uuid4().hex
        give_up = time.monotonic() + self._wait_s
        while not self._try_claim(subject, token):
            if time.monotonic() > give_up:
                raise ActionBusy(f"{subject} is being changed by another request. Try again in a minute.")
            time.sleep(0.02)
        try:
            yield
        finally:
            with self._database.writing() as connection:
                mine = and_(action_claims.c.subject == subject, action_claims.c.token == token)
                connection.execute(delete(action_claims).where(mine))

    def _try_claim(self, subject: str, token: str) -> bool:
        present = time.time()
        try:
            with self._database.writing() as connection:
                stale = and_(action_claims.c.subject == subject, action_claims.c.until < present)
                connection.execute(delete(action_claims).where(stale))
                values = {"subject": subject, "token": token, "until": present + self._lease_s}
                connection.execute(insert(action_claims).values(values))
        except IntegrityError:
            return False
        return True

    def find(self, key: str | None) -> Entry | None:
        """What was done under an idempotency key; None for nothing, or for no key."""
        if key is None:
            return None
        with self._database.reading() as connection:
            row = connection.execute(select(action_log).where(action_log.c.idempotency_key == key)).mappings().first()
        return None if row is None else _entry(row)

    def begin(self, request: ActionRequest, *, subject: str, rules: Sequence[str], rules_sha256: str) -> str:
        """Write down that something is about to be done; returns the entry's id.

        Raises `KeyTaken` when the key stands for something else.
        """
        try:
            with self._database.writing() as connection:
                return self._insert(
                    connection,
                    request,
                    subject=subject,
                    status=RUNNING,
                    rules=rules,
                    rules_sha256=rules_sha256,
                    key=request.idempotency_key,
                )
        except IntegrityError as error:
            raise KeyTaken("The idempotency key was used for another request. Choose a new one for each.") from error

    def finish(self, entry_id: str, outcome: ActionOutcome, *, keeps_key: bool = True) -> None:
        """Write down what came of it; without its key where nothing was done, so that it can be tried again."""
        values: dict[str, Any] = {
            "status": outcome.status,
            "outcome": outcome.to_dict(),
            "finished_at": self._now().isoformat(),
        }
        if not keeps_key:
            values["idempotency_key"] = None
        with self._database.writing() as connection:
            connection.execute(update(action_log).where(action_log.c.entry_id == entry_id).values(values))

    def note(
        self,
        request: ActionRequest,
        outcome: ActionOutcome,
        *,
        subject: str,
        rules: Sequence[str] = (),
        rules_sha256: str = "",
    ) -> None:
        """Write down something that changed nothing: refused, asked back, looked up."""
        with self._database.writing() as connection:
            self._insert(
                connection,
                request,
                subject=subject,
                status=outcome.status,
                rules=rules,
                rules_sha256=rules_sha256,
                outcome=outcome,
            )

    def count(self, *, action: str, status: str, since: datetime, conversation_id: str | None, subject: str) -> int:
        """How often that came out since a time, in a conversation or about a subject."""
        about = [action_log.c.subject == subject] if subject else []
        if conversation_id is not None:
            about.append(action_log.c.conversation_id == conversation_id)
        if not about:
            return 0
        wanted = select(func.count()).where(
            action_log.c.action == action,
            action_log.c.status == status,
            action_log.c.at >= since.isoformat(),
            or_(*about),
        )
        with self._database.reading() as connection:
            return int(connection.execute(wanted).scalar_one())

    def entries(
        self,
        *,
        customer_id: str | None = None,
        conversation_id: str | None = None,
        subject: str | None = None,
        limit: int = 50,
    ) -> list[Entry]:
        """The newest entries, newest first."""
        wanted = select(action_log).order_by(action_log.c.position.desc()).limit(limit)
        for column, value in (
            (action_log.c.customer_id, customer_id),
            (action_log.c.conversation_id, conversation_id),
            (action_log.c.subject, subject),
        ):
            if value is not None:
                wanted = wanted.where(column == value)
        with self._database.reading() as connection:
            return [_entry(row) for row in connection.execute(wanted).mappings()]

    def _insert(
        self,
        connection: Connection,
        request: ActionRequest,
        *,
        subject: str,
        status: str,
        rules: Sequence[str],
        rules_sha256: str,
        outcome: ActionOutcome | None = None,
        key: str | None = None,
    ) -> str:
        entry_id = uuid.uuid4().hex
        at = self._now().isoformat()
        values = {
            "entry_id": entry_id,
            "at": at,
            "finished_at": None if outcome is None else at,
            "idempotency_key": key,
            "actor": request.actor[:200],
            "customer_id": request.customer_id,
            "conversation_id": request.conversation_id,
            "action": request.name[:64],
            "subject": subject[:200],
            "arguments": plain(request.arguments),
            "arguments_sha256": digest_of(request.arguments),
            "status": status,
            "rules": list(rules),
            "rules_sha256": rules_sha256,
            "outcome": None if outcome is None else outcome.to_dict(),
        }
        connection.execute(insert(action_log).values(values))
        return entry_id


def digest_of(value: Any) -> str:
    """Sha256 of a JSON value, whatever the order of its keys."""
    text = json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def plain(value: Any) -> Any:
    """As a JSON value: lists for tuples, texts for what JSON does not know."""
    return json.loads(json.dumps(value, ensure_ascii=True, default=str))


def _entry(row: RowMapping) -> Entry:
    outcome = row["outcome"]
    return Entry(
        row["entry_id"],
        row["at"],
        row["actor"],
        row["customer_id"],
        row["conversation_id"],
        row["action"],
        row["subject"],
        row["arguments"],
        row["status"],
        row["rules"],
        row["rules_sha256"],
        None if outcome is None else ActionOutcome.of_dict(outcome),
        row["idempotency_key"],
        row["arguments_sha256"],
    )
