import json
import re
from collections import defaultdict

import pytest

from app.answer_cache.meaning import asks_the_same, meaning_key, spelled
from tests.live import ROOT
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


SWAPS = (
    ("买家", "卖家"), ("可以", "必须"), ("以上", "以下"), ("前", "后"), ("最多", "最少"), ("什么时候", "为什么"),
    ("谁", "哪里"), ("多久", "多少钱"), ("怎么", "能不能"), ("了吗", "吗"), ("没", "已经"), ("不", ""), ("没有", "有"),
    ("超过", "不到"), ("全部", "部分"), ("上海", "北京"), ("退货", "换货"), ("退款", "退货"), ("金卡", "银卡"),
    ("我", "你们"), (" not ", " "), (" can ", " must "), ("how long", "how much"), ("when", "where"),
    ("who", "why"), (" before ", " after "),
    (" more than ", " less than "), (" over ", " under "), (" all ", " some "), ("buyer", "seller"),
    (" return ", " exchange "), (" i ", " you "), (" did ", " will "), (" is ", " was "), (" with ", " without "),
    (" only ", " "), (" still ", " "), (" my ", " your "),
)  # fmt: skip


def _questions() -> list[str]:
    """Every eighth question of the training corpora, which were written for something else."""
    lines = [
        json.loads(line)["text"]
        for path in sorted((ROOT / "app" / "training" / "corpora").glob("*/questions*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return lines[::8]


def test_real_questions_with_one_thing_changed_are_different_ones() -> None:
    met, tried = [], 0
    for question in _questions():
        changed = [question.replace(one, other, 1) for one, other in SWAPS if one in question]
        if number := re.search(r"\d+", question):
            changed.append(f"{question[: number.start()]}{int(number[0]) + 1}{question[number.end() :]}")
        for other in changed:
            tried += 1
            if asks_the_same(question, other) or spelled(question) == spelled(other):
                met.append((question, other))

    assert tried > 800
    assert met == []


def test_real_questions_that_share_a_key_ask_the_same() -> None:
    by_key = defaultdict(set)
    for question in _questions():
        if key := meaning_key(question):
            by_key[key].add(spelled(question))

    assert [group for group in by_key.values() if len(group) > 1] == []
