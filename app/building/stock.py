"""The stock desk over the shop's records, by the settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from app.orders import own_shop
from app.warehouse.stock import PlanParams, ReplenishmentParams, Said, StockDesk, StockParams, StockReports

if TYPE_CHECKING:
    from app.database import Database
    from app.domain.shop import Item, Order, Shop
    from app.settings.stock import StockSettings

_OTHERWISE = (
    "Stock is planned from records in our own database; a file of sales can be forecast with "
    "`kefu warehouse forecast FILE`."
)


def build_stock_desk(
    settings: StockSettings,
    shop: Shop,
    database: Database,
    *,
    said: Callable[[datetime], Iterable[tuple[str, datetime, str]]],
) -> StockDesk:
    """Nothing is read before it is asked for."""
    plan = PlanParams(
        ReplenishmentParams(settings.lead_time_days, settings.review_days, settings.service_level, settings.order_days),
        cost_share=settings.cost_share,
        holding_rate=settings.holding_rate,
        dead_days=settings.dead_days,
    )
    catalogue = settings.catalogue
    params = StockParams(
        plan,
        calendar=settings.calendar,
        catalogue=catalogue if catalogue is not None and catalogue.exists() else None,
        zone=ZoneInfo(settings.timezone),
    )

    def orders(since: datetime | None) -> Iterable[Order]:
        return own_shop(shop, otherwise=_OTHERWISE).every_order(since=since)

    def items() -> Iterable[Item]:
        return own_shop(shop, otherwise=_OTHERWISE).every_item()

    def messages(since: datetime) -> Iterable[Said]:
        return (Said(conversation_id, at, text) for conversation_id, at, text in said(since))

    return StockDesk(orders, items, StockReports(database), said=messages, params=params)
