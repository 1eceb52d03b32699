"""What customers are told, apart from the words of the company's own rules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from app.domain.action import Wording
from app.domain.shop import Address, Item, OrderLine, PaymentKind, PaymentMethod, in_language

NO_ORDER = Wording(
    zh="在您名下没有找到这个订单，请核对订单号。",
    en="I cannot find that order under your name. Please check the order number.",
)
"""The same for an order that does not exist and for one of somebody else."""
NO_PARCEL = Wording(zh="在您名下没有找到这个运单号。", en="I cannot find a parcel of yours with that tracking number.")
NO_ITEM = Wording(zh="这个订单里没有这件商品。", en="That item is not in this order.")
NO_SUCH_SKU = Wording(zh="没有找到这件商品。", en="I cannot find that item.")
NO_METHOD = Wording(zh="您的账户里没有这种支付方式。", en="That payment method is not in your account.")
WHICH_ORDER = Wording(zh="请问是哪一个订单？", en="Which order is it about?")
NEEDS_IDENTITY = Wording(
    zh="查询和办理订单前，请先核实身份：预留的邮箱或手机号，或姓名加邮编，或订单号加手机尾号。",
    en="Before I look at orders I have to know who you are: your e-mail address or phone number, your name and "
    "postcode, or an order number and the last four digits of your phone.",
)
UNKNOWN_ACTION = Wording(zh="没有这项操作。", en="There is no such action.")
OTHER_CURRENCY = Wording(
    zh="这笔订单使用外币，要由人工客服换算。",
    en="This order is in another currency; a colleague has to convert the price.",
)
BUSY = Wording(
    zh="这笔订单正在处理另一项请求，请稍后再试。",
    en="Another request is working on this order. Please try again in a minute.",
)
MOVED = Wording(
    zh="订单状态刚刚有变化，没有做任何改动，请重新查看订单。",
    en="The order has just changed, so nothing was done. Please look at it again.",
)
KEY_TAKEN = Wording(
    zh="这个请求编号已用于另一项操作，没有做任何改动。",
    en="This request id stands for something else already, so nothing was done.",
)
UNCERTAIN = Wording(
    zh="上一次办理中断了，不能确定是否完成，需要人工同事核实。",
    en="The first attempt was interrupted and it is not certain whether it was done; a colleague has to look.",
)
FAILED = Wording(
    zh="系统暂时无法办理，请稍后再试或转人工。",
    en="This cannot be done at the moment. Please try again later, or ask for a person.",
)
CONFIRM = Wording(zh="请确认是否办理。", en="Shall I go ahead?")

ORDER_STATUS: Mapping[str, Wording] = {
    "unpaid": Wording(zh="待付款", en="not yet paid"),
    "pending": Wording(zh="已付款，待发货", en="paid, waiting to be packed"),
    "processed": Wording(zh="已打包，即将发出", en="packed, about to leave"),
    "shipped": Wording(zh="运输中", en="on its way"),
    "delivered": Wording(zh="已签收", en="delivered"),
    "cancelled": Wording(zh="已取消", en="cancelled"),
}
CASE_STATUS: Mapping[str, Wording] = {
    "requested": Wording(zh="已申请", en="requested"),
    "approved": Wording(zh="已通过", en="approved"),
    "in_transit": Wording(zh="寄回途中", en="on its way back"),
    "done": Wording(zh="已完成", en="done"),
    "refused": Wording(zh="未通过", en="refused"),
}
CASE_KIND: Mapping[str, Wording] = {
    "cancel": Wording(zh="取消", en="cancellation"),
    "return": Wording(zh="退货", en="return"),
    "exchange": Wording(zh="换货", en="exchange"),
    "modify": Wording(zh="修改商品", en="change of items"),
    "price_protection": Wording(zh="价格保护", en="price protection"),
    "invoice": Wording(zh="发票", en="invoice"),
    "address": Wording(zh="修改地址", en="change of address"),
    "payment": Wording(zh="修改支付方式", en="change of payment"),
}
PARCEL_STATUS: Mapping[str, Wording] = {
    "picked_up": Wording(zh="已揽收", en="picked up"),
    "in_transit": Wording(zh="运输中", en="in transit"),
    "out_for_delivery": Wording(zh="派送中", en="out for delivery"),
    "delivered": Wording(zh="已签收", en="delivered"),
    "delayed": Wording(zh="延误", en="delayed"),
    "lost": Wording(zh="丢失", en="lost"),
    "returned": Wording(zh="已退回", en="returned to us"),
}
_CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")
_METHOD: Mapping[PaymentKind, Wording] = {
    "card": Wording(zh="银行卡", en="card"),
    "paypal": Wording(zh="PayPal", en="PayPal"),
    "alipay": Wording(zh="支付宝", en="Alipay"),
    "wechat": Wording(zh="微信支付", en="WeChat Pay"),
    "gift_card": Wording(zh="礼品卡", en="gift card"),
    "balance": Wording(zh="账户余额", en="account balance"),
}


def method_name(method: PaymentMethod | None, method_id: str = "") -> Wording:
    """What a customer recognises a payment method by."""
    if method is None:
        return Wording(zh=method_id or "原支付方式", en=method_id or "the original payment method")
    kind = _METHOD[method.kind]
    if not method.label:
        return kind
    english = " ".join(_CHINESE.sub(" ", method.label).split())
    return Wording(zh=method.label, en=method.label if english == method.label else f"{kind.en} {english}".strip())


def item_name(line: OrderLine | Item, quantity: int = 1, english: str = "") -> Wording:
    """An item with what tells it from its variants, and how many; `english` is its English name, where it is known."""
    label = item_label(line, english)
    return Wording(zh=f"{label.zh}×{quantity}", en=f"{quantity} × {label.en}")


def item_label(line: OrderLine | Item, english: str = "") -> Wording:
    """An item with what tells it from its variants."""
    options = _options(line)
    name_en = english or getattr(line, "name_en", "") or line.name
    return Wording(
        zh=f"{line.name}{f'（{options.zh}）' if options.zh else ''}",
        en=f"{name_en}{f' ({options.en})' if options.en else ''}",
    )


def item_options(item: Item) -> Wording:
    """What tells a variant from the others; its SKU where nothing does."""
    return _options(item) if item.options else Wording(zh=item.sku, en=item.sku)


def _options(line: OrderLine | Item) -> Wording:
    values = line.options.values()
    return Wording(
        zh="，".join(in_language(value, "zh") for value in values),
        en=", ".join(in_language(value, "en") for value in values),
    )


def address_text(address: Address) -> Wording:
    """An address in one line, in the order of each language."""
    lines = " ".join(address.lines)
    phone = f" {address.phone}" if address.phone else ""
    zh = f"{address.region}{address.city}{lines} {address.postcode} {address.recipient}{phone}"
    parts = [address.recipient, *address.lines, address.city, f"{address.region} {address.postcode}", address.country]
    return Wording(zh=" ".join(zh.split()), en=", ".join(part.strip() for part in parts if part.strip()) + phone)


def which_items(names: Iterable[Wording]) -> Wording:
    """Asks for the items meant, and says which there are."""
    listed = joined(names)
    return Wording(
        zh=f"请问是订单里的哪件商品：{listed.zh}？", en=f"Which items of the order is it about: {listed.en}?"
    )


def joined(parts: Iterable[Wording]) -> Wording:
    """A list within a sentence."""
    listed = list(parts)
    return Wording(zh="、".join(part.zh for part in listed), en=", ".join(part.en for part in listed))


def sentences(*parts: Wording | None) -> Wording:
    """Sentences behind one another."""
    listed = [part for part in parts if part is not None]
    return Wording(zh="".join(part.zh for part in listed), en=" ".join(part.en for part in listed))
