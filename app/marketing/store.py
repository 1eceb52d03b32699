"""Keeps copy: drafts, who approved and published them, and how they fared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal, get_args
from uuid import uuid4

from rapidfuzz import fuzz, process
from sqlalchemy import Connection, Row, func, insert, select, update

from app.database import Database, is_storable, storable
from app.marketing import tables
from app.marketing.copywriter import Copywriter
from app.marketing.effect import Reach, compared
from app.marketing.errors import CopyInputInvalid, CopyMissing, CopyStepInvalid
from app.marketing.json_form import request_of
from app.marketing.values import Copy
from index.text.normalize import collapse_spaces, fold

CopyState = Literal["draft", "approved", "rejected", "published"]
Outcome = Literal["exposure", "click", "order"]
_NEXT: Mapping[CopyState, tuple[CopyState, ...]] = {
    "draft": ("approved", "rejected"),
    "approved": ("published", "rejected"),
    "published": ("rejected",),
    "rejected": ("draft",),
}
_ALIKE = 90.0
"""Per cent of likeness to an earlier copy from which a text is said to repeat it."""
_COMPARED = 5000
"""Newest copies that a new one is compared with."""
_LONGEST_ID = 100


class CopyDesk:
    """Copy on its way from draft to customers; safe to share between threads."""

    def __init__(
        self,
        database: Database,
        writer: Copywriter,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Nothing is opened yet. `clock` tells the time, aware."""
        self._database, self._writer, self._clock = database, writer, clock

    @property
    def writer(self) -> Copywriter:
        """Who writes."""
        return self._writer

    def keep(self, copy: Copy, about: Mapping[str, Any], *, by: str) -> list[dict[str, Any]]:
        """Keep the variants as drafts; as JSON, each with its id and the earlier copy that it repeats, if any.

        `about` is the request as JSON, by which edited texts are checked later.
        """
        now, ids = self._clock(), []
        reader = about.get("audience")
        audience = reader if isinstance(reader, str) else ""
        with self._database.writing() as connection:
            earlier = _newest_texts(connection)
            for variant in copy.variants:
                copy_id = uuid4().hex
                told = variant.to_dict()
                row = {
                    "copy_id": copy_id,
                    "product_id": copy.product_id,
                    "channel": copy.channel,
                    "language": copy.language,
                    "audience": audience,
                    "text": variant.text,
                    "claims": told["claims"],
                    "violations": told["violations"],
                    "about": dict(about),
                    "mode": variant.mode,
                    "like": _like(variant.text, earlier),
                    "state": "draft",
                    "created_at": now,
                }
                connection.execute(insert(tables.copies).values(**row))
                _note(connection, copy_id, "draft", by, now, None)
                ids.append(copy_id)
        return [self.get(copy_id) for copy_id in ids]

    def all(
        self,
        *,
        state: CopyState | None = None,
        product_id: str | None = None,
        channel: str | None = None,
        limit: int = 200,
    ) -> list[dict[str, Any]]:
        """Newest first, as JSON, without history."""
        table = tables.copies
        query = select(table).order_by(table.c.created_at.desc(), table.c.copy_id).limit(limit)
        for column, value in ((table.c.state, state), (table.c.product_id, product_id), (table.c.channel, channel)):
            if value is not None:
                query = query.where(column == storable(value))
        with self._database.reading() as connection:
            return [_to_dict(row) for row in connection.execute(query)]

    def get(self, copy_id: str) -> dict[str, Any]:
        """One with its history and reach. Raises `CopyMissing`."""
        with self._database.reading() as connection:
            row = _row(connection, copy_id)
            steps = connection.execute(
                select(tables.copy_steps)
                .where(tables.copy_steps.c.copy_id == copy_id)
                .order_by(tables.copy_steps.c.number)
            ).all()
            (reach,) = _reaches(connection, [copy_id])
        history = [{"state": step.state, "by": step.by, "at": step.at.isoformat(), "note": step.note} for step in steps]
        return {**_to_dict(row), "about": row.about, "steps": history, "reach": reach.to_dict()}

    def edit(self, copy_id: str, text: str, *, by: str) -> dict[str, Any]:
        """Another wording of a draft, checked anew. Raises `CopyMissing`, `CopyStepInvalid`, `CopyInputInvalid`."""
        now = self._clock()
        with self._database.writing() as connection:
            row = _row(connection, copy_id)
            if row.state != "draft":
                raise CopyStepInvalid(f"The copy is {row.state}; only a draft is changed.")
            verdict = self._writer.check(
                text, channel=row.channel, language=row.language, about=request_of(row.about)
            ).to_dict()
            changed = {"text": text, "claims": verdict["claims"], "violations": verdict["violations"]}
            earlier = {key: other for key, other in _newest_texts(connection).items() if key != copy_id}
            connection.execute(
                update(tables.copies)
                .where(tables.copies.c.copy_id == copy_id)
                .values(**changed, like=_like(text, earlier))
            )
            _note(connection, copy_id, "draft", by, now, "edited")
        return self.get(copy_id)

    def move(self, copy_id: str, state: CopyState, *, by: str, note: str | None = None) -> dict[str, Any]:
        """Approve, reject, publish, or take up again what was rejected.

        What breaks a rule or says what no fact bears out cannot be approved. Raises `CopyMissing`, `CopyStepInvalid`.
        """
        if state not in get_args(CopyState):
            raise ValueError(f"Expected one of {', '.join(get_args(CopyState))}, got {state!r}.")
        now = self._clock()
        with self._database.writing() as connection:
            row = _row(connection, copy_id)
            if state not in _NEXT[row.state]:
                raise CopyStepInvalid(f"The copy is {row.state}; it cannot become {state}.")
            if state in ("approved", "published") and (faults := _faults(row)):
                raise CopyStepInvalid(f"The copy must not go out as it reads: {faults[0]}. Change its wording.")
            changed = (
                update(tables.copies)
                .where(tables.copies.c.copy_id == copy_id, tables.copies.c.state == row.state)
                .values(state=state)
            )
            if connection.execute(changed).rowcount != 1:
                raise CopyStepInvalid("The copy was moved by somebody else meanwhile. Look at it again.")
            _note(connection, copy_id, state, by, now, note)
        return self.get(copy_id)

    def note_outcomes(self, outcomes: Sequence[Mapping[str, Any]]) -> int:
        """Count {"copy_id", "exposure_id", "event", "at"?}; how many said something new.

        The same one again changes nothing; a click or an order that comes before its exposure counts as one.
        Raises `CopyMissing` or `CopyInputInvalid`, and then counts none.
        """
        fresh = 0
        with self._database.writing() as connection:
            for outcome in outcomes:
                fresh += self._note_outcome(connection, outcome)
        return fresh

    def effect(self, *, product_id: str | None, channel: str) -> dict[str, Any]:
        """The variants of a product in a channel side by side, as JSON."""
        table = tables.copies
        query = select(table.c.copy_id).where(table.c.channel == channel)
        query = (
            query.where(table.c.product_id == product_id) if product_id else query.where(table.c.product_id.is_(None))
        )
        with self._database.reading() as connection:
            ids = [row.copy_id for row in connection.execute(query.order_by(table.c.created_at, table.c.copy_id))]
            reaches = [reach for reach in _reaches(connection, ids) if reach.exposures]
        return {
            "product_id": product_id,
            "channel": channel,
            "variants": [reach.to_dict() for reach in reaches],
            "clicks": compared(reaches, "click"),
            "orders": compared(reaches, "order"),
        }

    def _note_outcome(self, connection: Connection, outcome: Mapping[str, Any]) -> int:
        copy_id, exposure_id, event = (str(outcome.get(name, "")) for name in ("copy_id", "exposure_id", "event"))
        if event not in get_args(Outcome) or not 0 < len(exposure_id) <= _LONGEST_ID or not is_storable(exposure_id):
            raise CopyInputInvalid('An outcome is {"copy_id", "exposure_id", "event": "exposure", "click" or "order"}.')
        at = _moment(outcome.get("at")) or self._clock()
        _row(connection, copy_id)
        table = tables.copy_exposures
        place = (table.c.copy_id == copy_id) & (table.c.exposure_id == exposure_id)
        row = connection.execute(select(table).where(place)).one_or_none()
        column = {"click": "clicked_at", "order": "ordered_at"}.get(event)
        if row is None:
            times = {column: at} if column else {}
            connection.execute(insert(table).values(copy_id=copy_id, exposure_id=exposure_id, shown_at=at, **times))
            return 1
        if column is None or getattr(row, column) is not None:
            return 0
        connection.execute(update(table).where(place).values(**{column: at}))
        return 1


