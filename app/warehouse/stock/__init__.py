"""Stock: demand forecasts, reorder points and proposals, slots, and what complaints say about goods and bins."""

from app.warehouse.stock.desk import StockDesk, StockParams
from app.warehouse.stock.planning import PlanParams, StockPlan
from app.warehouse.stock.replenishment import ReplenishmentParams
from app.warehouse.stock.reports import StockReports
from app.warehouse.stock.signals.messages import Said

__all__ = ["PlanParams", "ReplenishmentParams", "Said", "StockDesk", "StockParams", "StockPlan", "StockReports"]
