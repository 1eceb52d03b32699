"""Floors and orders from files: those of Henn's order batching problems, and our own YAML or JSON.

Henn counts from 0 and gives an aisle's two sides numbers of their own: 2a and 2a + 1 are the sides of aisle a. Our own
files count aisles and places from 1, as signs in a hall do, or name bins. Source: the problems of Henn and
Wäscher, European Journal of Operational Research 222 (2012).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from app.warehouse.bins import bin_of
from app.warehouse.picking.errors import FloorInvalid, PickOrdersInvalid
from app.warehouse.picking.floor import Floor, Place
from app.warehouse.picking.orders import Device, OrderId, PickJob, PickLine, PickOrder

_LARGEST_FILE, _LARGEST_FLOOR = 20_000_000, 100_000
_MOST_ORDERS = 5_000
_HEAD = re.compile(r"Order\s+(-?\d+)\s+number of articles\s+(-?\d+)\s*", re.IGNORECASE)
_ARTICLE = re.compile(r"\d+\s+Aisle\s+(-?\d+)\s+Location\s+(-?\d+)\s*", re.IGNORECASE)
_HENN = {
    "no_aisles_": "aisles",
    "no_cells__": "slots",
    "cell_lengt": "slot_length_m",
    "dis_ais_wa": "end_gap_m",
}
_OWN = ("aisles", "slots", "blocks", "slot_length_m", "aisle_pitch_m", "end_gap_m", "depot", "device")
_DEPOT = ("aisle", "end", "distance_m")
_DEVICE = ("articles", "weight_g", "orders")
_LINE = ("bin", "aisle", "location", "side", "quantity", "weight_g", "fragile", "sku", "name", "name_en")


def read_floor(path: Path) -> tuple[Floor, Device]:
    """A floor and its picking device. Raises `FloorInvalid` or `PickOrdersInvalid` (of the device)."""
    try:
        value = yaml.safe_load(_text(path, FloorInvalid, _LARGEST_FLOOR))
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise FloorInvalid(f"{path} is neither YAML nor JSON: {' '.join(str(error).split())[:200]}") from None
    if not isinstance(value, Mapping):
        raise FloorInvalid(f"{path} holds no settings of a warehouse such as `aisles: 10`.")
    try:
        return _henn_floor(value) if "no_aisles_" in value else floor_of(value)
    except FloorInvalid as error:
        raise FloorInvalid(f"{path}: {error.message}") from None
    except PickOrdersInvalid as error:
        raise PickOrdersInvalid(f"{path}: {error.message}") from None


def read_orders(path: Path) -> tuple[PickOrder, ...]:
    """Orders in the order of the file. Raises `PickOrdersInvalid`."""
    text = _text(path, PickOrdersInvalid, _LARGEST_FILE)
    try:
        if not text.lstrip().startswith(("{", "[")):
            return _henn_orders(text)
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise PickOrdersInvalid(f"It is not JSON: {str(error)[:200]}.") from None
        return orders_of(value)
    except PickOrdersInvalid as error:
        raise PickOrdersInvalid(f"{path}: {error.message}") from None


def read_job(orders: Path, warehouse: Path) -> PickJob:
    """What `kefu warehouse pick` plans; checked when it is planned."""
    floor, device = read_floor(warehouse)
    return PickJob(floor, device, read_orders(orders))


def floor_of(value: Mapping[str, Any]) -> tuple[Floor, Device]:
    """From our own form. Raises `FloorInvalid` or `PickOrdersInvalid`."""
    _known("warehouse", value, _OWN)
    depot, device = value.get("depot", {}), value.get("device", {})
    for name, part, fields in (("depot", depot, _DEPOT), ("device", device, _DEVICE)):
        if not isinstance(part, Mapping):
            raise FloorInvalid(f"Expected {name} with {', '.join(fields)}, got {part!r}.")
        _known(name, part, fields)
    for name in ("aisles", "slots"):
        if name not in value:
            raise FloorInvalid(f"The warehouse does not say its {name}.")
    measures = {name: value[name] for name in _OWN[:6] if name in value}
    aisle = depot.get("aisle", 1)
    if isinstance(aisle, bool) or not isinstance(aisle, int):
        raise FloorInvalid(f"Expected the depot's aisle as a whole number from 1, got {aisle!r}.")
    floor = Floor(
        **measures,
        depot_aisle=aisle - 1,
        depot_end=depot.get("end", "front"),
        depot_distance_m=depot.get("distance_m", 0.0),
    )
    return floor, Device(**device)


def orders_of(value: object) -> tuple[PickOrder, ...]:
    """From our own form, `{"orders": [{"id", "lines": [...], "due_at"}]}` or the list. Raises `PickOrdersInvalid`."""
    listed = value.get("orders") if isinstance(value, Mapping) else value
    if not isinstance(listed, list):
        raise PickOrdersInvalid('Expected {"orders": [{"id": "1", "lines": [{"bin": "A-11-01-C"}]}]}.')
    if len(listed) > _MOST_ORDERS:
        raise PickOrdersInvalid(f"{len(listed)} orders are more than the {_MOST_ORDERS} that are planned at once.")
    return tuple(_order(one, position) for position, one in enumerate(listed, start=1))


def place_of_bin(text: str) -> tuple[str, Place] | None:
    """Zone and place of a bin such as A-11-01-C (zone, aisle, bay, level); None for what is no bin."""
    found = bin_of(text)
    return None if found is None else (found.zone, Place(found.aisle - 1, found.bay - 1))


def _text(path: Path, error: type[FloorInvalid] | type[PickOrdersInvalid], largest: int) -> str:
    try:
        if path.stat().st_size > largest:
            raise error(f"{path} has more than {largest:,} bytes.")
        return path.read_text(encoding="utf-8-sig")
    except OSError as failure:
        raise error(f"{path} cannot be read: {failure.strerror or failure}.") from None
    except UnicodeDecodeError:
        raise error(f"{path} is not UTF-8 text.") from None


def _known(what: str, value: Mapping[str, Any], names: tuple[str, ...]) -> None:
    unknown = [str(name) for name in value if name not in names]
    if unknown:
        raise FloorInvalid(f"The {what} has no {unknown[0]!r}; it has {', '.join(names)}.")


def _henn_floor(value: Mapping[str, Any]) -> tuple[Floor, Device]:
    """Aisles stand two cell widths and an aisle width apart; the depot is at the foot of the first."""
    needed = (*_HENN, "cell_width", "aisle_widt", "m_no_a_p_b")
    for name in needed:
        number = value.get(name)
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise FloorInvalid(f"Expected a number under {name}, got {number!r}.")
    pitch = 2 * value["cell_width"] + value["aisle_widt"]
    floor = Floor(**{ours: value[theirs] for theirs, ours in _HENN.items()}, aisle_pitch_m=pitch)
    return floor, Device(articles=value["m_no_a_p_b"])


def _henn_orders(text: str) -> tuple[PickOrder, ...]:
    orders: list[PickOrder] = []
    lines: list[PickLine] = []
    head: tuple[int, int] | None = None

    def close() -> None:
        if head is None:
            return
        if len(lines) != head[1]:
            raise PickOrdersInvalid(f"Order {head[0]} announces {head[1]} articles, but {len(lines)} follow.")
        orders.append(PickOrder(head[0], tuple(lines)))

    for number, raw in enumerate(text.splitlines(), start=1):
        if not raw.strip():
            continue
        if found := _HEAD.fullmatch(raw.strip()):
            close()
            head, lines = (int(found[1]), int(found[2])), []
        elif (found := _ARTICLE.fullmatch(raw.strip())) and head is not None:
            side, location = int(found[1]), int(found[2])
            lines.append(PickLine(Place(side // 2, location), {"aisle": side, "location": location}))
        else:
            raise PickOrdersInvalid(
                f"Line {number} is {raw.strip()[:60]!r}; expected `Order 0 number of articles 6` or "
                "`0 Aisle 1 Location 2`."
            )
    close()
    return tuple(orders)


def _order(value: object, position: int) -> PickOrder:
    if not isinstance(value, Mapping):
        raise PickOrdersInvalid(f'Order number {position} of the list is no object such as {{"id": "1", "lines": []}}.')
    order_id = value.get("id")
    if isinstance(order_id, bool) or not isinstance(order_id, str | int) or order_id == "":
        raise PickOrdersInvalid(f'Order number {position} of the list has no "id" that is a string or a whole number.')
    lines = value.get("lines")
    if not isinstance(lines, list):
        raise PickOrdersInvalid(f'Order {order_id} has no list under "lines".')
    due = value.get("due_at")
    try:
        due_at = None if due is None else datetime.fromisoformat(due)
    except (TypeError, ValueError):
        raise PickOrdersInvalid(
            f"Order {order_id}: {due!r} under due_at is no time such as 2026-11-24T18:00:00+08:00."
        ) from None
    if due_at is not None and due_at.tzinfo is None:
        raise PickOrdersInvalid(f"Order {order_id}: {due!r} under due_at does not say its time zone, such as +08:00.")
    return PickOrder(order_id, tuple(_line(order_id, line) for line in lines), due_at)


def _line(order_id: OrderId, value: object) -> PickLine:
    if not isinstance(value, Mapping):
        raise PickOrdersInvalid(f'Order {order_id}: expected lines such as {{"bin": "A-11-01-C", "quantity": 2}}.')
    unknown = [str(name) for name in value if name not in _LINE]
    if unknown:
        raise PickOrdersInvalid(f"Order {order_id}: a line has no {unknown[0]!r}; it has {', '.join(_LINE)}.")
    zone, place, label = _place(order_id, value)
    quantity, weight_g = value.get("quantity", 1), value.get("weight_g", 0)
    for name, number in (("quantity", quantity), ("weight_g", weight_g)):
        if isinstance(number, bool) or not isinstance(number, int) or abs(number) > 10**9:
            raise PickOrdersInvalid(f"Order {order_id}: expected a whole number under {name}, got {number!r}.")
    fragile = value.get("fragile", False)
    names = [value.get(name, "") for name in ("sku", "name", "name_en")]
    if not isinstance(fragile, bool) or not all(isinstance(name, str) for name in names):
        raise PickOrdersInvalid(f"Order {order_id}: expected sku and names as text, and fragile as true or false.")
    sku, name, name_en = names
    return PickLine(place, label, quantity, weight_g, fragile, sku, name, name_en, zone)


def _place(order_id: OrderId, value: Mapping[str, Any]) -> tuple[str, Place, dict[str, Any]]:
    if "bin" in value:
        found = place_of_bin(value["bin"]) if isinstance(value["bin"], str) else None
        if found is None:
            raise PickOrdersInvalid(
                f"Order {order_id}: {value['bin']!r} is no bin such as A-11-01-C (zone, aisle, bay, level)."
            )
        return *found, {"bin": value["bin"].strip().upper()}
    aisle, location, side = (value.get(name) for name in ("aisle", "location", "side"))
    if not all(isinstance(number, int) and not isinstance(number, bool) for number in (aisle, location)):
        raise PickOrdersInvalid(f"Order {order_id}: a line names neither a bin nor an aisle and a location from 1.")
    if side is not None and side not in ("left", "right"):
        raise PickOrdersInvalid(f"Order {order_id}: a side is left or right, not {side!r}.")
    assert isinstance(aisle, int)
    assert isinstance(location, int)
    label = {"aisle": aisle, "location": location, **({} if side is None else {"side": side})}
    return "", Place(aisle - 1, location - 1), label
