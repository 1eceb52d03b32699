"""How well a model foretells what people chose next, beside popularity and plain co-occurrence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from app.recommendation.content import Contents
from app.recommendation.fitting import FitParams, Fitted, Told, candidates_of, fit, ordered
from app.recommendation.histories import Histories
from app.recommendation.measures import NextItem, next_item
from app.recommendation.model import Model
from app.recommendation.reasons import ReasonGiver, holds
from app.recommendation.simpler import by_counts, by_popularity, together


@dataclass(frozen=True, slots=True)
class Comparison:
    """The model and what is simpler, over the same people and all items, what they had chosen before left out."""

    model: NextItem
    co_occurrence: NextItem
    """Counts of people who chose both, summed over the last 5 items."""
    co_occurrence_cosine: NextItem
    """The same, divided by the root of both popularities."""
    popularity: NextItem
    reasons: int
    """That were given for the model's lists of a sample of the people."""
    false_reasons: int
    """Of these, such as say something that the histories do not bear out."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "model": self.model.to_dict(),
            "co_occurrence": self.co_occurrence.to_dict(),
            "co_occurrence_cosine": self.co_occurrence_cosine.to_dict(),
            "popularity": self.popularity.to_dict(),
            "reasons": {"given": self.reasons, "false": self.false_reasons},
        }


def compare(
    histories: Histories,
    params: FitParams | None = None,
    *,
    contents: Contents | None = None,
    top: int = 10,
    on_stage: Told = lambda _stage, _done, _of: None,
) -> Comparison:
    """Hold back each person's last new item, fit on the rest, and foretell it. Raises `BehaviourTooLittle`."""
    from scipy.sparse import diags

    rest, wanted = histories.without_last()
    fitted = fit(rest, params, contents=contents, on_stage=on_stage)
    people = np.flatnonzero(wanted >= 0)
    rows = [rest.row(int(user)) for user in people]
    lists = candidates_of(fitted.finder(), fitted.sequence, rows, on_stage=on_stage)
    told = next_item(
        ((ordered(one, fitted.ranker, top), int(wanted[user])) for one, user in zip(lists, people, strict=True)),
        top=top,
    )
    counts = together(rest)
    scale = diags((rest.popularity + 1e-9) ** -0.5)
    given, false = check_reasons(fitted)
    return Comparison(
        told,
        by_counts(rest, counts, people, wanted, top),
        by_counts(rest, (scale @ counts @ scale).tocsr(), people, wanted, top),
        by_popularity(rest, people, wanted, top),
        given,
        false,
    )


def check_reasons(fitted: Fitted, *, people: int = 50, top: int = 10) -> tuple[int, int]:
    """How many reasons are given for the lists of some people, and how many the histories do not bear out."""
    histories, model = fitted.histories, Model(fitted)
    giver = ReasonGiver(histories)
    given = false = 0
    for user in np.random.default_rng(1).permutation(len(histories.users))[:people]:
        row = histories.row(int(user))
        deeds = histories.deeds(int(user))
        for one in model.ranked(row, top=top):
            item_id = histories.items[one.item]
            given += 1
            false += not holds(giver.reason(item_id, row, deeds), item_id, histories, row, deeds)
    return given, false


def without_items(histories: Histories, share: float, *, seed: int = 1) -> tuple[Histories, frozenset[int]]:
    """The histories without a share of the items, as if these were new; the items keep their places."""
    count = len(histories.items)
    cold = np.random.default_rng(seed).permutation(count)[: max(1, round(count * share))]
    is_cold = np.zeros(count, bool)
    is_cold[cold] = True
    keep = ~is_cold[histories.sequence]
    kept = np.concatenate([[0], np.cumsum(keep)])
    rest = replace(
        histories,
        starts=kept[histories.starts].astype(np.int64),
        sequence=histories.sequence[keep],
        times=histories.times[keep],
        kinds=histories.kinds[keep],
        dismissed=(),
    )
    return rest, frozenset(int(item) for item in cold)


def cold_items(
    histories: Histories,
    contents: Contents,
    params: FitParams | None = None,
    *,
    share: float = 0.1,
    top: int = 10,
    on_stage: Told = lambda _stage, _done, _of: None,
) -> tuple[NextItem, NextItem]:
    """How well choices among items that nobody had chosen are foretold: by the model, and by popularity.

    A share of the items is taken out of all histories. For each choice of one of them (the first of each person) the
    new items are put in order by what the person chose before it. Popularity, which new items have none of, orders
    them by that of what their description is most like.
    """
    rest, cold = without_items(histories, share)
    fitted = fit(rest, params, contents=contents, on_stage=on_stage)
    pool = np.array(sorted(cold))
    pool = pool[fitted.has_place[pool]]
    rows, wanted = [], []
    for row, item in _first_cold(histories, cold):
        if len(row):
            rows.append(row)
            wanted.append(item)
    queries = fitted.sequence.queries(rows)
    table = fitted.sequence.table[pool]
    by_model = next_item(
        (pool[np.argsort(-(table @ query), kind="stable")[:top]].tolist(), item)
        for query, item in zip(queries, wanted, strict=True)
    )
    popular = pool[np.argsort(-_borrowed_popularity(rest, contents, pool), kind="stable")[:top]].tolist()
    return by_model, next_item((popular, item) for item in wanted)


def _first_cold(histories: Histories, cold: frozenset[int]) -> Iterator[tuple[np.ndarray, int]]:
    """For each person with a choice of a cold item: the warm ones before the first, and it."""
    is_cold = np.zeros(len(histories.items), bool)
    is_cold[list(cold)] = True
    for user in range(len(histories.users)):
        row = histories.row(user)
        at = np.flatnonzero(is_cold[row])
        if len(at):
            yield row[: at[0]], int(row[at[0]])


def _borrowed_popularity(histories: Histories, contents: Contents, pool: np.ndarray) -> np.ndarray:
    """Popularity of the described item that each is most like."""
    places = {item: at for at, item in enumerate(contents.items)}
    at = np.array([places.get(item, -1) for item in histories.items])
    known = np.flatnonzero((histories.popularity > 0) & (at >= 0))
    if not len(known):
        return np.zeros(len(pool))
    likeness = contents.vectors[at[pool]] @ contents.vectors[at[known]].T
    borrowed: np.ndarray = histories.popularity[known[likeness.argmax(1)]]
    return borrowed
