"""Does a model on trial harm customers? Asked again and again while conversations come in.

Four things are compared between the conversations of the trial and the others of the same days, each as a share of
conversations: with a fault, with a decline, rated down, and slow. Looking often would raise a false alarm sooner or
later, so what may be mistaken in all is spent over the looks: a look at the part t of the planned conversations may use
what the spending function allows by t less what earlier looks used, and by the union bound all looks and all four
together mistake a harmless model for a harmful one at most `alpha` of the times, whenever one looks. The function is
Pocock's kind, alpha ln(1 + (e - 1) t), which leaves enough for early looks: a harmful model is to go at once.
Source: Lan and DeMets, Biometrika 70 (1983), 659-663.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from app.domain.service_events import ServiceEvent

Signal = Literal["faults", "declines", "ratings", "latency"]
SIGNALS: tuple[Signal, ...] = ("faults", "declines", "ratings", "latency")
_SLOW = 0.9
"""Slow is what takes longer than this quantile of both arms together: so the test stays one of permutations."""
_WORDS: Mapping[Signal, tuple[str, str]] = {
    "faults": ("模型无法使用的会话", "conversations in which the model could not be used"),
    "declines": ("没有答上来的会话", "conversations with a question that was declined"),
    "ratings": ("被评为不满意的会话（占有评价的）", "rated conversations with thumbs down"),
    "latency": ("回答慢的会话", "conversations with slow answers"),
}


@dataclass(frozen=True, slots=True)
class AlarmParams:
    """When a trial is stopped."""

    alpha: float = 0.05
    """Share of harmless models that are taken back by mistake, at most."""
    planned: int = 400
    """Conversations of the candidate after which a trial is over."""
    least: int = 10
    """Conversations of the candidate before the first look."""
    margin: float = 0.05
    """Smallest difference of shares that matters."""

    def __post_init__(self) -> None:
        if not 0 < self.alpha < 1 or self.planned < 1 or self.least < 1 or not 0 <= self.margin < 1:
            raise ValueError(f"Expected alpha in (0, 1), planned and least >= 1, margin in [0, 1), got {self}.")


@dataclass(frozen=True, slots=True)
class Share:
    """Conversations with something, of those that could have it."""

    count: int
    total: int

    @property
    def value(self) -> float:
        """In [0, 1]; 0 of none."""
        return self.count / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Arms:
    """What became of the conversations of a trial."""

    canary: Mapping[Signal, Share]
    control: Mapping[Signal, Share]
    conversations: tuple[int, int]
    """Of the candidate, and of what serves beside it."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        names = {"canary": self.canary, "control": self.control}
        return {
            "conversations": {"canary": self.conversations[0], "control": self.conversations[1]},
            **{
                name: {signal: {"count": part.count, "of": part.total, "share": round(part.value, 4)}
                       for signal, part in shares.items()}
                for name, shares in names.items()
            },
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Alarm:
    """A reason to take a model back."""

    signal: Signal
    canary: Share
    control: Share
    p: float

    @property
    def words(self) -> Mapping[str, str]:
        """What happened, in Chinese and English."""
        zh, en = _WORDS[self.signal]
        one, other = self.canary, self.control
        return {
            "zh": f"{zh}：试用模型 {one.value:.1%}（{one.count}/{one.total}），现用模型 {other.value:.1%}"
            f"（{other.count}/{other.total}）",
            "en": f"{en}: {one.value:.1%} with the candidate ({one.count} of {one.total}), {other.value:.1%} without "
            f"({other.count} of {other.total})",
        }

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {"signal": self.signal, "p": self.p, "words": dict(self.words)}


def arms_of(pinned: Mapping[str, tuple[bool, int]], events: Iterable[ServiceEvent]) -> Arms:
    """Put the events of a trial's conversations together; `pinned` as `ServedModels.pinned` gives it."""
    declined: set[str] = set()
    rated: dict[str, bool] = {}
    seconds: dict[str, float] = {}
    heard: set[str] = set()
    of_receipt: dict[str, str] = {}
    for event in events:
        name = event.conversation_id or of_receipt.get(event.receipt_id or "")
        if name is None or name not in pinned:
            continue
        heard.add(name)
        if event.kind in ("answered", "declined"):
            if event.receipt_id is not None:
                of_receipt[event.receipt_id] = name
            took = event.data.get("seconds")
            if isinstance(took, int | float):
                seconds[name] = max(seconds.get(name, 0.0), float(took))
        if event.kind == "declined":
            declined.add(name)
        elif event.kind == "rated":
            rated[name] = rated.get(name, False) or event.data.get("rating") == "down"
    limit = float(np.quantile(list(seconds.values()), _SLOW)) if seconds else math.inf
    arms: list[dict[Signal, Share]] = []
    counts = []
    for is_canary in (True, False):
        mine = [name for name, (belongs, _) in pinned.items() if belongs is is_canary]
        told = [name for name in mine if name in heard]
        judged = [rated[name] for name in told if name in rated]
        timed = [seconds[name] > limit for name in told if name in seconds]
        counts.append(len(mine))
        arms.append(
            {
                "faults": Share(sum(pinned[name][1] > 0 for name in mine), len(mine)),
                "declines": Share(sum(name in declined for name in told), len(told)),
                "ratings": Share(sum(judged), len(judged)),
                "latency": Share(sum(timed), len(timed)),
            }
        )
    return Arms(arms[0], arms[1], (counts[0], counts[1]))


def spending(part: float, alpha: float) -> float:
    """What may have been used of `alpha` once this part, in [0, 1], of the planned conversations is there."""
    return alpha * math.log(1 + (math.e - 1) * min(1.0, max(0.0, part)))


def look(arms: Arms, spent: Mapping[str, float], params: AlarmParams) -> tuple[Sequence[Alarm], Mapping[str, float]]:
    """The alarms of one look, and what has been used up since the trial began, to be handed to the next."""
    count = arms.conversations[0]
    if count < params.least:
        return [], dict(spent)
    allowed = spending(count / params.planned, params.alpha / len(SIGNALS))
    alarms, used = [], dict(spent)
    for signal in SIGNALS:
        one, other = arms.canary[signal], arms.control[signal]
        free = allowed - spent.get(signal, 0.0)
        if free <= 0 or not one.total or not other.total:
            continue
        used[signal] = allowed
        if one.value - other.value < params.margin:
            continue
        p = worse_by_chance(one, other)
        if p <= free:
            alarms.append(Alarm(signal, one, other, p))
    return alarms, used


def worse_by_chance(one: Share, other: Share) -> float:
    """One-sided p that the first share is larger only by chance. Source: Fisher's exact test (hypergeometric tail)."""
    from scipy.stats import hypergeom  # type: ignore[attr-defined]

    total, hits = one.total + other.total, one.count + other.count
    return float(hypergeom.sf(one.count - 1, total, hits, one.total))
