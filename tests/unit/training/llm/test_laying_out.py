import random
from dataclasses import replace

import pytest

from app.assistant.finding import Look
from app.generation.prompts import NO_ANSWER
from app.retrieval.reading import Reading
from app.training.llm.laying_out import (
    Asked,
    LayoutParams,
    answering,
    can_be_answered,
    declining,
    found_for,
    marked,
    without_gold,
)
from tests.unit.training.llm.shop import CARDS, FRESH, RETURNS, SHIPPING, FixedFinder, Shop, piece

SEVEN_DAYS = ("zh/退货.md", "签收后七天内可以无理由退货。")
REFUND = ("zh/退货.md", "退款在三个工作日内原路返回。")
WITHIN_A_DAY = ("zh/生鲜.md", "不能。生鲜须在签收后24小时内拍照反馈。")
SENT = ("en/shipping.md", "Parcels are sent within two days.")
IN_ORDER = LayoutParams(behind=0.0)


def asked(*gold, kind="single", language="zh", text="几天内可以退货"):
    return Asked(text, language, kind, gold)


def laid_out(question, found, params=IN_ORDER, seed=1):
    return answering(question, found, Shop(), random.Random(seed), params)


def sources(record):
    return [line.partition("] ")[2] for line in record.prompt[-1].content.splitlines() if line.startswith("[")]


def test_the_condition_that_stands_with_the_answer_is_said_with_it():
    record = laid_out(asked(SEVEN_DAYS), [piece(FRESH, 2, 3), piece(RETURNS, 0, 1)])

    assert record.reply == "签收后七天内可以无理由退货[2]。但定制商品除外[2]。"
    assert [text.partition(") ")[2] for text in sources(record)] == [
        "生鲜须在签收后24小时内拍照反馈。逾期不予受理。",
        "签收后七天内可以无理由退货。但定制商品除外。",
    ]


def test_what_the_evidence_leaves_out_is_not_said():
    record = laid_out(asked(SEVEN_DAYS), [piece(RETURNS, 0, 0)])

    assert record.reply == "签收后七天内可以无理由退货[1]。"


def test_a_neighbour_that_is_no_condition_is_not_said():
    record = laid_out(asked(REFUND), [piece(RETURNS, 2, 3)])

    assert record.reply == "退款在三个工作日内原路返回[1]。"


def test_what_stands_before_a_case_of_its_own_is_not_said():
    question = asked(("en/gift cards.md", CARDS.text[44:]), language="en", text="I sent it back, where is my money?")

    record = answering(question, [piece(CARDS, 0, 1)], Shop(), random.Random(1), IN_ORDER)

    assert record.reply == "If you send goods back, the money returns to the card[1]."


def test_all_that_answers_is_said_each_with_its_own_source():
    record = laid_out(asked(REFUND, WITHIN_A_DAY, kind="several"), [piece(FRESH, 1, 2), piece(RETURNS, 3, 3)])

    assert record.reply == "不能[1]。生鲜须在签收后24小时内拍照反馈[1]。退款在三个工作日内原路返回[2]。"


def test_a_false_premise_is_set_right_by_the_sentence_alone():
    record = laid_out(asked(SEVEN_DAYS, kind="false_premise"), [piece(RETURNS, 0, 1)])

    assert record.reply == "签收后七天内可以无理由退货[1]。"


def test_english_sentences_are_parted_by_spaces():
    question = asked(SENT, language="en", text="When are parcels sent?")

    assert laid_out(question, [piece(SHIPPING, 0, 1)]).reply == (
        "Parcels are sent within two days[1]. Unless they are oversized[1]."
    )


def test_what_the_finder_missed_is_put_in_near_the_front_with_its_condition():
    others = [piece(FRESH, 0, 1), piece(FRESH, 3, 3), piece(SHIPPING, 2, 2)]
    places = set()
    for seed in range(20):
        record = laid_out(asked(SEVEN_DAYS), others, seed=seed)
        (place,) = [at for at, text in enumerate(sources(record)) if RETURNS.text[:22] in text]
        places.add(place)
        assert record.reply == f"签收后七天内可以无理由退货[{place + 1}]。但定制商品除外[{place + 1}]。"

    assert places == {0, 1}


def test_a_share_stands_behind_the_second_piece():
    found = [piece(RETURNS, 0, 0), piece(FRESH, 2, 2), piece(SHIPPING, 2, 2)]

    record = laid_out(asked(SEVEN_DAYS), found, LayoutParams(behind=1.0))

    assert record.reply == "签收后七天内可以无理由退货[2]。"
    assert "24小时" in sources(record)[0]
    assert "Sundays" in sources(record)[2]


