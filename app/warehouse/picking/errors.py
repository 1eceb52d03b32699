"""What cannot be picked as it is given:

InputError (index.errors)
├── FloorInvalid          the warehouse does not make sense
├── PickOrdersInvalid     orders that cannot be read, are empty or come twice
├── PlaceUnknown          a bin or place that the floor does not have
├── OrderTooLarge         an order that no picking device can carry
├── RoutingUnknown        a way of walking that there is not, or not on such a floor
└── GoodsInvalid          the catalogue with bins and weights cannot be read

PickingError
├── ToursMissing           no tours have been planned yet
└── PickingBusy           tours are being planned right now
"""

from __future__ import annotations

from index.errors import InputError, KefuError


class FloorInvalid(InputError):
    """The warehouse does not make sense."""

    code = "floor_invalid"


class PickOrdersInvalid(InputError):
    """Orders cannot be read, are empty or come twice."""

    code = "pick_orders_invalid"


class PlaceUnknown(InputError):
    """A bin or a place that the floor does not have."""

    code = "place_unknown"


class OrderTooLarge(InputError):
    """An order that no picking device can carry."""

    code = "order_too_large"


class RoutingUnknown(InputError):
    """A way of walking that there is not, or not on a floor such as this."""

    code = "routing_unknown"


class GoodsInvalid(InputError):
    """The catalogue with bins and weights cannot be read."""

    code = "goods_invalid"


class PickingError(KefuError):
    """Tours cannot be shown or planned now."""

    code = "picking"


class ToursMissing(PickingError):
    """No tours have been planned yet."""

    code = "pick_plan_missing"


class PickingBusy(PickingError):
    """Tours are being planned right now."""

    code = "picking_busy"
