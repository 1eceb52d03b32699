"""Pieces of JSON Schema that the actions share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def parameters(*required: str, **properties: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of an object of these properties."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


def text(description: str, *values: str) -> dict[str, Any]:
    """A text, or one of some values."""
    schema: dict[str, Any] = {"type": "string", "description": description}
    return {**schema, "enum": list(values)} if values else schema


def flag(description: str) -> dict[str, Any]:
    """Yes or no."""
    return {"type": "boolean", "description": description}


ORDER_ID = text("Order number, as the customer wrote it")
METHOD = text("Id of one of the customer's payment methods; by default the one that the order was paid with")
FLAGS = {
    "is_opened": flag("Whether seal or packing was opened, as the customer says; ask only when it is wanted"),
    "is_activated": flag("Whether the device went online, as the customer says; ask only when it is wanted"),
    "is_installed": flag("Whether the appliance was installed, as the customer says; ask only when it is wanted"),
    "is_complete": flag("Whether everything that came with it is there, as the customer says"),
}
_CHOICE = {
    "sku": text("SKU of the item in the order"),
    "line_id": text("Line of the order, where the SKU stands in several"),
    "quantity": {"type": "integer", "minimum": 1, "description": "How many; by default all of the line"},
}
ITEMS = {
    "type": "array",
    "description": "Items of the order that it is about",
    "items": {"type": "object", "properties": {**_CHOICE, **FLAGS}, "additionalProperties": False},
}
CHANGES = {
    "type": "array",
    "description": "Items of the order with what each is to be replaced by",
    "items": {
        "type": "object",
        "properties": {**_CHOICE, "new_sku": text("SKU of the new variant, of the same product"), **FLAGS},
        "additionalProperties": False,
    },
}
ADDRESS = {
    "type": "object",
    "description": "The new address; recipient and phone stay as they are where they are left out",
    "properties": {
        "recipient": text("Name of the recipient"),
        "lines": {"type": "array", "items": {"type": "string"}, "description": "Street, house number, door"},
        "city": text("City"),
        "region": text("Province or state"),
        "country": text("ISO 3166 alpha-2; by default that of the present address"),
        "postcode": text("Postcode"),
        "phone": text("Phone number of the recipient"),
    },
    "additionalProperties": False,
}
