"""The records in our own database, for what a shop elsewhere cannot give: all orders, all items."""

from __future__ import annotations

from app.domain.shop import Shop
from app.orders.errors import ShopRefused
from app.orders.sql_shop import SqlShop


def own_shop(shop: Shop, *, otherwise: str) -> SqlShop:
    """The shop, where its records are ours. Raises `ShopRefused`, which ends with what can be done `otherwise`."""
    if not isinstance(shop, SqlShop):
        raise ShopRefused(f"KEFU_SHOP__URL names a shop elsewhere, which does not list its orders. {otherwise}")
    return shop
