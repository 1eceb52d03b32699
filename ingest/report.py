"""What a run says on its way and at its end."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from index.errors import KefuError

Stage = Literal["scanning", "reading", "embedding", "publishing"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is in its present stage; documents are counted, when embedding passages. `total` 0: not known."""

    stage: Stage
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """A document (or a whole source) that was not taken, and why."""

    document_id: str
    code: str
    message: str

    @classmethod
    def of(cls, document_id: str, error: KefuError, *, more: str = "") -> Refusal:
        """From the error that was raised over it."""
        return cls(document_id, error.code, f"{error.message} {more}".strip())


@dataclass(slots=True)
class IngestReport:
    """What a run did. Renamed documents count as renamed only, not as removed and added."""

    generation: str | None = None
    """The generation that serves after the run; None when there is none."""
    is_published: bool = False
    """Whether this run made it."""
    is_dry_run: bool = False
    added: int = 0
    changed: int = 0
    renamed: int = 0
    removed: int = 0
    unchanged: int = 0
    refused: list[Refusal] = field(default_factory=list)
    passages: int = 0
    """In the generation that serves after the run."""
    passages_embedded: int = 0
    seconds: float = 0.0
    warnings: list[str] = field(default_factory=list)

    @property
    def has_refusals(self) -> bool:
        """Whether some document was not taken: the command ends with 3 then."""
        return bool(self.refused)

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "seconds": round(self.seconds, 3)}


class Ticker:
    """Passes progress on, at most every tenth of a second within a stage, and always its beginning and end."""

    def __init__(self, tell: Callable[[Progress], None] | None, *, interval_s: float = 0.1) -> None:
        self._tell, self._interval_s = tell, interval_s
        self._stage: Stage | None = None
        self._told_at = 0.0

    def __call__(self, stage: Stage, done: int, total: int = 0) -> None:
        """Say that `done` of `total` are done in `stage`."""
        if self._tell is None:
            return
        now = time.monotonic()
        if stage != self._stage or done == total or now - self._told_at >= self._interval_s:
            self._stage, self._told_at = stage, now
            self._tell(Progress(stage, done, total))


def shortened(names: Sequence[str], most: int = 3) -> str:
    """Some names and how many more there are."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
