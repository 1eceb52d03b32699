"""The calibration of one installation: its threshold, whether it fits what answers now, and live questions."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Protocol

from app.calibration.drift import shares_differ, stability_index, stability_limit
from app.calibration.outcomes import FILE_NAME, Calibration
from app.calibration.risk import RiskThreshold, controlled_threshold
from app.domain.action import Wording

logger = logging.getLogger(__name__)

State = Literal["steady", "drift", "too few"]

_FEWEST = 50
"""Live questions below which nothing is said."""
_WIDE = 0.1
"""Smallest change of the share answered that is told; smaller ones matter little however certain they are."""
_SHIFTED = 0.25
"""Stability index from which a population counts as another one (Siddiqi, 2006)."""
_WORDS: Mapping[State, tuple[str, str]] = {
    "steady": (
        "最近的问题与校准时的问题相近，约定的错误率可以信赖。",
        "Recent questions are like those that were calibrated on, so the promised error can be relied on.",
    ),
    "drift": (
        "最近的问题与校准时的问题明显不同（{what}），约定的错误率不再可靠。请用近期的真实问题重新运行 kefu calibrate。",
        "Recent questions are unlike those that were calibrated on ({what}), so the promised error does not hold for "
        "them. Calibrate again on questions of these days: kefu calibrate.",
    ),
    "too few": (
        "最近的问题太少（{count} 个，至少需要 {least} 个），还看不出变化。",
        "Too few recent questions ({count}, at least {least} are needed) to see a change.",
    ),
}
_OTHER_DOCUMENTS = Wording("校准用的是另一批文档", "it was made on other documents")
_SAMPLE_DOCUMENTS = Wording(
    "校准用的是示例公司的文档，不是您的", "it was made on the sample company's documents, not on yours"
)


class Judged(Protocol):
    """A live question as its receipt tells it; see `app.receipts.store.JudgedLine`."""

    @property
    def confidence(self) -> float:
        """In [0, 1]."""

    @property
    def is_answered(self) -> bool:
        """Whether anything was delivered."""


@dataclass(frozen=True, slots=True)
class Now:
    """What answers now, as far as outcomes depend on it."""

    embedder: str
    settings: Mapping[str, Any]
    weights: Mapping[str, str]
    documents: str | None
    """Digest of the documents that serve; None without an index."""


def too_few(threshold: RiskThreshold) -> Wording:
    """That the questions are too few for the error asked for, and what to do."""
    least = math.ceil(1 / threshold.max_error) - 1
    return Wording(
        f"{threshold.questions} 个校准问题不足以保证 {threshold.max_error:g} 的错误率，因此全部拒答；最低只能保证 "
        f"{threshold.smallest_error:.4f}。请用至少 {least} 个问题校准，或调高 KEFU_ANSWER__MAX_ERROR。",
        f"{threshold.questions} calibration questions cannot vouch for an error of {threshold.max_error:g}, so "
        f"everything is declined; the smallest they can vouch for is {threshold.smallest_error:.4f}. Calibrate on at "
        f"least {least} questions or raise KEFU_ANSWER__MAX_ERROR.",
    )


class CalibrationWatch:
    """Reads the company's own outcomes where it has calibrated, else those that come with kefu."""

    def __init__(self, path: Path, *, max_error: float | None, min_confidence: float) -> None:
        """Nothing is read yet.

        Args:
            path: of the company's own outcomes.
            max_error: share of questions that may be answered wrongly; None takes `min_confidence` as it is.
            min_confidence: the threshold without `max_error`.
        """
        self._path, self._max_error, self._min_confidence = path, max_error, min_confidence

    @staticmethod
    def path_in(home: Path) -> Path:
        """Where a company's outcomes lie below home."""
        return home / FILE_NAME

    @property
    def is_own(self) -> bool:
        """Whether the company has calibrated."""
        return self._path.exists()

    @cached_property
    def calibration(self) -> Calibration:
        """Raises `CalibrationUnreadable`."""
        return Calibration.read(self._path) if self.is_own else Calibration.shipped()

    @cached_property
    def controlled(self) -> RiskThreshold | None:
        """None while no error is asked for. Raises `CalibrationUnreadable`."""
        if self._max_error is None:
            return None
        found = controlled_threshold(self.calibration.outcomes, self._max_error)
        if not found.is_reachable:
            logger.warning("%s", too_few(found).en)
        return found

    @property
    def threshold(self) -> float:
        """Confidence from which on answers are delivered."""
        return self._min_confidence if self.controlled is None else self.controlled.value

    @property
    def digest(self) -> str | None:
        """Of the outcomes that the threshold was taken from; None where it was set."""
        return None if self.controlled is None else self.calibration.digest

    def misfits(self, now: Now) -> list[Wording]:
        """In what the program of now differs from the one that was calibrated, in words; [] where it fits."""
        basis = self.calibration.basis
        found = []
        if basis.embedder != now.embedder:
            found.append(_changed("向量模型", "the embedder", basis.embedder, now.embedder))
        found += [
            Wording(f"{name} 的权重不同", f"{name} has other weights")
            for name in _differing(basis.weights, now.weights)
            if name != FILE_NAME
        ]
        found += [
            _changed(name, name, basis.settings.get(name), now.settings.get(name))
            for name in _differing(basis.settings, now.settings)
            if _bears(name, basis.mode)
        ]
        if now.documents is not None and basis.documents != now.documents:
            found.append(_OTHER_DOCUMENTS if self.is_own else _SAMPLE_DOCUMENTS)
        return found

    def compared(self, live: Sequence[Judged]) -> dict[str, Any]:
        """As JSON: what was expected, what the live questions show, and whether they have drifted."""
        outcomes = self.calibration.outcomes
        threshold = self.threshold
        expected = sum(item.confidence >= threshold for item in outcomes)
        answered = sum(item.is_answered for item in live)
        state, index, limit, reasons = _state(
            [item.confidence for item in outcomes], [item.confidence for item in live], expected, answered
        )
        words = _WORDS[state]
        values = {"count": len(live), "least": _FEWEST}
        return {
            "max_error": self._max_error,
            "threshold": threshold,
            "promise": None if self.controlled is None else self.controlled.to_dict(),
            "calibration": {
                "is_own": self.is_own,
                "made_at": self.calibration.basis.made_at,
                "mode": self.calibration.basis.mode,
                "generation": self.calibration.basis.generation,
                "questions": len(outcomes),
            },
            "expected_coverage": round(expected / len(outcomes), 4) if outcomes else None,
            "live": {"questions": len(live), "coverage": round(answered / len(live), 4) if live else None},
            "stability_index": index,
            "stability_limit": limit,
            "state": state,
            "has_drifted": state == "drift",
            "words": {
                "zh": words[0].format(what="、".join(zh for zh, _ in reasons), **values),
                "en": words[1].format(what=", ".join(en for _, en in reasons), **values),
            },
        }


