"""Replace items by other variants of the same product: before an order leaves, and after it has arrived."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.actions.context import Context
from app.actions.facts import facts_of_lines, method_facts, order_facts
from app.actions.payments import Moves, asked_or_original, charged
from app.actions.plan import Plan, Write, order_subject
from app.actions.schemas import CHANGES, FLAGS, METHOD, ORDER_ID, parameters, text
from app.actions.selection import Picked, open_quantities, pick, quantities
from app.actions.stopping import refused, stop, wanted
from app.actions.wording import NO_SUCH_SKU, OTHER_CURRENCY, item_name, joined, method_name, sentences
from app.domain.action import ActionSpec, Wording
from app.domain.money import in_units, money
from app.domain.shop import Case, CaseKind, CaseStatus, Item, Order, OrderChange, OrderLine, PaymentMethod
from app.policy import REASONS, Decision

_WHICH_NEW = Wording(zh="请问换成哪一款？", en="Which variant would you like instead?")
_OTHER_PRODUCT = Wording(
    zh="只能换成同一商品的其他规格。", en="An item can only be replaced by a variant of the same product."
)
_NOT_IN_STOCK = Wording(zh="新选的规格没有足够的库存。", en="There is not enough of the new variant in stock.")
_TAKEN = Wording(
    zh="这件商品已经申请过退换，或没有这么多件。",
    en="A return or exchange of that item has been asked for already, or there are not so many of it.",
)
_NO_METHOD = Wording(
    zh="请选择支付或退回差价的方式。", en="Please choose how the difference is to be paid or refunded."
)
_SAME = Wording(zh="新选的规格与原来相同。", en="That is the variant which is in the order already.")


@dataclass(frozen=True, slots=True)
class _Swap:
    """What is replaced by what, and the money between."""

    order: Order
    picks: tuple[Picked, ...]
    news: tuple[Item, ...]
    difference: int
    """Cents that the customer pays; negative for money back."""
    method: PaymentMethod | None
    method_id: str | None
    decision: Decision

    def described(self, context: Context) -> Wording:
        """Old to new, item by item."""
        parts = []
        for picked, item in zip(self.picks, self.news, strict=True):
            old, new = context.named(picked.line, picked.quantity), item_name(item, picked.quantity)
            parts.append(Wording(zh=f"{old.zh}换成{new.zh}", en=f"{old.en} for {new.en}"))
        return joined(parts)

    def paid(self) -> Wording:
        """Who pays what."""
        amount = money(abs(self.difference), self.order.currency)
        name = method_name(self.method, self.method_id or "")
        if self.difference > 0:
            return Wording(
                zh=f"差价{amount.zh}由{name.zh}支付。", en=f"The difference of {amount.en} is paid by {name.en}."
            )
        if self.difference < 0:
            return Wording(zh=f"差价{amount.zh}退到{name.zh}。", en=f"{amount.en} goes back to {name.en}.")
        return Wording(zh="没有差价。", en="There is no difference in price.")

    def case(self, kind: CaseKind, status: CaseStatus, context: Context) -> Case:
        """As it goes with the order."""
        counted = quantities(self.picks)
        return Case(
            "",
            self.order.order_id,
            kind,
            status,
            context.arguments.text("reason"),
            tuple(counted),
            -self.difference,
            self.method_id,
            context.now,
            {"quantities": counted, "replaced": self._replacements()},
        )

    def plan(self, does: Wording, done: Wording, change: OrderChange) -> Plan:
        """With what the rules add, and the same for programs."""
        data = {
            "order_id": self.order.order_id,
            "items": self._replacements(),
            "difference_cents": self.difference,
            "currency": self.order.currency,
            "payment_method_id": self.method_id,
        }
        charges = (charge.wording for charge in self.decision.charges)
        told = sentences(does, *charges, *self.decision.notices)
        return Plan(order_subject(self.order.order_id), told, done, data, self.decision, change)

    def _replacements(self) -> list[dict[str, object]]:
        return [
            {
                "line_id": picked.line.line_id,
                "sku": picked.line.sku,
                "new_sku": item.sku,
                "quantity": picked.quantity,
                "new_price_cents": item.price_cents,
            }
            for picked, item in zip(self.picks, self.news, strict=True)
        ]


def _swap(context: Context, *, is_exchange: bool) -> _Swap:
    order = context.own_order()
    chosen = context.arguments.chosen()
    if not chosen:
        context.refuse_early(order_facts(order, context), order_subject(order.order_id))
        raise context.asked_for_items(order, "items")
    picks = pick(order, chosen, free=open_quantities(order), taken=_TAKEN)
    news = tuple(_new_item(context, picked, is_exchange) for picked in picks)
    for picked, item in zip(picks, news, strict=True):
        if item.product_id != picked.line.product_id:
            raise refused(_OTHER_PRODUCT)
        if item.currency != order.currency and item.sku != picked.line.sku:
            raise stop("needs_person", OTHER_CURRENCY)
    pairs = zip(picks, news, strict=True)
    # A faulty item is exchanged for the same one whatever it costs by now.
    difference = sum(
        picked.quantity * (item.price_cents - picked.line.price_cents)
        for picked, item in pairs
        if item.sku != picked.line.sku
    )
    method, method_id = asked_or_original(order, context)
    facts = {
        **order_facts(order, context),
        **method_facts(method, order),
        "difference": in_units(difference),
        "amount": in_units(abs(difference)),
    }
    lines = facts_of_lines(picks, order, context, new=news)
    decision = context.decide(facts, lines=lines, subject=order_subject(order.order_id))
    _check_stock(picks, news)
    difference += charged(decision.charges, order)
    if difference and method_id is None:
        raise wanted(_NO_METHOD, "payment_method_id")
    return _Swap(order, picks, news, difference, method, method_id, decision)


def _new_item(context: Context, picked: Picked, is_exchange: bool) -> Item:
    sku = picked.new_sku or (picked.line.sku if is_exchange else "")
    if not sku:
        choices = [item for item in context.shop.variants(picked.line.product_id) if item.sku != picked.line.sku]
        data = {
            "sku": picked.line.sku,
            "choices": [{"sku": item.sku, "options": dict(item.options)} for item in choices],
        }
        raise wanted(_WHICH_NEW, "new_sku", data=data)
    if sku == picked.line.sku and not is_exchange:
        raise refused(_SAME)
    item = context.shop.item(sku)
    if item is None:
        raise refused(NO_SUCH_SKU)
    return item


def _check_stock(picks: tuple[Picked, ...], news: tuple[Item, ...]) -> None:
    needed: dict[str, int] = {}
    for picked, item in zip(picks, news, strict=True):
        needed[item.sku] = needed.get(item.sku, 0) + picked.quantity
        if needed[item.sku] > item.stock:
            raise refused(_NOT_IN_STOCK)


def _plan_modify(context: Context) -> Plan:
    swap = _swap(context, is_exchange=False)
    order = swap.order
    if order.status not in ("unpaid", "pending", "processed"):
        raise refused(Wording(zh="发货后不能修改商品。", en="Items cannot be changed after the order has left."))
    moves = Moves(context.customer)
    if order.payments and swap.method_id is not None:
        moves.charge(swap.method_id, max(0, swap.difference))
        moves.refund(swap.method_id, max(0, -swap.difference))
    lines = _replaced(order, swap.picks, swap.news)
    what, paid = swap.described(context), swap.paid()
    does = Wording(
        zh=f"订单{order.order_id}：{what.zh}。{paid.zh}", en=f"In order {order.order_id} change {what.en}. {paid.en}"
    )
    done = Wording(
        zh=f"订单{order.order_id}的商品已修改。{paid.zh}",
        en=f"The items of order {order.order_id} are changed. {paid.en}",
    )
    case = swap.case("modify", "done", context)
    change = OrderChange(
        order.order_id,
        order.status,
        lines=lines,
        payments=tuple(moves.payments),
        balances=moves.balances,
        case=case,
        expected_cases=len(order.cases),
    )
    return swap.plan(does, done, change)


def _plan_exchange(context: Context) -> Plan:
    swap = _swap(context, is_exchange=True)
    order = swap.order
    if order.status != "delivered":
        raise refused(Wording(zh="签收后才能换货。", en="Items can be exchanged once the order has been delivered."))
    if swap.difference > 0 and swap.method_id is not None:
        Moves(context.customer).charge(
            swap.method_id, swap.difference
        )  # it can be paid; it is taken when the parcel is back
    what, paid = swap.described(context), swap.paid()
    does = Wording(
        zh=f"为订单{order.order_id}申请换货：{what.zh}。{paid.zh}",
        en=f"Ask for an exchange in order {order.order_id}: {what.en}. {paid.en}",
    )
    done = Wording(
        zh=f"订单{order.order_id}的换货申请已提交，寄回方式会发送给您。",
        en=f"The exchange for order {order.order_id} is requested; you will be told how to send the items back.",
    )
    case = swap.case("exchange", "requested", context)
    change = OrderChange(order.order_id, order.status, case=case, expected_cases=len(order.cases))
    return swap.plan(does, done, change)


def _replaced(order: Order, picks: tuple[Picked, ...], news: tuple[Item, ...]) -> tuple[OrderLine, ...]:
    """The lines of the order afterwards: a line that is replaced in part is followed by what replaces it."""
    lines: list[OrderLine] = []
    for line in order.lines:
        mine = [(picked, item) for picked, item in zip(picks, news, strict=True) if picked.line.line_id == line.line_id]
        kept = line.quantity - sum(picked.quantity for picked, _ in mine)
        if kept:
            lines.append(replace(line, quantity=kept))
        for number, (picked, item) in enumerate(mine):
            is_first = not kept and number == 0
            new_id = line.line_id if is_first else _free_id(line.line_id, order, lines)
            lines.append(
                replace(
                    line,
                    line_id=new_id,
                    sku=item.sku,
                    name=item.name,
                    category=item.category,
                    options=dict(item.options),
                    quantity=picked.quantity,
                    price_cents=item.price_cents,
                )
            )
    return tuple(lines)


def _free_id(line_id: str, order: Order, lines: list[OrderLine]) -> str:
    taken = {line.line_id for line in (*order.lines, *lines)}
    return next(name for number in range(2, 10_000) if (name := f"{line_id}-{number}") not in taken)


CHANGE_ORDER_ITEMS = Write(
    ActionSpec(
        "change_order_items",
        Wording(
            zh="把未发出订单里的商品换成同一商品的其他规格",
            en="Replace items of an order that has not left by other variants of the same product",
        ),
        parameters("order_id", "items", order_id=ORDER_ID, items=CHANGES, payment_method_id=METHOD),
        is_write=True,
        needs_identity=True,
    ),
    _plan_modify,
)
EXCHANGE_ITEMS = Write(
    ActionSpec(
        "exchange_items",
        Wording(zh="为已签收的商品申请换货", en="Ask for the exchange of items that were delivered"),
        parameters(
            "order_id",
            "items",
            order_id=ORDER_ID,
            items=CHANGES,
            reason=text("Why", *REASONS),
            payment_method_id=METHOD,
            **FLAGS,
        ),
        is_write=True,
        needs_identity=True,
    ),
    _plan_exchange,
)
