"""A shop elsewhere, over HTTP: any that speaks the JSON of `docs/shop-api.md`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import httpx
import stamina

from app.domain.shop import Address, Customer, Item, Order, OrderChange
from app.orders.contract import ABSENT, IDEMPOTENCY_HEADER, REFUSALS, from_json, list_from_json, to_json
from app.orders.errors import (
    CustomerMissing,
    OrderMissing,
    ShopGarbage,
    ShopRefused,
    ShopUnavailable,
    ShopUncertain,
)

_BUSY = (429, 502, 503, 504)
"""Of an answer that may be another one in a moment."""
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""The request has not left: the shop knows nothing of it."""
_LONGEST_ID = 200


class _Busy(Exception):
    """The shop may answer in a moment."""


class RestShop:
    """See `app.domain.shop.Shop`; safe to share between threads.

    Reads are asked for up to three times. A change of an order is sent once, under a key of its own: when it is not
    certain what became of it, `ShopUncertain` says so, and sending the same `OrderChange` again does no harm.
    Everything raises `ShopUnavailable`, `ShopRefused` or `ShopGarbage` when the shop cannot be worked with.
    """

    def __init__(self, base_url: str, *, api_key: str = "", timeout_s: float = 5.0, attempts: int = 3) -> None:
        """Nothing is opened yet."""
        if attempts < 1 or timeout_s <= 0:
            raise ValueError(f"Expected attempts >= 1 and timeout_s > 0, got {attempts} and {timeout_s}.")
        self._base_url, self._timeout_s, self._attempts = base_url.rstrip("/"), timeout_s, attempts
        headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {api_key}"} if api_key else {})
        self._client = httpx.Client(headers=headers, timeout=timeout_s)

    def close(self) -> None:
        """Let the connections go."""
        self._client.close()

    def customer(self, customer_id: str) -> Customer | None:
        """None where there is none of that id."""
        found = self._read("customers", customer_id)
        return None if found is None else from_json(Customer, found)

    def find_customers(
        self,
        *,
        email: str | None = None,
        phone: str | None = None,
        name: str | None = None,
        postcode: str | None = None,
    ) -> Sequence[Customer]:
        """Those to whom all that is given applies; none where nothing is given."""
        given = {"email": email, "phone": phone, "name": name, "postcode": postcode}
        params = {key: value for key, value in given.items() if value is not None}
        if not params or not all(value.strip() and value.isprintable() for value in params.values()):
            return []
        found = self._read("customers", params=params)
        return [] if found is None else list_from_json(Customer, found, "customers")

    def order(self, order_id: str) -> Order | None:
        """None where there is none of that number."""
        found = self._read("orders", order_id)
        return None if found is None else from_json(Order, found)

    def orders_of(self, customer_id: str, *, limit: int = 20) -> Sequence[Order]:
        """Newest first."""
        found = self._read("customers", customer_id, "orders", params={"limit": str(max(limit, 0))})
        return [] if found is None else list_from_json(Order, found, "orders")[: max(limit, 0)]

    def order_of_parcel(self, tracking_number: str) -> Order | None:
        """The order that a parcel belongs to."""
        found = self._read("parcels", tracking_number, "order")
        return None if found is None else from_json(Order, found)

    def item(self, sku: str) -> Item | None:
        """None where there is none of that SKU."""
        found = self._read("items", sku)
        return None if found is None else from_json(Item, found)

    def variants(self, product_id: str) -> Sequence[Item]:
        """All items of a product, in and out of stock."""
        found = self._read("products", product_id, "items")
        return [] if found is None else list_from_json(Item, found, "items")

    def change_order(self, change: OrderChange) -> Order:
        """See `app.domain.shop.Shop.change_order`."""
        url = self._url("orders", change.order_id, "changes")
        if url is None:
            raise OrderMissing(f"There is no order {change.order_id!r}.")
        response = self._send_once(url, to_json(change), key=change.change_id)
        try:
            return from_json(Order, self._content(response, is_write=True))
        except ShopGarbage as error:
            if not response.is_success:
                raise
            raise ShopUncertain(f"The shop took a change of {change.order_id} and answered: {error.message}") from error

    def change_address(self, customer_id: str, address: Address) -> Customer:
        """A customer's own address; saying it twice is as good as once, so it is tried like a read."""
        url = self._url("customers", customer_id, "address")
        if url is None:
            raise CustomerMissing(f"There is no customer {customer_id!r}.")
        response = self._send("PUT", url, json=to_json(address))
        return from_json(Customer, self._content(response, is_write=True))

    def _url(self, *parts: str) -> str | None:
        """None for ids that no shop can have: nothing is asked for then."""
        if not all(part.strip(". ") and len(part) <= _LONGEST_ID and _can_be_sent(part) for part in parts):
            return None
        return "/".join([self._base_url, *(quote(part, safe="") for part in parts)])

    def _read(self, *parts: str, params: Mapping[str, str] | None = None) -> Any:
        """What the shop has there; None where it says that there is nothing."""
        url = self._url(*parts)
        return None if url is None else self._content(self._send("GET", url, params=params))

    def _send(self, method: str, url: str, **more: Any) -> httpx.Response:
        """Until the shop answers, or patience ends."""
        try:
            for attempt in stamina.retry_context(
                on=(_Busy, httpx.TransportError),
                attempts=self._attempts,
                timeout=self._timeout_s * self._attempts,
                wait_initial=0.1,
                wait_max=1.0,
            ):
                with attempt:
                    response = self._client.request(method, url, **more)
                    if response.status_code in _BUSY:
                        raise _Busy(f"status {response.status_code}")
                    return response
        except (_Busy, httpx.HTTPError) as error:
            raise self._unavailable(error) from error
        raise AssertionError("the last attempt returns or raises")

    def _send_once(self, url: str, data: Mapping[str, Any], *, key: str) -> httpx.Response:
        try:
            response = self._client.post(url, json=data, headers={IDEMPOTENCY_HEADER: key})
        except _UNSENT as error:
            raise self._unavailable(error) from error
        except httpx.HTTPError as error:
            raise ShopUncertain(
                f"The shop at {self._base_url} did not say whether it made the change ({type(error).__name__})."
            ) from error
        if response.status_code == 429:
            raise ShopUnavailable(f"The shop at {self._base_url} is asked too often. Nothing was changed.")
        if response.status_code >= 500:
            raise ShopUncertain(
                f"The shop at {self._base_url} did not say whether it made the change (status {response.status_code})."
            )
        return response

    def _content(self, response: httpx.Response, *, is_write: bool = False) -> Any:
        """The JSON of an answer; None for a read of what is not there. Raises what the shop refuses with."""
        status, data = response.status_code, _json(response)
        if response.is_success and data is not None:
            return data
        code, message = _refusal(data)
        if is_write and code in REFUSALS:
            raise REFUSALS[code](message)
        if status == 404 and code in ABSENT and not is_write:
            return None
        if status in (401, 403):
            raise ShopRefused(f"The shop at {self._base_url} does not take our key. Look at KEFU_SHOP__API_KEY.")
        if status >= 500:
            raise ShopUnavailable(f"The shop at {self._base_url} cannot answer: status {status}.")
        if 400 <= status < 500 and code:
            raise ShopRefused(f"The shop at {self._base_url} refuses: {code}: {message}")
        raise ShopGarbage(
            f"What answers at {response.request.url.copy_with(query=None)} (status {status}) does not speak our JSON. "
            "Look at KEFU_SHOP__URL and docs/shop-api.md."
        )

    def _unavailable(self, error: Exception) -> ShopUnavailable:
        reason = str(error) or type(error).__name__
        return ShopUnavailable(f"The shop at {self._base_url} does not answer: {reason}. Look at KEFU_SHOP__URL.")


def _can_be_sent(text: str) -> bool:
    """Slashes, control characters and halves of characters stand in no id."""
    return text.isprintable() and "/" not in text and "\\" not in text


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:  # also of a body that is no UTF-8
        return None


def _refusal(data: Any) -> tuple[str, str]:
    """Code and message of what a shop says no with; empty for anything else."""
    if not isinstance(data, Mapping) or not isinstance(data.get("code"), str):
        return "", ""
    message = " ".join(str(data.get("message") or data["code"]).split())
    return data["code"], message[:300]
