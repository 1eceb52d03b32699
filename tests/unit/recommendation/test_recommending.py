from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.database import Database
from app.domain.behaviour import BehaviourEvent
from app.domain.recommendation import Wishes
from app.domain.shop import Item
from app.recommendation.errors import RecommenderMissing
from app.recommendation.events import BehaviourLog, Shown
from app.recommendation.experiments import Experiment
from app.recommendation.fitting import fit
from app.recommendation.histories import Histories
from app.recommendation.model import Model
from app.recommendation.placement import Placement
from app.recommendation.recommending import ShopRecommender
from tests.unit.recommendation.made import SMALL, circles

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def item(name: str, cents: int, *, stock: int = 5) -> Item:
    category, english = ("水壶", "Kettles") if name[0] == "a" else ("手机", "Phones")
    return Item(
        f"{name}-1",
        name,
        f"{category}{name}",
        f"{english[:-1]} {name}",
        category,
        {},
        cents,
        "CNY",
        stock,
        {"category_en": english},
    )


ITEMS = [item(f"{circle}{at}", 1000 * (at + 1)) for circle in "ab" for at in range(8)]


@pytest.fixture(scope="module")
def model() -> Model:
    return Model(fit(Histories.of(circles()), SMALL))


@pytest.fixture
def log(tmp_path):
    database = Database.in_file(tmp_path / "kefu.sqlite")
    yield BehaviourLog(database)
    database.close()


@pytest.fixture
def recommender(model, log) -> ShopRecommender:
    return ShopRecommender(
        lambda: model, lambda: ITEMS, log=log, may_personalise=lambda customer: customer != "secret", now=lambda: NOON
    )


def ids(found) -> list[str]:
    return [one.item_id for one in found]


def test_past_behaviour_weighs_only_where_the_customer_agreed(recommender, log):
    log.take(
        BehaviourEvent(user, "buy", NOON, item_id=name, event_id=f"{user}{name}")
        for user in ("open", "secret")
        for name in ("a0", "a1")
    )

    assert ids(recommender.for_customer("open", top=2))[0][0] == "a"
    assert ids(recommender.for_customer("secret")) == ids(recommender.for_customer(None))
    assert all("买过" not in one.reason.wording.zh for one in recommender.for_customer("secret"))


def test_the_visit_counts_for_strangers_and_its_items_are_left_out(recommender):
    found = ids(recommender.for_customer(None, wishes=Wishes(session=("b1", "b2")), top=3))

    assert found[0][0] == "b"
    assert not {"b1", "b2"} & set(found)


def test_stock_price_and_category_are_kept_to(model):
    sold_out = [replace(one, stock=0) if one.product_id in ("a3", "b4") else one for one in ITEMS]
    recommender = ShopRecommender(lambda: model, lambda: sold_out)
    wishes = Wishes(category="kettles", lowest_cents=2000, highest_cents=5000)

    assert sorted(ids(recommender.for_customer(None, wishes=wishes))) == ["a1", "a2", "a4"]
    assert not {"a3", "b4"} & set(ids(recommender.for_customer(None, top=16)))


def test_what_was_sold_out_a_moment_ago_is_not_shown(model):
    now = {one.product_id: [one] for one in ITEMS} | {"a1": [], "b1": [item("b1", 2000, stock=0)]}
    recommender = ShopRecommender(lambda: model, lambda: ITEMS, variants=lambda name: now[name])

    assert not {"a1", "b1"} & set(ids(recommender.for_customer(None, top=16)))


def test_words_choose_what_is_meant_in_either_language(recommender):
    assert {name[0] for name in ids(recommender.for_customer(None, wishes=Wishes(text="推荐一款水壶")))} == {"a"}
    assert {name[0] for name in ids(recommender.for_customer(None, wishes=Wishes(text="a phone please")))} == {"b"}


def test_cheaper_is_of_the_same_kind_and_says_by_how_much(recommender):
    found = recommender.cheaper("a2")

    assert sorted(ids(found)) == ["a0", "a1"]
    assert {one.reason.wording.zh for one in found} == {"比「水壶a2」便宜 10元", "比「水壶a2」便宜 20元"}
    assert {one.reason.wording.en for one in found} == {"10 yuan less than Kettle a2", "20 yuan less than Kettle a2"}
    assert recommender.cheaper("a0") == recommender.cheaper("nothing") == []


def test_a_reason_names_what_the_customer_did(recommender, log):
    log.take([BehaviourEvent("open", "buy", NOON, item_id="a0")])

    first = recommender.for_customer("open", top=1)[0]

    assert first.reason.kind == "also_chosen"
    assert first.reason.evidence["item_id"] == "a0"
    assert first.reason.wording.zh.startswith("您买过「水壶a0」")
    assert first.reason.wording.en.startswith("You bought Kettle a0")


def test_what_is_waved_away_does_not_come_back(recommender, log):
    first = ids(recommender.for_customer("open", top=1))[0]
    log.take([BehaviourEvent("open", "dismiss", NOON, item_id=first)])

    assert first not in ids(recommender.for_customer("open", top=16))


def test_what_was_shown_five_times_and_never_opened_is_left_out(recommender, log):
    first = ids(recommender.for_customer("open", top=1))[0]
    for number in range(5):
        log.note_shown(Shown(f"r{number}", NOON, "open", "home", (first,)))

    assert first not in ids(recommender.for_customer("open", top=16))
    log.take([BehaviourEvent("open", "click", NOON, item_id=first)])
    assert first not in ids(recommender.for_customer("open", top=16))  # now it is one of their own


def test_without_a_model_the_catalogue_is_all_there_is():
    def missing() -> Model:
        raise RecommenderMissing("none")

    recommender = ShopRecommender(missing, lambda: ITEMS)
    found = recommender.for_customer("open", wishes=Wishes(text="水壶", highest_cents=3000))

    assert sorted(ids(found)) == ["a0", "a1", "a2"]
    assert {one.reason.kind for one in found} == {"in_stock"}
    assert ids(recommender.similar("b1"))[0][0] == "b"


def test_an_empty_catalogue_recommends_nothing(model):
    recommender = ShopRecommender(lambda: model, list)

    assert recommender.for_customer(None) == recommender.similar("a1") == recommender.cheaper("a1") == []
    assert recommender.product_of("水壶") is None


def test_a_product_is_known_by_id_sku_and_words(recommender):
    assert recommender.product_of("a3") == recommender.product_of("a3-1") == "a3"
    assert recommender.product_of("xyzzy") is None


def test_each_list_is_kept_with_its_arm_and_found_again_in_the_effect(recommender, log):
    place = Placement("home", recommender, log, experiment=Experiment("e", "ab"), now=lambda: NOON)

    lists = [place.show(f"C{at}", top=2) for at in range(12)]
    log.take(
        BehaviourEvent(f"C{at}", "click", NOON, item_id=one.items[0].item_id, recommendation_id=one.recommendation_id)
        for at, one in enumerate(lists)
    )
    effect = place.effect()

    assert {one.arm for one in lists} == {"model", "popular"}
    assert sum(arm.lists for arm in effect.arms) == sum(arm.clicked for arm in effect.arms) == 12
    assert effect.clicks is None or effect.clicks.value == 0
