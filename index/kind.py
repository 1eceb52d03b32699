"""Whose numbers an index holds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """Whose vectors and token codes a generation holds."""

    embedder_id: str
    dimension: int
    token_codec: str = ""
    """"" for none."""
