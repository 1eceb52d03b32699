"""Canned replies: texts under a /shortcut, in both languages, with places for names."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from app.database import Database
from app.domain.action import Wording
from app.handoff.errors import CannedReplyInvalid, CannedReplyMissing
from app.handoff.tables import canned
from app.handoff.ticket import Ticket
from index.types import Language

_SHORTCUT = re.compile(r"[\w-]{1,40}")
_PLACE = re.compile(r"\{\{\s*([\w.]{1,40})\s*\}\}")
_MAX_TEXT = 4000


@dataclass(frozen=True, slots=True)
class CannedReply:
    """A text that is used again and again; `{{order.id}}` is filled in when it is used."""

    shortcut: str
    """Without the slash, in small letters."""
    title: str
    text: Wording
    """A language that is empty falls back to the other."""

    @property
    def places(self) -> tuple[str, ...]:
        """Names of what is filled in, in order."""
        return tuple(dict.fromkeys(_PLACE.findall(self.text.zh) + _PLACE.findall(self.text.en)))

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "shortcut": self.shortcut,
            "title": self.title,
            "zh": self.text.zh,
            "en": self.text.en,
            "places": list(self.places),
        }


@dataclass(frozen=True, slots=True)
class Rendered:
    """A canned reply filled in."""

    text: str
    missing: tuple[str, ...]
    """Places for which nothing is known; they stand in the text as they are, for the agent to fill."""


def render(reply: CannedReply, language: Language, values: Mapping[str, str]) -> Rendered:
    """The text in the customer's language with what is known filled in."""
    text = reply.text.in_language(language) or reply.text.zh or reply.text.en
    missing = tuple(dict.fromkeys(name for name in _PLACE.findall(text) if not values.get(name)))
    return Rendered(_PLACE.sub(lambda match: values.get(match[1]) or match[0], text), missing)


def values_of(ticket: Ticket | None, conversation_id: str, agent: str) -> Mapping[str, str]:
    """What is known for the places of a canned reply."""
    packet = ticket.packet if ticket is not None else {}
    facts: Mapping[str, Any] = {**packet.get("facts", {}), **packet.get("customer", {})}
    orders = [slot["normalized"] for slot in packet.get("slots", ()) if slot["type"] == "order_number"]
    found = {
        "agent.name": agent,
        "conversation.id": conversation_id,
        "customer.id": ticket.customer_id if ticket is not None else None,
        "customer.name": facts.get("name"),
        "order.id": facts.get("order_id") or next(iter(orders), None),
    }
    return {name: str(value) for name, value in found.items() if value}


class CannedReplies:
    """The canned replies of a company, in the database."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database, self._clock = database, clock

    def all(self) -> Sequence[CannedReply]:
        """By shortcut."""
        with self._database.reading() as connection:
            return [_reply(row) for row in connection.execute(select(canned).order_by(canned.c.shortcut))]

    def get(self, shortcut: str) -> CannedReply:
        """Raises `CannedReplyMissing`."""
        key = _key(shortcut)
        with self._database.reading() as connection:
            row = connection.execute(select(canned).where(canned.c.shortcut == key)).one_or_none()
        if row is None:
            raise CannedReplyMissing(f"There is no canned reply /{key[:40]}.")
        return _reply(row)

    def put(self, reply: CannedReply, *, by: str) -> CannedReply:
        """Keep one, in place of another of the same shortcut. Raises `CannedReplyInvalid`."""
        key = _key(reply.shortcut)
        if not _SHORTCUT.fullmatch(key):
            raise CannedReplyInvalid("A shortcut has 1 to 40 letters, digits, - or _, as /refund-time.")
        zh, en = reply.text.zh.strip(), reply.text.en.strip()
        if not (zh or en) or max(len(zh), len(en)) > _MAX_TEXT:
            raise CannedReplyInvalid(f"A canned reply has a text in zh or en, of at most {_MAX_TEXT} characters.")
        title = " ".join(reply.title.split())[:100] or (zh or en)[:40]
        values = {"title": title, "zh": zh, "en": en, "changed_at": self._clock(), "changed_by": by}
        with self._database.writing() as connection:
            if not connection.execute(update(canned).where(canned.c.shortcut == key).values(**values)).rowcount:
                connection.execute(insert(canned).values(shortcut=key, **values))
        return CannedReply(key, title, Wording(zh, en))

    def remove(self, shortcut: str) -> None:
        """Raises `CannedReplyMissing`."""
        key = _key(shortcut)
        with self._database.writing() as connection:
            if not connection.execute(delete(canned).where(canned.c.shortcut == key)).rowcount:
                raise CannedReplyMissing(f"There is no canned reply /{key[:40]}.")


def _key(shortcut: str) -> str:
    return shortcut.strip().removeprefix("/").casefold()


def _reply(row: Row[Any]) -> CannedReply:
    return CannedReply(row.shortcut, row.title, Wording(row.zh, row.en))
