"""A place where recommendations are shown: what was shown to whom is kept, so that its effect can be measured."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.domain.recommendation import ANY, Recommendation, Wishes
from app.recommendation.events import BehaviourLog, Shown
from app.recommendation.experiments import Experiment, ExperimentReport, report
from app.recommendation.recommending import ShopRecommender

_STRANGER = ""


@dataclass(frozen=True, slots=True)
class ShownList:
    """What is shown."""

    recommendation_id: str
    """By which events refer to it."""
    arm: str
    is_personal: bool
    """Whether the customer's own behaviour weighed in it."""
    items: tuple[Recommendation, ...]


class Placement:
    """One place, such as home or dialogue; fulfils `app.domain.recommendation.Recommender`."""

    def __init__(
        self,
        name: str,
        recommender: ShopRecommender,
        log: BehaviourLog,
        *,
        experiment: Experiment | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.name, self._recommender, self._log = name, recommender, log
        self._experiment, self._now = experiment or Experiment("none"), now

    def show(self, customer_id: str | None, *, wishes: Wishes = ANY, top: int = 10, visitor: str = "") -> ShownList:
        """For a customer, or for a `visitor` of whom nothing is known but that it is the same one as before."""
        arm = self._experiment.arm_of(customer_id or visitor, self._now())
        known = self._known(customer_id)
        if arm == self._experiment.arms[0]:
            items, is_personal = self._recommender.for_known(known, wishes=wishes, top=top), known is not None
        else:
            items, is_personal = self._recommender.popular(wishes=wishes, top=top), False
        return self._noted(visitor if known is None else known, items, arm=arm, is_personal=is_personal)

    def show_similar(
        self, item_id: str, *, customer_id: str | None = None, wishes: Wishes = ANY, top: int = 10, visitor: str = ""
    ) -> ShownList:
        """What is like a product."""
        items = self._recommender.similar(item_id, wishes=wishes, top=top)
        known = self._known(customer_id)
        return self._noted(visitor if known is None else known, items, arm="similar")

    def tried(self, customer_id: str | None, item_id: str | None = None, *, top: int = 10) -> Sequence[Recommendation]:
        """What a customer, or who looks at an item, would be shown; nothing is kept of it."""
        if item_id is not None:
            return self._recommender.similar(self._recommender.product_of(item_id) or item_id, top=top)
        return self._recommender.for_customer(customer_id, top=top)

    def for_customer(self, customer_id: str | None, *, wishes: Wishes = ANY, top: int = 10) -> Sequence[Recommendation]:
        """See `Recommender`."""
        return self.show(customer_id, wishes=wishes, top=top).items

    def similar(self, item_id: str, *, wishes: Wishes = ANY, top: int = 10) -> Sequence[Recommendation]:
        """See `Recommender`."""
        return self.show_similar(item_id, wishes=wishes, top=top).items

    def cheaper(self, item_id: str, *, top: int = 5) -> Sequence[Recommendation]:
        """See `Recommender`."""
        return self._noted(_STRANGER, self._recommender.cheaper(item_id, top=top), arm="cheaper").items

    def product_of(self, text: str) -> str | None:
        """See `Recommender`."""
        return self._recommender.product_of(text)

    def effect(self, *, days: float = 28) -> ExperimentReport:
        """Exposure, click and order of the lists of the last days, by arm."""
        now = self._now()
        start = now - timedelta(days=days)
        shown = self._log.shown_between(start, now + timedelta(seconds=1), placement=self.name)
        events = self._log.between(start, now + timedelta(seconds=1), "click", "view", "buy")
        return report(self._experiment, shown, events)

    def _known(self, customer_id: str | None) -> str | None:
        """Under whose name a list is kept: a customer's only where they agreed that their behaviour is used."""
        return customer_id if self._recommender.is_personal(customer_id) else None

    def _noted(
        self, user_id: str, items: Sequence[Recommendation], *, arm: str, is_personal: bool = False
    ) -> ShownList:
        shown = ShownList(uuid.uuid4().hex, arm, is_personal, tuple(items))
        if items:
            self._log.note_shown(
                Shown(
                    shown.recommendation_id,
                    self._now(),
                    user_id,
                    self.name,
                    tuple(item.item_id for item in items),
                    self._experiment.name,
                    arm,
                )
            )
        return shown
