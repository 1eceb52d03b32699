"""Keeps the newest stock reports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select

from app.database import Database, is_storable
from app.warehouse.stock import tables
from app.warehouse.stock.errors import ReportMissing, SkuUnknown

_KEPT = 5
_MISSING = "No stock report has been made yet. `kefu warehouse stock --save` or the page Stock makes one."


class StockReports:
    """Reports and their forecasts by SKU; safe to share between threads."""

    def __init__(self, database: Database) -> None:
        """Nothing is opened yet."""
        self._database = database

    def keep(self, body: Mapping[str, Any], forecasts: Mapping[str, Mapping[str, Any]], *, made_at: datetime) -> int:
        """Take in a report, whole or not at all; all but the newest few go. Its number."""
        with self._database.writing() as connection:
            values = insert(tables.reports).values(made_at=made_at, body=dict(body))
            number = int(connection.execute(values.returning(tables.reports.c.report_id)).scalar_one())
            rows = [{"report_id": number, "sku": sku, "body": dict(one)} for sku, one in forecasts.items()]
            if rows:
                connection.execute(insert(tables.forecasts), rows)
            kept = select(tables.reports.c.report_id).order_by(tables.reports.c.report_id.desc()).limit(_KEPT)
            ids = [row.report_id for row in connection.execute(kept)]
            connection.execute(delete(tables.forecasts).where(tables.forecasts.c.report_id.not_in(ids)))
            connection.execute(delete(tables.reports).where(tables.reports.c.report_id.not_in(ids)))
        return number

    def newest(self) -> dict[str, Any]:
        """The newest report with `report_id` and `made_at`. Raises `ReportMissing`."""
        table = tables.reports
        with self._database.reading() as connection:
            row = connection.execute(select(table).order_by(table.c.report_id.desc()).limit(1)).first()
        if row is None:
            raise ReportMissing(_MISSING)
        return {"report_id": row.report_id, "made_at": row.made_at.isoformat(), **row.body}

    def forecast(self, sku: str) -> dict[str, Any]:
        """What the newest report expects of a SKU. Raises `ReportMissing` or `SkuUnknown`."""
        table = tables.forecasts
        with self._database.reading() as connection:
            number = connection.execute(select(func.max(tables.reports.c.report_id))).scalar()
            if number is None:
                raise ReportMissing(_MISSING)
            wanted = select(table.c.body).where(table.c.report_id == number, table.c.sku == sku)
            body = connection.execute(wanted).scalar() if is_storable(sku) else None
        if body is None:
            raise SkuUnknown(f"The stock report knows no SKU {sku!r}.")
        return {"sku": sku, **body}
