"""What can go wrong with deliveries:

InputError
└── RouteFileInvalid     a file of stops and vehicles that cannot be read, or that says what cannot be
DeliveryError
├── DeliveryInfeasible   no plan keeps all that is asked for; says which few wishes are in each other's way
├── PlanMissing          there is no plan of that id or day
├── PlanMoved            somebody else changed the plan meanwhile
├── StopMissing          the plan has no stop of that id
└── StopVisited          somebody has been there already
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from index.errors import InputError, KefuError

if TYPE_CHECKING:
    from app.warehouse.delivery.conflicts import Conflict


class DeliveryError(KefuError):
    """The delivery cannot be planned as asked."""

    code = "delivery"


class RouteFileInvalid(InputError):
    """Cannot be read, or says what cannot be."""

    code = "route_file_invalid"


class DeliveryInfeasible(DeliveryError):
    """No plan keeps all that is asked for."""

    code = "delivery_infeasible"

    def __init__(self, message: str, conflicts: Sequence[Conflict] = ()) -> None:
        super().__init__(message)
        self.conflicts = tuple(conflicts)


class PlanMissing(DeliveryError):
    """There is no plan of that id or day."""

    code = "delivery_plan_missing"


class PlanMoved(DeliveryError):
    """Somebody else changed the plan meanwhile."""

    code = "delivery_plan_moved"


class StopMissing(DeliveryError):
    """The plan has no stop of that id."""

    code = "delivery_stop_missing"


class StopVisited(DeliveryError):
    """Somebody has been there already."""

    code = "delivery_stop_visited"
