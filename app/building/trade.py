"""What a shop does beside answering: copy, stock, picking, deliveries; the upper middle of `Container`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from app.building.company import Company

if TYPE_CHECKING:
    from app.building.delivery import DueDay
    from app.marketing import CopyDesk, Copywriter
    from app.warehouse.notes import NoteDesk
    from app.warehouse.picking import PickingDesk
    from app.warehouse.stock import StockDesk


class Trade(Company):
    """Works on the company's records, on no documents."""

    @cached_property
    def copywriter(self) -> Copywriter:
        """Writes marketing copy and checks it."""
        from app.building.copywriting import build_copywriter

        return build_copywriter(
            self.settings.marketing,
            item=self.shop.item,
            profile=lambda customer_id: self.profiles.used_for("marketing", customer_id, actor="marketing"),
            chat_model=lambda: self.chat_model,
        )

    @cached_property
    def copy_desk(self) -> CopyDesk:
        """Copy on its way to customers."""
        from app.marketing import CopyDesk

        return CopyDesk(self.database, self.copywriter)

    def due_day(self, day: date | None, *, areas: Iterable[str] = ()) -> DueDay:
        """The parcels due on a day (None: today), with what the notes ask for; of all areas for ()."""
        from app.building.delivery import due_day

        zone = self.policy.rules.timezone
        day = day or datetime.now(ZoneInfo(zone)).date()
        return due_day(self.shop, self.items, self.notes, day, time_zone=zone, areas=areas)

    @cached_property
    def stock(self) -> StockDesk:
        """Demand, reorder points, slots and signals, over the shop's orders."""
        from app.building.stock import build_stock_desk
        from app.conversations.said import customers_said

        return build_stock_desk(
            self.settings.stock, self.shop, self.database, said=lambda since: customers_said(self.database, since)
        )

    @cached_property
    def picking(self) -> PickingDesk:
        """Tours for the shop's orders that wait to be picked."""
        from app.building.picking import build_picking_desk

        return build_picking_desk(self.settings.picking, self.shop)

    @cached_property
    def notes(self) -> NoteDesk:
        """Reads what is written to couriers."""
        from app.warehouse.notes import NoteDesk, NoteParser, NoteReviews

        return NoteDesk(NoteParser(), NoteReviews(self.database), self.shop)
