"""Training records of a small corpus with the embedder, the scorer and the reader that serve."""

import json
import re

import pytest

from app.generation.prompts import NO_ANSWER
from app.training.llm.company_data import CompanyDataParams, company_records

pytestmark = pytest.mark.weights

RULES = """# 退货规则

## 无理由退货

签收后七天内可以无理由退货。但定制商品除外。退货的运费由顾客承担。

## 质量问题

质量问题退货的运费由商家承担。退款在三个工作日内原路返回。

## 生鲜

生鲜商品须在签收后24小时内拍照反馈。逾期不予受理。
"""
QUESTIONS = [
    ("东西到手几天里可以不讲理由退掉", "single", ["签收后七天内可以无理由退货。"]),
    ("质量问题退货的运费谁付，多久退款", "several", ["质量问题退货的运费由商家承担。", "退款在三个工作日内原路返回。"]),
    ("退货的仓库在哪个城市", "near_miss", []),
]


def test_records_of_a_corpus_rest_on_what_the_service_chooses(tmp_path):
    folder = tmp_path / "shop"
    (folder / "docs" / "zh").mkdir(parents=True)
    (folder / "docs" / "zh" / "退货.md").write_text(RULES, encoding="utf-8")
    rows = [
        {"text": text, "language": "zh", "kind": kind,
         "evidence": [{"document": "zh/退货.md", "quote": quote} for quote in quotes]}
        for text, kind, quotes in QUESTIONS
    ]  # fmt: skip
    (folder / "questions.jsonl").write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
    steps = []

    records = company_records(
        [folder],
        tmp_path / "homes",
        params=CompanyDataParams(per_corpus=0, declining=0.5),
        on_progress=lambda done, total, name: steps.append((done, total, name)),
    )

    by_question = {record.prompt[-1].content.partition("问题: ")[2]: record for record in reversed(records)}
    whole, both = (by_question[text] for text, _, _ in QUESTIONS[:2])
    assert re.sub(r"\[\d\]", "", whole.reply) == "签收后七天内可以无理由退货。但定制商品除外。"
    assert re.sub(r"\[\d\]", "", both.reply) == "质量问题退货的运费由商家承担。退款在三个工作日内原路返回。"
    assert by_question[QUESTIONS[2][0]].reply == NO_ANSWER["zh"]
    for record in (whole, both):
        for sentence, number in re.findall(r"(.+?)\[(\d)\]。", record.reply):
            assert re.search(rf"^\[{number}\].*{sentence}", record.prompt[-1].content, re.MULTILINE)
    assert (steps[0], steps[-1]) == ((0, 1, "shop: documents"), (1, 1, "corpora"))
