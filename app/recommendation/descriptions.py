"""Reads what items are from a file: the words from which new items get their place."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from app.domain.shop import Item
from app.recommendation.errors import BehaviourInvalid

_IDS = ("item_id", "product_id", "sku", "id")
_MOST_CHARACTERS = 2000


def read_descriptions(path: Path) -> dict[str, str]:
    """A text for each item, from a table with a column of ids (RecBole's .item, CSV or TSV) or a JSON object.

    Of several rows of a product the texts are joined. Raises `BehaviourInvalid`.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BehaviourInvalid(f"{path} cannot be read as UTF-8 text: {error}.") from error
    told: dict[str, list[str]] = {}
    for item, words in _of_json(path, text) if text.lstrip().startswith("{") else _of_table(path, text):
        known = told.setdefault(item, [])
        if words and words not in known:
            known.append(words)
    return {item: " ".join(words)[:_MOST_CHARACTERS] for item, words in told.items()}


def described(items: Iterator[Item] | tuple[Item, ...]) -> dict[str, str]:
    """A text for each product of a shop: names, category, attributes in both languages."""
    told: dict[str, str] = {}
    for item in items:
        if item.product_id not in told:
            facts = " ".join(str(value) for value in item.attributes.values())
            told[item.product_id] = f"{item.name} {item.name_en} {item.category} {facts}"[:_MOST_CHARACTERS]
    return told


def _of_json(path: Path, text: str) -> Iterator[tuple[str, str]]:
    try:
        held = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BehaviourInvalid(f"{path} is not a JSON object of items: {error}.") from error
    for item, value in held.items():
        yield str(item), _words(value)


def _words(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(_words(part) for part in value.values())
    if isinstance(value, list):
        return " ".join(_words(part) for part in value)
    return f"attribute{value}" if isinstance(value, int) else str(value)


def _of_table(path: Path, text: str) -> Iterator[tuple[str, str]]:
    first = text.partition("\n")[0]
    rows = csv.reader(text.splitlines(), delimiter="\t" if "\t" in first else ",")
    names = [name.partition(":")[0].strip() for name in next(rows, [])]
    at = next((names.index(name) for name in _IDS if name in names), None)
    if at is None:
        raise BehaviourInvalid(f"{path} has the columns {', '.join(names[:8])}; one of {', '.join(_IDS)} is needed.")
    for row in rows:
        if len(row) > at and row[at].strip():
            yield row[at].strip(), " ".join(cell.strip() for column, cell in enumerate(row) if column != at)
