"""Ways of walking by name: how long their tours are, and which points they pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, get_args

import numpy as np

from app.warehouse.picking import policies, walks
from app.warehouse.picking.errors import RoutingUnknown
from app.warehouse.picking.floor import Floor, Place
from app.warehouse.picking.occupancy import Numbers, Words, aisles_of, heights_of, occupancy
from app.warehouse.picking.several_blocks import SeveralBlocks
from app.warehouse.picking.shortest import shortest_lengths
from app.warehouse.picking.walks import Heights, Walk

RoutingName = Literal["shortest", "s-shape", "return", "largest-gap", "combined", "improved"]
"""improved: for floors of several blocks; the others are for floors of one, where "shortest" is exact."""

_Policy = Callable[[policies.OneBlock], Numbers]
_Walking = Callable[[Floor, Heights], Walk]
_ONE_BLOCK: dict[str, tuple[_Policy | None, _Walking]] = {
    "shortest": (None, walks.shortest_walk),
    "s-shape": (policies.s_shape, walks.s_shape_walk),
    "return": (policies.returning, walks.returning_walk),
    "largest-gap": (policies.largest_gap, walks.largest_gap_walk),
    "combined": (policies.combined, walks.combined_walk),
}


def default_routing(floor: Floor) -> RoutingName:
    """The shortest walks that can be found on such a floor."""
    return "shortest" if floor.blocks == 1 else "improved"


class Routing:
    """One way of walking a floor. Raises `RoutingUnknown` for one that does not suit it."""

    def __init__(self, floor: Floor, name: str) -> None:
        fitting = list(_ONE_BLOCK) if floor.blocks == 1 else ["improved"]
        if name not in fitting:
            known = "" if name in get_args(RoutingName) else "There is no such way of walking. "
            raise RoutingUnknown(
                f"{known}A floor of {floor.blocks} block(s) can be walked by {', '.join(fitting)}, not {name!r}."
            )
        self.floor, self.name = floor, name
        self._policy, self._walk = _ONE_BLOCK.get(name, (None, walks.shortest_walk))
        self._several = SeveralBlocks(floor) if floor.blocks > 1 else None

    def lengths(self, rows: Words) -> Numbers:
        """Metres from the depot and back for each row of `occupancy`; 0 for a row without places."""
        if self._several is not None:
            tours = self._several.lengths(rows)
        else:
            aisles = aisles_of(self.floor, rows)
            if self._policy is None:
                tours = shortest_lengths(self.floor, aisles)
            else:
                tours = self._policy(policies.OneBlock(self.floor, aisles))
        tours = tours + 2 * self.floor.depot_distance_m
        return np.where(rows.any(axis=1), tours, 0.0)

    def walk(self, places: Iterable[Place]) -> Walk:
        """The points that one passes, from the foot of the depot's aisle and back; [] for no places."""
        row = occupancy(self.floor, places)
        if not row.any():
            return []
        heights = heights_of(self.floor, row)
        if self._several is not None:
            return self._several.walk(heights)
        return self._walk(self.floor, heights)


def shortest_alone(floor: Floor, rows: Words, routing: Routing) -> Numbers:
    """What no tour through a row's places falls short of, in metres, however one walks; for bounds.

    On several blocks that is the way to the farthest place and back.
    """
    if floor.blocks == 1:
        return routing.lengths(rows) if routing.name == "shortest" else Routing(floor, "shortest").lengths(rows)
    depot = (floor.depot_aisle, 0.0)
    farthest = [
        max(
            (floor.distance_m(depot, (aisle, height)) for aisle, heights in enumerate(found) for height in heights),
            default=0.0,
        )
        for found in (heights_of(floor, row) for row in rows)
    ]
    return 2 * (np.array(farthest) + floor.depot_distance_m)
