"""Find out who somebody is. Wrong answers are all alike, and after a few of them a person takes over."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

import phonenumbers

from app.actions.arguments import Arguments
from app.actions.context import Context
from app.actions.plan import Read, order_subject
from app.actions.schemas import ORDER_ID, parameters, text
from app.actions.stopping import stop, wanted
from app.actions.wording import NEEDS_IDENTITY
from app.domain.action import ActionOutcome, ActionSpec, Wording
from app.domain.shop import Customer

_MOST_FAILURES = 5
_WITHIN = timedelta(hours=1)
_ACTION = "identify_customer"
_NO_MATCH = Wording(
    zh="这些信息与我们的记录不符，请核对后再试。",
    en="That does not match our records. Please check it and try again.",
)
_TOO_OFTEN = Wording(
    zh="身份核实多次未成功，请由人工客服协助。",
    en="Your identity could not be confirmed several times; a colleague will help you.",
)
_SEVERAL = Wording(
    zh="符合的账户不止一个，请再提供邮箱或手机号。",
    en="That fits more than one account. Please give your e-mail address or phone number as well.",
)


def subject_of(arguments: Arguments) -> str:
    """What a guess is about: too many about one order come to a person, from however many conversations."""
    number = arguments.text("order_id", most=100)
    return order_subject(number.removeprefix("#").upper()) if number else ""


def _run(context: Context) -> ActionOutcome:
    if _failures(context) >= _MOST_FAILURES:
        raise stop("needs_person", _TOO_OFTEN)
    found = _matching(context)
    if not found:
        return ActionOutcome("refused", _NO_MATCH)
    if len(found) > 1:
        raise wanted(_SEVERAL, "email")
    customer = found[0]
    return ActionOutcome(
        "done",
        Wording(
            zh=f"您好，{customer.name}，身份已核实。", en=f"Thank you, {customer.name}, I have found your account."
        ),
        {"customer_id": customer.customer_id, "name": customer.name},
    )


def _failures(context: Context) -> int:
    return context.ledger.count(
        action=_ACTION,
        status="refused",
        since=context.now - _WITHIN,
        conversation_id=context.request.conversation_id,
        subject=subject_of(context.arguments),
    )


def _matching(context: Context) -> Sequence[Customer]:
    """Those to whom all that was given applies. Asks where it is not enough."""
    arguments = context.arguments
    email, name = arguments.text("email", most=200), arguments.text("name", most=100)
    postcode, tail = arguments.text("postcode", most=20), arguments.text("phone_tail", most=8)
    phone = arguments.text("phone", most=40)
    number = arguments.text("order_id", most=100)
    if not (email or phone or (name and postcode) or (number and tail)):
        missing = ["postcode"] if name else ["phone_tail"] if number else ["email"]
        raise wanted(NEEDS_IDENTITY, *missing)
    if number and tail and not (email or phone or (name and postcode)):
        return _of_order(context, number, tail)
    found = context.shop.find_customers(
        email=email or None,
        phone=e164(phone) if phone else None,
        name=name or None,
        postcode=postcode or None,
    )
    return list(found)


def _of_order(context: Context, number: str, tail: str) -> Sequence[Customer]:
    digits = re.sub(r"\D", "", tail)
    if len(digits) < 4:
        raise wanted(
            Wording(zh="请提供手机号的后四位。", en="Please give the last four digits of your phone."), "phone_tail"
        )
    order = context.any_order(number)
    customer = context.shop.customer(order.customer_id) if order is not None else None
    is_theirs = customer is not None and re.sub(r"\D", "", customer.phone or "").endswith(digits)
    return [customer] if customer is not None and is_theirs else []


def e164(phone: str) -> str:
    """A phone number as the shop keeps it; one without a country is taken to be Chinese."""
    try:
        parsed = phonenumbers.parse(phone, "CN")
    except phonenumbers.NumberParseException:
        return phone
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


IDENTIFY_CUSTOMER = Read(
    ActionSpec(
        _ACTION,
        Wording(
            zh="核实客户身份：邮箱，或手机号，或姓名加邮编，或订单号加手机尾号",
            en="Find out who the customer is: by e-mail, by phone, by name and postcode, or by order number and the "
            "last four digits of the phone",
        ),
        parameters(
            email=text("E-mail address of the account"),
            phone=text("Phone number of the account"),
            name=text("Full name"),
            postcode=text("Postcode of the account's address"),
            order_id=ORDER_ID,
            phone_tail=text("Last four digits of the phone number"),
        ),
        is_write=False,
        needs_identity=False,
    ),
    _run,
    is_noted=True,
)
