"""Where goods lie, what they weigh and whether they break, from the company's catalogue."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.domain.catalogue import catalogue_rows
from app.warehouse.picking.errors import GoodsInvalid
from app.warehouse.picking.files import place_of_bin
from app.warehouse.picking.floor import Place

_COLUMNS = ("sku", "bin_location", "weight_g", "name_zh", "name_en")
_BREAKS = re.compile(
    r"玻璃(?!纤维)|陶瓷(?!涂层|内胆)|瓷(?!砖|涂层|内胆)|陶土|鸡蛋|\bglass(?!\s*fib)|\bporcelain|\bstoneware|\beggs?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Goods:
    """One row of the catalogue; variants lie together."""

    bin: str
    zone: str
    place: Place
    weight_g: int
    """Of one, as it is sent."""
    is_fragile: bool
    name: str
    name_en: str


def read_goods(path: Path) -> dict[str, Goods]:
    """By SKU of the catalogue's rows. Raises `GoodsInvalid`."""
    goods: dict[str, Goods] = {}
    for number, row in enumerate(catalogue_rows(path, _COLUMNS, error=GoodsInvalid), start=2):
        found = place_of_bin(row["bin_location"] or "")
        weight = row["weight_g"] or ""
        if found is None or not re.fullmatch(r"\d{1,9}", weight):
            raise GoodsInvalid(
                f"The catalogue {path}, row {number}: expected a bin such as A-11-01-C and a weight in grams, got "
                f"{row['bin_location']!r} and {weight!r}."
            )
        material = row.get("material") or ""
        goods[row["sku"]] = Goods(
            bin=row["bin_location"].strip().upper(),
            zone=found[0],
            place=found[1],
            weight_g=int(weight),
            is_fragile=_BREAKS.search(f"{material} {row['name_zh']} {row['name_en']}") is not None,
            name=row["name_zh"],
            name_en=row["name_en"],
        )
    return goods


def goods_of(goods: Mapping[str, Goods], sku: str, product_id: str) -> Goods | None:
    """Of an item: under its own SKU, else its product's; None where the catalogue says nothing."""
    return goods.get(sku) or goods.get(product_id)
