"""Rules of the shop that somebody switched off, kept in a file so that all processes and the next start know it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from filelock import FileLock

from app.recommendation.errors import RuleUnknown
from app.recommendation.rules import RuleParams
from index.disk import replace_file

logger = logging.getLogger(__name__)

_NO_BOUND = 1_000_000
_WITHOUT: Mapping[str, Mapping[str, Any]] = {
    "margin": {"margin_weight": 0.0},
    "diversity": {"diversity": 0.0},
    "category": {"most_of_category": _NO_BOUND},
    "fatigue": {"fatigue": 0.0, "most_shown": _NO_BOUND},
}
"""By rule, the weights that leave it out."""
RULES = tuple(_WITHOUT)
"""What earns more, each unlike those before it, a bound on each category, what was shown in vain. Stock and the wished
price are no rules of taste: nothing that cannot be sold is shown."""


class RuleSwitches:
    """Which rules are off; all are on until somebody says otherwise. Safe between threads and processes."""

    def __init__(self, path: Path) -> None:
        """Nothing is read yet."""
        self._path = path
        self._seen: tuple[int, frozenset[str]] | None = None

    def off(self) -> frozenset[str]:
        """Names of the rules that are off; a file that cannot be read switches nothing off."""
        try:
            changed = self._path.stat().st_mtime_ns
            if self._seen is None or self._seen[0] != changed:
                self._seen = (changed, frozenset(json.loads(self._path.read_text(encoding="utf-8"))["off"]))
            return self._seen[1]
        except FileNotFoundError:
            return frozenset()
        except (OSError, ValueError, KeyError, TypeError) as error:
            logger.warning("all rules of recommendation are on, their file %s is damaged: %s", self._path, error)
            return frozenset()

    def switch(self, name: str, *, is_on: bool) -> None:
        """Switch one. Raises `RuleUnknown`."""
        if name not in RULES:
            raise RuleUnknown(f"There is no rule {name!r}. The rules: {', '.join(RULES)}.")
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self._path.with_suffix(".lock")):
            off = self.off() - {name} if is_on else self.off() | {name}
            replace_file(self._path, json.dumps({"off": sorted(off)}).encode())

    def applied(self, params: RuleParams) -> RuleParams:
        """The weights of the rules, without those that are off."""
        return without(params, self.off())


def without(params: RuleParams, off: Iterable[str]) -> RuleParams:
    """Weights that leave rules out."""
    for name in off:
        params = replace(params, **_WITHOUT.get(name, {}))
    return params
