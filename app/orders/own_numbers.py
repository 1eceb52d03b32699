"""Numbers in a picture held against the orders of the customer who sent it, and of nobody else."""

from __future__ import annotations

from app.domain.shop import Shop
from app.orders.errors import ShopError


class OwnNumbers:
    """Fulfils `app.domain.media.KnownNumbers` for one customer."""

    def __init__(self, shop: Shop, customer_id: str) -> None:
        self._shop, self._customer_id = shop, customer_id

    def has_order(self, order_number: str) -> bool | None:
        """Whether it is one of theirs; None while the shop does not answer."""
        try:
            order = self._shop.order(order_number)
        except ShopError:
            return None
        return order is not None and order.customer_id == self._customer_id

    def has_parcel(self, tracking_number: str) -> bool | None:
        """Whether it belongs to one of theirs; None while the shop does not answer."""
        try:
            order = self._shop.order_of_parcel(tracking_number)
        except ShopError:
            return None
        return order is not None and order.customer_id == self._customer_id
