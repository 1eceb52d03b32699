"""Change where an order goes, and a customer's own address."""

from __future__ import annotations

from dataclasses import replace

from app.actions.arguments import AddressGiven
from app.actions.context import Context, method_of
from app.actions.facts import facts_of_lines, method_facts, order_facts
from app.actions.payments import Moves, charged, original_method
from app.actions.plan import Plan, Write, customer_subject, order_subject
from app.actions.schemas import ADDRESS, METHOD, ORDER_ID, parameters
from app.actions.selection import Picked
from app.actions.stopping import stop, wanted
from app.actions.views import address_view
from app.actions.wording import address_text, method_name, sentences
from app.domain.action import ActionSpec, Wording
from app.domain.money import money
from app.domain.shop import Address, Case, OrderChange

_ASK = Wording(
    zh="请给出新地址：街道门牌、城市、省份和邮编。",
    en="Please give the new address: street and number, city, province or state, and postcode.",
)
_SAME = Wording(zh="现在就是这个地址，不需要修改。", en="That is the address already; nothing has to be changed.")
_LATER = Wording(
    zh="改地址要补费用，请先付款或由人工客服办理。",
    en="Changing the address costs something; a colleague has to take the payment.",
)


def _address_of(given: AddressGiven, present: Address | None, name: str) -> Address:
    """The new address: what was not given stays where only the person changes. Asks for what is missing."""
    is_place = bool(given.lines or given.city or given.region or given.country or given.postcode)
    if present is not None and not is_place and (given.recipient or given.phone):
        return replace(present, recipient=given.recipient or present.recipient, phone=given.phone or present.phone)
    missing = [key for key in ("lines", "city", "region") if not getattr(given, key)]
    country = given.country or (present.country if present is not None else "")
    if not country:
        missing.append("country")
    if missing or (present is None and not name):
        raise wanted(_ASK, "address", data={"missing": missing})
    return Address(
        given.recipient or (present.recipient if present is not None else name),
        given.lines,
        given.city,
        given.region,
        country,
        given.postcode,
        given.phone or (present.phone if present is not None else None),
    )


def _is_same_place(one: Address, other: Address) -> bool:
    return (one.lines, one.city, one.region, one.country, one.postcode) == (
        other.lines,
        other.city,
        other.region,
        other.country,
        other.postcode,
    )


def _plan_order(context: Context) -> Plan:
    order = context.own_order()
    new = _address_of(context.arguments.address(), order.address, context.customer.name)
    if new == order.address:
        raise stop("done", _SAME)
    method = context.own_method()
    method_id = method.method_id if method is not None else original_method(order)
    facts = {
        **order_facts(order, context),
        **method_facts(method, order),
        "new_country": new.country,
        "new_region": new.region,
        "new_city": new.city,
        "is_same_place": _is_same_place(new, order.address),
    }
    whole = [Picked(line, line.quantity) for line in order.lines]
    subject = order_subject(order.order_id)
    decision = context.decide(facts, lines=facts_of_lines(whole, order, context), subject=subject)
    fee = max(0, charged(decision.charges, order))
    if fee and method_id is None:
        raise stop("needs_person", _LATER)
    moves = Moves(context.customer)
    if fee and method_id is not None:
        moves.charge(method_id, fee)
    old_text, new_text = address_text(order.address), address_text(new)
    does = Wording(
        zh=f"订单{order.order_id}的收货地址由“{old_text.zh}”改为“{new_text.zh}”。",
        en=f"Send order {order.order_id} to {new_text.en} instead of {old_text.en}.",
    )
    amount, by = money(fee, order.currency), method_name(method_of(context.customer, method_id), method_id or "")
    cost = Wording(zh=f"由{by.zh}支付{amount.zh}。", en=f"{amount.en} is taken from {by.en}.") if fee else None
    reasons = [charge.wording for charge in decision.charges]
    done = Wording(
        zh=f"订单{order.order_id}将送到：{new_text.zh}。", en=f"Order {order.order_id} now goes to {new_text.en}."
    )
    is_counted = not facts["is_same_place"]
    details = {"old": address_view(order.address), "new": address_view(new)}
    case = Case("", order.order_id, "address", "done", "", (), -fee, method_id, context.now, details)
    change = OrderChange(
        order.order_id,
        order.status,
        address=new,
        payments=tuple(moves.payments),
        balances=moves.balances,
        case=case if is_counted else None,
        expected_cases=len(order.cases),
    )
    data = {"order_id": order.order_id, "address": address_view(new), "fee_cents": fee, "currency": order.currency}
    return Plan(subject, sentences(does, *reasons, cost, *decision.notices), done, data, decision, change)


def _plan_own(context: Context) -> Plan:
    customer = context.customer
    new = _address_of(context.arguments.address(), customer.address, customer.name)
    if new == customer.address:
        raise stop("done", _SAME)
    new_text = address_text(new)
    return Plan(
        customer_subject(customer.customer_id),
        Wording(
            zh=f"您账户的默认地址改为“{new_text.zh}”。已有订单的地址不变。",
            en=f"Make {new_text.en} the address of your account. Orders that you have placed keep theirs.",
        ),
        Wording(zh="默认地址已更新。", en="The address of your account is changed."),
        {"address": address_view(new)},
        own_address=new,
    )


CHANGE_ORDER_ADDRESS = Write(
    ActionSpec(
        "change_order_address",
        Wording(zh="修改还没有发出的订单的收货地址", en="Change where an order goes that has not been shipped"),
        parameters("order_id", "address", order_id=ORDER_ID, address=ADDRESS, payment_method_id=METHOD),
        is_write=True,
        needs_identity=True,
    ),
    _plan_order,
)
CHANGE_CUSTOMER_ADDRESS = Write(
    ActionSpec(
        "change_customer_address",
        Wording(zh="修改客户账户里的默认地址", en="Change the customer's own address"),
        parameters("address", address=ADDRESS),
        is_write=True,
        needs_identity=True,
    ),
    _plan_own,
)
