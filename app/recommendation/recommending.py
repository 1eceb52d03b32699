"""Recommends from the model in use under the rules of the shop; fulfils `app.domain.recommendation.Recommender`."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from app.domain.action import Wording
from app.domain.behaviour import BehaviourEvent
from app.domain.recommendation import ANY, Reason, Recommendation, Wishes
from app.domain.shop import Item
from app.recommendation.errors import RecommenderDamaged, RecommenderMissing
from app.recommendation.events import BehaviourLog
from app.recommendation.histories import KINDS, NOTHING, STRENGTH
from app.recommendation.reasons import ASKED, ReasonGiver
from app.recommendation.rules import Offer, RuleParams, arranged
from app.recommendation.shelf import Shelf, ShelfFacts, offer_of
from app.recommendation.switches import RuleSwitches

if TYPE_CHECKING:
    from app.recommendation.model import Model

logger = logging.getLogger(__name__)

_POOL = 10
"""Times the length of a list that is taken from the model, for the rules to choose from."""
_OPENED = frozenset({"click", "view", "cart", "buy"})


@dataclass(frozen=True, slots=True)
class _Past:
    """What is known of somebody: their items, oldest first, how they came to each, and what they waved away."""

    row: np.ndarray
    deeds: np.ndarray
    hidden: tuple[int, ...] = ()


_NOBODY = _Past(np.zeros(0, np.int32), np.zeros(0, np.int8))


class ShopRecommender:
    """Safe to share between threads. Without a model, or while it is damaged, it goes by the catalogue alone."""

    def __init__(
        self,
        model: Callable[[], Model],
        items: Callable[[], Iterable[Item]],
        *,
        log: BehaviourLog | None = None,
        may_personalise: Callable[[str], bool] = lambda _customer_id: False,
        variants: Callable[[str], Sequence[Item]] | None = None,
        params: RuleParams | None = None,
        switches: RuleSwitches | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Nothing is read yet.

        Args:
            model: the one in use; raises `RecommenderMissing` where there is none.
            items: the catalogue; asked for once.
            log: behaviour and what was shown; None knows neither beyond the model.
            may_personalise: whether a customer agreed that their behaviour is used.
            variants: a product's items as they are now, to look at the stock of what is shown; None goes by `items`.
            params: of the rules.
            switches: which of them are off; None leaves all on.
            now: the present time, aware.
        """

        self._model, self._items, self._log = model, items, log
        self._may_personalise, self._variants = may_personalise, variants
        self._params, self._switches, self._now = params or RuleParams(), switches, now
        self._shelf: Shelf | None = None
        self._seen: tuple[Model, ReasonGiver] | None = None
        self._known: tuple[Model, ShelfFacts] | None = None

    @property
    def shelf(self) -> Shelf:
        """The catalogue as it was when it was first asked for."""
        if self._shelf is None:
            self._shelf = Shelf.of(self._items())
        return self._shelf

    def for_customer(self, customer_id: str | None, *, wishes: Wishes = ANY, top: int = 10) -> Sequence[Recommendation]:
        """See `app.domain.recommendation.Recommender.for_customer`."""
        return self.for_known(customer_id if self.is_personal(customer_id) else None, wishes=wishes, top=top)

    def for_known(self, customer_id: str | None, *, wishes: Wishes = ANY, top: int = 10) -> Sequence[Recommendation]:
        """As `for_customer`, for one who `is_personal` is known to hold of; None for anybody else."""
        model = self._current()
        if model is None:
            return self._without_model(wishes, top)
        events = self._log.of_user(customer_id) if self._log is not None and customer_id is not None else []
        past = self._past(model, customer_id, events, wishes.session)
        ignored = self._ignored(customer_id, events) if customer_id is not None else {}
        return self._listed(model, past, wishes, top, ignored)

    def popular(self, *, wishes: Wishes = ANY, top: int = 10) -> Sequence[Recommendation]:
        """What is chosen most, whoever asks: what the model is compared with."""
        model = self._current()
        if model is None:
            return self._without_model(wishes, top)
        order = model.histories.by_popularity
        allowed = self._facts(model).meeting(wishes, lowest_stock=self._params.lowest_stock)[order]
        found = []
        for place in order[allowed]:
            now = self._as_it_is_now(self.shelf.offers[model.histories.items[place]])
            if now is not None and wishes.allow_price(now.price_cents):
                reason = self._giver(model).reason(now.item_id, _NOBODY.row, _NOBODY.deeds)
                found.append(self._told(now, float(model.histories.popularity[place]), reason=reason))
            if len(found) == top:
                break
        return found

    def is_personal(self, customer_id: str | None) -> bool:
        """Whether a customer's behaviour may weigh in what they are shown."""
        return customer_id is not None and self._may_personalise(customer_id)

    def product_of(self, text: str) -> str | None:
        """See `app.domain.recommendation.Recommender.product_of`."""
        shelf, name = self.shelf, text.strip()
        if name in shelf.items:
            return name
        by_sku = (product_id for product_id, items in shelf.items.items() if any(item.sku == name for item in items))
        return next(by_sku, None) or shelf.reference(name)

    def similar(self, item_id: str, *, wishes: Wishes = ANY, top: int = 10) -> Sequence[Recommendation]:
        """See `app.domain.recommendation.Recommender.similar`."""
        model = self._current()
        if model is None or item_id not in model.histories.item_places:
            category = self.shelf.categories.get(item_id)
            alike = replace(wishes, category=category.zh if category else wishes.category, session=(item_id,))
            return self._without_model(alike, top)
        place = model.histories.item_places[item_id]
        about = _Past(np.array([place], np.int32), np.array([ASKED], np.int8))
        return self._listed(model, about, wishes, top, {})

    def cheaper(self, item_id: str, *, top: int = 5) -> Sequence[Recommendation]:
        """See `app.domain.recommendation.Recommender.cheaper`: the most alike first, by the model's vectors."""
        shelf, offer = self.shelf, self.shelf.offers.get(item_id)
        if offer is None:
            return []
        others = [
            other
            for other in shelf.offers.values()
            if other.item_id != item_id
            and other.category == offer.category
            and other.stock >= 1
            and other.price_cents < offer.price_cents
        ]
        likeness = self._likeness(item_id, [other.item_id for other in others])
        order = sorted(zip(others, likeness, strict=True), key=lambda pair: (-pair[1], pair[0].price_cents))
        found: list[Recommendation] = []
        currency = shelf.items[item_id][0].currency
        for other, score in order:
            now = self._as_it_is_now(other)
            if now is None or now.price_cents >= offer.price_cents:
                continue
            reason = self._giver(None).cheaper(item_id, now.price_cents, offer.price_cents, currency)
            found.append(self._told(now, score, reason=reason))
            if len(found) == top:
                break
        return found

    def _listed(
        self, model: Model, past: _Past, wishes: Wishes, top: int, ignored: dict[str, int]
    ) -> list[Recommendation]:
        shelf, items = self.shelf, model.histories.items
        matching = shelf.matching(wishes.text)
        allowed = self._facts(model).meeting(wishes, lowest_stock=self._params.lowest_stock)
        if matching:
            wanted = np.zeros(len(items), bool)
            wanted[[model.histories.item_places[item] for item in matching if item in model.histories.item_places]] = 1
            allowed &= wanted
        scored = model.ranked(past.row, hidden=past.hidden, top=_POOL * top, allowed=allowed)
        offers = [(shelf.offers[items[one.item]], one.score) for one in scored]
        vectors = {items[one.item]: model.fitted.sequence.table[one.item] for one in scored}
        is_one = wishes.category is not None or bool(matching)
        rules = self._params if self._switches is None else self._switches.applied(self._params)
        chosen = arranged(offers, rules, vectors=vectors, ignored=ignored, top=2 * top, is_one_category=is_one)
        giver, found = self._giver(model), []
        for offer, score in chosen:
            now = self._as_it_is_now(offer)
            if now is None or not wishes.allow_price(now.price_cents):
                continue
            found.append(self._told(now, score, reason=giver.reason(now.item_id, past.row, past.deeds)))
            if len(found) == top:
                break
        return found

    def _without_model(self, wishes: Wishes, top: int) -> list[Recommendation]:
        """From the catalogue alone: what is asked for in words, else what is dearest to stock; honest about why."""
        shelf, matching = self.shelf, self.shelf.matching(wishes.text)
        offers = [
            offer
            for product_id, offer in shelf.offers.items()
            if shelf.meets(product_id, wishes, lowest_stock=self._params.lowest_stock)
            and product_id not in wishes.session
            and (not matching or product_id in matching)
        ]
        offers.sort(key=lambda offer: (-matching.get(offer.item_id, 0.0), -offer.stock, offer.item_id))
        found = []
        for offer in offers[:top]:
            category = shelf.categories[offer.item_id]
            words = Wording(f"{category.zh}，有现货", f"{category.en}, in stock")
            reason = Reason("in_stock", words, {"category": category.zh, "stock": offer.stock})
            found.append(self._told(offer, matching.get(offer.item_id, 0.0), reason=reason))
        return found

    def _current(self) -> Model | None:
        try:
            return self._model()
        except RecommenderMissing:
            return None
        except RecommenderDamaged as error:
            logger.warning("recommendations come from the catalogue alone: %s", error.message)
            return None

    def _past(
        self, model: Model, customer_id: str | None, events: Sequence[BehaviourEvent], session: Sequence[str]
    ) -> _Past:
        """From the records, which are newer than the model; from the model where they hold nothing of the customer."""
        places = model.histories.item_places
        row: list[int] = []
        deeds: list[int] = []
        hidden: tuple[int, ...] = ()
        if events:
            hidden = tuple(
                places[event.item_id]
                for event in events
                if event.event == "dismiss" and event.item_id is not None and event.item_id in places
            )
            chosen = (event for event in events if event.event in STRENGTH and event.item_id in places)
            for event in chosen:
                place, kind = places[str(event.item_id)], KINDS.index(event.event)
                if row and row[-1] == place:  # as in the histories: an item that follows itself once
                    deeds[-1] = max(deeds[-1], kind)
                    continue
                row.append(place)
                deeds.append(kind)
        elif customer_id is not None:
            known, hidden = model.history(customer_id)
            row, deeds = known.tolist(), model.histories.deeds_of(customer_id).tolist()
        here = [places[item_id] for item_id in session if item_id in places]
        kinds = np.array(deeds + [KINDS.index("view")] * len(here), np.int8)
        return _Past(np.array(row + here, np.int32), kinds, hidden)

    def _ignored(self, customer_id: str, events: Sequence[BehaviourEvent]) -> dict[str, int]:
        """How often each item was shown to somebody of late who did not open it."""
        if self._log is None:
            return {}
        shown = self._log.shown_to(customer_id, now=self._now())
        if not shown:
            return {}
        counts = Counter(item_id for one in shown for item_id in one.items)
        for event in events:
            if event.event in _OPENED and event.at >= shown[0].at and event.item_id is not None:
                counts.pop(event.item_id, None)
        return dict(counts)

    def _likeness(self, item_id: str, others: Sequence[str]) -> list[float]:
        """Cosines of the model's vectors; 0 for what it does not know."""
        model = self._current()
        places = model.histories.item_places if model is not None else {}
        if model is None or item_id not in places:
            return [0.0] * len(others)
        table = model.fitted.sequence.table
        mine = table[places[item_id]]
        return [float(table[places[other]] @ mine) if other in places else 0.0 for other in others]

    def _as_it_is_now(self, offer: Offer) -> Offer | None:
        """With the stock and the price of this moment; None where it cannot be sold."""
        if self._variants is None:
            return offer
        variants = tuple(self._variants(offer.item_id))
        if not variants:
            return None
        now = offer_of(variants)
        return now if now.stock >= max(1, self._params.lowest_stock) else None

    def _facts(self, model: Model) -> ShelfFacts:
        if self._known is None or self._known[0] is not model:
            self._known = (model, ShelfFacts.of(self.shelf, model.histories.item_places))
        return self._known[1]

    def _giver(self, model: Model | None) -> ReasonGiver:
        if model is None:
            return ReasonGiver(NOTHING, named=self.shelf.named, categories=self.shelf.categories)
        if self._seen is None or self._seen[0] is not model:
            giver = ReasonGiver(model.histories, named=self.shelf.named, categories=self.shelf.categories)
            self._seen = (model, giver)
        return self._seen[1]

    def _told(self, offer: Offer, score: float, *, reason: Reason) -> Recommendation:
        return Recommendation(
            offer.item_id,
            score,
            reason,
            offer.sku,
            self.shelf.named(offer.item_id),
            offer.price_cents,
            self.shelf.items[offer.item_id][0].currency,
        )
