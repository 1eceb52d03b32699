"""Which items of an order are meant, and how many of them are still free for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.actions.arguments import Chosen
from app.actions.context import Context
from app.actions.stopping import refused
from app.actions.wording import NO_ITEM
from app.domain.action import Wording
from app.domain.shop import Order, OrderLine


@dataclass(frozen=True, slots=True)
class Picked:
    """Some of one line of an order."""

    line: OrderLine
    quantity: int
    new_sku: str = ""
    told: Mapping[str, bool] = field(default_factory=dict)

    @property
    def cents(self) -> int:
        """What they were sold for."""
        return self.quantity * self.line.price_cents


def open_quantities(order: Order) -> dict[str, int]:
    """How many of each line may still be returned or exchanged, by line id.

    What was returned is gone; what is being exchanged is on its way back, and free again once the exchange is done.
    """
    free = {line.line_id: line.quantity for line in order.lines}
    for case in order.cases:
        is_away = case.kind == "return" or (case.kind == "exchange" and case.status != "done")
        if case.status == "refused" or not is_away:
            continue
        quantities = case.details.get("quantities")
        for line_id in case.line_ids:
            if line_id in free:
                away = quantities.get(line_id, free[line_id]) if isinstance(quantities, Mapping) else free[line_id]
                free[line_id] = max(0, free[line_id] - int(away))
    return free


def pick(order: Order, chosen: Sequence[Chosen], *, free: Mapping[str, int], taken: Wording) -> tuple[Picked, ...]:
    """The lines that are meant; an item that stands in several lines is taken from each in turn.

    Ends the action when one is not in the order, or with `taken` when it is, but not so many of it are free.
    """
    left = dict(free)
    picks: list[Picked] = []
    for choice in chosen:
        lines = [line for line in order.lines if _is_meant(line, choice)]
        if not lines:
            raise refused(NO_ITEM)
        wanted = choice.quantity
        if wanted is None:
            first = next((line for line in lines if left[line.line_id]), None)
            if first is None:
                raise refused(taken)
            wanted, lines = left[first.line_id], [first]
        for line in lines:
            now = min(wanted, left[line.line_id])
            if now:
                picks.append(Picked(line, now, choice.new_sku, dict(choice.told or {})))
                left[line.line_id] -= now
                wanted -= now
        if wanted:
            raise refused(taken)
    return tuple(picks)


def pick_one(order: Order, context: Context, *, taken: Wording) -> tuple[Picked, ...]:
    """All of the one line that `sku` names, gone or not; of an order of several it is asked for."""
    sku = context.arguments.text("sku", most=100)
    if not sku and len(order.lines) > 1:
        raise context.asked_for_items(order, "sku")
    chosen = Chosen(sku=sku) if sku else Chosen(line_id=order.lines[0].line_id)
    return pick(order, [chosen], free={line.line_id: line.quantity for line in order.lines}, taken=taken)


def everything(order: Order, free: Mapping[str, int]) -> tuple[Picked, ...]:
    """All that is free."""
    return tuple(Picked(line, free[line.line_id]) for line in order.lines if free[line.line_id])


def quantities(picks: Sequence[Picked]) -> dict[str, int]:
    """How many of each line, for the details of a case."""
    found: dict[str, int] = {}
    for picked in picks:
        found[picked.line.line_id] = found.get(picked.line.line_id, 0) + picked.quantity
    return found


def _is_meant(line: OrderLine, choice: Chosen) -> bool:
    if choice.line_id and line.line_id != choice.line_id:
        return False
    return not choice.sku or line.sku.casefold() == choice.sku.casefold()
