"""Pairs for training out of signs, of which many are noise.

A sign counts only where the verifier held what was said against the documents; a person has one voice for a question
and a document, however often they ask; a document that as many persons turned down as took is left out; and where a
better kind of sign exists for a question, opened citations, the noisiest, give way to it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.training.adapter.space import Pair
from app.training.mining.signals import Signal, Source
from index.text.normalize import collapse_spaces, fold

_MOST_DOCUMENTS = 3
_LONGEST = 400
"""Characters of a question: longer messages tell a story, of which one sentence asks."""
_WORTH: Mapping[Source, float] = {"gap": 3.0, "edit": 2.0, "reply": 2.0, "rating": 1.5, "opened": 1.0}


@dataclass(frozen=True, slots=True)
class Dropped:
    """Signs that did not count, by why."""

    not_held: int = 0
    repeated: int = 0
    """The same person, question and document again."""
    disputed: int = 0
    unusable: int = 0
    """No words, too long, or no document."""
    of_the_test: int = 0
    """Pairs whose question is on the fixed set that candidates are measured on."""


@dataclass(frozen=True, slots=True)
class Mined:
    """What came of the signs."""

    pairs: tuple[Pair, ...]
    """By time."""
    dropped: Dropped
    sources: Mapping[str, int]
    """Pairs by the best kind of sign behind them."""


def mine(signals: Iterable[Signal]) -> Mined:
    """Pairs of questions and documents, one a question."""
    counts: Counter[str] = Counter()
    voices: set[tuple[str, str, str, bool]] = set()
    signs: defaultdict[str, list[Signal]] = defaultdict(list)
    for number, signal in enumerate(sorted(signals, key=lambda item: (item.at, item.question, item.source))):
        key = fold(collapse_spaces(signal.question)).strip()
        if not key or len(key) > _LONGEST or not signal.documents:
            counts["unusable"] += 1
            continue
        if not signal.is_held and not signal.is_against:
            counts["not_held"] += 1
            continue
        who = signal.customer or f"unknown {number}"
        fresh = [name for name in signal.documents if (who, key, name, signal.is_against) not in voices]
        if not fresh:
            counts["repeated"] += 1
            continue
        voices.update((who, key, name, signal.is_against) for name in fresh)
        signs[key].append(
            Signal(signal.question, tuple(fresh), signal.source, signal.at, who, signal.is_against, signal.is_held)
        )
    pairs = []
    for given in signs.values():
        pair = _pair(given)
        if pair is None:
            counts["disputed"] += 1
        else:
            pairs.append(pair)
    pairs.sort(key=lambda pair: (pair.at, pair.text))
    return Mined(tuple(pairs), Dropped(**counts), Counter(pair.source for pair in pairs))


def _pair(signals: list[Signal]) -> Pair | None:
    """The documents that most of the weight is for; None where nothing is left."""
    favour: defaultdict[str, float] = defaultdict(float)
    for signal in signals:
        for name in signal.documents:
            favour[name] += -_WORTH["rating"] if signal.is_against else _WORTH[signal.source]
    good = [signal for signal in signals if not signal.is_against]
    if not good:
        return None
    best = max(_WORTH[signal.source] for signal in good)
    trusted = {name for signal in good if _WORTH[signal.source] == best or best == 1.0 for name in signal.documents}
    kept = [
        name for name, weight in sorted(favour.items(), key=lambda item: -item[1]) if weight > 0 and name in trusted
    ][:_MOST_DOCUMENTS]
    if not kept:
        return None
    first = min(good, key=lambda signal: (-_WORTH[signal.source], signal.at))
    return Pair(first.question, tuple(sorted(kept)), first.at, first.customer, first.source)
