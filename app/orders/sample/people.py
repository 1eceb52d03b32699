"""Customers of the sample company: who they are, what they like, how they pay. All invented."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from app.domain.shop import Address, Customer, PaymentMethod
from app.orders.sample.places import (
    Abroad,
    chinese_address,
    draw_abroad,
    draw_town,
    foreign_address,
    hong_kong_address,
    pickup_in_shenzhen,
    pinyin_address,
)
from index.types import Language


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_SURNAMES = _words(
    "王Wang 李Li 张Zhang 刘Liu 陈Chen 杨Yang 赵Zhao 黄Huang 周Zhou 吴Wu 徐Xu 孙Sun 胡Hu 朱Zhu 高Gao 林Lin 何He 郭Guo "
    "马Ma 罗Luo 梁Liang 宋Song 郑Zheng 谢Xie 韩Han 唐Tang 冯Feng 董Dong 程Cheng 曹Cao 欧阳Ouyang 司徒Situ"
)
_GIVEN_F = _words(
    "小雨Xiaoyu 思涵Sihan 雅婷Yating 晓燕Xiaoyan 欣怡Xinyi 静Jing 丽华Lihua 梦洁Mengjie 佳宁Jianing 敏Min 若溪Ruoxi"
)
_GIVEN_M = _words(
    "浩然Haoran 子轩Zixuan 建国Jianguo 伟Wei 俊杰Junjie 宇航Yuhang 志强Zhiqiang 磊Lei 明Ming 天佑Tianyou 一鸣Yiming"
)
_FIRST_F = _words("Emma Olivia Sophie Grace Hannah Maria Aisha Chloe Ingrid Priya Camille Nora")
_FIRST_M = _words("James Oliver Daniel Lucas Noah Ahmed Thomas Ethan Mateo Liam Felix Ravi")
_LAST = _words(
    "Smith Brown Taylor Wilson Evans Murphy Müller Schmidt Martin Dubois Garcia Tan Nguyen Patel Cohen O'Connor"
)
_HK = _words("Chan Cheung Lau Wong Leung Ho Ng Lam")
_HK_GIVEN_F = ("Ka Yan", "Wing Sze", "Hoi Ching")
_HK_GIVEN_M = ("Ka Ming", "Chi Hang", "Tsz Kit")

PERSONAS: dict[str, tuple[str, ...]] = {
    "devices": ("手机", "平板与配件", "电脑与外设", "耳机与音响", "智能穿戴", "充电与数码配件", "摄影摄像", "智能家居"),
    "cook": ("厨房电器", "锅具与厨房用品", "餐具茶具", "粮油调味", "肉禽蛋奶水产", "水果蔬菜"),
    "home": ("床上用品", "毛巾与家纺", "家具", "灯具", "环境与清洁电器", "清洁与纸品", "空调", "洗衣机", "冰箱与冷柜"),
    "parent": ("母婴", "玩具", "童装", "跨境进口", "文具图书唱片"),
    "pets": ("宠物用品", "清洁与纸品", "环境与清洁电器"),
    "outdoors": ("户外用品", "运动健身", "鞋", "智能穿戴", "箱包"),
    "beauty": ("护肤彩妆", "洗护与口腔", "个护电器", "饰品钟表"),
    "womens": ("女装", "鞋", "内衣泳衣袜子", "箱包", "饰品钟表"),
    "mens": ("男装", "鞋", "内衣泳衣袜子", "汽车用品", "五金工具"),
    "treats": ("零食", "茶与饮品", "水果蔬菜", "水壶与饮水"),
    "hobby": ("乐器", "园艺", "文具图书唱片", "家庭健康", "摄影摄像"),
}
"""What somebody may be fond of: a name and its categories."""
COLOURS = ("黑色", "白色", "灰色", "蓝色", "绿色", "米色", "粉色", "红色", "紫色")
_CHILD_SHOES = {"110": "170", "120": "185", "130": "200", "140": "215"}
_TOPS_F, _TOPS_M = ("XS", "S", "M", "L", "XL"), ("S", "M", "L", "XL", "XXL")


@dataclass(frozen=True, slots=True)
class Person:
    """A customer with what only the generator knows."""

    customer: Customer
    deliver_to: Address
    abroad: Abroad | None
    """The country, for who is delivered to across the border."""
    is_female: bool
    personas: tuple[str, ...]
    sizes: dict[str, str]
    """Kind of clothing to size: top, shoe, child, bra, belt."""
    colours: tuple[str, ...]
    pace: float
    """How much more or less than others this one buys."""
    spends: float
    """In [0, 1]: from bargains to the best."""
    is_plus: bool


def draw_person(rng: Random, number: int) -> Person:
    """The customer of a running number."""
    customer_id = f"C{number}"
    is_female = rng.random() < 0.55
    place = rng.choices(("cn", "expat", "hk", "abroad"), (80, 5, 4, 11))[0]
    name, mailbox = _name(rng, place, is_female)
    language: Language = "zh" if place == "cn" or (place == "hk" and rng.random() < 0.5) else "en"
    abroad = draw_abroad(rng) if place == "abroad" else None
    phone = _phone(place, abroad, number)
    if place == "cn":
        address = chinese_address(rng, name, phone, draw_town(rng))
    elif place == "expat":
        address = pinyin_address(rng, name, phone, draw_town(rng, has_pinyin=True))
    elif abroad is None:
        address = hong_kong_address(rng, name, phone)
    else:
        address = foreign_address(rng, name, phone, abroad)
    customer = Customer(
        customer_id=customer_id,
        name=name,
        email=f"{mailbox}{number}@example.{rng.choice(('com', 'net', 'org'))}",
        phone=phone,
        address=address,
        payment_methods=_methods(rng, customer_id, is_foreign=abroad is not None, language=language),
        language=language,
    )
    return Person(
        customer=customer,
        deliver_to=pickup_in_shenzhen(name, phone) if place == "hk" else address,
        abroad=abroad,
        is_female=is_female,
        personas=_personas(rng, is_female),
        sizes=_sizes(rng, is_female),
        colours=tuple(rng.sample(COLOURS, 2)),
        pace=rng.lognormvariate(-0.35, 0.85),
        spends=rng.random(),
        is_plus=rng.random() < 0.15,
    )


def _name(rng: Random, place: str, is_female: bool) -> tuple[str, str]:
    """The name, and what a mailbox is called after it."""
    if place == "cn":
        surname, given = rng.choice(_SURNAMES), rng.choice(_GIVEN_F if is_female else _GIVEN_M)
        (zh_surname, en_surname), (zh_given, en_given) = _halves(surname), _halves(given)
        return zh_surname + zh_given, f"{en_given}.{en_surname}".lower()
    if place == "hk":
        surname, given = rng.choice(_HK), rng.choice(_HK_GIVEN_F if is_female else _HK_GIVEN_M)
        return f"{surname} {given}", f"{given.replace(' ', '')}.{surname}".lower()
    first, last = rng.choice(_FIRST_F if is_female else _FIRST_M), rng.choice(_LAST)
    mailbox = f"{first}.{last}".lower().replace("ü", "ue").replace("'", "")
    return f"{first} {last}", mailbox


def _halves(text: str) -> tuple[str, str]:
    at = next(index for index, char in enumerate(text) if char.isascii())
    return text[:at], text[at:]


def _phone(place: str, abroad: Abroad | None, number: int) -> str | None:
    """Of ranges kept for fiction where a country has them, of a shape that nobody is given elsewhere; one a number."""
    if place in ("cn", "expat"):
        return f"+8613{number // 10_000 % 10}0000{number % 10_000:04d}"
    if abroad is None:
        return f"+8525000{number % 10_000:04d}"
    fiction = {
        "US": f"+1{212 + number // 100 % 700}55501{number % 100:02d}",
        "CA": f"+1604555{100 + number % 100:04d}",
        "GB": f"+447700900{number % 1000:03d}",
        "AU": f"+61491570{number % 1000:03d}",
    }
    return fiction.get(abroad.country)


def _methods(rng: Random, customer_id: str, *, is_foreign: bool, language: str) -> tuple[PaymentMethod, ...]:
    key = customer_id.lower()
    card = PaymentMethod(f"card_{key}", "card", f"{rng.choice(('Visa', 'Mastercard'))} {rng.randint(1000, 9999)}")
    is_zh = language == "zh"
    methods = [card]
    if not is_foreign:
        union = PaymentMethod(f"card_{key}", "card", f"{'银联' if is_zh else 'UnionPay'} {rng.randint(1000, 9999)}")
        wallets = [
            PaymentMethod(f"alipay_{key}", "alipay", "支付宝" if is_zh else "Alipay"),
            PaymentMethod(f"wechat_{key}", "wechat", "微信支付" if is_zh else "WeChat Pay"),
        ]
        rng.shuffle(wallets)
        methods = [*wallets[: rng.choice((1, 2, 2))], *([union] if rng.random() < 0.5 else [])]
    if rng.random() < 0.25:
        balance = rng.choice((0, 5000, 10_000, 20_000, 50_000))
        label = f"{'礼品卡' if is_zh else 'Gift card'} {rng.randint(1000, 9999)}"
        methods.append(PaymentMethod(f"gift_{key}", "gift_card", label, balance))
    return tuple(methods)


def _personas(rng: Random, is_female: bool) -> tuple[str, ...]:
    names = [name for name in PERSONAS if name != ("mens" if is_female else "womens")]
    return tuple(rng.sample(names, rng.choice((2, 2, 3))))


def _sizes(rng: Random, is_female: bool) -> dict[str, str]:
    tops = _TOPS_F if is_female else _TOPS_M
    child = rng.choice(tuple(_CHILD_SHOES))
    shoe = 5 * round((rng.gauss(237, 6) if is_female else rng.gauss(262, 7)) / 5)
    return {
        "top": rng.choices(tops, (1, 3, 4, 3, 1))[0],
        "child_shoe": _CHILD_SHOES[child],
        "shoe": str(min(max(shoe, 225 if is_female else 240), 250 if is_female else 280)),
        "child": child,
        "bra": f"{rng.choice((70, 75, 80))}{rng.choice('ABC')}",
        "belt": f"{rng.choice((105, 110, 115))} cm",
    }
