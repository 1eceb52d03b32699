"""`kefu settings`: what is set, and by what."""

from __future__ import annotations

import json
from typing import Any

from app.cli import options
from app.cli.terminal import emit_json, emit_table


def settings(*, as_json: options.Json = False) -> None:
    """Show every setting with its value and where it comes from; secrets are masked.

    \b
    Example:
      kefu settings
      KEFU_RETRIEVAL__RRF_K=30 kefu settings --json
    """
    from app.settings import explain, load_settings

    rows = explain(load_settings())
    if as_json:
        emit_json([{"name": r.name, "value": r.value, "source": r.source, "variable": r.variable} for r in rows])
        return
    emit_table(
        ("setting", "value", "source", "variable"), [(r.name, _shown(r.value), r.source, r.variable) for r in rows]
    )


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "-"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
