"""Measures recommenders by what people chose next, after everything that the serving one has learnt from."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from app.domain.learning import CandidateKind
from app.learning.registry.cases import drawn
from app.learning.registry.findings import Finding
from app.learning.registry.measuring import Case, Outcome
from app.recommendation.errors import RecommenderDamaged, RecommenderMissing
from app.recommendation.histories import Histories, Interaction
from app.recommendation.model import Model

_FEW = 5
"""Items of a history up to which somebody counts as new."""


_ALLOWED_MS = 50.0
"""What a list may take where no model serves yet: looking up what is popular takes next to nothing."""


class NextItemMeasure:
    """Fulfils `app.learning.registry.measuring.Measure`: NDCG@10 of each person's newest item.

    A person is a case: what they chose last is foretold from what they chose before. Only choices count that are newer
    than what the serving model learnt from, else it would know them. A candidate that has seen them is told by its own
    histories, so it has to be fitted on what is older.
    """

    kind: CandidateKind = "recommender"
    base = None
    is_classifier = False
    writes = False

    def __init__(
        self,
        interactions: Callable[[], Iterable[Interaction]],
        serving: Callable[[], Model | None],
        *,
        top: int = 10,
        most: int = 2000,
        max_mb: float = 512.0,
    ) -> None:
        """Nothing is read yet.

        Args:
            interactions: what is recorded.
            serving: the model that comes before any candidate; None where there is none.
            top: how many items count.
            most: people at most, always the same ones of the same records.
            max_mb: most megabytes of a candidate.
        """
        self._interactions, self._serving, self._top, self._most = interactions, serving, top, most
        self.max_mb = max_mb

    @cached_property
    def _histories(self) -> Histories:
        return Histories.of(self._interactions())

    @cached_property
    def _rest(self) -> tuple[Histories, np.ndarray]:
        return self._histories.without_last()

    def cases(self) -> Sequence[Case]:
        """People with a newest item that the serving model has not seen; its id is what is right."""
        serving = self._serving()
        since = None if serving is None else serving.histories.last_time
        whole, (rest, wanted) = self._histories, self._rest
        found = []
        for user in np.flatnonzero(wanted >= 0):
            row = rest.row(int(user))
            at = whole.times[whole.starts[user] + len(row)]
            if since is None or at > since:
                is_new = len(row) <= _FEW
                found.append(
                    Case(
                        whole.users[user],
                        whole.users[user],
                        (whole.items[int(wanted[user])],),
                        "all",
                        f"up to {_FEW} items before" if is_new else f"more than {_FEW} items before",
                    )
                )
        return drawn(found, self._most)

    def inspect(self, folder: Path, names: Collection[str]) -> list[Finding]:  # noqa: ARG002
        """Whether it can be read at all."""
        try:
            Model.load(folder)
        except (RecommenderDamaged, RecommenderMissing) as error:
            return [Finding("file_foreign", {"kind": self.kind, "why": error.message})]
        return []

    def outcomes(self, folder: Path | None, cases: Sequence[Case]) -> Sequence[Outcome]:
        """1 / log2(1 + place) of what was chosen, 0 where it is not listed; the output is the first item."""
        model = self._of(folder)
        found = []
        for case in cases:
            start = time.perf_counter()
            listed = self._listed(model, case.case_id)
            took = _ALLOWED_MS if model is None else (time.perf_counter() - start) * 1000
            place = listed.index(case.gold[0]) + 1 if case.gold[0] in listed else None
            found.append(Outcome(0.0 if place is None else 1 / math.log2(1 + place), listed[0] if listed else "", took))
        return found

    def remembered(self, folder: Path, cases: Sequence[Case]) -> Collection[int]:
        """Cases whose choice is in the histories that the candidate carries."""
        histories = Model.load(folder).histories
        found = []
        for at, case in enumerate(cases):
            user, item = histories.user_places.get(case.case_id), histories.item_places.get(case.gold[0])
            if user is not None and item is not None and item in histories.row(user):
                found.append(at)
        return found

    def replayed(self, folder: Path | None, questions: Sequence[str]) -> Sequence[tuple[str, bool]]:  # noqa: ARG002
        """Questions of customers say nothing of a recommender."""
        return []

    def retrained(self, lineage: Mapping[str, Any], data: Sequence[Path]) -> Path | None:  # noqa: ARG002
        """Takes too long."""
        return None

    def _of(self, folder: Path | None) -> Model | None:
        return self._serving() if folder is None else Model.load(folder)

    def _listed(self, model: Model | None, user_id: str) -> list[str]:
        """Items for somebody by what they chose before the last one; without a model what is popular."""
        rest = self._rest[0]
        row = rest.row(rest.user_places[user_id])
        if model is None:
            return [rest.items[item] for item in rest.popular_beside(row, top=self._top)]
        places, items = model.histories.item_places, model.histories.items
        known = [places[rest.items[item]] for item in row if rest.items[item] in places]
        return [items[one.item] for one in model.ranked(np.array(known, np.int32), top=self._top)]
