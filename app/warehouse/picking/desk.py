"""The company's own orders that wait to be picked, and the plan for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from app.domain.shop import Order
from app.warehouse.picking.errors import OrderTooLarge, PickingBusy, PickOrdersInvalid, ToursMissing
from app.warehouse.picking.floor import Floor
from app.warehouse.picking.goods import Goods, goods_of
from app.warehouse.picking.orders import Device, PickJob, PickLine, PickOrder
from app.warehouse.picking.plan import PickPlan
from app.warehouse.picking.planning import Tell, plan_picking
from app.warehouse.picking.waves import Collections

DESK_SECONDS = 5.0
_FOR_TWO_G = 30_000
"""What weighs as much is not carried on a picking device."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An order, or a part of one, that is on no tour, and why."""

    order_id: str
    reason: str
    """heavy, no_bin, no_place or too_large."""
    zh: str
    en: str

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {"order": self.order_id, "reason": self.reason, "text": {"zh": self.zh, "en": self.en}}


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits to be picked."""

    orders: tuple[PickOrder, ...]
    overdue: frozenset[str]
    """Orders whose promised collection has gone."""
    left_out: tuple[LeftOut, ...]

    def to_dict(self) -> dict[str, Any]:
        """As JSON, by wave."""
        waves = Counter(order.due_at for order in self.orders)
        late = Counter(order.due_at for order in self.orders if order.order_id in self.overdue)
        return {
            "orders": len(self.orders),
            "articles": sum(order.articles for order in self.orders),
            "waves": [
                {"due_at": due_at.isoformat(), "orders": waves[due_at], "overdue": late[due_at]}
                for due_at in sorted(due_at for due_at in waves if due_at is not None)
            ],
            "left_out": [one.to_dict() for one in self.left_out],
        }


@dataclass(frozen=True, slots=True)
class DeskPlan:
    """A plan for the orders that waited at a moment."""

    plan: PickPlan
    floor: Floor
    waiting: Waiting
    made_at: datetime

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "made_at": self.made_at.isoformat(),
            "waiting": self.waiting.to_dict(),
            "floor": floor_to_dict(self.floor),
            "plan": self.plan.to_dict(),
        }


class PickingDesk:
    """Plans tours for orders that are paid and not yet picked; keeps the newest plan until the service ends."""

    def __init__(
        self,
        orders: Callable[[], Iterable[Order]],
        goods: Callable[[], Mapping[str, Goods]],
        *,
        floor: Floor,
        device: Device,
        collections: Collections,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._orders, self._goods, self._now = orders, goods, now
        self._floor, self._device, self._collections = floor, device, collections
        self._planning = Lock()
        self._newest: DeskPlan | None = None

    @property
    def floor(self) -> Floor:
        """Of each zone."""
        return self._floor

    @property
    def newest(self) -> DeskPlan:
        """Raises `ToursMissing` when none was made yet."""
        if self._newest is None:
            raise ToursMissing("No tours have been planned yet; plan them first.")
        return self._newest

    def waiting(self) -> Waiting:
        """The orders that wait, and what of them cannot be on a tour. Raises `GoodsInvalid`."""
        now, goods = self._now(), self._goods()
        found, overdue, left_out = [], set(), list[LeftOut]()
        for order in self._orders():
            lines = []
            for line in order.lines:
                known = goods_of(goods, line.sku, line.product_id)
                reason = self._obstacle(order.order_id, line.sku, known)
                if reason is not None or known is None:
                    left_out += [] if reason is None else [reason]
                    continue
                label = {"bin": known.bin}
                words = (line.sku, known.name, known.name_en, known.zone)
                lines.append(PickLine(known.place, label, line.quantity, known.weight_g, known.is_fragile, *words))
            if not lines:
                continue
            due_at, is_late = self._collections.due(order.placed_at or now, now=now)
            pick = PickOrder(order.order_id, tuple(lines), due_at)
            too_large = self._too_large(pick)
            if too_large is not None:
                left_out.append(too_large)
                continue
            found.append(pick)
            if is_late:
                overdue.add(order.order_id)
        return Waiting(tuple(found), frozenset(overdue), tuple(left_out))

    def plan(self, *, seconds: float = DESK_SECONDS, seed: int = 1, tell: Tell = lambda *_: None) -> DeskPlan:
        """Plan tours for what waits. Raises `PickingBusy` while another plan is being made, and `GoodsInvalid`."""
        if not self._planning.acquire(blocking=False):
            raise PickingBusy("Tours are being planned right now; ask again in a few seconds.")
        try:
            waiting = self.waiting()
            job = PickJob(self._floor, self._device, waiting.orders)
            plan = plan_picking(job, seconds=seconds, seed=seed, tell=tell)
            self._newest = DeskPlan(plan, self._floor, waiting, self._now())
            return self._newest
        finally:
            self._planning.release()

    def _obstacle(self, order_id: str, sku: str, goods: Goods | None) -> LeftOut | None:
        if goods is None:
            return LeftOut(order_id, "no_bin", f"目录里没有 {sku} 的货位", f"the catalogue has no bin for {sku}")
        if not self._floor.holds(goods.place):
            return LeftOut(order_id, "no_place", f"仓库没有货位 {goods.bin}", f"the warehouse has no bin {goods.bin}")
        if goods.weight_g >= _FOR_TWO_G:
            kilos = f"{goods.weight_g / 1000:g} kg"
            return LeftOut(
                order_id,
                "heavy",
                f"{goods.name}（{goods.bin}）重 {kilos}，需两人或叉车取货",
                f"{goods.name_en} ({goods.bin}) weighs {kilos}: two people or a forklift",
            )
        return None

    def _too_large(self, order: PickOrder) -> LeftOut | None:
        try:
            PickJob(self._floor, self._device, (order,)).check()
        except PickOrdersInvalid as error:
            return LeftOut(str(order.order_id), "invalid", f"订单数据有误：{error.message}", error.message)
        except OrderTooLarge as error:
            return LeftOut(str(order.order_id), "too_large", "一辆拣货车装不下，请拆单或换更大的车", error.message)
        return None


def floor_to_dict(floor: Floor) -> dict[str, Any]:
    """What a floor plan is drawn from, metres."""
    from_front = floor.cross_aisles_m  # blocks are of one length: the same from the front as from the back
    return {
        "aisles": floor.aisles,
        "slots": floor.slots,
        "aisle_pitch": floor.aisle_pitch_m,
        "slot_length": floor.slot_length_m,
        "end_gap": floor.end_gap_m,
        "width": floor.width_m,
        "length": floor.aisle_length_m,
        "cross_aisles": list(from_front),
        "depot": {"aisle": floor.depot_aisle + 1, "end": floor.depot_end},
    }
