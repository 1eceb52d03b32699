"""Fits a new model from what is recorded and puts it to use only when it is no worse than the one that serves."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from app.recommendation.content import Contents
from app.recommendation.descriptions import read_descriptions
from app.recommendation.fitting import FitParams, Fitted, Told, fit
from app.recommendation.histories import Histories, Interaction
from app.recommendation.measures import NextItem, next_item
from app.recommendation.model import Model
from app.recommendation.reading import read_interactions
from app.recommendation.registry import Registry
from index.errors import EmbeddingError, ModelError
from index.ports import Embedder

logger = logging.getLogger(__name__)

_FEWEST = 100
"""People with a last item that neither model has seen: from fewer the figures that each was made with are compared."""
_SLACK = 0.97
"""Share of the NDCG of the model in use that a new one has to reach: what is missing to 1 is chance."""


@dataclass(frozen=True, slots=True)
class GateReport:
    """What came of a refit."""

    is_promoted: bool
    name: str | None
    """Of the new model where it was put to use."""
    new: NextItem
    old: NextItem | None
    """Of the model in use on the same last items; None where there was none."""
    events: int

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "promoted": self.is_promoted,
            "name": self.name,
            "new": self.new.to_dict(),
            "old": self.old and self.old.to_dict(),
            "events": self.events,
        }

    def text(self) -> str:
        """One line for people."""
        against = f" against {self.old.ndcg:.4f} of the one in use" if self.old is not None else ""
        end = f"{self.name} is in use" if self.is_promoted else "the one in use stays"
        return f"NDCG@10 {self.new.ndcg:.4f} on {self.new.people} last items{against}: {end}."


class Refit:
    """One run of learning, measuring and promoting."""

    def __init__(
        self,
        registry: Registry,
        interactions: Callable[[], Iterable[Interaction]],
        *,
        descriptions: Callable[[], Mapping[str, str]] = dict,
        embedder: Callable[[], Embedder | None] = lambda: None,
        params: FitParams | None = None,
    ) -> None:
        """Nothing is read yet.

        Args:
            registry: where models are kept.
            interactions: what is recorded.
            descriptions: a text for each item of the catalogue.
            embedder: compares them by meaning; None by words alone.
            params: of the fit.
        """
        self._registry, self._interactions = registry, interactions
        self._descriptions, self._embedder, self._params = descriptions, embedder, params

    def run(
        self,
        *,
        events: Path | None = None,
        items: Path | None = None,
        on_stage: Told = lambda _stage, _done, _of: None,
    ) -> GateReport:
        """Fit and promote, or leave the one in use. Raises `BehaviourTooLittle` or `BehaviourInvalid`.

        Both foretell last items that came after everything the one in use has learnt from; the new one is fitted
        without them for this.
        """
        source = read_interactions(events) if events is not None else self._interactions()
        texts = read_descriptions(items) if items is not None else self._descriptions()
        contents = self._contents(texts)
        histories = Histories.of(source, items=tuple(texts))
        fitted = fit(histories, self._params, contents=contents, on_stage=on_stage)
        new, old = fitted.inner, None
        if self._registry.has_current():
            new, old = _compared(fitted, self._registry.current())
        is_promoted = old is None or new.ndcg >= _SLACK * old.ndcg
        name = self._registry.promote(Model(fitted)) if is_promoted else None
        return GateReport(is_promoted, name, new, old, len(histories.sequence))

    def _contents(self, texts: Mapping[str, str]) -> Contents | None:
        """By words alone where the embedder's weights are not here: new items are then placed less well."""
        try:
            return Contents.of(texts, embedder=self._embedder())
        except (ModelError, EmbeddingError) as error:
            logger.warning("new items are compared by words alone: %s", error.message)
            return Contents.of(texts)


def _compared(fitted: Fitted, old: Model) -> tuple[NextItem, NextItem]:
    """Figures of the new model and of the one in use."""
    histories = fitted.histories
    rest, wanted = histories.without_last()
    fresh = _fresh(histories, rest, old.histories.last_time)
    people = [user for user in fitted.judged if fresh[user]]
    if len(people) < _FEWEST:
        return fitted.inner, old.fitted.inner
    places = old.histories.item_places

    def lists() -> Iterator[tuple[Sequence[int], int]]:
        for user in people:
            known = [places[name] for item in rest.row(user) if (name := rest.items[item]) in places]
            names = (old.histories.items[one.item] for one in old.ranked(np.array(known, np.int32)))
            yield [histories.item_places.get(name, -1) for name in names], int(wanted[user])

    new = next_item((fitted.judged[user], int(wanted[user])) for user in people)
    return new, next_item(lists())


def _fresh(histories: Histories, rest: Histories, since: float | None) -> np.ndarray:
    """bool, (users,): whose held-back item is newer than a time; nobody's where times are not known."""
    fresh = np.zeros(len(histories.users), bool)
    if since is None or not histories.has_times:
        return fresh
    for user in range(len(fresh)):
        at = histories.starts[user] + len(rest.row(user))
        fresh[user] = at < histories.starts[user + 1] and histories.times[at] > since
    return fresh
