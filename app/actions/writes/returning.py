"""Return items of an order that was delivered."""

from __future__ import annotations

from collections.abc import Mapping

from app.actions.context import Context
from app.actions.facts import facts_of_lines, method_facts, order_facts
from app.actions.payments import asked_or_original, charged, net_paid, refund_of_goods, split, to_whom
from app.actions.plan import Plan, Write, order_subject
from app.actions.schemas import FLAGS, ITEMS, METHOD, ORDER_ID, parameters, text
from app.actions.selection import Picked, everything, open_quantities, pick, quantities
from app.actions.stopping import refused
from app.actions.wording import joined, sentences
from app.domain.action import ActionSpec, Wording
from app.domain.money import in_units, money
from app.domain.shop import Case, Order, OrderChange
from app.policy import REASONS

_TAKEN = Wording(
    zh="这件商品已经申请过退换货，或没有这么多件，不能重复申请。",
    en="A return or exchange of that item has been asked for already, or there are not so many of it.",
)


def _plan(context: Context) -> Plan:
    order = context.own_order()
    picks = _picks(order, context)
    refund = refund_of_goods(order, picks)
    method, method_id = asked_or_original(order, context)
    facts = {**order_facts(order, context), **method_facts(method, order), "amount": in_units(refund)}
    subject = order_subject(order.order_id)
    decision = context.decide(facts, lines=facts_of_lines(picks, order, context), subject=subject)
    fee = charged(decision.charges, order)
    back = max(0, min(refund - fee, sum(net_paid(order).values())))
    shares = _shares(back, order, context)
    items = joined([context.named(picked.line, picked.quantity) for picked in picks])
    amount, to = money(back, order.currency), to_whom(shares, context, order.currency)
    does = Wording(
        zh=f"为订单{order.order_id}申请退货：{items.zh}。验货后退款{amount.zh}：{to.zh}。",
        en=f"Ask for a return from order {order.order_id}: {items.en}. After inspection we refund {to.en}.",
    )
    done = Wording(
        zh=f"订单{order.order_id}的退货申请已提交，验货后退款{amount.zh}；寄回方式会发送给您。",
        en=f"The return from order {order.order_id} is requested and {amount.en} will be refunded after inspection; "
        "you will be told how to send the items back.",
    )
    reason = context.arguments.text("reason")
    counted = quantities(picks)
    details = {"quantities": counted, "refunds": shares}
    case = Case(
        "", order.order_id, "return", "requested", reason, tuple(counted), back, method_id, context.now, details
    )
    data = {
        "order_id": order.order_id,
        "items": [{"line_id": line_id, "quantity": number} for line_id, number in counted.items()],
        "refund_cents": back,
        "currency": order.currency,
        "refunds": shares,
    }
    charges = [charge.wording for charge in decision.charges]
    return Plan(
        subject,
        sentences(does, *charges, *decision.notices),
        done,
        data,
        decision,
        OrderChange(order.order_id, order.status, case=case, expected_cases=len(order.cases)),
    )


def _picks(order: Order, context: Context) -> tuple[Picked, ...]:
    """The items meant; all of an order of one line, else asked for."""
    free = open_quantities(order)
    chosen = context.arguments.chosen()
    if chosen:
        return pick(order, chosen, free=free, taken=_TAKEN)
    if len(order.lines) > 1:
        context.refuse_early(order_facts(order, context), order_subject(order.order_id))
        offered = [line for line in order.lines if free[line.line_id]]
        if offered:
            raise context.asked_for_items(order, "items", offered)
    whole = everything(order, free)
    if not whole:
        raise refused(_TAKEN)
    return whole


def _shares(cents: int, order: Order, context: Context) -> Mapping[str, int]:
    """All to the method that was asked for, else over those that the order was paid with."""
    wanted_method = context.own_method()
    return {wanted_method.method_id: cents} if wanted_method is not None else split(cents, order)


RETURN_ITEMS = Write(
    ActionSpec(
        "return_items",
        Wording(zh="为已签收的商品申请退货", en="Ask for the return of items that were delivered"),
        parameters(
            "order_id",
            order_id=ORDER_ID,
            items=ITEMS,
            reason=text("Why", *REASONS),
            payment_method_id=METHOD,
            **FLAGS,
        ),
        is_write=True,
        needs_identity=True,
    ),
    _plan,
)
