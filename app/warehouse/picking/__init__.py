"""Order picking on foot: which orders to collect together, and which way to walk for them."""

from app.warehouse.picking.desk import DESK_SECONDS, DeskPlan, LeftOut, PickingDesk, Waiting, floor_to_dict
from app.warehouse.picking.files import floor_of, orders_of, read_floor, read_job, read_orders
from app.warehouse.picking.floor import Floor, Place
from app.warehouse.picking.goods import Goods, read_goods
from app.warehouse.picking.orders import Device, PickJob, PickLine, PickOrder
from app.warehouse.picking.plan import PickPlan, Stop, Tour
from app.warehouse.picking.planning import DEFAULT_SECONDS, Tell, plan_picking
from app.warehouse.picking.sheet import sheet_of
from app.warehouse.picking.waves import Collections

__all__ = [
    "DEFAULT_SECONDS",
    "DESK_SECONDS",
    "Collections",
    "DeskPlan",
    "Device",
    "Floor",
    "Goods",
    "LeftOut",
    "PickJob",
    "PickLine",
    "PickOrder",
    "PickPlan",
    "PickingDesk",
    "Place",
    "Stop",
    "Tell",
    "Tour",
    "Waiting",
    "floor_of",
    "floor_to_dict",
    "orders_of",
    "plan_picking",
    "read_floor",
    "read_goods",
    "read_job",
    "read_orders",
    "sheet_of",
]
