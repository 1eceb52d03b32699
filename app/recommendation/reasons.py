"""Why something is recommended, in words that the records bear out and beside them the numbers that show it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from app.domain.action import Wording
from app.domain.money import money
from app.domain.recommendation import Reason
from app.recommendation.histories import KINDS, Histories

_FEWEST = 2
"""People of whom a reason may tell: one would be somebody."""
_LIFT = 1.5
"""Times as often as by chance that two things have to be chosen by the same people before that is a reason."""
ASKED = -2
"""In place of a kind: not the customer's own item, but one that was asked about."""
_CHOSE, _ANYHOW = Wording("选了", "chose"), Wording("看过或买过", "viewed or bought")
_ANCHORS = 20
"""Newest items of a person that a reason may rest on."""
Named = Callable[[str], Wording]
_DEED: dict[int, Wording] = {
    KINDS.index("buy"): Wording("买过", "bought"),
    KINDS.index("cart"): Wording("加购过", "put in your basket"),
    KINDS.index("view"): Wording("看过", "viewed"),
    KINDS.index("click"): Wording("看过", "viewed"),
    -1: Wording("选过", "chose"),
}


def unnamed(item_id: str) -> Wording:
    """What an item is called where there is no catalogue."""
    return Wording(item_id, item_id)


class ReasonGiver:
    """Finds the reason for each recommendation of a person."""

    def __init__(
        self, histories: Histories, *, named: Named = unnamed, categories: Mapping[str, Wording] | None = None
    ) -> None:
        """`named` tells what an item is called, `categories` what it belongs to, by item."""
        self._histories, self._named, self._categories = histories, named, categories or {}

    def reason(self, item_id: str, row: np.ndarray, deeds: np.ndarray) -> Reason:
        """The strongest that holds for an item.

        Args:
            item_id: what is recommended.
            row: the person's own items, oldest first.
            deeds: the kind of each, places in `KINDS`; -1 where it is not told, `ASKED` where it is not theirs.
        """
        place = self._histories.item_places.get(item_id)
        recent, kinds = row[-_ANCHORS:], deeds[-_ANCHORS:]
        people = 0 if place is None else int(self._histories.popularity[place])
        if place is not None and people:
            found = self._also_chosen(place, recent, kinds)
            if found is not None:
                return found
        alike = self._same_category(item_id, recent, kinds)
        if alike is not None:
            return alike
        if people >= _FEWEST:
            words = Wording(f"有 {people} 位顾客{self._chose.zh}它", f"{people} customers {self._chose.en} it")
            return Reason("popular", words, {"people": people})
        return Reason("few", Wording("选它的人还不多", "Few customers have chosen it so far"), {"people": people})

    def cheaper(self, than: str, cents: int, than_cents: int, currency: str) -> Reason:
        """That it costs less than another."""
        saved, name = money(than_cents - cents, currency), self._named(than)
        words = Wording(f"比「{name.zh}」便宜 {saved.zh}", f"{saved.en} less than {name.en}")
        evidence: dict[str, Any] = {"item_id": than, "price_cents": cents, "than_cents": than_cents}
        return Reason("cheaper", words, evidence | {"currency": currency})

    def _also_chosen(self, place: int, recent: np.ndarray, kinds: np.ndarray) -> Reason | None:
        """By the own item that this one is chosen with most, and clearly more often than by chance."""
        matrix, popularity = self._histories.chosen_by, self._histories.popularity
        people = matrix.shape[1]
        is_mine = np.zeros(people, bool)
        is_mine[matrix.indices[matrix.indptr[place] : matrix.indptr[place + 1]]] = True
        best: tuple[float, int, int, int] | None = None
        for age, (item, kind) in enumerate(zip(recent[::-1], kinds[::-1], strict=True)):
            theirs = matrix.indices[matrix.indptr[item] : matrix.indptr[item + 1]]
            both = int(is_mine[theirs].sum())
            by_chance = popularity[item] * popularity[place] / people
            if both < _FEWEST or item == place or both < _LIFT * by_chance:
                continue
            weight = both / (popularity[item] + 10) ** 0.5 * 0.9**age
            if best is None or weight > best[0]:
                best = (weight, int(item), int(kind), both)
        if best is None:
            return None
        _, item, kind, both = best
        item_id = self._histories.items[item]
        name, chose = self._named(item_id), self._chose
        if kind == ASKED:
            words = Wording(
                f"有 {both} 位顾客把它和「{name.zh}」都{chose.zh}",
                f"{both} customers {chose.en} both this and {name.en}",
            )
        else:
            deed = _DEED[kind]
            words = Wording(
                f"您{deed.zh}「{name.zh}」，有 {both} 位顾客两样都{chose.zh}",
                f"You {deed.en} {name.en}; {both} customers {chose.en} both",
            )
        return Reason("also_chosen", words, {"item_id": item_id, "deed": _deed_name(kind), "people": both})

    def _same_category(self, item_id: str, recent: np.ndarray, kinds: np.ndarray) -> Reason | None:
        category = self._categories.get(item_id)
        if category is None:
            return None
        for item, kind in zip(recent[::-1], kinds[::-1], strict=True):
            own = self._histories.items[item]
            if own == item_id or self._categories.get(own) != category:
                continue
            name = self._named(own)
            if kind == ASKED:
                words = Wording(f"和「{name.zh}」同属{category.zh}", f"In {category.en}, like {name.en}")
            else:
                deed = _DEED[int(kind)]
                words = Wording(
                    f"和您{deed.zh}的「{name.zh}」同属{category.zh}",
                    f"In {category.en}, like {name.en}, which you {deed.en}",
                )
            evidence = {"item_id": own, "deed": _deed_name(int(kind)), "category": category.zh}
            return Reason("same_category", words, evidence)
        return None

    @property
    def _chose(self) -> Wording:
        """What the histories count: choices of any kind, or looks and purchases."""
        return _ANYHOW if self._histories.has_kinds else _CHOSE


def _deed_name(kind: int) -> str:
    if kind == ASKED:
        return "asked"
    return "chosen" if kind < 0 else KINDS[kind]


def holds(reason: Reason, item_id: str, histories: Histories, row: np.ndarray, deeds: np.ndarray) -> bool:
    """Whether what a reason says of behaviour is so, counted anew from the histories."""
    evidence = reason.evidence
    people = [
        set(np.repeat(np.arange(len(histories.users)), np.diff(histories.starts))[histories.sequence == place].tolist())
        for place in (histories.item_places.get(name, -1) for name in (item_id, str(evidence.get("item_id", ""))))
    ]
    own = {(histories.items[int(item)], _deed_name(int(kind))) for item, kind in zip(row, deeds, strict=True)}
    match reason.kind:
        case "also_chosen":
            both = len(people[0] & people[1])
            return (evidence["item_id"], evidence["deed"]) in own and both == evidence["people"] and both >= _FEWEST
        case "same_category":
            return (evidence["item_id"], evidence["deed"]) in own
        case "popular" | "few":
            return bool(len(people[0]) == evidence["people"])
        case _:
            return bool(evidence["price_cents"] < evidence["than_cents"])
