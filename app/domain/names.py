"""What codes are called when people read them: intents, slots, risks.

A company's own intents and risks have no name here: theirs is the code, its words parted by blanks.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.action import Wording

INTENTS: Mapping[str, Wording] = {
    "about_assistant": Wording("问助手自己", "about the assistant"),
    "account_problem": Wording("账户问题", "account problem"),
    "affirm": Wording("肯定", "yes"),
    "cancel_flow": Wording("放弃办理", "never mind"),
    "cancel_order": Wording("取消订单", "cancel an order"),
    "change_address": Wording("修改收货地址", "change the address"),
    "change_order": Wording("修改订单", "change an order"),
    "complaint": Wording("投诉", "complaint"),
    "correct": Wording("更正", "correction"),
    "coupon_inquiry": Wording("咨询优惠券", "question about coupons"),
    "coupon_problem": Wording("优惠券用不了", "coupon does not work"),
    "damaged_item": Wording("商品破损", "damaged item"),
    "delivery_time": Wording("咨询配送时间", "delivery time"),
    "deny": Wording("否定", "no"),
    "exchange_request": Wording("申请换货", "exchange"),
    "goodbye": Wording("道别", "goodbye"),
    "greeting": Wording("问好", "greeting"),
    "invoice_request": Wording("开发票", "invoice wanted"),
    "invoice_status": Wording("查发票进度", "where the invoice is"),
    "membership_inquiry": Wording("咨询会员", "question about membership"),
    "missing_item": Wording("少发漏发", "missing item"),
    "order_status": Wording("查订单", "order status"),
    "parcel_late": Wording("快递延误", "late parcel"),
    "parcel_lost": Wording("快递丢失", "lost parcel"),
    "payment_problem": Wording("支付问题", "payment problem"),
    "pickup": Wording("自提", "pickup"),
    "points_inquiry": Wording("咨询积分", "question about points"),
    "policy_question": Wording("咨询规则", "question about rules"),
    "price_protection": Wording("价格保护", "price protection"),
    "privacy_request": Wording("个人信息请求", "personal data request"),
    "product_question": Wording("咨询商品", "question about a product"),
    "promotion_inquiry": Wording("咨询活动", "question about offers"),
    "provide_information": Wording("补充信息", "information given"),
    "recommendation": Wording("求推荐", "recommendation"),
    "refund_status": Wording("查退款进度", "refund status"),
    "repeat": Wording("请求重复", "say it again"),
    "return_policy": Wording("咨询退货规则", "question about returns"),
    "return_request": Wording("申请退货", "return"),
    "shipping_cost": Wording("咨询运费", "shipping cost"),
    "size_advice": Wording("咨询尺码", "size advice"),
    "stock_question": Wording("咨询库存", "question about stock"),
    "talk_to_human": Wording("转人工", "talk to a person"),
    "thanks": Wording("感谢", "thanks"),
    "track_parcel": Wording("查物流", "track a parcel"),
    "warranty_claim": Wording("保修", "warranty claim"),
    "wrong_item": Wording("发错货", "wrong item"),
}
SLOTS: Mapping[str, Wording] = {
    "order_number": Wording("订单号", "order"),
    "tracking_number": Wording("运单号", "tracking number"),
    "sku": Wording("货号", "item number"),
    "product": Wording("商品", "product"),
    "quantity": Wording("数量", "quantity"),
    "amount": Wording("金额", "amount"),
    "date": Wording("日期", "date"),
    "time": Wording("时间", "time"),
    "phone": Wording("电话", "phone"),
    "email": Wording("邮箱", "e-mail"),
    "address": Wording("地址", "address"),
    "reason": Wording("原因", "reason"),
}
RISKS: Mapping[str, Wording] = {
    "self_harm": Wording("轻生自伤", "self-harm"),
    "injury": Wording("人身安全", "injury or danger"),
    "legal": Wording("法律", "legal"),
    "media": Wording("曝光", "publicity"),
    "fraud": Wording("欺诈盗用", "fraud"),
    "privacy": Wording("信息泄露", "data leak"),
}


def intent_name(intent: str) -> Wording:
    """What an intent is called."""
    return INTENTS.get(intent) or _plain(intent)


def slot_name(slot: str) -> Wording:
    """What a kind of slot is called."""
    return SLOTS.get(slot) or _plain(slot)


def risk_name(risk: str) -> Wording:
    """What a risk is called, given as a topic or as `topic: words`."""
    topic, colon, words = risk.partition(":")
    name = RISKS.get(topic)
    if name is None:
        return Wording(risk, risk)
    return Wording(f"{name.zh}：{words.strip()}", f"{name.en}: {words.strip()}") if colon else name


def _plain(code: str) -> Wording:
    words = code.replace("_", " ")
    return Wording(words, words)