def _faults(row: Row[Any]) -> list[str]:
    wordings = [f"“{hit['text']}”, {hit['article']}" if hit["text"] else hit["article"] for hit in row.violations]
    return wordings + [f"“{claim['text']}”, {claim['reason']}" for claim in row.claims if not claim["supported"]]


def _newest_texts(connection: Connection) -> dict[str, str]:
    table = tables.copies
    query = select(table.c.copy_id, table.c.text).order_by(table.c.created_at.desc()).limit(_COMPARED)
    return {row.copy_id: _spelt(row.text) for row in connection.execute(query)}


def _like(text: str, earlier: Mapping[str, str]) -> dict[str, Any] | None:
    found = process.extractOne(_spelt(text), earlier, scorer=fuzz.ratio, score_cutoff=_ALIKE)
    return None if found is None else {"copy_id": found[2], "likeness": round(found[1] / 100, 3)}


def _spelt(text: str) -> str:
    return collapse_spaces(fold(text))


def _row(connection: Connection, copy_id: str) -> Row[Any]:
    row = None
    if is_storable(copy_id):
        row = connection.execute(select(tables.copies).where(tables.copies.c.copy_id == copy_id)).one_or_none()
    if row is None:
        raise CopyMissing(f"There is no copy {copy_id[:40]!r}.")
    return row


def _note(connection: Connection, copy_id: str, state: str, by: str, at: datetime, note: str | None) -> None:
    row = {"copy_id": copy_id, "state": state, "by": storable(by)[:100], "at": at, "note": note}
    connection.execute(insert(tables.copy_steps).values(**row))


def _reaches(connection: Connection, ids: Sequence[str]) -> list[Reach]:
    table = tables.copy_exposures
    counts = [func.count(), func.count(table.c.clicked_at), func.count(table.c.ordered_at)]
    query = select(table.c.copy_id, *counts).where(table.c.copy_id.in_(ids)).group_by(table.c.copy_id)
    found = {row[0]: Reach(row[0], row[1], row[2], row[3]) for row in connection.execute(query)}
    return [found.get(copy_id, Reach(copy_id, 0, 0, 0)) for copy_id in ids]


def _moment(value: Any) -> datetime | None:
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise CopyInputInvalid('"at" is a time such as 2026-11-24T10:00:00+08:00.') from None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _to_dict(row: Row[Any]) -> dict[str, Any]:
    return {
        "copy_id": row.copy_id,
        "product_id": row.product_id,
        "channel": row.channel,
        "language": row.language,
        "audience": row.audience,
        "text": row.text,
        "claims": row.claims,
        "violations": row.violations,
        "mode": row.mode,
        "like": row.like,
        "state": row.state,
        "created_at": row.created_at.isoformat(),
    }
