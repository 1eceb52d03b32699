"""Learns a model from histories: each part on what came before people's last items, the ranker on these, then all anew.

The ranker may only learn from what the parts have not seen: so they are fitted twice, once without the last new item of
each person and once with everything. The sequence model goes on from where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from app.recommendation.candidates import CandidateFinder, Candidates, trending_of
from app.recommendation.content import Contents, place_unseen
from app.recommendation.errors import BehaviourTooLittle
from app.recommendation.graph import GraphParams, ItemGraph
from app.recommendation.histories import Histories
from app.recommendation.measures import NextItem, next_item
from app.recommendation.ranker import Ranker
from app.recommendation.sasrec import SequenceModel, SequenceNetwork, SequenceParams, begin, train
from app.recommendation.simpler import by_counts, by_popularity, together

_FEWEST_PAIRS = 10
"""Of one item behind another, over all people."""

Told = Callable[[str, int, int], None]
"""Hears of a stage, how much of it is done and how much there is."""


@dataclass(frozen=True, slots=True)
class FitParams:
    """Everything that a fit depends on beside the events."""

    follows: GraphParams = field(default_factory=GraphParams)
    beside: GraphParams = field(
        default_factory=lambda: GraphParams(
            reach=50, decay=1.0, backward=1.0, from_power=0.5, to_power=0.3, recent=20, recency=0.9
        )
    )
    sequence: SequenceParams = field(default_factory=SequenceParams)
    depth: int = 200
    """Candidates of each part."""
    ranked_people: int = 6000
    """From whose last items the ranker learns."""
    again: float = 0.25
    """Share of the training that the sequence model gets once more with everything."""
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Fitted:
    """A model in its parts."""

    histories: Histories
    params: FitParams
    follows: ItemGraph
    beside: ItemGraph
    sequence: SequenceModel
    has_place: np.ndarray
    """bool, (items,): False for those that nobody chose and nothing is known of."""
    ranker: Ranker
    inner: NextItem
    """Last items of people that the ranker did not learn from in this measurement, before all was fitted anew."""
    judged: Mapping[int, Sequence[int]]
    """Number of each of these people to the list of items that was measured; empty after loading."""
    simpler: Mapping[str, NextItem] = field(default_factory=dict)
    """The same of `co_occurrence` and `popularity`; empty for a model that was made before these were measured."""

    def finder(self) -> CandidateFinder:
        """Finds candidates among all items."""
        return _finder(self.histories, self.follows, self.beside, self.sequence, self.has_place, self.params)


def fit(
    histories: Histories,
    params: FitParams | None = None,
    *,
    contents: Contents | None = None,
    on_stage: Told = lambda _stage, _done, _of: None,
    on_loss: Callable[[int, float], None] = lambda _epoch, _loss: None,
) -> Fitted:
    """Fit a model. Raises `BehaviourTooLittle`.

    `on_loss` hears of the sequence model's mean loss of each epoch, counted from 1, of the first fit and of the second.
    """
    params = params or FitParams()
    pairs = int(np.maximum(np.diff(histories.starts) - 1, 0).sum())
    if pairs < _FEWEST_PAIRS:
        raise BehaviourTooLittle(
            f"There is nothing to learn from: {len(histories.users)} people, of whom {pairs} times one item follows "
            f"another; {_FEWEST_PAIRS} are the least."
        )
    rest, wanted = histories.without_last()
    network = begin(rest, params.sequence)
    before = _parts(rest, network, params, contents, on_stage, "learning what goes with what", on_loss)
    found = np.flatnonzero(wanted >= 0)
    people = np.random.default_rng(params.seed).permutation(found)[: params.ranked_people].tolist()
    finder = _finder(rest, *before, params)
    lists = candidates_of(finder, before[2], [rest.row(int(user)) for user in people], on_stage=on_stage)
    chosen = [int(wanted[user]) for user in people]
    fifth = len(lists) // 5
    trial = Ranker.fit(lists[fifth:], chosen[fifth:], seed=params.seed)
    judged = {int(user): ordered(one, trial) for user, one in zip(people[:fifth], lists[:fifth], strict=True)}
    inner = next_item((listed, int(wanted[user])) for user, listed in judged.items())
    others = np.array(people[:fifth], np.int64)
    simpler = {
        "co_occurrence": by_counts(rest, together(rest), others, wanted, 10),
        "popularity": by_popularity(rest, others, wanted, 10),
    }
    ranker = Ranker.fit(lists, chosen, seed=params.seed)
    share = params.again
    after = _parts(histories, network, params, contents, on_stage, "learning from everything", on_loss, share=share)
    return Fitted(histories, params, *after, ranker, inner, judged, simpler)


def candidates_of(
    finder: CandidateFinder,
    sequence: SequenceModel,
    rows: Sequence[np.ndarray],
    *,
    on_stage: Told = lambda _stage, _done, _of: None,
) -> list[Candidates]:
    """Candidates behind each of many histories."""
    found: list[Candidates] = []
    for start in range(0, len(rows), 512):
        some = rows[start : start + 512]
        found += [finder.find(row, query) for row, query in zip(some, sequence.queries(some), strict=True)]
        on_stage("finding candidates", len(found), len(rows))
    return found


def ordered(candidates: Candidates, ranker: Ranker, top: int = 10) -> list[int]:
    """Items, best first."""
    scores = ranker(candidates)
    order = np.lexsort((candidates.items, -scores))[:top]
    return [int(item) for item in candidates.items[order]]


def _parts(
    histories: Histories,
    network: SequenceNetwork,
    params: FitParams,
    contents: Contents | None,
    on_stage: Told,
    stage: str,
    on_loss: Callable[[int, float], None],
    *,
    share: float = 1.0,
) -> tuple[ItemGraph, ItemGraph, SequenceModel, np.ndarray]:
    follows, beside = ItemGraph.fit(histories, params.follows), ItemGraph.fit(histories, params.beside)
    train(
        network,
        histories,
        share=share,
        on_progress=lambda done, total: on_stage(stage, done, total),
        on_loss=on_loss,
    )
    has_place = place_unseen(network, histories, contents)
    return follows, beside, SequenceModel(network), has_place


def _finder(
    histories: Histories,
    follows: ItemGraph,
    beside: ItemGraph,
    sequence: SequenceModel,
    has_place: np.ndarray,
    params: FitParams,
) -> CandidateFinder:
    return CandidateFinder(
        follows,
        beside,
        sequence.table,
        histories.popularity,
        trending_of(histories),
        has_place,
        temperature=params.sequence.temperature,
        depth=params.depth,
    )
