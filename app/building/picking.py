"""The picking desk over the shop's records, by the settings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from app.orders import own_shop
from app.warehouse.picking import Collections, Device, Floor, PickingDesk, read_floor, read_goods

if TYPE_CHECKING:
    from app.domain.shop import Order, Shop
    from app.settings.picking import PickingSettings

_OTHERWISE = (
    "Waiting orders are planned from records in our own database; a file of orders can be planned with "
    "`kefu warehouse pick FILE`."
)


def build_picking_desk(settings: PickingSettings, shop: Shop) -> PickingDesk:
    """No orders are read before they are asked for. Raises `FloorInvalid` for a floor that makes no sense."""
    if settings.floor is not None:
        floor, device = read_floor(settings.floor)
    else:
        floor = Floor(
            settings.aisles,
            settings.bays,
            slot_length_m=settings.bay_m,
            aisle_pitch_m=settings.aisle_m,
            end_gap_m=settings.bay_m,
        )
        device = Device(settings.articles, settings.weight_g, settings.orders)

    def waiting() -> Iterable[Order]:
        return own_shop(shop, otherwise=_OTHERWISE).orders_in("pending")

    return PickingDesk(
        waiting,
        lambda: read_goods(settings.catalogue),
        floor=floor,
        device=device,
        collections=Collections(
            [time.fromisoformat(at) for at in settings.collections],
            time.fromisoformat(settings.cutoff),
            ZoneInfo(settings.timezone),
        ),
    )
