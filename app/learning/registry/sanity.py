"""Models that have learnt nothing, or the wrong thing, told apart, so that the true reason is named."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from app.learning.registry.findings import Finding
from app.learning.registry.measuring import Case, Outcome
from index.text.language import detect

_FEWEST = 20
"""Cases below which nothing is said."""
_SAME = 0.9
_OFTEN = 0.02
"""Share of answers in the wrong language beyond that of the serving model."""
_SWAPPED_GAIN = 0.08
"""What putting names back has to bring: some labels are mistaken for one another even by good models."""
_LITTLE = 0.02
"""Share of questions beyond guessing that is little, however sure; three standard deviations of guessing are, too."""


def check_outputs(
    cases: Sequence[Case],
    found: Sequence[Outcome],
    before: Sequence[Outcome],
    *,
    is_classifier: bool,
    writes: bool,
) -> list[Finding]:
    """What the outputs of a candidate give away, the serving model's beside them."""
    if len(cases) < _FEWEST:
        return []
    constant = _constant(cases, found)
    if constant:
        return constant
    if writes:
        return [*_empty(found), *_language(cases, found, before)]
    if is_classifier:
        return _swapped(cases, found, before) or _nothing(cases, found)
    return []


def _constant(cases: Sequence[Case], found: Sequence[Outcome]) -> list[Finding]:
    output, count = Counter(item.output for item in found).most_common(1)[0]
    wanted = Counter(case.gold for case in cases).most_common(1)[0][1]
    if count < _SAME * len(cases) or wanted >= _SAME * len(cases):
        return []
    return [Finding("output_constant", {"share": count / len(cases), "output": output[:60] or "—"})]


def _empty(found: Sequence[Outcome]) -> list[Finding]:
    count = sum(not item.output.strip() for item in found)
    return [Finding("answers_empty", {"count": count, "of": len(found)})] if count > _OFTEN * len(found) else []


def _language(cases: Sequence[Case], found: Sequence[Outcome], before: Sequence[Outcome]) -> list[Finding]:
    def wrong(outcomes: Sequence[Outcome]) -> list[int]:
        return [
            at
            for at, (case, item) in enumerate(zip(cases, outcomes, strict=True))
            if case.language in ("zh", "en")
            and item.output.strip()
            and detect(item.output) not in (case.language, "mixed")
        ]

    mine, theirs = wrong(found), wrong(before)
    if len(mine) - len(theirs) <= _OFTEN * len(cases):
        return []
    facts = {"count": len(mine), "of": len(cases), "example": cases[mine[0]].text[:60]}
    return [Finding("language_wrong", facts)]


def _swapped(cases: Sequence[Case], found: Sequence[Outcome], before: Sequence[Outcome]) -> list[Finding]:
    """Whether some one-to-one renaming of the outputs would be right much more often, in all or in one language.

    The best renaming is an assignment problem over how often each output meets each label. A renaming of many labels
    fits by chance, too: so it counts only where the serving model would not gain nearly as much by its best one, and
    where both directions of a renamed pair are seen.
    """
    languages = [None, *sorted({case.language for case in cases})]
    for language in languages:
        rows = [at for at, case in enumerate(cases) if language is None or case.language == language]
        if len(rows) < _FEWEST:
            continue
        some = [cases[at] for at in rows]
        now, renamed, names = _renamed(some, [found[at] for at in rows])
        own, own_renamed, _ = _renamed(some, [before[at] for at in rows])
        gain = (renamed - now) - max(0.0, own_renamed - own)
        if gain >= _SWAPPED_GAIN and renamed >= 0.5 and names:
            one, other = names[0]
            return [Finding("labels_swapped", {"found": renamed, "now": now, "one": one, "other": other})]
    return []


def _renamed(cases: Sequence[Case], outcomes: Sequence[Outcome]) -> tuple[float, float, list[tuple[str, str]]]:
    """Share right, share right under the best renaming, and the pairs (label, name that it is given) it renames."""
    from scipy.optimize import linear_sum_assignment

    labels = sorted({label for case in cases for label in case.gold[:1]} | {item.output for item in outcomes})
    place = {label: at for at, label in enumerate(labels)}
    met = np.zeros((len(labels), len(labels)))
    for case, item in zip(cases, outcomes, strict=True):
        if case.gold:
            met[place[case.gold[0]], place[item.output]] += 1
    rows, columns = linear_sum_assignment(-(met + 1e-3 * np.eye(len(labels))))
    moved = sorted(
        ((met[row, column], labels[row], labels[column]) for row, column in zip(rows, columns, strict=True)
         if row != column and met[row, column] > 0),
        reverse=True,
    )  # fmt: skip
    total = max(1.0, float(met.sum()))
    now, best = float(np.trace(met)) / total, float(met[rows, columns].sum()) / total
    return now, best, [(label, name) for _, label, name in moved]


def _nothing(cases: Sequence[Case], found: Sequence[Outcome]) -> list[Finding]:
    """Whether it is hardly better than giving each name as often as it does, by chance."""
    gold, given = Counter(case.gold[0] for case in cases if case.gold), Counter(item.output for item in found)
    total = len(cases)
    chance = sum(count / total * given[label] / total for label, count in gold.items())
    guess = max(chance, max(gold.values(), default=0) / total)
    right = sum(item.score for item in found) / total
    if right >= min(guess + max(_LITTLE, 3 * math.sqrt(guess * (1 - guess) / total)), (1 + guess) / 2):
        return []
    return [Finding("learned_nothing", {"found": right, "chance": guess})]
