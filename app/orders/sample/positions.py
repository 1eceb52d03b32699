"""Where the sample company's customers live on the map: towns are real, everything within them is invented.

The centres of towns are rounded to a hundredth of a degree. A district lies in a direction drawn from its name, 2 to
9 km from the centre; a house about 1 km around its district's middle, drawn from the address. The same address is
always in the same place. Nothing is asked of anybody outside.
"""

from __future__ import annotations

import math
from random import Random

from app.domain.shop import Address
from app.orders.sample.places import town_of

_CENTRES = {
    "上海市": (31.23, 121.47), "北京市": (39.90, 116.40), "广州市": (23.13, 113.26), "深圳市": (22.54, 114.06),
    "杭州市": (30.27, 120.16), "南京市": (32.06, 118.80), "苏州市": (31.30, 120.59), "成都市": (30.57, 104.07),
    "武汉市": (30.59, 114.31), "西安市": (34.34, 108.94), "重庆市": (29.56, 106.55), "天津市": (39.08, 117.20),
    "青岛市": (36.07, 120.38), "长沙市": (28.23, 112.94), "厦门市": (24.48, 118.09), "沈阳市": (41.81, 123.43),
    "扬州市": (32.39, 119.41), "芜湖市": (31.35, 118.43), "烟台市": (37.46, 121.45), "洛阳市": (34.62, 112.45),
    "惠州市": (23.11, 114.42), "宜昌市": (30.69, 111.29), "哈尔滨市": (45.80, 126.53), "南宁市": (22.82, 108.37),
    "昆明市": (24.88, 102.83), "贵阳市": (26.65, 106.63), "三亚市": (18.25, 109.51), "兰州市": (36.06, 103.83),
    "呼伦贝尔市": (49.21, 119.77), "乌鲁木齐市": (43.83, 87.62), "拉萨市": (29.65, 91.14), "西宁市": (36.62, 101.78),
}  # fmt: skip
_KM_OF_DEGREE = 111.2
_NEAREST_KM, _FARTHEST_KM, _AROUND_KM = 2.0, 9.0, 1.0
_DEPOT_KM = 11.0


def position_of(address: Address) -> tuple[float, float] | None:
    """Latitude and longitude of a sample customer's address; None outside of the sample's towns."""
    if address.country != "CN":
        return None
    try:
        town = town_of(address)
    except KeyError:
        return None
    centre = _CENTRES[town.city]
    district = Random(f"{town.city} {address.lines[0] if address.lines else ''}")
    house = Random(f"{town.city} {' '.join(address.lines)}")
    middle = _moved(centre, district.uniform(0, math.tau), district.uniform(_NEAREST_KM, _FARTHEST_KM))
    return _moved(middle, house.uniform(0, math.tau), abs(house.gauss(0, _AROUND_KM)))


def depot_of(city: str) -> tuple[float, float] | None:
    """Where the carrier's vans of a town start; None for a town that is not among the sample's."""
    centre = _CENTRES.get(city)
    if centre is None:
        return None
    return _moved(centre, Random(f"depot {city}").uniform(0, math.tau), _DEPOT_KM)


def city_of(address: Address) -> str:
    """The town's name in Chinese, however the address writes it; as it is written for other towns."""
    try:
        return town_of(address).city
    except KeyError:
        return address.city


def _moved(place: tuple[float, float], direction: float, km: float) -> tuple[float, float]:
    latitude, longitude = place
    north = km * math.cos(direction) / _KM_OF_DEGREE
    east = km * math.sin(direction) / (_KM_OF_DEGREE * math.cos(math.radians(latitude)))
    return round(latitude + north, 6), round(longitude + east, 6)
