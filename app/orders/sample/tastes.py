"""What a person buys: fond of some categories, faithful to sizes and colours, in want of what goes with the last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import accumulate
from random import Random

from app.domain.shop import Item
from app.orders.sample.catalogue import Product
from app.orders.sample.people import PERSONAS, Person
from app.orders.sample.seasons import season_weight

_GOES_WITH = {
    "手机": (("充电与数码配件", 0.45), ("耳机与音响", 0.25)),
    "平板与配件": (("充电与数码配件", 0.3), ("平板与配件", 0.3)),
    "电脑与外设": (("电脑与外设", 0.4),),
    "摄影摄像": (("摄影摄像", 0.3), ("箱包", 0.15)),
    "户外用品": (("户外用品", 0.5),),
    "床上用品": (("毛巾与家纺", 0.3), ("床上用品", 0.3)),
    "锅具与厨房用品": (("餐具茶具", 0.2), ("锅具与厨房用品", 0.25)),
    "宠物用品": (("宠物用品", 0.5),),
    "母婴": (("母婴", 0.5), ("玩具", 0.2)),
    "女装": (("女装", 0.35), ("鞋", 0.2)),
    "男装": (("男装", 0.35), ("鞋", 0.15)),
    "护肤彩妆": (("护肤彩妆", 0.45),),
    "洗衣机": (("清洁与纸品", 0.5),),
    "乐器": (("乐器", 0.1), ("文具图书唱片", 0.2)),
}
"""Category to those of which something is bought with it, and how often."""
_WITHOUT = {"女装": "mens", "男装": "womens"}
_ELSEWHERE = 0.08
_SIZE_KINDS = {
    "女装": "top",
    "男装": "top",
    "内衣泳衣袜子": "top",
    "户外用品": "top",
    "运动健身": "top",
    "鞋": "shoe",
    "童装": "child",
}


class Taste:
    """One person's choices over the catalogue."""

    def __init__(self, person: Person, products: Sequence[Product], rng: Random) -> None:
        """The fondness is drawn here, once."""
        self._person = person
        self._products = [product for product in products if person.abroad is None or product.goes_abroad]
        self._by_category: defaultdict[str, list[Product]] = defaultdict(list)
        for product in self._products:
            self._by_category[product.category].append(product)
        fondness = {category: _ELSEWHERE * rng.lognormvariate(0, 0.6) for category in self._by_category}
        for persona in person.personas:
            for category in PERSONAS[persona]:
                if category in fondness:
                    fondness[category] += rng.lognormvariate(0, 0.5)
        for category, persona in _WITHOUT.items():
            if category in fondness and persona in person.personas:
                fondness[category] *= 0.2
        self._weights = {
            product.product_id: fondness[product.category] * popularity(product.product_id) * self._price_fit(product)
            for product in self._products
        }

    @lru_cache(maxsize=12)  # noqa: B019 - lives as long as the person is worked on
    def _in_month(self, month: int) -> list[float]:
        """Cumulative."""
        weights = (self._weights[product.product_id] * season_weight(product, month) for product in self._products)
        return list(accumulate(weights))

    def draw(self, rng: Random, month: int) -> Product:
        """What is bought next."""
        return rng.choices(self._products, cum_weights=self._in_month(month))[0]

    def draw_companion(self, rng: Random, product: Product) -> Product | None:
        """Something that goes with a product; None for most."""
        for category, chance in _GOES_WITH.get(product.category, ()):
            others = [other for other in self._by_category.get(category, ()) if other is not product]
            if others and rng.random() < chance:
                return rng.choices(others, [self._weights[other.product_id] for other in others])[0]
        return None

    def draw_item(self, rng: Random, product: Product) -> Item:
        """Their size, and a colour that they like; now and then one for somebody else."""
        items = product.items
        if len(items) == 1:
            return items[0]
        if rng.random() > 0.12:
            items = tuple(item for item in items if self._fits(item)) or items
        liked = [3.0 if item.options.get("colour", "").startswith(self._person.colours) else 1.0 for item in items]
        return rng.choices(items, liked)[0]

    def _fits(self, item: Item) -> bool:
        size = item.options.get("size")
        if size is None:
            return True
        sizes = self._person.sizes
        if "–" in size:
            low, _, high = size.partition("–")
            shoe = int(sizes["shoe"])
            continental = round((shoe - 50) / 5) if shoe > 100 else shoe
            return int(low) <= continental <= int(high)
        others = (sizes["bra"], sizes["belt"], sizes["child_shoe"])
        return size in (sizes.get(_SIZE_KINDS.get(item.category, "")), *others)

    def _price_fit(self, product: Product) -> float:
        """Who spends little takes what is cheap; dear things are bought seldom by everybody."""
        yuan: float = product.price_cents / 100
        seldom: float = (1 + yuan / 150) ** -0.75
        return seldom * (1 + self._person.spends * min(yuan, 3000) / 600)


@cache
def popularity(product_id: str) -> float:
    """Between products: a few are bought by many. The number of the product alone decides."""
    rank = Random(f"popularity/{product_id}").random()
    return float(0.15 + (1 - rank) ** 3 * 3)
