"""Recommend products, or something like or cheaper than one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.actions.context import Context
from app.actions.plan import Read
from app.actions.schemas import parameters, text
from app.actions.stopping import refused, wanted
from app.domain.action import ActionOutcome, ActionSpec, Wording
from app.domain.money import money
from app.domain.recommendation import Recommendation, Wishes

_TOP = 3
_OFF = Wording(zh="这里暂时没有商品推荐。", en="There are no recommendations here.")
_WHICH = Wording(zh="请问是比哪一款商品便宜的？", en="Cheaper than which product?")
_NOTHING = Wording(
    zh="暂时没有找到符合要求、有现货的商品，换个说法或放宽预算再试试？",
    en="I found nothing in stock that fits. Could you put it differently or allow a higher budget?",
)
_NOTHING_CHEAPER = Wording(
    zh="同类商品里暂时没有更便宜的现货。", en="There is nothing cheaper of that kind in stock right now."
)
_LEAD = Wording(zh="您可以看看这几款：", en="You could look at these:")
_STRICT = re.compile(r"以[内下]|不超过|不到|之内|最多|under|below|less than|at most|up to|within|max", re.IGNORECASE)
_AROUND = 1.15
"""By which a budget that is not called a limit may be exceeded."""


def _recommend(context: Context) -> ActionOutcome:
    recommender = context.recommender
    if recommender is None:
        raise refused(_OFF)
    arguments = context.arguments
    said, want = arguments.text("text"), arguments.choice("want", ("any", "cheaper", "similar"))
    named = arguments.text("product", most=200)
    product_id = recommender.product_of(named) if named else None
    if want == "cheaper":
        if product_id is None:
            raise wanted(_WHICH, "product")
        return _told(recommender.cheaper(product_id, top=_TOP), _NOTHING_CHEAPER)
    wishes = Wishes(text=said, highest_cents=_highest(arguments.text("budget", most=40), said))
    if want == "similar" and product_id is not None:
        affordable = Wishes(highest_cents=wishes.highest_cents)
        return _told(recommender.similar(product_id, wishes=affordable, top=_TOP), _NOTHING)
    return _told(recommender.for_customer(context.request.customer_id, wishes=wishes, top=_TOP), _NOTHING)


def _highest(budget: str, said: str) -> int | None:
    """In cents; None where no sum is named."""
    number = re.search(r"\d+(?:\.\d+)?", budget.replace(",", ""))
    if number is None:
        return None
    cents = float(number[0]) * 100
    return round(cents if _STRICT.search(said) else cents * _AROUND)


def _told(found: Sequence[Recommendation], nothing: Wording) -> ActionOutcome:
    if not found:
        return ActionOutcome("done", nothing, {"items": []})
    lines = [_line(number, one) for number, one in enumerate(found, start=1)]
    message = Wording(
        zh="\n".join([_LEAD.zh, *(line.zh for line in lines)]), en="\n".join([_LEAD.en, *(line.en for line in lines)])
    )
    first = found[0].name
    data = {"items": [one.to_dict() for one in found], "product": first.zh if first is not None else found[0].item_id}
    return ActionOutcome("done", message, data)


def _line(number: int, one: Recommendation) -> Wording:
    name, why = one.name or Wording(one.item_id, one.item_id), one.reason.wording
    if one.price_cents is None or one.currency is None:
        return Wording(zh=f"{number}. {name.zh}：{why.zh}", en=f"{number}. {name.en}: {why.en}")
    price = money(one.price_cents, one.currency)
    return Wording(zh=f"{number}. {name.zh}，{price.zh}：{why.zh}", en=f"{number}. {name.en}, {price.en}: {why.en}")


RECOMMEND_PRODUCTS = Read(
    ActionSpec(
        "recommend_products",
        Wording(zh="推荐有现货的商品，或同类更便宜的", en="Recommend products in stock, or cheaper ones of a kind"),
        parameters(
            text=text("What is looked for, in the customer's words"),
            product=text("Name, id or SKU of a product that it should be like or cheaper than"),
            want=text("What is wanted; any by default", "any", "cheaper", "similar"),
            budget=text("The most that it may cost, such as 300 CNY"),
        ),
        is_write=False,
        needs_identity=False,
    ),
    _recommend,
)
