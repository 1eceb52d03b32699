"""`kefu warehouse`: stock, picking, delivery, and what notes ask for."""

from __future__ import annotations

import typer

from app.cli import warehouse_notes

group = typer.Typer(help="Stock, picking, delivery and notes.", no_args_is_help=True)

warehouse_notes.add_to(group)
