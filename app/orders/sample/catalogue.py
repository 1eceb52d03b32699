"""The catalogue of the sample company, `knowledge/catalogue/products.csv`, as items that can be ordered."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from app.domain.catalogue import catalogue_rows
from app.domain.shop import Item, in_language
from app.orders.errors import CatalogueInvalid

_COLUMNS = (
    "sku", "name_zh", "name_en", "category_zh", "category_en", "brand", "price_cny", "list_price_cny", "stock",
    "status", "weight_g", "colours", "sizes", "warranty_months", "return_class", "origin",
)  # fmt: skip
_ATTRIBUTES = (
    "brand",
    "category_en",
    "status",
    "return_class",
    "warranty_months",
    "weight_g",
    "origin",
    "list_price_cny",
)
_LARGE_G = 30_000
_COLOUR_CODES = {
    "black": "BK", "white": "WH", "blue": "BL", "grey": "GY", "green": "GN", "red": "RD", "pink": "PK", "purple": "PU",
    "orange": "OR", "yellow": "YE", "brown": "BN", "beige": "BG", "khaki": "KH", "navy": "NV", "silver": "SV",
    "gold": "GD", "dark green": "DG", "natural wood": "NW", "clear": "CL", "multicolour": "MC",
}  # fmt: skip
_LIST_PART = re.compile(r"[0-9A-Z]{1,4}(–[0-9]{2,3})?( cm)?")
_RANGE = re.compile(r"(\d{3})–(\d{3})")
_STEPS = {"鞋": 5, "童装": 10}
"""Between sizes of a range, by category."""
_BRA_SIZES = tuple(f"{band}{cup}" for band in (70, 75, 80, 85) for cup in "ABC")
_FRESH = frozenset({"水果蔬菜", "肉禽蛋奶水产"})
_NOT_ABROAD = frozenset(
    {*_FRESH, "空调", "冰箱与冷柜", "洗衣机", "热水器", "电视与投影", "园艺", "定制与礼品服务", "跨境进口"}
)
_NOT_ABROAD_NAMES = re.compile("充电宝|香水|喷雾|腊肠|气罐|电动工具")
_CONSUMABLES = frozenset({*_FRESH, "零食", "茶与饮品", "粮油调味", "清洁与纸品", "洗护与口腔", "护肤彩妆"})
_CONSUMABLE_NAMES = re.compile("猫粮|狗粮|猫砂|纸尿裤|湿巾|口罩|袜")


@dataclass(frozen=True, slots=True)
class Product:
    """What the catalogue has one row for, with its variants."""

    product_id: str
    name: str
    name_en: str
    category: str
    items: tuple[Item, ...]
    price_cents: int
    weight_g: int
    is_on_sale: bool
    """Whether it is still offered; what is discontinued was bought in earlier times."""
    is_returnable: bool
    """Without a reason, as long as it is as it came."""
    is_large: bool
    goes_abroad: bool
    is_consumable: bool
    """Bought again and again."""


def read_catalogue(path: Path) -> list[Product]:
    """All products in the order of the file. Raises `CatalogueInvalid` when it is missing or of another form."""
    products: dict[str, Product] = {}
    for number, row in enumerate(catalogue_rows(path, _COLUMNS, error=CatalogueInvalid), start=2):
        try:
            read = _product(row)
        except (ValueError, TypeError, AttributeError) as error:
            raise CatalogueInvalid(f"The catalogue {path} cannot be read in row {number}: {error}.") from error
        products[read.product_id] = read
    return list(products.values())


def _product(row: Mapping[str, str]) -> Product:
    category, weight_g = row["category_zh"], int(row["weight_g"])
    is_large = weight_g >= _LARGE_G
    goes_abroad = not is_large and category not in _NOT_ABROAD and not _NOT_ABROAD_NAMES.search(row["name_zh"])
    return Product(
        product_id=row["sku"],
        name=row["name_zh"],
        name_en=row["name_en"],
        category=category,
        items=_items(row),
        price_cents=_cents(row["price_cny"]),
        weight_g=weight_g,
        is_on_sale=row["status"].startswith("在售"),
        is_returnable=not row["return_class"].startswith(("生鲜", "定制")),
        is_large=is_large,
        goes_abroad=goes_abroad,
        is_consumable=category in _CONSUMABLES or bool(_CONSUMABLE_NAMES.search(row["name_zh"])),
    )


def _cents(price: str) -> int:
    return round(float(price) * 100)


def _items(row: Mapping[str, str]) -> tuple[Item, ...]:
    """A variant a colour and size; one without options where there is nothing to choose."""
    colours = [part.strip() for part in row["colours"].split(";") if part.strip()]
    sizes = sizes_of(row["sizes"], row["category_zh"])
    attributes = {name: row[name] for name in _ATTRIBUTES if row[name]}
    if not sizes and row["sizes"]:
        attributes["size"] = row["sizes"]
    stock, variants = int(row["stock"]), list(product(colours or [""], sizes or [""]))
    items = []
    for index, (colour, size) in enumerate(variants):
        options = {name: value for name, value in (("colour", colour), ("size", size)) if value}
        suffix = [_code(colour)] * (len(colours) > 1) + [size.replace(" cm", "")] * (len(sizes) > 1)
        items.append(
            Item(
                sku="-".join([row["sku"], *suffix]),
                product_id=row["sku"],
                name=row["name_zh"],
                name_en=row["name_en"],
                category=row["category_zh"],
                options=options,
                price_cents=_cents(row["price_cny"]),
                currency="CNY",
                stock=_share(stock, index, len(variants)),
                attributes=attributes,
            )
        )
    return tuple(items)


def _code(colour: str) -> str:
    english = in_language(colour, "en").lower()
    return _COLOUR_CODES.get(english, re.sub(r"[^A-Z]", "", english.upper())[:4])


def _share(stock: int, index: int, variants: int) -> int:
    """What a variant has of the product's stock; of many every seventh has run out, its share is with its neighbour."""
    if variants < 5:
        return stock // variants + (index < stock % variants)
    shares = [0 if position % 7 == 5 else 2 if position % 7 == 4 else 1 for position in range(variants)]
    before, after = sum(shares[:index]), sum(shares[: index + 1])
    return stock * after // sum(shares) - stock * before // sum(shares)


def sizes_of(text: str, category: str) -> Sequence[str]:
    """The sizes that can be chosen: S; M; L, a range such as 225–250; [] for a measure such as 26 cm."""
    parts = [part.strip() for part in text.split(";") if part.strip()]
    if len(parts) > 1 and all(_LIST_PART.fullmatch(part) for part in parts):
        unit = " cm" if parts[-1].endswith(" cm") else ""
        return [part if part.endswith(unit) else part + unit for part in parts]
    if text == "70A–85C":
        return _BRA_SIZES
    found = _RANGE.fullmatch(text)
    if found is None or category not in _STEPS:
        return []
    low, high = int(found[1]), int(found[2])
    return [str(size) for size in range(low, high + 1, _STEPS[category])]
