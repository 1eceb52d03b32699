"""How a document's days of validity, and where they came from, are shown to those who look after it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from index.types import Document


def validity_dict(document: Document | None) -> dict[str, Any]:
    """`valid_from`, `valid_to` and `validity` (of whole and sections, with the words) as JSON."""
    if document is None:
        return {"valid_from": None, "valid_to": None, "validity": []}
    return {
        "valid_from": _iso(document.valid_from),
        "valid_to": _iso(document.valid_to),
        "validity": [
            {**asdict(origin), "valid_from": _iso(origin.valid_from), "valid_to": _iso(origin.valid_to)}
            for origin in document.validity
        ],
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
