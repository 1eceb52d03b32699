"""Arguments as they come from people, language models and programs, read into values or asked for again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.actions.schemas import FLAGS
from app.actions.stopping import wanted
from app.domain.action import Wording

_MOST_TEXT = 500
_MOST_ENTRIES = 50


@dataclass(frozen=True, slots=True)
class Chosen:
    """One item of an order that something is asked for."""

    sku: str = ""
    line_id: str = ""
    quantity: int | None = None
    """None for all of it."""
    new_sku: str = ""
    told: Mapping[str, bool] | None = None
    """What the customer says of it: is_opened, is_activated, …"""


@dataclass(frozen=True, slots=True)
class AddressGiven:
    """An address as far as it was given."""

    recipient: str = ""
    lines: tuple[str, ...] = ()
    city: str = ""
    region: str = ""
    country: str = ""
    postcode: str = ""
    phone: str = ""


class Arguments:
    """Reads the arguments of one request. A wrong one ends the action with `needs_input` that says what is expected."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values if isinstance(values, Mapping) else {}

    def text(self, name: str, *, most: int = _MOST_TEXT) -> str:
        """A text, trimmed and in one spelling of widths; "" where it is not given."""
        return _text(self._values.get(name), name, most)

    def required(self, name: str, ask: Wording, *, most: int = _MOST_TEXT) -> str:
        """As `text`; asked for where it is not given."""
        found = self.text(name, most=most)
        if not found:
            raise wanted(ask, name)
        return found

    def choice(self, name: str, values: Sequence[str]) -> str:
        """One of `values`; "" where it is not given."""
        found = self.text(name).lower()
        if found and found not in values:
            listed = ", ".join(values)
            raise wanted(Wording(zh=f"{name}应为：{listed}。", en=f"{name} is one of {listed}."), name)
        return found

    def flags(self) -> Mapping[str, bool]:
        """What the customer says of all items alike."""
        return _flags(self._values)

    def chosen(self, name: str = "items") -> tuple[Chosen, ...]:
        """The items; () where they are not given. SKUs may stand alone: ["A", "B"]."""
        given = self._values.get(name)
        if given is None or given == "":
            return ()
        entries = given if isinstance(given, Sequence) and not isinstance(given, str) else [given]
        if len(entries) > _MOST_ENTRIES:
            raise wanted(Wording(zh="一次最多选50件商品。", en="Choose at most 50 items at once."), name)
        return tuple(_chosen(entry, name) for entry in entries)

    def address(self, name: str = "address") -> AddressGiven:
        """An address; empty where it is not given."""
        given = self._values.get(name)
        if given is None or given == "":
            return AddressGiven()
        if not isinstance(given, Mapping):
            raise wanted(_ADDRESS, name)
        lines = given.get("lines", ())
        entries = [lines] if isinstance(lines, str) else lines
        if not isinstance(entries, Sequence) or len(entries) > 6:
            raise wanted(_ADDRESS, name)
        country = _text(given.get("country"), "country", 2).upper()
        if country and not re.fullmatch(r"[A-Z]{2}", country):
            raise wanted(
                Wording(zh="国家请用两位代码，如CN、US。", en="Give the country as two letters, such as CN or US."),
                name,
            )
        return AddressGiven(
            _text(given.get("recipient"), "recipient", 100),
            tuple(line for entry in entries if (line := _text(entry, "lines", 200))),
            _text(given.get("city"), "city", 100),
            _text(given.get("region"), "region", 100),
            country,
            _text(given.get("postcode"), "postcode", 20),
            _text(given.get("phone"), "phone", 40),
        )


_ADDRESS = Wording(
    zh="请给出完整地址：街道门牌、城市、省份、国家和邮编。",
    en="Please give the whole address: street and number, city, province or state, country and postcode.",
)


def _text(value: Any, name: str, most: int) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise wanted(Wording(zh=f"{name}应为文字。", en=f"{name} has to be a text."), name)
    text = unicodedata.normalize("NFKC", str(value))
    text = "".join(" " if char in "\t\r\n" else char for char in text if char in "\t\r\n" or char.isprintable())
    text = " ".join(text.split())
    if len(text) > most:
        raise wanted(Wording(zh=f"{name}最多{most}个字。", en=f"{name} has at most {most} characters."), name)
    return text


def _chosen(entry: Any, name: str) -> Chosen:
    if isinstance(entry, str):
        return Chosen(sku=_text(entry, name, 100))
    if not isinstance(entry, Mapping):
        raise wanted(Wording(zh="请说明是哪件商品。", en="Please say which item."), name)
    quantity = entry.get("quantity")
    if isinstance(quantity, str) and quantity.isdecimal():
        quantity = int(quantity)
    is_count = isinstance(quantity, int) and not isinstance(quantity, bool) and 1 <= quantity <= 9999
    if quantity is not None and not is_count:
        raise wanted(Wording(zh="数量应为正整数。", en="A quantity is a whole number from 1."), name)
    sku, line_id = _text(entry.get("sku"), "sku", 100), _text(entry.get("line_id"), "line_id", 100)
    if not sku and not line_id:
        raise wanted(Wording(zh="请说明是哪件商品。", en="Please say which item."), name)
    return Chosen(sku, line_id, quantity, _text(entry.get("new_sku"), "new_sku", 100), _flags(entry))


def _flags(values: Mapping[str, Any]) -> Mapping[str, bool]:
    found: dict[str, bool] = {}
    for flag in FLAGS:
        value = values.get(flag)
        if isinstance(value, str) and value.strip().lower() in ("true", "yes", "false", "no", "是", "否"):
            value = value.strip().lower() in ("true", "yes", "是")
        if value is None:
            continue
        if not isinstance(value, bool):
            raise wanted(Wording(zh=f"{flag}应为是或否。", en=f"{flag} is yes or no."), flag)
        found[flag] = value
    return found
