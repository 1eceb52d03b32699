"""Pay for an order in another way: the new method is charged and the old one refunded."""

from __future__ import annotations

from app.actions.context import Context, method_of
from app.actions.facts import method_facts, order_facts
from app.actions.payments import Moves, net_paid
from app.actions.plan import Plan, Write, order_subject
from app.actions.schemas import ORDER_ID, parameters, text
from app.actions.stopping import refused, stop, wanted
from app.actions.wording import method_name, sentences
from app.domain.action import ActionSpec, Wording
from app.domain.money import in_units, money
from app.domain.shop import Case, OrderChange

_WHICH = Wording(zh="请问改用哪种支付方式？", en="Which payment method should it be?")
_UNPAID = Wording(
    zh="订单还没有付款，付款时可以选择支付方式。", en="The order is not paid yet; choose the method when you pay."
)
_SAME = Wording(zh="订单现在就是用这种方式支付的。", en="The order is paid with that method already.")
_SEVERAL = Wording(
    zh="这笔订单用了多种支付方式，需要人工客服调整。",
    en="The order was paid with several methods; a colleague has to change that.",
)


def _plan(context: Context) -> Plan:
    order = context.own_order()
    method = context.own_method()
    if method is None:
        methods = [
            {"method_id": item.method_id, "label": method_name(item).to_dict()}
            for item in context.customer.payment_methods
        ]
        raise wanted(_WHICH, "payment_method_id", data={"choices": methods})
    paid = net_paid(order)
    if not paid:
        raise refused(_UNPAID)
    if len(paid) > 1:
        raise stop("needs_person", _SEVERAL)
    ((old_id, cents),) = paid.items()
    if old_id == method.method_id:
        raise refused(_SAME)
    facts = {**order_facts(order, context), **method_facts(method, order), "amount": in_units(cents)}
    subject = order_subject(order.order_id)
    decision = context.decide(facts, subject=subject)
    moves = Moves(context.customer)
    moves.charge(method.method_id, cents)
    moves.refund(old_id, cents)
    amount, new_name = money(cents, order.currency), method_name(method)
    old_name = method_name(method_of(context.customer, old_id), old_id)
    does = Wording(
        zh=f"订单{order.order_id}改用{new_name.zh}支付{amount.zh}，原先的付款退回{old_name.zh}。",
        en=f"Take {amount.en} for order {order.order_id} from {new_name.en} and refund {old_name.en}.",
    )
    done = Wording(
        zh=f"订单{order.order_id}已改用{new_name.zh}支付。", en=f"Order {order.order_id} is now paid by {new_name.en}."
    )
    details = {"old_method_id": old_id, "new_method_id": method.method_id}
    case = Case("", order.order_id, "payment", "done", "", (), 0, method.method_id, context.now, details)
    change = OrderChange(
        order.order_id,
        order.status,
        payments=tuple(moves.payments),
        balances=moves.balances,
        case=case,
        expected_cases=len(order.cases),
    )
    data = {"order_id": order.order_id, "amount_cents": cents, "currency": order.currency, **details}
    return Plan(subject, sentences(does, *decision.notices), done, data, decision, change)


CHANGE_ORDER_PAYMENT = Write(
    ActionSpec(
        "change_order_payment",
        Wording(zh="更换还没有发出的订单的支付方式", en="Pay for an order that has not left with another method"),
        parameters(
            "order_id",
            "payment_method_id",
            order_id=ORDER_ID,
            payment_method_id=text("Id of one of the customer's payment methods"),
        ),
        is_write=True,
        needs_identity=True,
    ),
    _plan,
)
