"""Cancel an order: all that was paid goes back the way it came."""

from __future__ import annotations

from app.actions.context import Context
from app.actions.facts import facts_of_lines, order_facts
from app.actions.payments import Moves, charged, net_paid, to_whom
from app.actions.plan import Plan, Write, order_subject
from app.actions.schemas import ORDER_ID, parameters, text
from app.actions.selection import Picked
from app.actions.stopping import refused
from app.actions.wording import joined, sentences
from app.domain.action import ActionSpec, Wording
from app.domain.money import in_units, money
from app.domain.shop import Case, OrderChange

_ALREADY = Wording(zh="这个订单已经取消了。", en="This order has been cancelled already.")


def _plan(context: Context) -> Plan:
    order = context.own_order()
    if order.status == "cancelled":
        raise refused(_ALREADY)
    paid = net_paid(order)
    total = sum(paid.values())
    whole = [Picked(line, line.quantity) for line in order.lines]
    facts = {**order_facts(order, context), "amount": in_units(total)}
    subject = order_subject(order.order_id)
    decision = context.decide(facts, lines=facts_of_lines(whole, order, context), subject=subject)
    kept = max(0, min(charged(decision.charges, order), total))
    moves = Moves(context.customer)
    shares = dict(paid)
    for method_id in reversed(list(shares)):
        taken = min(kept, shares[method_id])
        shares[method_id] -= taken
        kept -= taken
    for method_id, cents in shares.items():
        moves.refund(method_id, cents)
    back = sum(shares.values())
    reason = context.arguments.text("reason")
    items = joined([context.named(line) for line in order.lines])
    refund, to = money(back, order.currency), to_whom(shares, context, order.currency)
    does = Wording(
        zh=f"取消订单{order.order_id}：{items.zh}。"
        + (f"退款{refund.zh}：{to.zh}。" if back else "没有需要退回的款项。"),
        en=f"Cancel order {order.order_id}: {items.en}. "
        + (f"Refund: {to.en}." if back else "There is nothing to refund."),
    )
    done = Wording(
        zh=f"订单{order.order_id}已取消" + (f"，退款{refund.zh}已发起。" if back else "。"),
        en=f"Order {order.order_id} is cancelled" + (f"; the refund of {refund.en} is on its way." if back else "."),
    )
    line_ids = tuple(line.line_id for line in order.lines)
    main = next(iter(shares), None)
    case = Case("", order.order_id, "cancel", "done", reason, line_ids, back, main, context.now, {"refunds": shares})
    change = OrderChange(
        order.order_id,
        order.status,
        status="cancelled",
        payments=tuple(moves.payments),
        balances=moves.balances,
        case=case,
        expected_cases=len(order.cases),
    )
    data = {"order_id": order.order_id, "refund_cents": back, "currency": order.currency, "refunds": shares}
    return Plan(subject, sentences(does, *decision.notices), done, data, decision, change)


CANCEL_ORDER = Write(
    ActionSpec(
        "cancel_order",
        Wording(zh="取消还没有发出的订单并退款", en="Cancel an order that has not been shipped, and refund it"),
        parameters("order_id", order_id=ORDER_ID, reason=text("Why, in the customer's words")),
        is_write=True,
        needs_identity=True,
    ),
    _plan,
)
