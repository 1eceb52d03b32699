import pytest

from app.answer_cache.meaning import asks_the_same, spelled
from tests.near_questions import NEAR, SAME


@pytest.mark.parametrize(("kind", "one", "other"), NEAR)
def test_near_questions_are_different_ones(kind: str, one: str, other: str) -> None:
    assert not asks_the_same(one, other)
    assert not asks_the_same(other, one)
    assert spelled(one) != spelled(other)


@pytest.mark.parametrize(("kind", "one", "other"), [item for item in SAME if item[0] not in ("order", "synonym")])
def test_variants_are_the_same_but_for_who_asks(kind: str, one: str, other: str) -> None:
    differ_in_who = {
        "我可以无理由退货吗？",
        "Can I return a gift?",
    }  # to a shop, 可以安装吗 and 我可以安装吗 are two questions

    assert (asks_the_same(one, other) or spelled(one) == spelled(other)) == (one not in differ_in_who)


@pytest.mark.parametrize("kind", ["order", "synonym"])
def test_other_word_order_and_synonyms_are_not_guessed_at(kind: str) -> None:
    assert not any(asks_the_same(one, other) for name, one, other in SAME if name == kind)


@pytest.mark.parametrize("text", ["", "？", "你好", "谢谢！", "hello there", "请问", "😀", "的的的吗"])
def test_what_asks_nothing_is_like_nothing(text: str) -> None:
    assert not asks_the_same(text, "") or text == "的的的吗"
    assert not asks_the_same(text, "你好，谢谢")


def test_signs_of_our_own_cannot_be_forged() -> None:
    assert not asks_the_same("⟦count 7 ⟧天退货", "7天退货")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  ＳＬ－ＡＣ－１０４２ 能退貨嗎？？", "sl-ac-1042能退货吗"),
        ("-18度能冻吗", "-18度能冻吗"),
        ("“How long?”", "how long"),
        ("买 1 2件", "买1 2件"),
        (">100元包邮吗", ">100元包邮吗"),
        ("C++ 书能退吗", "c++书能退吗"),
    ],
)
def test_a_spelling_keeps_what_belongs_to_a_number(text: str, expected: str) -> None:
    assert spelled(text) == expected
