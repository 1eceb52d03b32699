from __future__ import annotations

import json

import numpy as np
import pytest

from app.recommendation.content import Contents
from app.recommendation.errors import BehaviourTooLittle, RecommenderDamaged, RecommenderMissing
from app.recommendation.evaluating import check_reasons, compare
from app.recommendation.fitting import fit
from app.recommendation.histories import Histories
from app.recommendation.measures import next_item
from app.recommendation.model import Model
from app.recommendation.registry import Registry
from tests.unit.recommendation.made import SMALL, circles, history_of


@pytest.fixture(scope="module")
def model() -> Model:
    texts = {f"{circle}{at}": f"item {circle}" for circle in "ab" for at in range(8)} | {"new": "item a", "silent": ""}
    return Model(fit(Histories.of(circles(), items=tuple(texts)), SMALL, contents=Contents.of(texts)))


def listed(model: Model, user: str, top: int = 10) -> list[str]:
    return [model.histories.items[one.item] for one in model.for_user(user, top=top)]


def test_what_comes_next_in_the_circle_is_recommended_before_the_other_circle(model):
    assert "a5" in listed(model, "u0", top=3)
    assert "b6" in listed(model, "u1", top=3)
    assert {name[0] for name in listed(model, "u1", top=3)} == {"b"}


def test_what_was_chosen_before_is_left_out_and_so_is_an_item_nothing_is_known_of(model):
    found = listed(model, "u0", top=500)

    assert not {"a0", "a1", "a2", "a3", "a4", "silent"} & set(found)
    assert "new" in found


def test_somebody_unknown_gets_what_is_popular_and_the_same_each_time(model):
    assert listed(model, "nobody") == listed(model, "\x00") != []


def test_the_same_behaviour_gives_the_same_lists(model):
    again = Model(fit(model.histories, SMALL, contents=None))

    assert listed(again, "u2")[0] == listed(model, "u2")[0]


def test_a_saved_model_recommends_the_same(model, tmp_path):
    model.save(tmp_path / "model")

    loaded = Model.load(tmp_path / "model")

    assert [(one.item, pytest.approx(one.score, abs=1e-5)) for one in model.for_user("u3")] == [
        (one.item, one.score) for one in loaded.for_user("u3")
    ]
    assert loaded.summary() == model.summary()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model"]


def test_a_model_takes_the_place_of_a_model_and_of_nothing_else(model, tmp_path):
    model.save(tmp_path / "model")
    model.save(tmp_path / "model")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")

    with pytest.raises(RecommenderDamaged, match="holds something that is no model"):
        model.save(tmp_path / "mine")

    assert (tmp_path / "mine" / "thesis.txt").exists()


@pytest.mark.parametrize("part", ["names.json", "arrays.safetensors"])
def test_a_damaged_model_is_told(model, tmp_path, part):
    model.save(tmp_path / "model")
    (tmp_path / "model" / part).write_bytes(b"{]")

    with pytest.raises(RecommenderDamaged, match="Fit it again"):
        Model.load(tmp_path / "model")


def test_a_model_of_another_version_and_a_missing_one_are_told(model, tmp_path):
    model.save(tmp_path / "model")
    about = json.loads((tmp_path / "model" / "model.json").read_text())
    (tmp_path / "model" / "model.json").write_text(json.dumps(about | {"version": 99}))

    with pytest.raises(RecommenderDamaged, match="version 99"):
        Model.load(tmp_path / "model")
    with pytest.raises(RecommenderMissing, match="kefu recommend fit"):
        Model.load(tmp_path / "nothing")


def test_too_little_behaviour_is_told():
    with pytest.raises(BehaviourTooLittle, match="nothing to learn from"):
        fit(history_of(u="a b", v="c"), SMALL)


def test_few_people_are_enough_to_recommend_something():
    model = Model(fit(history_of(**{f"u{at}": "a b c d e" for at in range(4)}), SMALL))

    first = model.ranked(np.array([0, 1]))[0]

    assert model.histories.items[first.item] == "c"


def test_reasons_are_borne_out_by_the_histories(model):
    given, false = check_reasons(model.fitted, people=20)

    assert given > 50
    assert false == 0


def test_the_model_foretells_circles_that_popularity_cannot():
    comparison = compare(Histories.of(circles(people=80)), SMALL, top=2)

    assert comparison.model.hit_rate > 0.5
    assert comparison.popularity.hit_rate < comparison.model.hit_rate
    assert comparison.false_reasons == 0


def test_figures_of_next_items_are_those_worked_out_by_hand():
    figures = next_item([([7, 8, 9], 8), ([1, 2], 3), ([4], 4)], top=2)

    assert figures.hit_rate == pytest.approx(2 / 3)
    assert figures.ndcg == pytest.approx((1 / np.log2(3) + 1) / 3)


def test_models_are_promoted_rolled_back_and_only_a_few_are_kept(model, tmp_path):
    registry = Registry(tmp_path / "recommenders")
    with pytest.raises(RecommenderMissing, match="kefu recommend fit"):
        registry.current()

    names = [registry.promote(model) for _ in range(6)]

    assert registry.current_name() == names[-1]
    assert [one["name"] for one in registry.listed()] == names[:0:-1]
    assert registry.roll_back() == names[-2]
    assert registry.current().summary() == model.summary()
    with pytest.raises(RecommenderMissing, match="no model 'gone'"):
        registry.roll_back("gone")
