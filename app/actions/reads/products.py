"""Look at the catalogue and at warranties, and ask for a person."""

from __future__ import annotations

from app.actions.context import Context
from app.actions.facts import facts_of_lines, order_facts
from app.actions.plan import Read
from app.actions.schemas import ORDER_ID, parameters, text
from app.actions.selection import pick_one
from app.actions.stopping import refused, wanted
from app.actions.views import item_view
from app.actions.wording import NO_ITEM, NO_SUCH_SKU, item_options, sentences
from app.domain.action import ActionOutcome, ActionSpec, Wording
from app.domain.money import money

_ASK = Wording(zh="请问是哪件商品？", en="Which product is it about?")


def _variants(context: Context) -> ActionOutcome:
    product_id, sku = context.arguments.text("product_id", most=100), context.arguments.text("sku", most=100)
    if not product_id and not sku:
        raise wanted(_ASK, "sku")
    if not product_id:
        item = context.shop.item(sku)
        if item is None:
            raise refused(NO_SUCH_SKU)
        product_id = item.product_id
    items = context.shop.variants(product_id)
    if not items:
        raise refused(NO_SUCH_SKU)
    parts = []
    for item in items[:12]:
        options, price = item_options(item), money(item.price_cents, item.currency)
        parts.append(
            Wording(
                zh=f"{options.zh} {price.zh}{'' if item.stock > 0 else '（缺货）'}",
                en=f"{options.en} {price.en}{'' if item.stock > 0 else ' (out of stock)'}",
            )
        )
    name = items[0]
    message = Wording(
        zh=f"{name.name}：{'；'.join(part.zh for part in parts)}。",
        en=f"{name.name_en or name.name}: {'; '.join(part.en for part in parts)}.",
    )
    return ActionOutcome("done", message, {"product_id": product_id, "items": [item_view(item) for item in items]})


def _warranty(context: Context) -> ActionOutcome:
    order = context.own_order()
    picks = pick_one(order, context, taken=NO_ITEM)
    lines = facts_of_lines(picks, order, context)
    decision = context.decide(order_facts(order, context), lines=lines)
    name, facts = context.named(picks[0].line, 1), lines[0]
    message = Wording(zh=f"{name.zh}在质保期内。", en=f"{name.en} is within its warranty.")
    data = {
        "order_id": order.order_id,
        "sku": picks[0].line.sku,
        "warranty_months": facts.get("warranty_months"),
        "delivered_at": order.delivered_at and order.delivered_at.isoformat(),
    }
    return ActionOutcome("done", sentences(message, *decision.notices), data, decision.grounds)


def _person(context: Context) -> ActionOutcome:
    message = Wording(zh="好的，我为您转接人工客服。", en="I will pass you on to a colleague.")
    return ActionOutcome("needs_person", message, {"summary": context.arguments.text("summary", most=2000)})


PRODUCT_VARIANTS = Read(
    ActionSpec(
        "product_variants",
        Wording(zh="查询商品有哪些规格、价格和库存", en="The variants of a product, their prices and stock"),
        parameters(product_id=text("Id of the product"), sku=text("SKU of one of its variants")),
        is_write=False,
        needs_identity=False,
    ),
    _variants,
)
CHECK_WARRANTY = Read(
    ActionSpec(
        "check_warranty",
        Wording(zh="查询商品是否还在质保期内", en="Whether an item is within its warranty"),
        parameters("order_id", order_id=ORDER_ID, sku=text("SKU of the item; not needed for an order of one item")),
        is_write=False,
        needs_identity=True,
    ),
    _warranty,
)
HAND_TO_PERSON = Read(
    ActionSpec(
        "hand_to_person",
        Wording(zh="转人工客服", en="Pass the customer on to a person"),
        parameters(summary=text("What it is about, for the colleague")),
        is_write=False,
        needs_identity=False,
    ),
    _person,
    is_noted=True,
)
