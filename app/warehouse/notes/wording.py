"""What a constraint says to a courier, in both languages."""

from __future__ import annotations

from app.domain.action import Wording
from app.domain.delivery_note import (
    Carrier,
    Contact,
    DeliveryConstraint,
    DeliveryWindow,
    Entrance,
    HandOver,
)

PLACES: dict[str, tuple[str, str]] = {
    "guard": ("门卫", "the guard"),
    "property": ("物业", "the property office"),
    "locker": ("快递柜", "the parcel locker"),
    "station": ("驿站", "the pick-up point"),
    "neighbour": ("邻居", "a neighbour"),
    "front_desk": ("前台", "the front desk"),
    "mailroom": ("收发室", "the mail room"),
    "door": ("门口", "the door"),
    "porch": ("门廊", "the porch"),
    "hallway": ("楼道", "the hallway"),
    "mailbox": ("信箱", "the letter box"),
    "meter_box": ("表箱", "the meter box"),
    "hidden_spot": ("隐蔽处", "the hidden spot"),
    "shelf": ("快递架", "the shelf"),
    "garage": ("车库", "the garage"),
    "yard": ("院子或阳台", "the yard or balcony"),
    "parcel_box": ("收件箱", "the parcel box"),
    "back_door": ("后门", "the back door"),
    "side_door": ("侧门", "the side door"),
    "downstairs": ("楼下", "downstairs"),
    "safe_place": ("安全的地方", "a safe place"),
    "shop": ("小店", "the shop"),
    "colleague": ("同事", "a colleague"),
    "household": ("家人", "somebody of the household"),
}
"""Codes of `HandOver.to`."""

_PLAIN: dict[tuple[str, str], tuple[str, str]] = {
    ("signature", "recipient"): ("须本人签收", "recipient must sign in person"),
    ("signature", "required"): ("须签收", "signature required"),
    ("signature", "anyone"): ("在场任何人可签收", "anyone present may sign"),
    ("signature", "none"): ("无需签字", "no signature needed"),
    ("signature", "inspect_first"): ("先验货再签收", "recipient inspects before signing"),
    ("lift", "none"): ("无电梯可用", "no lift"),
    ("lift", "available"): ("有电梯", "there is a lift"),
    ("stairs", "none"): ("没有楼梯", "no stairs"),
    ("vehicle", "small"): ("只能小车进入", "small vehicles only"),
    ("vehicle", "on_foot"): ("车不能进入，需步行", "no vehicle access, go on foot"),
    ("carry_to", "door"): ("送到家门口", "bring to the door"),
    ("carry_to", "upstairs"): ("送上楼", "carry upstairs"),
    ("carry_to", "inside"): ("送进屋", "carry inside"),
    ("handling", "fragile"): ("易碎轻放", "fragile"),
    ("handling", "upright"): ("勿倒置", "keep upright"),
    ("handling", "cold"): ("冷藏", "keep cold"),
    ("handling", "perishable"): ("生鲜", "perishable"),
    ("handling", "valuable"): ("贵重物品", "valuable"),
    ("handling", "no_pressure"): ("勿压", "put nothing on top"),
    ("handling", "dry"): ("防潮防雨", "keep dry"),
    ("handling", "heavy"): ("重物", "heavy"),
    ("hazard", "dog"): ("有狗", "dog"),
    ("hazard", "cat"): ("有猫，小心跑出", "mind the cat"),
    ("hazard", "slippery"): ("地滑", "slippery"),
    ("hazard", "construction"): ("在施工", "construction site"),
    ("recipient", "elderly"): ("收件人是老人", "elderly recipient"),
    ("recipient", "hard_of_hearing"): ("收件人听力不便", "recipient is hard of hearing"),
    ("recipient", "pregnant"): ("收件人是孕妇", "recipient is pregnant"),
    ("recipient", "disabled"): ("收件人行动不便", "recipient has limited mobility"),
}
METHODS: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "call": (("打电话", "call"), ("不要打电话", "do not call")),
    "text": (("发短信", "send a text"), ("不要发短信", "do not text")),
    "wechat": (("微信联系", "contact on WeChat"), ("不要发微信", "do not use WeChat")),
    "notify": (("提前通知", "let them know before"), ("不用通知", "no notice needed")),
    "knock": (("敲门", "knock"), ("不要敲门", "do not knock")),
    "doorbell": (("按门铃", "ring the bell"), ("不要按门铃", "do not ring the bell")),
    "quiet": (("保持安静", "be quiet"), ("无需安静", "no need to be quiet")),
    "speak_up": (("讲话大声些", "speak up"), ("不要大声", "do not speak loudly")),
    "photo": (("放好后拍照", "take a photo of where it is left"), ("不要拍照", "take no photo")),
}
"""Codes of `Contact.method`: wished for, and not."""
_ENTRANCES: dict[str, tuple[str, str]] = {
    "north": ("北门", "north gate"),
    "south": ("南门", "south gate"),
    "east": ("东门", "east gate"),
    "west": ("西门", "west gate"),
    "front": ("正门", "front entrance"),
    "back": ("后门", "back entrance"),
    "side": ("侧门", "side entrance"),
    "garage": ("地下车库", "garage entrance"),
}


def worded(constraint: DeliveryConstraint) -> Wording | None:
    """For a courier; None for what is no business of one (windows, packing, substitutes, carriers, reports, doubts)."""
    value = constraint.value
    if isinstance(value, HandOver):
        return _hand_over(value)
    if isinstance(value, Contact):
        return _contact(value)
    if isinstance(value, Entrance):
        zh, en = _ENTRANCES.get(value.name, (f"{value.name}号门", f"gate {value.name}"))
        return Wording(f"走{zh}", f"use the {en}") if value.usable else Wording(f"{zh}不能走", f"{en} is closed")
    if isinstance(value, DeliveryWindow | Carrier):
        return None
    if constraint.type == "floor":
        return Wording(f"{value}楼", f"floor {value}")
    if constraint.type == "gate_code":
        return Wording(f"门禁密码 {value}", f"gate code {value}")
    if constraint.type == "contact_number":
        return Wording(f"联系电话 {value}", f"phone {value}")
    if constraint.type == "height_limit":
        return Wording(f"限高 {value} 米", f"height limit {value} m")
    plain = _PLAIN.get((constraint.type, str(value)))
    return None if plain is None else Wording(*plain)


def _hand_over(value: HandOver) -> Wording:
    zh, en = PLACES[value.to]
    if not value.allowed:
        return Wording(f"不要放{zh}", f"do not leave at {en}")
    if value.if_absent:
        return Wording(f"无人时放{zh}", f"if nobody is in, leave at {en}")
    return Wording(f"可放{zh}", f"leave at {en}")


def _contact(value: Contact) -> Wording:
    wanted, refused = METHODS[value.method]
    if not value.allowed:
        return Wording(*refused)
    if value.minutes_ahead is not None:
        return Wording(f"提前{value.minutes_ahead}分钟{wanted[0].removeprefix('提前')}",
                       f"{wanted[1].removesuffix(' before')} {value.minutes_ahead} minutes ahead")  # fmt: skip
    return Wording(*wanted)
