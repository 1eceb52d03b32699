"""Reads notes and the notes of orders, and puts what is unclear before a person."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from app.domain.delivery_note import ReadNote
from app.domain.shop import Shop
from app.warehouse.notes.decisions import as_decided
from app.warehouse.notes.errors import NoteOrderMissing
from app.warehouse.notes.parser import NoteParser
from app.warehouse.notes.reviews import NoteReviews


class NoteDesk:
    """What the service knows of notes; safe to share between threads."""

    def __init__(self, parser: NoteParser, reviews: NoteReviews, shop: Shop) -> None:
        """Nothing is opened yet."""
        self.parser, self.reviews, self._shop = parser, reviews, shop

    def read(self, text: str, now: datetime, *, source: str | None) -> tuple[ReadNote, str | None]:
        """The note, and the id under which it waits for a person; None where it is clear or has no source.

        What a person has decided about the same words of the same source takes the place of what was read.
        """
        note = self.parser.parse(text, now)
        if source is None or not text.strip():
            return note, None
        # Also where the rules have learnt to read it since: a person has said what is meant.
        if decided := self.reviews.closed(text, source=source):
            return as_decided(note, decided.decision), None
        return note, self.reviews.add(note, source=source) if note.needs_person else None

    def read_order(self, order_id: str, zone: ZoneInfo, *, now: datetime | None = None) -> tuple[ReadNote, str | None]:
        """The note of an order, as seen from when it was placed unless `now` is given. Raises `NoteOrderMissing`."""
        order = self._shop.order(order_id)
        if order is None:
            raise NoteOrderMissing(f"The shop has no order {order_id!r}.")
        moment = now or (order.placed_at or datetime.now(UTC)).astimezone(zone)
        return self.read(order.note, moment, source=f"order:{order_id}")