def _state(
    known: Sequence[float], live: Sequence[float], expected: int, answered: int
) -> tuple[State, float | None, float | None, list[tuple[str, str]]]:
    if not known or len(live) < _FEWEST:
        return "too few", None, None, []
    index, bins = stability_index(known, live)
    limit = max(_SHIFTED, stability_limit(bins, len(known), len(live)))
    reasons = []
    if index > limit:
        reasons.append(("把握程度的分布变了", "their confidence is distributed otherwise"))
    was, is_now = expected / len(known), answered / len(live)
    if abs(was - is_now) >= _WIDE and shares_differ(expected, len(known), answered, len(live)):
        reasons.append(
            (f"回答的比例从 {was:.0%} 变为 {is_now:.0%}", f"{is_now:.0%} are answered where {was:.0%} were expected")
        )
    return ("drift" if reasons else "steady"), round(index, 4), round(limit, 4), reasons


def _changed(zh: str, en: str, before: object, after: object) -> Wording:
    return Wording(f"{zh}原为 {before}，现为 {after}", f"{en} was {before}, it is {after}")


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return [name for name in sorted(before.keys() | after.keys()) if before.get(name) != after.get(name)]


def _bears(name: str, mode: str) -> bool:
    """Whether a setting bears on the outcomes: the thresholds do not, and models only where one wrote."""
    if name in ("answer.min_confidence", "answer.max_error", "answer.max_question"):
        return False
    return mode != "extractive" or not (name.startswith("llm.") or name == "answer.max_tokens")
