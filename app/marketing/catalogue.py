"""What the company's catalogue says of a product, as facts of one language."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from app.domain.shop import Item, in_language
from app.marketing.errors import ProductUnknown
from app.marketing.values import CopyLanguage, Fact

_UNIT = r"(?:kg|g|mg|ml|L|cm|mm|m|W|V|Hz|mAh|Wh|h|s|rpm|kPa|MPa|dB|in|km|TB|GB)"
_ZH_HALF = re.compile(rf".*[\u4e00-\u9fff]\S*(?:\s{_UNIT}(?=\s|$))?", re.DOTALL)
_EN_WORD = re.compile(r"[A-Za-z]{3,}")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_STOP = re.compile(r"(?<=[。！？])|(?<=[.!?])\s+")
_COLUMNS: tuple[tuple[str, str, str, str], ...] = (
    ("brand", "品牌", "brand", ""),
    ("colours", "颜色", "colour", ";"),
    ("material", "材质", "material", ""),
    ("sizes", "尺码", "size", ";"),
)
"""Column, its name in Chinese and English, and what separates its values."""


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """A product as copy may speak of it."""

    product_id: str
    name: str
    brand: str
    category: str
    """In Chinese, the key that profiles know it by."""
    facts: tuple[Fact, ...]
    """Attributes first, then the sentences of its description."""
    price: Fact | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Wordings that are its own name."""
        return tuple(filter(None, (self.name, self.brand)))


class Catalogue:
    """Products by SKU: from the catalogue's file, whose texts are the richest, else from the shop."""

    def __init__(self, path: Path | None, *, item: Callable[[str], Item | None] = lambda _: None) -> None:
        """Nothing is read yet; None for no file."""
        self._path, self._item = path, item

    def product(self, product_id: str, language: CopyLanguage) -> ProductFacts:
        """Of a product or one of its variants. Raises `ProductUnknown`."""
        row = self._row(product_id)
        if row is not None:
            return _of_row(row, language)
        item = self._item(product_id)
        if item is None:
            shown = " ".join(product_id.split())[:40]
            raise ProductUnknown(f"There is no product {shown!r} in the catalogue. Give its attributes instead.")
        return _of_item(item, language)

    def listed(self) -> list[dict[str, str]]:
        """SKU and names of the products in the file."""
        return [
            {"product_id": row["sku"], "zh": row.get("name_zh", ""), "en": row.get("name_en", "")}
            for row in self._rows.values()
        ]

    def _row(self, sku: str) -> Mapping[str, str] | None:
        while sku:
            if sku in self._rows:
                return self._rows[sku]
            sku = sku.rpartition("-")[0]  # SL-AP-3001-BK-M is a variant of SL-AP-3001
        return None

    @cached_property
    def _rows(self) -> Mapping[str, Mapping[str, str]]:
        if self._path is None or not self._path.is_file():
            return {}
        with self._path.open(encoding="utf-8-sig", newline="") as file:
            return {row["sku"]: row for row in csv.DictReader(file) if row.get("sku")}


def half(text: str, language: CopyLanguage) -> str:
    """One half of a value that is written in both languages (约60秒 about 60 s); "" where that half is missing."""
    text = text.strip()
    found = _ZH_HALF.match(text)
    if found is None:
        return text
    zh, en = found[0].strip(), text[found.end() :].strip()
    if en and not _EN_WORD.search(en) and not set(_NUMBER.findall(en)) <= set(_NUMBER.findall(zh)):
        zh, en = text, ""  # 6.4英寸 120 Hz: what stands behind is more of the same, not the same in English
    return zh if language == "zh" else en


def _of_row(row: Mapping[str, str], language: CopyLanguage) -> ProductFacts:
    facts = []
    for column, zh, en, separator in _COLUMNS:
        parts = (row.get(column) or "").split(separator) if separator else [row.get(column) or ""]
        values = [half(part, language) for part in parts]
        facts += [Fact(zh if language == "zh" else en, value) for value in values if value]
    facts += _attributes(row.get("attributes") or "", language)
    if origin := half(row.get("origin") or "", language):
        facts.append(Fact("产地" if language == "zh" else "origin", origin))
    facts += _sentences(row.get(f"description_{language}") or "")
    return ProductFacts(
        product_id=row["sku"],
        name=row.get(f"name_{language}") or row.get("name_zh") or row["sku"],
        brand=half(row.get("brand") or "", language),
        category=row.get("category_zh") or "",
        facts=tuple(dict.fromkeys(facts)),
        price=_price(row.get("price_cny") or "", "CNY", language),
    )


def _attributes(text: str, language: CopyLanguage) -> list[Fact]:
    facts = []
    for part in filter(str.strip, text.split(";")):
        name, _, value = part.partition(":")
        label, said = half(name, language), half(value, language)
        if label and said:
            facts.append(Fact(label, said))
    return facts


def _sentences(text: str) -> list[Fact]:
    return [Fact("", sentence.strip()) for sentence in _STOP.split(text) if sentence.strip()]


def _of_item(item: Item, language: CopyLanguage) -> ProductFacts:
    facts = [
        Fact(name, in_language(value, language)) for name, value in (*item.options.items(), *item.attributes.items())
    ]
    return ProductFacts(
        product_id=item.product_id,
        name=(item.name_en if language == "en" else "") or item.name,
        brand=in_language(item.attributes.get("brand", ""), language),
        category=item.category,
        facts=tuple(facts),
        price=_price(f"{item.price_cents / 100:g}", item.currency, language),
    )


def _price(amount: str, currency: str, language: CopyLanguage) -> Fact | None:
    if not amount:
        return None
    if language == "en":
        return Fact("price", f"{currency} {amount}")
    return Fact("售价", f"{amount}元" if currency == "CNY" else f"{amount} {currency}")
