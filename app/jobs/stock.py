"""The job that plans stock: forecasts, reorder points, slots."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from app.domain.job import Job
from app.jobs.runner import Action, Report
from app.orders.errors import ShopRefused
from app.warehouse.stock.errors import DemandMissing


class MakeReport(Protocol):
    """One report; the container binds it to `app.warehouse.stock.StockDesk.make_report`."""

    def __call__(self, *, on_progress: Callable[[int, int], None]) -> Mapping[str, Any]:
        """Its figures, as JSON. Raises `DemandMissing` where nothing was sold yet."""


def stock_action(make_report: MakeReport) -> Action:
    """The action of the kind `stock`; of a night, a shop without orders of ours is passed over."""

    def stock(job: Job, report: Report) -> Mapping[str, Any]:
        def told(done: int, total: int) -> None:
            report({"stage": "forecasting", "done": done, "total": total})

        try:
            return make_report(on_progress=told)
        except (DemandMissing, ShopRefused) as error:
            if job.request.get("trigger") != "nightly":
                raise
            return {"skipped": error.code, "message": error.message}

    return stock
