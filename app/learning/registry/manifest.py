"""A candidate as a folder says what it is: `candidate.json` with kind, time, lineage and metrics."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.domain.learning import CANDIDATE_KINDS, Candidate
from app.learning.registry.errors import CandidateUnusable

MANIFEST, LINEAGE = "candidate.json", "lineage.json"
CARD = "card.md"
OWN_FILES = (MANIFEST, LINEAGE, CARD)
"""Say what a candidate is, and are no part of its weights."""


def write_manifest(candidate: Candidate) -> Path:
    """Write what a candidate is beside its files."""
    told = {
        "kind": candidate.kind,
        "created_at": candidate.created_at.astimezone(UTC).isoformat(timespec="seconds"),
        "lineage": dict(candidate.lineage),
        "metrics": dict(candidate.metrics),
    }
    path = candidate.folder / MANIFEST
    path.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path


def read_manifest(folder: Path, *, kind: str | None = None) -> Candidate:
    """What a folder says of itself; a trainer's bare `lineage.json` will do where the kind is named.

    A record that is not there, or says nothing, is no error: the gate refuses the candidate for it and says so.
    Raises `CandidateUnusable` where there is no folder, its record cannot be read, or nothing says the kind.
    """
    if not folder.is_dir():
        raise CandidateUnusable(f"There is no folder {folder}. Name the one that training wrote.")
    told = _read(folder / MANIFEST)
    lineage = told.get("lineage", {}) if told is not None else _read(folder / LINEAGE) or {}
    told = told or {}
    named = kind or told.get("kind") or lineage.get("kind")
    if named not in CANDIDATE_KINDS:
        raise CandidateUnusable(
            f"Nothing in {folder.name} says what kind of model it is ({MANIFEST} is missing or names {named!r}). "
            f"Name it with --kind: {', '.join(CANDIDATE_KINDS)}."
        )
    return Candidate(
        kind=named,
        folder=folder,
        created_at=_moment(told.get("created_at")) or datetime.fromtimestamp(folder.stat().st_mtime, UTC),
        lineage=lineage if isinstance(lineage, dict) else {},
        metrics=_numbers(told.get("metrics")),
    )


def _read(path: Path) -> dict[str, Any] | None:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise CandidateUnusable(f"{path.name} in {path.parent.name} cannot be read as JSON. Train it again.") from None
    if not isinstance(told, dict):
        raise CandidateUnusable(f"{path.name} in {path.parent.name} is no JSON object. Train it again.")
    return told


def _moment(value: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _numbers(value: Any) -> Mapping[str, float]:
    found = value if isinstance(value, dict) else {}
    return {
        str(name): float(number)
        for name, number in found.items()
        if isinstance(number, int | float) and not isinstance(number, bool) and math.isfinite(number)
    }
