"""Packs out of questions over passages that resemble each other."""

import json

from app.training.groups import group_examples

GROUP = {
    "passages": [
        "金卡会员的价保期为15天。差额原路退回。",
        "银卡会员的价保期为7天。差额退购物金。",
        "退货运费由买家承担。",
    ],
    "questions": [
        {"text": "金卡价保多久，退到哪", "answers": ["金卡会员的价保期为15天。", "差额原路退回。"], "short": "15天"},
        {"text": "钻石卡价保多久", "answers": [], "short": ""},
    ],
}


def packs(tmp_path, **options):
    path = tmp_path / "groups.jsonl"
    path.write_text(json.dumps(GROUP, ensure_ascii=False) + "\n\n", "utf-8")
    return list(group_examples(path, **options))


def marked(example):
    return {
        sentence
        for window, labels in zip(example.windows, example.labels, strict=True)
        for sentence, label in zip(window.sentences, labels, strict=True)
        if label
    }


def test_all_sentences_that_are_needed_are_marked_and_nothing_where_nothing_answers(tmp_path):
    answered, unanswered = packs(tmp_path, without=0.0)

    assert marked(answered) == {"金卡会员的价保期为15天。", "差额原路退回。"}
    assert answered.answers == ("15天",)
    assert marked(unanswered) == set()
    assert {one for window in answered.windows for one in window.sentences} == {
        "金卡会员的价保期为15天。",
        "差额原路退回。",
        "银卡会员的价保期为7天。",
        "差额退购物金。",
        "退货运费由买家承担。",
    }


def test_without_what_answers_the_rest_is_still_there_and_answers_nothing(tmp_path):
    answered, without, _ = packs(tmp_path, without=1.0)

    assert answered.is_answerable
    assert not without.is_answerable
    assert without.answers == ()
    assert "银卡会员的价保期为7天。" in {one for window in without.windows for one in window.sentences}


def test_windows_lie_in_another_order_with_another_seed(tmp_path):
    orders = {tuple(packs(tmp_path, seed=seed)[0].windows) for seed in range(8)}

    assert len(orders) > 1
