"""All actions by name."""

from __future__ import annotations

from collections.abc import Mapping

from app.actions.plan import Read, Write
from app.actions.reads.identity import IDENTIFY_CUSTOMER
from app.actions.reads.orders import LIST_ORDERS, ORDER_STATUS_READ, REFUND_STATUS, SHOW_ACCOUNT, TRACK_PARCEL
from app.actions.reads.products import CHECK_WARRANTY, HAND_TO_PERSON, PRODUCT_VARIANTS
from app.actions.reads.recommending import RECOMMEND_PRODUCTS
from app.actions.writes.addresses import CHANGE_CUSTOMER_ADDRESS, CHANGE_ORDER_ADDRESS
from app.actions.writes.cancelling import CANCEL_ORDER
from app.actions.writes.invoices import REQUEST_INVOICE
from app.actions.writes.payment import CHANGE_ORDER_PAYMENT
from app.actions.writes.price_protection import CLAIM_PRICE_PROTECTION
from app.actions.writes.replacing import CHANGE_ORDER_ITEMS, EXCHANGE_ITEMS
from app.actions.writes.returning import RETURN_ITEMS

ACTIONS: Mapping[str, Read | Write] = {
    action.spec.name: action
    for action in (
        IDENTIFY_CUSTOMER,
        LIST_ORDERS,
        ORDER_STATUS_READ,
        TRACK_PARCEL,
        REFUND_STATUS,
        SHOW_ACCOUNT,
        PRODUCT_VARIANTS,
        RECOMMEND_PRODUCTS,
        CHECK_WARRANTY,
        CANCEL_ORDER,
        CHANGE_ORDER_ADDRESS,
        CHANGE_ORDER_ITEMS,
        CHANGE_ORDER_PAYMENT,
        RETURN_ITEMS,
        EXCHANGE_ITEMS,
        CLAIM_PRICE_PROTECTION,
        REQUEST_INVOICE,
        CHANGE_CUSTOMER_ADDRESS,
        HAND_TO_PERSON,
    )
}
GOVERNED = frozenset(ACTIONS) - {
    "identify_customer",
    "list_orders",
    "order_status",
    "track_parcel",
    "refund_status",
    "show_account",
    "product_variants",
    "recommend_products",
    "change_customer_address",
    "hand_to_person",
}
"""Actions that a company's rules decide."""
