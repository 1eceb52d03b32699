"""Order picking on foot: which orders to collect together, and which way to walk for them."""

from app.warehouse.picking.files import floor_of, orders_of, read_floor, read_job, read_orders
from app.warehouse.picking.floor import Floor, Place
from app.warehouse.picking.orders import Device, PickJob, PickLine, PickOrder
from app.warehouse.picking.plan import PickPlan, Stop, Tour
from app.warehouse.picking.planning import DEFAULT_SECONDS, Tell, plan_picking

__all__ = [
    "DEFAULT_SECONDS",
    "Device",
    "Floor",
    "PickJob",
    "PickLine",
    "PickOrder",
    "PickPlan",
    "Place",
    "Stop",
    "Tell",
    "Tour",
    "floor_of",
    "orders_of",
    "plan_picking",
    "read_floor",
    "read_job",
    "read_orders",
]
