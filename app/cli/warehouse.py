"""`kefu warehouse`: stock, picking, delivery and notes; each command stands in a module of its own."""

from __future__ import annotations

import typer

from app.cli import warehouse_deliveries, warehouse_route

group = typer.Typer(help="Stock, picking, delivery and notes.", no_args_is_help=True)
warehouse_route.add_to(group)
warehouse_deliveries.add_to(group)
