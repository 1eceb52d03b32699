"""Where customers of the sample company live; streets and estates are invented, towns are real."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from app.domain.shop import Address

_ESTATES = ("云杉", "锦绣", "和平", "翠湖", "丽景", "金桂", "紫薇", "阳光", "春江", "望月", "听松", "梧桐")
_ESTATE_KINDS = ("花园", "苑", "小区", "公寓", "雅居", "府")
_ROADS = ("人民路", "建设路", "中山路", "解放路", "文化路", "长江路", "青年路", "学府路", "滨河路", "新华路")


@dataclass(frozen=True, slots=True)
class Town:
    """A town of mainland China, and how it is reached."""

    region: str
    city: str
    districts: tuple[str, ...]
    postcode: str
    days: tuple[int, int]
    """From dispatch to delivery, least and most."""
    is_remote: bool = False
    weight: float = 1.0
    pinyin: str = ""


_NEXT_DAY, _NEAR, _FAR, _REMOTE = (1, 1), (2, 3), (3, 4), (5, 9)
TOWNS = (
    Town("上海市", "上海市", ("浦东新区", "徐汇区", "静安区"), "200000", _NEXT_DAY, weight=6, pinyin="Shanghai"),
    Town("北京市", "北京市", ("朝阳区", "海淀区", "丰台区", "通州区"), "100000", _NEXT_DAY, weight=6, pinyin="Beijing"),
    Town("广东省", "广州市", ("天河区", "越秀区", "番禺区"), "510000", _NEXT_DAY, weight=4, pinyin="Guangzhou"),
    Town("广东省", "深圳市", ("南山区", "福田区", "龙岗区"), "518000", _NEXT_DAY, weight=5, pinyin="Shenzhen"),
    Town("浙江省", "杭州市", ("西湖区", "余杭区", "滨江区"), "310000", _NEXT_DAY, weight=4, pinyin="Hangzhou"),
    Town("江苏省", "南京市", ("鼓楼区", "玄武区", "江宁区"), "210000", _NEXT_DAY, weight=3, pinyin="Nanjing"),
    Town("江苏省", "苏州市", ("姑苏区", "吴中区", "相城区"), "215000", _NEXT_DAY, weight=3, pinyin="Suzhou"),
    Town("四川省", "成都市", ("武侯区", "锦江区", "青羊区"), "610000", _NEXT_DAY, weight=4, pinyin="Chengdu"),
    Town("湖北省", "武汉市", ("武昌区", "江汉区", "洪山区"), "430000", _NEXT_DAY, weight=3),
    Town("陕西省", "西安市", ("雁塔区", "碑林区", "未央区"), "710000", _NEXT_DAY, weight=2.5),
    Town("重庆市", "重庆市", ("渝中区", "江北区", "南岸区"), "400000", _NEXT_DAY, weight=3),
    Town("天津市", "天津市", ("和平区", "南开区", "河西区"), "300000", _NEXT_DAY, weight=2),
    Town("山东省", "青岛市", ("市南区", "崂山区"), "266000", _NEXT_DAY, weight=2),
    Town("湖南省", "长沙市", ("岳麓区", "芙蓉区"), "410000", _NEXT_DAY, weight=2),
    Town("福建省", "厦门市", ("思明区", "湖里区"), "361000", _NEXT_DAY, weight=1.5),
    Town("辽宁省", "沈阳市", ("和平区", "沈河区"), "110000", _NEXT_DAY, weight=1.5),
    Town("江苏省", "扬州市", ("广陵区", "邗江区"), "225000", (2, 2), weight=1),
    Town("安徽省", "芜湖市", ("镜湖区", "弋江区"), "241000", (2, 2), weight=1),
    Town("山东省", "烟台市", ("芝罘区", "莱山区"), "264000", _NEAR, weight=1),
    Town("河南省", "洛阳市", ("西工区", "涧西区"), "471000", _NEAR, weight=1),
    Town("广东省", "惠州市", ("惠城区", "惠阳区"), "516000", _NEAR, weight=1),
    Town("湖北省", "宜昌市", ("西陵区", "伍家岗区"), "443000", _NEAR, weight=0.8),
    Town("黑龙江省", "哈尔滨市", ("南岗区", "道里区"), "150000", _FAR, weight=1.2),
    Town("广西壮族自治区", "南宁市", ("青秀区", "西乡塘区"), "530000", _FAR, weight=1),
    Town("云南省", "昆明市", ("五华区", "盘龙区"), "650000", _FAR, weight=1),
    Town("贵州省", "贵阳市", ("云岩区", "南明区"), "550000", _FAR, weight=0.8),
    Town("海南省", "三亚市", ("吉阳区", "天涯区"), "572000", _FAR, weight=0.5),
    Town("甘肃省", "兰州市", ("城关区", "七里河区"), "730000", _FAR, weight=0.7),
    Town("内蒙古自治区", "呼伦贝尔市", ("海拉尔区",), "021000", _REMOTE, True, 0.3),
    Town("新疆维吾尔自治区", "乌鲁木齐市", ("天山区", "沙依巴克区"), "830000", _REMOTE, True, 0.6),
    Town("西藏自治区", "拉萨市", ("城关区",), "850000", _REMOTE, True, 0.2),
    Town("青海省", "西宁市", ("城西区", "城中区"), "810000", _REMOTE, True, 0.3),
)  # fmt: skip
_BY_CITY = {town.city: town for town in TOWNS} | {town.pinyin: town for town in TOWNS if town.pinyin}


@dataclass(frozen=True, slots=True)
class Abroad:
    """A country that is delivered to across the border; see `knowledge/en/cross-border`."""

    country: str
    currency: str
    days: tuple[int, int]
    """Business days from payment to delivery."""
    base_cents: int
    """Freight up to 1 kg, in fen."""
    further_cents: int
    free_from_cents: int | None
    weight: float
    places: tuple[tuple[str, str, str], ...]
    """City, region, postcode."""
    streets: tuple[str, ...]
    street_first: bool = False
    """Whether the house number follows the street."""


_EU = (7900, 3000, 120_000)
ABROAD = (
    Abroad("US", "USD", (8, 15), 8500, 3500, 120_000, 6, (
        ("Seattle", "WA", "98101"), ("Austin", "TX", "78701"), ("San Jose", "CA", "95112"), ("Boston", "MA", "02108"),
        ("Honolulu", "HI", "96813")), ("Maple Ave", "Oak St", "Cedar Ln", "Washington Blvd", "Pine St")),
    Abroad("GB", "USD", (7, 12), 7500, 3000, 120_000, 4, (
        ("London", "England", "SW1A 1AA"), ("Manchester", "England", "M1 1AE"), ("Leeds", "England", "LS1 4DY"),
        ("Belfast", "Northern Ireland", "BT1 5GS")), ("Church Road", "Mill Lane", "Station Road", "Victoria Street")),
    Abroad("DE", "EUR", (7, 12), *_EU, 1.5, (("Berlin", "Berlin", "10115"), ("München", "Bayern", "80331"),
        ("Köln", "Nordrhein-Westfalen", "50667")), ("Lindenstraße", "Gartenweg", "Hauptstraße"), True),
    Abroad("FR", "EUR", (7, 12), *_EU, 1.2, (("Lyon", "Auvergne-Rhône-Alpes", "69001"),
        ("Paris", "Île-de-France", "75011")), ("rue des Lilas", "avenue Pasteur", "rue de la Gare")),
    Abroad("IE", "EUR", (8, 13), *_EU, 0.6, (("Dublin", "Leinster", "D02 X285"),), ("Harbour Road", "Chapel Street")),
    Abroad("CA", "USD", (9, 15), 9500, 4000, None, 1.5, (("Vancouver", "BC", "V6B 1A1"), ("Toronto", "ON", "M5H 2N2")),
        ("Maple Crescent", "King Street", "Lakeshore Road")),
    Abroad("AU", "USD", (8, 14), 9500, 4000, None, 1.5, (("Melbourne", "VIC", "3000"), ("Sydney", "NSW", "2000")),
        ("Banksia Street", "Ocean Parade", "Wattle Road")),
    Abroad("SG", "USD", (7, 9), 9500, 4000, None, 1.2, (("Singapore", "Singapore", "238801"),),
        ("Orchid Road", "Tampines Street 21", "Bedok North Avenue 3")),
    Abroad("JP", "USD", (7, 10), 9500, 4000, None, 0.8, (("大阪市", "大阪府", "530-0001"),
        ("横浜市", "神奈川県", "220-0011")),
        ("桜町", "緑町", "本町"), True),
)  # fmt: skip
_BY_COUNTRY = {place.country: place for place in ABROAD}
_HONG_KONG = (("Kowloon", "Nathan Road"), ("Hong Kong Island", "King's Road"), ("New Territories", "Castle Peak Road"))
_SHENZHEN = "深圳市"


def draw_town(rng: Random, *, has_pinyin: bool = False) -> Town:
    """A town; big ones more often."""
    towns = [town for town in TOWNS if town.pinyin or not has_pinyin]
    return rng.choices(towns, [town.weight for town in towns])[0]


def chinese_address(rng: Random, recipient: str, phone: str | None, town: Town) -> Address:
    """In Chinese."""
    house = f"{rng.choice(_ROADS)}{rng.randint(1, 399)}号{rng.choice(_ESTATES)}{rng.choice(_ESTATE_KINDS)}"
    door = f"{rng.randint(1, 28)}栋{rng.randint(1, 4)}单元{rng.randint(1, 32)}{rng.randint(1, 4):02d}室"
    district = rng.choice(town.districts)
    return Address(recipient, (district, house, door), town.city, town.region, "CN", _near(rng, town.postcode), phone)


def pinyin_address(rng: Random, recipient: str, phone: str | None, town: Town) -> Address:
    """Of somebody in China who writes English."""
    lines = (f"Room {rng.randint(1, 32)}{rng.randint(1, 4):02d}, Building {rng.randint(1, 28)}",
             f"{rng.randint(1, 399)} Jianshe Road")  # fmt: skip
    return Address(recipient, lines, town.pinyin, town.pinyin, "CN", _near(rng, town.postcode), phone)


def hong_kong_address(rng: Random, recipient: str, phone: str | None) -> Address:
    """At home; nothing is delivered there."""
    region, road = rng.choice(_HONG_KONG)
    lines = (f"Flat {rng.choice('ABCDEF')}, {rng.randint(2, 38)}/F", f"{rng.randint(1, 600)} {road}")
    return Address(recipient, lines, "Hong Kong", region, "HK", "999077", phone)


def pickup_in_shenzhen(recipient: str, phone: str | None) -> Address:
    """Where customers from Hong Kong have their parcels sent."""
    return Address(recipient, ("罗湖区", "口岸路18号代收点"), _SHENZHEN, "广东省", "CN", "518001", phone)


def foreign_address(rng: Random, recipient: str, phone: str | None, place: Abroad) -> Address:
    """In a country across the border."""
    city, region, postcode = rng.choice(place.places)
    street, number = rng.choice(place.streets), rng.randint(1, 240)
    line = f"{street} {number}" if place.street_first else f"{number} {street}"
    return Address(recipient, (line,), city, region, place.country, postcode, phone)


def draw_abroad(rng: Random) -> Abroad:
    """A country."""
    return rng.choices(ABROAD, [place.weight for place in ABROAD])[0]


def town_of(address: Address) -> Town:
    """The town of an address in mainland China."""
    return _BY_CITY[address.city]


def abroad_of(address: Address) -> Abroad | None:
    """The country of an address across the border; None for mainland China."""
    return _BY_COUNTRY.get(address.country)


def _near(rng: Random, postcode: str) -> str:
    return postcode[:-2] + f"{rng.randint(0, 79):02d}"
