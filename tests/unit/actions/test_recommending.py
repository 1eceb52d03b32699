from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from app.actions import ActionGate
from app.database import Database
from app.domain.action import ActionRequest, Wording
from app.domain.recommendation import ANY, Reason, Recommendation, Wishes
from tests.shop_of_spruce import NOW, shop

KETTLE = Recommendation(
    "P1",
    1.0,
    Reason("popular", Wording("有 9 位顾客选了它", "9 customers chose it"), {"people": 9}),
    "P1-1",
    Wording("恒温水壶", "Kettle"),
    19900,
    "CNY",
)


@dataclass
class FakeRecommender:
    """Remembers what it was asked."""

    found: Sequence[Recommendation] = (KETTLE,)
    asked: list[object] = field(default_factory=list)

    def for_customer(self, customer_id: str | None, *, wishes: Wishes = ANY, top: int = 10):
        self.asked.append((customer_id, wishes.text, wishes.highest_cents))
        return self.found

    def similar(self, item_id: str, *, wishes: Wishes = ANY, top: int = 10):
        self.asked.append(("similar", item_id))
        return self.found

    def cheaper(self, item_id: str, *, top: int = 5):
        self.asked.append(("cheaper", item_id))
        return self.found

    def product_of(self, text: str) -> str | None:
        return "P9" if "壶" in text else None


@pytest.fixture
def ask(policy, tmp_path):
    database = Database.in_file(tmp_path / "kefu.sqlite")

    def perform(recommender, /, **arguments: str):
        gate = ActionGate(shop(), policy, database, recommender=recommender, now=lambda: NOW)
        return gate.perform(ActionRequest("recommend_products", arguments, "C1", "conversation"))

    yield perform
    database.close()


def test_products_are_told_with_price_and_reason_in_both_languages(ask):
    recommender = FakeRecommender()

    outcome = ask(recommender, text="推荐一款水壶")

    assert outcome.message.zh == "您可以看看这几款：\n1. 恒温水壶，199元：有 9 位顾客选了它"
    assert outcome.message.en == "You could look at these:\n1. Kettle, 199 yuan: 9 customers chose it"
    assert outcome.data["product"] == "恒温水壶"
    assert recommender.asked == [("C1", "推荐一款水壶", None)]


@pytest.mark.parametrize(
    ("said", "highest"), [("300以内的水壶", 30000), ("under 300", 30000), ("三百左右的水壶", 34500)]
)
def test_a_limit_is_kept_and_a_rough_sum_a_little_exceeded(ask, said, highest):
    recommender = FakeRecommender()

    ask(recommender, text=said, budget="300.00 CNY")

    assert recommender.asked == [("C1", said, highest)]


def test_cheaper_and_similar_go_by_the_product(ask):
    recommender = FakeRecommender()

    ask(recommender, text="便宜点", want="cheaper", product="恒温水壶")
    ask(recommender, text="类似的", want="similar", product="恒温水壶")

    assert recommender.asked == [("cheaper", "P9"), ("similar", "P9")]


def test_cheaper_than_nothing_in_particular_is_asked_about(ask):
    assert ask(FakeRecommender(), want="cheaper").missing == ("product",)
    assert ask(FakeRecommender(), want="cheaper", product="？？").status == "needs_input"


def test_nothing_found_is_said_and_invents_nothing(ask):
    outcome = ask(FakeRecommender(found=()), text="飞船")

    assert outcome.status == "done"
    assert "没有找到" in outcome.message.zh
    assert outcome.data == {"items": []}


def test_without_a_recommender_nothing_is_recommended(ask):
    assert ask(None, text="水壶").status == "refused"
