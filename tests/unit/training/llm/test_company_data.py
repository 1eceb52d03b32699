import json
import re

import pytest

from app.generation.prompts import NO_ANSWER
from app.training.llm.company_data import (
    CompanyDataParams,
    balanced,
    company_records,
    default_corpora,
    document_records,
    marked,
    preference_pairs,
)
from app.training.llm.records import Record

RULES = """# 退货规则

## 无理由退货

签收后七天内可以无理由退货。退货的运费由顾客承担。

## 质量问题

质量问题退货的运费由商家承担。退款在三个工作日内原路返回。

## 生鲜

生鲜商品须在签收后24小时内拍照反馈。逾期不予受理。
"""
QUESTIONS = [
    ("签收后几天内可以无理由退货", "zh", "single", ["签收后七天内可以无理由退货。"]),
    (
        "质量问题退货的运费谁付，多久退款",
        "zh",
        "several",
        ["质量问题退货的运费由商家承担。", "退款在三个工作日内原路返回。"],
    ),
    ("退货的仓库在哪个城市", "zh", "near_miss", []),
    ("How many days do I have to return it?", "en", "crosslingual", ["签收后七天内可以无理由退货。"]),
]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpora") / "shop"
    (folder / "docs" / "zh").mkdir(parents=True)
    (folder / "docs" / "zh" / "退货.md").write_text(RULES, encoding="utf-8")
    rows = [
        {"text": text, "language": language, "kind": kind,
         "evidence": [{"document": "zh/退货.md", "quote": quote} for quote in quotes]}
        for text, language, kind, quotes in QUESTIONS
    ]  # fmt: skip
    (folder / "questions.jsonl").write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
    return folder


@pytest.fixture(scope="module")
def records(corpus, tmp_path_factory):
    return company_records(
        [corpus], tmp_path_factory.mktemp("home"), params=CompanyDataParams(without=1.0, declining=0.9)
    )


def test_an_answer_is_the_sentences_that_answer_with_the_numbers_they_have_in_the_prompt(records):
    answers = [record for record in records if record.reply not in NO_ANSWER.values()]

    assert len(answers) == 2, "what only the other language answers is left out"
    for record in answers:
        evidence = record.prompt[-1].content
        for sentence, number in re.findall(r"(.+?)\[(\d)\]。", record.reply):
            (line,) = [line for line in evidence.splitlines() if line.startswith(f"[{number}]")]
            assert sentence in line
    assert answers[0].reply.startswith("签收后七天内可以无理由退货[")


def test_what_nothing_answers_is_declined_and_so_is_a_question_without_its_answer(records):
    declined = [record for record in records if record.reply == NO_ANSWER["zh"]]

    asked = [record.prompt[-1].content.partition("问题: ")[2] for record in declined]
    assert "退货的仓库在哪个城市" in asked
    assert "签收后几天内可以无理由退货" in asked
    for record in declined:
        if "无理由退货" in record.prompt[-1].content.partition("问题: ")[2]:
            assert "七天" not in record.prompt[-1].content


def test_the_rejected_reply_of_a_pair_is_not_borne_out(records):
    pairs = preference_pairs(records)

    assert len(pairs) >= 2
    for pair in pairs:
        if pair.reply in NO_ANSWER.values():
            assert pair.rejected.endswith("[1]")
        else:
            assert pair.rejected not in pair.prompt[-1].content


def test_no_more_than_a_share_declines_and_every_answer_is_kept():
    records = [Record((), NO_ANSWER["zh"], str(number)) for number in range(30)]
    records += [Record((), f"{number}天[1]。") for number in range(12)]

    kept = balanced(records, declining=0.25, seed=1)

    assert kept[4:] == records[30:], "three answers for each that declines"
    assert len(kept) == 16
    assert balanced(kept, declining=0.5, seed=1) == kept
    assert balanced(records, declining=0.0, seed=1) == records[30:]


def test_documents_are_texts(corpus):
    assert [record.reply for record in document_records([corpus])] == [RULES.strip()]


@pytest.mark.parametrize(
    ("text", "numbers", "expected"),
    [
        ("七天内可退。", [2], "七天内可退[2]。"),
        ("Within 3 days.", [1, 3], "Within 3 days[1][3]."),
        ("可以", [1], "可以[1]"),
    ],
)
def test_markers_stand_before_the_full_stop(text, numbers, expected):
    assert marked(text, numbers) == expected


def test_neither_the_sample_company_nor_what_measures_it_is_among_the_corpora():
    names = {folder.name for folder in default_corpora()}

    assert len(names) == 12
    assert all((folder / "docs").is_dir() and "evaluation" not in folder.parts for folder in default_corpora())
