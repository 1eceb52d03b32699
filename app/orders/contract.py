"""The JSON in which a shop elsewhere and kefu speak of customers, items and orders; described in `docs/shop-api.md`.

Fields are those of `app.domain.shop` under the same names: times as ISO 8601 with their offset, money in cents, lists
for tuples. Fields that are not known are left alone, so that either side may add some.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from app.domain.shop import Address, Customer, Item, Order, OrderChange
from app.orders.errors import (
    BalanceTooLow,
    CaseTaken,
    CustomerMissing,
    MethodMissing,
    OrderError,
    OrderMissing,
    OrderMoved,
    ShopGarbage,
)

T = TypeVar("T", Address, Customer, Item, Order, OrderChange)

IDEMPOTENCY_HEADER = "Idempotency-Key"
"""Carries `OrderChange.change_id`: a request with the same key is answered as the first one was and changes nothing."""
REFUSALS: Mapping[str, type[OrderError]] = {
    kind.code: kind for kind in (OrderMissing, OrderMoved, CustomerMissing, MethodMissing, BalanceTooLow, CaseTaken)
}
"""What a shop may say no with: the `code` of its answer to the error that it becomes here."""
ABSENT = frozenset({"order_missing", "customer_missing", "item_missing"})
"""With status 404: there is no such thing, as against a wrong address."""


@cache
def _adapters() -> dict[type, TypeAdapter[Any]]:
    return {kind: TypeAdapter(kind) for kind in (Address, Customer, Item, Order, OrderChange)}


def to_json(value: Address | Customer | Item | Order | OrderChange) -> dict[str, Any]:
    """As it travels."""
    fields: dict[str, Any] = _adapters()[type(value)].dump_python(value, mode="json")
    return fields


def from_json(kind: type[T], data: Any) -> T:
    """From what arrived. Raises `ShopGarbage`, which names the first field that is wrong and not what is in it."""
    try:
        value: T = _adapters()[kind].validate_python(data)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise ShopGarbage(f"The shop sent no valid {kind.__name__}: {where}: {first['msg']}.") from error
    if isinstance(value, Order | OrderChange) and any(moment.tzinfo is None for moment in _times(value)):
        raise ShopGarbage(f"The shop sent no valid {kind.__name__}: a time has no offset, such as +08:00 or Z.")
    return value


def list_from_json(kind: type[T], data: Any, name: str) -> list[T]:
    """From `{name: [...]}`. Raises `ShopGarbage`."""
    entries = data.get(name) if isinstance(data, Mapping) else None
    if not isinstance(entries, list):
        raise ShopGarbage(f"The shop sent no list of {name}.")
    return [from_json(kind, entry) for entry in entries]


def _times(value: Order | OrderChange) -> Iterator[datetime]:
    cases: Sequence[Any]
    if isinstance(value, Order):
        cases = value.cases
        yield from filter(None, (value.placed_at, value.shipped_at, value.delivered_at))
        for shipment in value.shipments:
            yield from filter(None, (shipment.expected_at, *(event.at for event in shipment.events)))
    else:
        cases = [value.case] if value.case is not None else []
    yield from (case.created_at for case in cases)
    yield from (payment.at for payment in value.payments if payment.at is not None)
