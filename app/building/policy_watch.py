"""The company's rules held against the documents that are served."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.building.container import Container
    from app.policy import Alarm, RuleSet


def policy_drift(
    container: Container, *, day: date, rules: RuleSet | None = None, path: Path | None = None
) -> list[Alarm]:
    """Rules that are not what the documents say any more; [] where they agree.

    `rules` and the `path` that they were read from take the place of those of the settings. Raises `StoreMissing` where
    there is no index, `RulesMissing` or `RulesInvalid` where there are no rules.
    """
    from app.generation.quantities import unsaid
    from app.policy import find_drift, read_rules
    from app.policy.lock import lock_of, read_lock

    path = path or container.settings.policy.rules
    with container.serving.borrow() as generation:
        seen = read_lock(lock_of(path))
        return find_drift(rules or read_rules(path), generation, today=day, seen=seen, unsaid=unsaid)
