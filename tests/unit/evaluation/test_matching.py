import pytest

from app.evaluation.matching import holds, holds_all


@pytest.mark.parametrize(
    ("phrase", "text", "is_held"),
    [
        ("8元", "运费18元。", False),
        ("8元", "运费8元。", True),
        ("1000", "满1,000元", True),
        ("0.6%", "费率10.6%", False),
        ("12人", "造成112人受伤", False),
        ("free of charge", "It is FREE  of charge.", True),
        ("退货", "退貨", True),
        ("15 天", "１５天内", True),
        ("3", "版本3.5", False),
    ],
)
def test_spelling_does_not_count_and_figures_count_whole(phrase, text, is_held):
    assert holds(text, phrase) is is_held


def test_one_alternative_of_each_group_is_enough():
    groups = (("7天", "七天"), ("运费",))

    assert holds_all("七天内可退，运费自理", groups)
    assert not holds_all("七天内可退", groups)
    assert holds_all("", ())
