"""`kefu warehouse`: what to order, how to pick and how to drive."""

from __future__ import annotations

import typer

group = typer.Typer(help="Stock, picking, delivery and notes.", no_args_is_help=True)