def test_what_answers_least_is_left_out_for_room_and_an_answer_never():
    found = [piece(SHIPPING, 0, 2), piece(FRESH, 2, 3), piece(RETURNS, 0, 1)]

    roomy, narrow = (laid_out(asked(SEVEN_DAYS), found, replace(IN_ORDER, tokens=tokens)) for tokens in (315, 210))

    assert len(sources(roomy)) == 3
    assert sources(narrow)[-1].endswith(RETURNS.text[:22])
    assert len(sources(narrow)) < 3
    assert laid_out(asked(SEVEN_DAYS), found, replace(IN_ORDER, tokens=60)) is None


def test_a_bare_no_counts_as_an_answer_only_where_the_quote_begins_with_it():
    question = asked(("zh/生鲜.md", "生鲜须在签收后24小时内拍照反馈。"))

    assert laid_out(question, [piece(FRESH, 1, 2)]).reply == "生鲜须在签收后24小时内拍照反馈[1]。"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (asked(SEVEN_DAYS), True),
        (asked(), False),
        (asked(SENT), False),
        (asked(SEVEN_DAYS, SENT), False),
        (asked(("zh/退货.md", "没有这一句话在里面。")), False),
        (asked(("zh/没有.md", SEVEN_DAYS[1])), False),
        (asked(*[SEVEN_DAYS] * 5), False),
        (asked(("catalogue/products.csv", "A1,吊灯,568,19,3.2")), False),
    ],
)
def test_a_question_is_laid_out_only_where_its_own_language_answers_all_of_it(question, expected):
    assert can_be_answered(question, Shop()) is expected


def test_declining_keeps_the_order_of_the_finder():
    record = declining(asked(kind="near_miss"), [piece(FRESH, 2, 2), piece(RETURNS, 3, 3)], LayoutParams())

    assert record.reply == NO_ANSWER["zh"]
    assert [text.rpartition(") ")[2] for text in sources(record)] == [
        "生鲜须在签收后24小时内拍照反馈。",
        REFUND[1],
    ]
    assert declining(asked(kind="near_miss"), [], LayoutParams()) is None


def test_without_its_answer_the_reader_chooses_from_what_it_saw_besides():
    windows = (piece(RETURNS, 0, 0), piece(RETURNS, 3, 3), piece(FRESH, 2, 2), piece(SHIPPING, 2, 2))
    look = Look((), (piece(RETURNS, 0, 1),), Reading(5.0, ((9.0,), (-2.0,), (-1.0,), (-8.0,))), windows)

    kept = without_gold(asked(SEVEN_DAYS), look, LayoutParams())

    assert [item.quote for item in kept] == ["生鲜须在签收后24小时内拍照反馈。", REFUND[1]]


def test_what_the_reader_takes_for_an_answer_all_the_same_is_not_held_to_be_none():
    look = Look((), (), Reading(5.0, ((9.0,), (1.0,))), (piece(RETURNS, 0, 0), piece(FRESH, 2, 2)))

    assert without_gold(asked(SEVEN_DAYS), look, LayoutParams()) == []


def test_without_a_reader_what_is_left_of_the_evidence_stays():
    look = Look((), (piece(RETURNS, 0, 1), piece(FRESH, 2, 2)), None)

    assert [item.quote for item in without_gold(asked(SEVEN_DAYS), look, LayoutParams())] == [
        "生鲜须在签收后24小时内拍照反馈。"
    ]
    assert without_gold(asked(SEVEN_DAYS), None, LayoutParams()) == []


def test_two_questions_in_one_are_looked_up_one_by_one_as_in_serving():
    finder = FixedFinder([piece(RETURNS, 0, 1)])

    found = found_for(asked(text="退货运费谁承担？退款多久到账？"), finder, Shop(), top=8, threshold=0.5)

    assert finder.asked[0] == "退货运费谁承担？"
    assert len(finder.asked) == 2
    assert [item.number for item in found.evidence] == [1]


@pytest.mark.parametrize(
    ("text", "numbers", "expected"),
    [
        ("七天内可退。", [2], "七天内可退[2]。"),
        ("Within 3 days.", [1, 3], "Within 3 days[1][3]."),
        ("可以", [1], "可以[1]"),
        ("补差价；", [1], "补差价[1]；"),
    ],
)
def test_markers_stand_before_the_full_stop(text, numbers, expected):
    assert marked(text, numbers) == expected
