"""`kefu warehouse`: stock, picking, delivery and notes; each command stands in a module of its own."""

from __future__ import annotations

import typer

from app.cli import (
    warehouse_deliveries,
    warehouse_forecast,
    warehouse_notes,
    warehouse_pick,
    warehouse_route,
    warehouse_stock,
    warehouse_waves,
)

group = typer.Typer(help="Stock, picking, delivery and notes.", no_args_is_help=True)
for module in (
    warehouse_forecast,
    warehouse_stock,
    warehouse_pick,
    warehouse_waves,
    warehouse_route,
    warehouse_deliveries,
    warehouse_notes,
):
    module.add_to(group)
