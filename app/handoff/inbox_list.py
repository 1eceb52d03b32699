"""The list of an agent's inbox: filtered, the most pressing first, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, func, or_, select

from app.database import Database, cursor_of, place_of
from app.handoff.errors import HandOffPlaceInvalid
from app.handoff.machine import ACTIVE, STATES, WITH_AGENT
from app.handoff.tables import events, tickets
from app.handoff.ticket import Ticket

InboxStatus = Literal["active", "queued", "assigned", "answered", "returned", "resolved", "late"]
"""active: queued or with an agent; late: its clock has run out at least once and the customer still waits."""


@dataclass(frozen=True, slots=True)
class InboxPage:
    """Part of the list."""

    tickets: Sequence[Ticket]
    cursor: str | None
    """Where the next part begins; None at the end."""
    counts: Mapping[str, int]
    """Of all hand-offs by state, and `mine`, whatever the filters."""


def inbox_page(
    database: Database,
    *,
    status: InboxStatus = "active",
    agent: str,
    is_mine: bool = False,
    text: str = "",
    limit: int = 50,
    cursor: str | None = None,
) -> InboxPage:
    """What is active by priority and waiting time, else the newest changed first. Raises `HandOffPlaceInvalid`."""
    table = tickets.c
    conditions = _conditions(status, agent if is_mine else None, text)
    query = select(tickets).where(*conditions)
    by_pressure = status not in ("returned", "resolved")
    pressing, recent = (table.priority, table.opened_at), (table.changed_at.desc(),)
    order = (*(pressing if by_pressure else recent), table.ticket_id)
    if cursor is not None:
        query = query.where(_behind(cursor, by_pressure=by_pressure))
    with database.reading() as connection:
        rows = connection.execute(query.order_by(*order).limit(limit + 1)).all()
        found = [Ticket.of_row(row) for row in rows[:limit]]
        counts: dict[str, int] = dict.fromkeys(STATES, 0)
        for state, count in connection.execute(select(table.state, func.count()).group_by(table.state)):
            counts[state] = count
        mine = select(func.count()).select_from(tickets).where(table.agent == agent, table.state.in_(WITH_AGENT))
        counts["mine"] = connection.execute(mine).scalar_one()
    more = _cursor(rows[limit - 1], by_pressure=by_pressure) if len(rows) > limit else None
    return InboxPage(found, more, counts)


def trail(database: Database, conversation_id: str) -> Sequence[Mapping[str, Any]]:
    """Everything that happened to a hand-off, oldest first, as JSON."""
    wanted = select(events).where(events.c.conversation_id == conversation_id).order_by(events.c.number)
    with database.reading() as connection:
        return [_event(row) for row in connection.execute(wanted)]


def events_after(database: Database, number: int, *, limit: int = 200) -> Sequence[Mapping[str, Any]]:
    """What happened to any hand-off behind a number, oldest first, as JSON."""
    wanted = select(events).where(events.c.number > number).order_by(events.c.number).limit(limit)
    with database.reading() as connection:
        return [_event(row) for row in connection.execute(wanted)]


def _event(row: Any) -> Mapping[str, Any]:
    return {
        "number": row.number,
        "conversation_id": row.conversation_id,
        "at": row.at.isoformat(),
        "event": row.event,
        "from": row.from_state,
        "to": row.to_state,
        "actor": row.actor,
        "agent": row.agent,
        "data": row.data,
    }


def _conditions(status: InboxStatus, agent: str | None, text: str) -> list[ColumnElement[bool]]:
    table = tickets.c
    conditions: list[ColumnElement[bool]] = []
    if status == "active":
        conditions.append(table.state.in_(ACTIVE))
    elif status == "late":
        conditions += [table.state.in_(ACTIVE), table.breaches > 0]
    else:
        conditions.append(table.state == status)
    if agent is not None:
        has_it, had_it = table.agent == agent, and_(table.agent.is_(None), table.last_agent == agent)
        conditions.append(or_(has_it, had_it) if status in ("returned", "resolved") else has_it)
    if text.strip():
        needle = " ".join(text.split())
        conditions.append(
            or_(
                table.search.icontains(needle, autoescape=True),
                table.preview.icontains(needle, autoescape=True),
                table.customer_id == needle,
                table.conversation_id == needle,
            )
        )
    return conditions


def _cursor(last: Any, *, by_pressure: bool) -> str:
    place = [last.priority, last.opened_at.isoformat()] if by_pressure else [0, last.changed_at.isoformat()]
    return cursor_of(*place, last.ticket_id)


def _behind(cursor: str, *, by_pressure: bool) -> ColumnElement[bool]:
    table = tickets.c
    try:
        priority, at, key = place_of(cursor)
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None or not isinstance(key, str) or not isinstance(priority, int):
            raise ValueError("no such place")
    except (ValueError, TypeError) as error:
        raise HandOffPlaceInvalid("The cursor is none that was given out. Leave it away to begin anew.") from error
    if not by_pressure:
        return or_(table.changed_at < moment, and_(table.changed_at == moment, table.ticket_id > key))
    later = or_(table.opened_at > moment, and_(table.opened_at == moment, table.ticket_id > key))
    return or_(table.priority > priority, and_(table.priority == priority, later))
