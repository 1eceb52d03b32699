"""Ask for an invoice."""

from __future__ import annotations

from stdnum.cn import uscc

from app.actions.context import Context, method_of
from app.actions.facts import order_facts
from app.actions.payments import net_paid
from app.actions.plan import Plan, Write, order_subject
from app.actions.schemas import ORDER_ID, parameters, text
from app.actions.stopping import refused, wanted
from app.actions.wording import sentences
from app.domain.action import ActionSpec, Wording
from app.domain.money import in_units, money
from app.domain.shop import Case, OrderChange

_KINDS = ("personal", "company", "special_vat")
_KIND_TEXT = {
    "personal": Wording(zh="电子普通发票（个人）", en="electronic invoice for a person"),
    "company": Wording(zh="电子普通发票（单位）", en="electronic invoice for a company"),
    "special_vat": Wording(zh="增值税专用发票", en="special VAT invoice"),
}
_TITLE = Wording(zh="请问发票抬头是什么？", en="What name should the invoice be made out to?")
_TAX = Wording(
    zh="请提供18位统一社会信用代码（税号），位数或校验位不对会被退回。",
    en="Please give the 18-character tax number (unified social credit code); a wrong one is rejected.",
)
_EMAIL = Wording(zh="请问发票发送到哪个邮箱？", en="Which e-mail address should the invoice go to?")
_NOTHING = Wording(zh="这笔订单没有可以开票的金额。", en="There is nothing in this order that can be invoiced.")


def _plan(context: Context) -> Plan:
    order, arguments = context.own_order(), context.arguments
    kind = arguments.choice("kind", _KINDS) or "personal"
    cents = 0
    for method_id, paid in net_paid(order).items():
        method = method_of(context.customer, method_id)
        cents += 0 if method is not None and method.kind == "gift_card" else paid
    facts = {**order_facts(order, context), "invoice_kind": kind, "amount": in_units(cents)}
    subject = order_subject(order.order_id)
    decision = context.decide(facts, subject=subject)
    if cents <= 0:
        raise refused(_NOTHING)
    title = arguments.required("title", _TITLE, most=100)
    tax_number = arguments.text("tax_number", most=40).upper().replace(" ", "")
    if kind != "personal" and not uscc.is_valid(tax_number):
        raise wanted(_TAX, "tax_number")
    email = arguments.text("email", most=200) or context.customer.email or ""
    if "@" not in email:
        raise wanted(_EMAIL, "email")
    kind_text, amount = _KIND_TEXT[kind], money(cents, order.currency)
    tax = (
        Wording(zh=f"，税号{tax_number}", en=f", tax number {tax_number}")
        if kind != "personal"
        else Wording(zh="", en="")
    )
    does = Wording(
        zh=f"为订单{order.order_id}开具{kind_text.zh}：抬头“{title}”{tax.zh}，金额{amount.zh}，发送到{email}。",
        en=f"For order {order.order_id}: {kind_text.en}, made out to {title}{tax.en}, {amount.en}, sent to {email}.",
    )
    done = Wording(zh=f"发票申请已提交，将发送到{email}。", en=f"The invoice is requested and will be sent to {email}.")
    details = {"title": title, "kind": kind, "tax_number": tax_number or None, "email": email, "amount_cents": cents}
    line_ids = tuple(line.line_id for line in order.lines)
    case = Case("", order.order_id, "invoice", "requested", "", line_ids, 0, None, context.now, details)
    data = {"order_id": order.order_id, "currency": order.currency, **details}
    change = OrderChange(order.order_id, order.status, case=case, expected_cases=len(order.cases))
    return Plan(subject, sentences(does, *decision.notices), done, data, decision, change)


REQUEST_INVOICE = Write(
    ActionSpec(
        "request_invoice",
        Wording(zh="为订单申请发票", en="Ask for an invoice for an order"),
        parameters(
            "order_id",
            order_id=ORDER_ID,
            title=text("Name that the invoice is made out to"),
            kind=text("Which invoice; personal by default", *_KINDS),
            tax_number=text("Unified social credit code of a company, 18 characters"),
            email=text("Where it is sent; by default the customer's address"),
        ),
        is_write=True,
        needs_identity=True,
    ),
    _plan,
)
