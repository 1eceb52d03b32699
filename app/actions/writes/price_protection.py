"""Claim the difference to a price that has dropped since the order."""

from __future__ import annotations

from app.actions.context import Context
from app.actions.facts import facts_of_lines, order_facts
from app.actions.payments import split, to_whom
from app.actions.plan import Plan, Write, order_subject
from app.actions.schemas import ORDER_ID, parameters, text
from app.actions.selection import pick_one, quantities
from app.actions.stopping import refused, stop
from app.actions.wording import NO_SUCH_SKU, OTHER_CURRENCY, sentences
from app.domain.action import ActionSpec, Wording
from app.domain.money import in_units, money
from app.domain.shop import Case, OrderChange

_GONE = Wording(zh="这件商品没有这么多件。", en="There are not so many of that item in the order.")
_NO_DROP = Wording(zh="这件商品现在的价格没有低于您购买时的价格。", en="The item does not cost less now than you paid.")


def _plan(context: Context) -> Plan:
    order = context.own_order()
    picks = pick_one(order, context, taken=_GONE)
    line = picks[0].line
    item = context.shop.item(line.sku)
    if item is None:
        raise refused(NO_SUCH_SKU)
    if item.currency != order.currency:
        raise stop("needs_person", OTHER_CURRENCY)
    cents = picks[0].quantity * max(0, line.price_cents - item.price_cents)
    facts = {**order_facts(order, context), "amount": in_units(cents)}
    lines = facts_of_lines(picks, order, context, new=[item])
    subject = order_subject(order.order_id)
    decision = context.decide(facts, lines=lines, subject=subject)
    if cents == 0:
        raise refused(_NO_DROP)
    shares = split(cents, order)
    name, amount, to = (
        context.named(line, picks[0].quantity),
        money(cents, order.currency),
        to_whom(shares, context, order.currency),
    )
    then, now = money(line.price_cents, order.currency), money(item.price_cents, order.currency)
    does = Wording(
        zh=f"为订单{order.order_id}的{name.zh}申请价格保护：购买价{then.zh}，现价{now.zh}，退差价{amount.zh}（{to.zh}）。",
        en=f"Claim the price difference for {name.en} of order {order.order_id}: bought for {then.en}, now {now.en}; "
        f"we refund {to.en}.",
    )
    done = Wording(
        zh=f"价格保护已通过，退差价{amount.zh}。", en=f"Price protection is granted: {amount.en} will be refunded."
    )
    counted = quantities(picks)
    details = {"quantities": counted, "refunds": shares, "new_price_cents": item.price_cents}
    main = next(iter(shares), None)
    case = Case(
        "", order.order_id, "price_protection", "approved", "", tuple(counted), cents, main, context.now, details
    )
    data = {"order_id": order.order_id, "sku": line.sku, "refund_cents": cents, "currency": order.currency}
    return Plan(
        subject,
        sentences(does, *decision.notices),
        done,
        data,
        decision,
        OrderChange(order.order_id, order.status, case=case, expected_cases=len(order.cases)),
    )


CLAIM_PRICE_PROTECTION = Write(
    ActionSpec(
        "claim_price_protection",
        Wording(zh="商品降价后申请退还差价", en="Claim the difference for an item that has become cheaper"),
        parameters("order_id", order_id=ORDER_ID, sku=text("SKU of the item; not needed for an order of one item")),
        is_write=True,
        needs_identity=True,
    ),
    _plan,
)
