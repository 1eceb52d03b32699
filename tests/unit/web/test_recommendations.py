from __future__ import annotations

import pytest

from app.database import Database
from app.recommendation.events import BehaviourLog
from app.recommendation.placement import Placement
from app.recommendation.recommending import ShopRecommender
from app.recommendation.registry import Registry
from app.recommendation.switches import RuleSwitches
from app.web.services import Recommending
from tests.shop_samples import ITEMS

VIEW = {"user_id": "C1", "event": "view", "item_id": "P1", "at": "2026-11-24T12:00:00+08:00"}


@pytest.fixture
def recommending(tmp_path):
    database = Database.in_file(tmp_path / "kefu.sqlite")
    log, registry = BehaviourLog(database), Registry(tmp_path / "recommenders")
    rules = RuleSwitches(tmp_path / "recommenders" / "rules.json")
    recommender = ShopRecommender(registry.current, lambda: ITEMS, log=log, switches=rules)
    yield Recommending(log, registry, lambda name: Placement(name, recommender, log), rules)
    database.close()


@pytest.fixture
def client(make_client, recommending):
    return make_client("admin", recommending=recommending)


def test_events_are_taken_once_and_bad_ones_named(client):
    body = {"events": [VIEW, {"event": "view"}, VIEW, "nonsense"]}

    told = client.post("/v1/events", json=body).json()

    assert (told["new"], told["known"]) == (1, 1)
    assert [(one["index"], one["code"]) for one in told["refused"]] == [
        (1, "behaviour_invalid"),
        (3, "behaviour_invalid"),
    ]
    assert client.post("/v1/events", json=body).json()["new"] == 0


@pytest.mark.parametrize("body", [{}, {"events": []}, {"events": [VIEW] * 1001}, {"events": [VIEW], "more": 1}, []])
def test_what_is_no_batch_is_refused(client, body):
    assert client.post("/v1/events", json=body).status_code == 422


def test_recommendations_come_with_reason_and_an_id_to_refer_to(client, recommending):
    told = client.get("/v1/recommendations", params={"visitor": "v1", "top": 2}).json()

    assert told["recommendation_id"]
    assert told["is_personal"] is False
    assert told["items"]
    assert all(one["reason"]["zh"] and one["reason"]["en"] and one["sku"] for one in told["items"])
    assert [shown.recommendation_id for shown in recommending.log.shown_to("v1")] == [told["recommendation_id"]]
    effect = client.get("/v1/admin/recommendations/effect").json()
    assert effect["arms"] == [] or effect["arms"][0]["lists"] <= 1


@pytest.mark.parametrize(
    "params", [{"top": 0}, {"top": 101}, {"lowest_cents": -1}, {"placement": "../x"}, {"text": "x" * 501}]
)
def test_what_cannot_be_asked_is_refused(client, params):
    assert client.get("/v1/recommendations", params=params).status_code == 422


def test_there_is_no_way_back_without_a_model(client):
    assert client.get("/v1/admin/recommendations/models").json() == {"models": []}
    answer = client.post("/v1/admin/recommendations/models/gone/activate")
    assert (answer.status_code, answer.json()["code"]) == (404, "recommender_missing")


def test_without_the_scope_nothing_is_told_or_shown(make_client, recommending):
    client = make_client("chat", recommending=recommending)

    assert client.post("/v1/events", json={"events": [VIEW]}).status_code == 403
    assert client.get("/v1/recommendations").status_code == 403


def test_a_service_that_recommends_nothing_says_so(make_client):
    answer = make_client("admin").get("/v1/recommendations")

    assert (answer.status_code, answer.json()["code"]) == (404, "recommendations_off")


def test_a_list_can_be_tried_and_counts_as_shown_to_nobody(client, recommending):
    by_sku = client.get("/v1/admin/recommendations/try", params={"similar_to": ITEMS[0].sku}).json()["items"]
    told = client.get("/v1/admin/recommendations/try", params={"customer_id": "C1"}).json()["items"]

    assert all(one["item_id"] != ITEMS[0].product_id for one in by_sku)
    assert told
    assert all(one["reason"]["zh"] and one["reason"]["en"] for one in [*by_sku, *told])
    assert recommending.log.shown_to("C1") == []


def test_a_rule_is_switched_off_and_on_again(client):
    path = "/v1/admin/recommendations/rules"
    assert all(rule["is_on"] for rule in client.get(path).json()["rules"])

    off = client.put(f"{path}/diversity", json={"is_on": False}).json()["rules"]

    assert [rule["name"] for rule in off if not rule["is_on"]] == ["diversity"]
    assert client.get(path).json()["rules"] == off
    assert all(rule["is_on"] for rule in client.put(f"{path}/diversity", json={"is_on": True}).json()["rules"])


def test_only_rules_of_taste_can_be_switched(client):
    answer = client.put("/v1/admin/recommendations/rules/stock", json={"is_on": False})

    assert (answer.status_code, answer.json()["code"]) == (404, "recommendation_rule_unknown")
