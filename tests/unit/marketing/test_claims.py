from __future__ import annotations

import pytest

from app.building.copywriting import quantity_faults
from app.marketing import Fact
from app.marketing.claims import ClaimChecker

CHECKER = ClaimChecker(quantity_faults)
DRESS = [Fact("类型", "裙"), Fact("颜色", "浅蓝色"), Fact("材质", "棉"), Fact("裙长", "连衣裙"), Fact("领型", "半高领")]
PHONE = [Fact("", "防泼水，不防水。"), Fact("净重", "176 g"), Fact("battery", "4800 mAh")]


def refused(text, facts, **more):
    return [claim.text for claim in CHECKER.check(text, facts, **more) if not claim.is_supported]


@pytest.mark.parametrize(
    "text",
    [
        "这条连衣裙采用浅蓝色",
        "蓝色的裙身",
        "棉质面料，半高领设计",
        "喜欢的可以收藏，两侧随意搭配",
        "A light blue cotton dress",
        "",
    ],
)
def test_what_is_given_or_implied_stands(text):
    assert refused(text, DRESS) == []


@pytest.mark.parametrize(
    ("text", "invented"),
    [
        ("红色的连衣裙", ["红色的连衣裙"]),
        ("深蓝色连衣裙", ["深蓝色连衣裙"]),
        ("高领设计", ["高领设计"]),
        ("棉质面料，防水透气", ["防水透气"]),
        ("面料不含棉", ["面料不含棉"]),
        ("省下200元", ["省下200元"]),
        ("A red dress, waterproof", ["A red dress", "waterproof"]),
    ],
)
def test_what_is_neither_given_nor_implied_is_invented(text, invented):
    assert refused(text, DRESS) == invented


def test_quantities_and_denials_are_held_against_the_facts():
    assert refused("净重176克，电池4800 mAh", PHONE) == []
    assert refused("净重150 g", PHONE) == ["净重150 g"]
    assert refused("防水", PHONE) == ["防水"]
    assert refused("不防水", PHONE) == []
    assert refused("不防泼水", PHONE) == ["不防泼水"]


def test_a_claim_names_the_fact_that_it_rests_on():
    colour, material = CHECKER.check("以浅蓝色呈现，选用棉材质。", DRESS)

    assert colour.to_dict()["fact"] == "颜色: 浅蓝色"
    assert material.to_dict()["fact"] == "材质: 棉"
    assert (material.start, material.end) == (7, 12)


def test_of_a_models_text_every_content_word_is_asked_for():
    text = "荣获红点奖。设计简单大方。"

    assert refused(text, DRESS) == []
    assert refused(text, DRESS, is_strict=True) == ["荣获红点奖"]


def test_compounds_of_given_values_are_no_invention():
    assert refused("牛仔裤", [Fact("类型", "裤"), Fact("材质", "牛仔布")]) == []
    assert refused("牛仔裤", [Fact("类型", "裤")]) == ["牛仔裤"]


def test_values_may_be_counted():
    colours = [Fact("颜色", "绿色"), Fact("颜色", "橙色")]

    assert refused("绿色和橙色两种颜色", colours, is_strict=True) == []
    assert refused("绿色、橙色等五种颜色", colours, is_strict=True) == ["绿色、橙色等五种颜色"]
