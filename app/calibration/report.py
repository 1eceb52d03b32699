"""Coverage, error and reliability of a calibration, in figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from app.calibration.outcomes import Calibration, Outcome
from app.calibration.reliability import calibration_error, reliability_curve
from app.calibration.risk import controlled_threshold

ERRORS = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2)
"""Tolerated errors that a report tells of."""


def report_of(calibration: Calibration, *, errors: Sequence[float] = ERRORS) -> dict[str, Any]:
    """As JSON: what each tolerated error costs in coverage, in all and by language and type, and how reliable
    confidence is.

    `error` is the share of all questions that are answered wrongly (what is promised), `wrong_of_answered` that of the
    answers. The promise is for all questions together; the figures of a language or type are what was seen.
    """
    outcomes = calibration.outcomes
    return {
        "basis": asdict(calibration.basis),
        "questions": len(outcomes),
        "answerable": sum(item.is_answerable for item in outcomes),
        "right_if_all_answered": sum(item.is_right for item in outcomes),
        "thresholds": [_at(outcomes, error) for error in sorted(set(errors))],
        "reliability": {
            "expected_calibration_error": round(calibration_error(outcomes), 4),
            "curve": [item.to_dict() for item in reliability_curve(outcomes)],
            **{
                f"expected_calibration_error_{language}": round(calibration_error(members), 4)
                for language, members in _groups(outcomes, "language").items()
            },
        },
    }


def _at(outcomes: Sequence[Outcome], max_error: float) -> dict[str, Any]:
    found = controlled_threshold(outcomes, max_error)
    return {
        "max_error": max_error,
        "threshold": found.value,
        "is_reachable": found.is_reachable,
        "smallest_error": round(found.smallest_error, 4),
        **_figures(outcomes, found.value),
        **{
            f"by_{grouping}": {
                name: _figures(members, found.value) for name, members in _groups(outcomes, grouping).items()
            }
            for grouping in ("language", "type")
        },
    }


def _figures(outcomes: Sequence[Outcome], threshold: float) -> dict[str, Any]:
    delivered = [item for item in outcomes if item.confidence >= threshold]
    wrong = sum(not item.is_right for item in delivered)
    return {
        "questions": len(outcomes),
        "coverage": round(len(delivered) / max(1, len(outcomes)), 4),
        "error": round(wrong / max(1, len(outcomes)), 4),
        "wrong_of_answered": round(wrong / len(delivered), 4) if delivered else None,
    }


def _groups(outcomes: Sequence[Outcome], name: str) -> dict[str, list[Outcome]]:
    """By language or type, in the order in which these first occur; those without one are left out."""
    groups: dict[str, list[Outcome]] = {}
    for item in outcomes:
        if value := getattr(item, name):
            groups.setdefault(value, []).append(item)
    return groups
