import json

import pytest

from app.generation.prompts import NO_ANSWER
from app.training.llm.company_data import (
    CompanyDataParams,
    balanced,
    default_corpora,
    document_records,
    drawn,
    preference_pairs,
    records_of,
)
from app.training.llm.laying_out import Asked
from app.training.llm.records import Record
from tests.unit.training.llm.shop import RETURNS, FixedFinder, Shop, piece

RULE = ("zh/退货.md", "签收后七天内可以无理由退货。")


def row(text, kind="single", gold=(RULE,)):
    evidence = [{"document": document, "quote": quote} for document, quote in gold]
    return json.dumps({"text": text, "language": "zh", "kind": kind, "evidence": evidence}, ensure_ascii=False)


@pytest.fixture
def corpus(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("# 退货\n", encoding="utf-8")
    direct = [row(f"直接问{number}") for number in range(40)]
    direct += [row(f"没有答案{number}", "near_miss", ()) for number in range(40)]
    direct += [row(f"离题{number}", "off_topic", ()) for number in range(40)]
    direct += [row("How many days do I have?", "crosslingual")]
    (tmp_path / "questions.jsonl").write_text("\n".join(direct), encoding="utf-8")
    further = "\n".join(row(f"绕着问{number}") for number in range(40))
    (tmp_path / "questions_further.jsonl").write_text(further, encoding="utf-8")
    return tmp_path


def shares(rows):
    return [sum(row.text.startswith(begin) for row in rows) for begin in ("绕着问", "直接问", "没有答案", "离题")]


def test_indirect_questions_are_preferred_and_few_have_no_answer(corpus):
    rows = drawn(corpus, Shop(), CompanyDataParams(per_corpus=40))

    assert shares(rows) == [27, 9, 4, 0]
    assert drawn(corpus, Shop(), CompanyDataParams(per_corpus=40)) == rows
    assert drawn(corpus, Shop(), CompanyDataParams(per_corpus=40, seed=1)) != rows


def test_a_share_asks_for_more_than_one_sentence(corpus):
    both = (RULE, ("zh/退货.md", "退款在三个工作日内原路返回。"))
    more = "\n".join(row(f"问两样{number}", "several", both) for number in range(40))
    (corpus / "questions_indirect.jsonl").write_text(more, encoding="utf-8")

    rows = drawn(corpus, Shop(), CompanyDataParams(per_corpus=40, several=1 / 3))

    assert sum(len(row.gold) == 2 for row in rows) == 9, "a third of the 27 that are not direct"


def test_direct_questions_fill_up_where_there_are_too_few_others(corpus):
    assert shares(drawn(corpus, Shop(), CompanyDataParams(per_corpus=80))) == [40, 32, 8, 0]


def test_all_questions_are_taken_but_for_what_the_other_language_answers(corpus):
    rows = drawn(corpus, Shop(), CompanyDataParams(per_corpus=0))

    assert shares(rows) == [40, 40, 40, 0]
    assert not [row for row in rows if row.text.startswith("How")]


@pytest.mark.parametrize("wrong", [{"direct": 1.5}, {"several": -0.1}, {"declining": 1.0}, {"per_corpus": -1}])
def test_shares_outside_their_range_are_refused(wrong):
    with pytest.raises(ValueError, match="Expected shares"):
        CompanyDataParams(**wrong)


def test_a_question_is_asked_again_of_what_stays_without_its_answer():
    finder = FixedFinder([piece(RETURNS, 0, 0), piece(RETURNS, 3, 3)])
    params = CompanyDataParams(declining=0.99)
    asked = Asked("几天内可以无理由退货", "zh", "single", (RULE,))

    answered, declined = records_of(asked, finder, Shop(), params, top=8, threshold=0.5)

    assert answered.reply.startswith("签收后七天内可以无理由退货[")
    assert declined.reply == NO_ANSWER["zh"]
    assert "七天" not in declined.prompt[-1].content
    assert "退款在三个工作日内" in declined.prompt[-1].content


def test_a_near_miss_declines_and_nothing_found_gives_no_record():
    asked = Asked("退货的仓库在哪个城市", "zh", "near_miss", ())

    (record,) = records_of(asked, FixedFinder([piece(RETURNS, 0, 1)]), Shop(), CompanyDataParams(), top=8, threshold=0)

    assert record.reply == NO_ANSWER["zh"]
    assert list(records_of(asked, FixedFinder([]), Shop(), CompanyDataParams(), top=8, threshold=0)) == []


def test_the_rejected_reply_of_a_pair_is_not_borne_out():
    finder = FixedFinder([piece(RETURNS, 0, 1)])
    asked = [Asked("几天内可以退货", "zh", "single", (RULE,)), Asked("仓库在哪", "zh", "near_miss", ())]
    records = [
        record
        for one in asked
        for record in records_of(one, finder, Shop(), CompanyDataParams(declining=0.0), top=8, threshold=0)
    ]

    answered, declined = preference_pairs(records)

    assert answered.rejected not in answered.prompt[-1].content
    assert declined.reply == NO_ANSWER["zh"]
    assert declined.rejected.endswith("[1]")


def test_no_more_than_a_share_declines_and_every_answer_is_kept():
    records = [Record((), NO_ANSWER["zh"], str(number)) for number in range(30)]
    records += [Record((), f"{number}天[1]。") for number in range(12)]

    kept = balanced(records, declining=0.25, seed=1)

    assert kept[4:] == records[30:], "three answers for each that declines"
    assert len(kept) == 16
    assert balanced(kept, declining=0.5, seed=1) == kept
    assert balanced(records, declining=0.0, seed=1) == records[30:]


def test_documents_are_texts(corpus):
    assert [record.reply for record in document_records([corpus])] == ["# 退货"]


def test_neither_the_sample_company_nor_what_measures_it_is_among_the_corpora():
    names = {folder.name for folder in default_corpora()}

    assert len(names) == 12
    assert all((folder / "docs").is_dir() and "evaluation" not in folder.parts for folder in default_corpora())
