"""`kefu warehouse`: what to order, how to pick and how to drive."""

from __future__ import annotations

import typer

from app.cli import warehouse_forecast, warehouse_stock

group = typer.Typer(help="Stock, picking, delivery and notes.", no_args_is_help=True)
warehouse_forecast.add_to(group)
warehouse_stock.add_to(group)
