from dataclasses import replace

import numpy as np
import pytest

from app.domain import Evidence
from app.generation.extractive import compose
from app.retrieval.reading import Reading
from app.retrieval.retriever import Retrieved
from app.retrieval.selection import (
    SelectionParams,
    candidate_windows,
    evidence_by_reading,
    select_evidence,
    window_of,
)
from app.retrieval.whole_rules import estimate_tokens
from index.text.sentences import split_sentences
from index.types import Hit, Location, Passage


def found(passage_id: str, text: str, similarities: list[float] | None = None) -> Retrieved:
    spans = tuple(split_sentences(text))
    passage = Passage(passage_id, passage_id, "t", text, "", "zh", Location(0, len(text)), spans)
    near = np.array(similarities if similarities is not None else [0.8] * len(spans), np.float32)
    return Retrieved(passage, Hit(passage_id, 1.0), near)


def test_the_sentence_nearest_to_the_question_comes_first():
    evidence = select_evidence(
        "退款多久到账？",
        [found("a", "本店销售家电。退款在3个工作日内到账。我们很高兴。", [0.7, 0.9, 0.7])],
        params=SelectionParams(items=1),
    )

    assert [item.quote for item in evidence] == ["退款在3个工作日内到账。"]
    assert evidence[0].number == 1


def test_a_condition_stays_with_its_rule():
    evidence = select_evidence(
        "能退货吗",
        [found("a", "支持七天无理由退货。但生鲜除外。本店销售家电。", [0.9, 0.7, 0.6])],
        params=SelectionParams(items=1),
    )

    assert evidence[0].quote == "支持七天无理由退货。但生鲜除外。"


def test_the_other_half_of_a_rule_stands_behind_its_semicolon():
    text = "有欺诈行为的，赔偿价款的三倍；不足五百元的，为五百元。另有约定的从其约定。"
    listed = "1. 欺诈的，赔偿价款的三倍；\n2. 虚假宣传的，赔偿五百元；"

    for at, near in enumerate(([0.9, 0.6, 0.5], [0.6, 0.9, 0.5])):
        evidence = select_evidence("欺诈赔几倍", [found("a", text, near)], params=SelectionParams(items=1))
        assert evidence[0].quote == "有欺诈行为的，赔偿价款的三倍；不足五百元的，为五百元。", at
    item = select_evidence("欺诈赔", [found("a", listed, [0.9, 0.5])], params=SelectionParams(items=1))[0]
    assert "虚假宣传" not in item.quote


def test_a_list_follows_its_lead_in():
    text = "以下商品不支持退货：\n生鲜\n内衣\n定制商品"

    evidence = select_evidence(
        "哪些商品不支持退货", [found("a", text, [0.9, 0.7, 0.7, 0.7])], params=SelectionParams(items=1)
    )

    assert evidence[0].quote == text


def test_the_cells_of_a_row_are_no_clauses_of_a_rule():
    row = found("a", "型号: XG-100；滚筒温度: 95℃；颜色: 白。", [0.5, 0.9, 0.5])
    row = replace(row, passage=replace(row.passage, location=replace(row.passage.location, row=3)))

    assert "颜色" not in select_evidence("滚筒温度多少", [row], params=SelectionParams(items=1))[0].quote


def test_an_item_comes_with_its_heading_and_the_other_cases_of_a_short_list():
    text = "有以下情形的，恢复处理：\n（一）30日内未协商的。\n（二）7日内未提供凭证的。\n其他规定另行公布。"
    long_text = text.replace("未协商", "未协商" * 120)

    def chosen(words: str) -> str:
        near = [0.6, 0.7, 0.9, 0.5]
        return select_evidence("多久恢复", [found("a", words, near)], params=SelectionParams(items=1))[0].quote

    assert chosen(text) == text.removesuffix("\n其他规定另行公布。")
    assert chosen(long_text) == "（二）7日内未提供凭证的。"


def test_an_faq_question_lends_its_nearness_to_its_answer():
    faq = found("faq", "退款多久到账？三天。", [0.95, 0.6])
    other = found("other", "退款需要审核。", [0.8])

    evidence = select_evidence("退款多久到账", [faq, other], params=SelectionParams(items=1))

    assert evidence[0].quote == "三天。"


def test_the_token_budget_holds_but_the_best_is_always_there():
    passages = [found(str(number), "退款" * 40 + f"第{number}条。") for number in range(6)]

    evidence = select_evidence("退款", passages, params=SelectionParams(budget=150))

    assert evidence
    assert sum(estimate_tokens(item.prompt_text) for item in evidence) <= 150
    assert select_evidence("退款", passages[:1], params=SelectionParams(budget=16))


def test_neighbours_that_are_both_chosen_become_one_piece():
    evidence = select_evidence(
        "退款到账时间和退款方式", [found("a", "退款到账时间为3天。退款方式为原路退回。", [0.9, 0.9])]
    )

    assert [item.quote for item in evidence] == ["退款到账时间为3天。退款方式为原路退回。"]


def test_nothing_found_gives_no_evidence():
    assert select_evidence("退款", []) == []


def test_passages_without_sentence_vectors_are_judged_by_their_words():
    bare = Retrieved(found("a", "本店销售家电。退款在3天内到账。").passage, Hit("a", 1.0))

    evidence = select_evidence("退款多久到账", [bare], params=SelectionParams(items=1))

    assert evidence[0].quote == "退款在3天内到账。"


def windows_of(*texts: str) -> list[Evidence]:
    return [
        Evidence(0, item.passage, 0, len(item.passage.sentences) - 1, 0.0)
        for item in (found(str(number), text) for number, text in enumerate(texts))
    ]


def test_what_the_reader_prefers_comes_first_and_the_unlikely_stays_away():
    windows = windows_of("本店销售家电。运费8元。", "退款在3天内到账。", "门店在静安。")

    evidence = evidence_by_reading("退款多久到账", windows, Reading(2.0, ((-6.0, 1.0), (3.0,), (-6.0,))))

    assert [item.quote for item in evidence] == ["退款在3天内到账。", "运费8元。"]
    assert [item.number for item in evidence] == [1, 2]
    assert evidence[0].score == 3.0


def test_a_condition_stays_with_the_sentence_that_the_reader_chose():
    windows = windows_of("支持七天无理由退货。但生鲜除外。")

    evidence = evidence_by_reading("退款多久到账", windows, Reading(2.0, ((4.0, -9.0),)))

    assert evidence[0].quote == "支持七天无理由退货。但生鲜除外。"


def test_the_best_is_taken_even_when_the_reader_doubts_it_and_a_question_never_is():
    windows = windows_of("退款多久到账？三天。", "门店在静安。")

    evidence = evidence_by_reading("退款多久到账", windows, Reading(-5.0, ((9.0, -3.0), (-8.0,))))

    assert [item.quote for item in evidence] == ["三天。"]


def test_windows_that_the_reader_had_no_room_for_are_left_out():
    windows = windows_of("退款在3天内到账。", "门店在静安。")

    assert [item.quote for item in evidence_by_reading("退款多久到账", windows, Reading(1.0, ((1.0,), ())))] == [
        "退款在3天内到账。"
    ]
    assert evidence_by_reading("退款多久到账", [], Reading(-30.0, ())) == []


def listed(text: str, *numbers: int) -> list[str]:
    """What is chosen where the reader prefers these sentences of a text."""
    passage = found("a", text).passage
    windows = [Evidence(0, passage, number, number, 0.0) for number in range(len(passage.sentences))]
    logits = tuple((2.0 if number in numbers else -9.0,) for number in range(len(windows)))
    return [item.quote for item in evidence_by_reading("退款多久到账", windows, Reading(2.0, logits))]


def test_the_step_between_two_that_were_chosen_is_not_left_out():
    steps = "1. 提交申请，24小时内审核。\n2. 7日内寄出。\n3. 收货后2个工作日内验货。"
    points = steps.replace("1.", "-").replace("2.", "-").replace("3.", "-")
    prose = "提交申请，24小时内审核。\n7日内寄出。\n收货后2个工作日内验货。"

    assert listed(steps, 0, 2) == [steps]
    assert len(listed(points, 0, 2)) == len(listed(prose, 0, 2)) == 2


def test_the_clauses_of_an_item_stay_together():
    text = "1. 路径：账号与安全；\n2. 条件：没有未完成的订单；礼品卡余额已用完；已关闭自动续费。\n3. 15日内完成。"

    assert listed(text, 1) == ["2. 条件：没有未完成的订单；礼品卡余额已用完；已关闭自动续费。"]


def test_of_a_table_the_row_that_is_named_is_told_and_its_like_are_not():
    text = "Foot length (mm): 255; EU: 40.5; UK: 6.5\nFoot length (mm): 280; EU: 44; UK: 9\nSizes run large."
    ends = [text.index("\n"), text.rindex("\n"), len(text)]
    rows = tuple(zip([0, ends[0] + 1, ends[1] + 1], ends, strict=True))
    passage = replace(found("a", text).passage, sentences=rows)
    windows = [Evidence(0, passage, number, number, 0.0) for number in range(3)]
    reading = Reading(2.0, ((1.0,), (0.0,), (-1.0,)))

    named = evidence_by_reading("I wear UK 9, what is that in EU", windows, reading)
    other = evidence_by_reading("what is EU 44 in UK sizes for a wide foot", windows, reading)

    assert named[0].quote == "Foot length (mm): 280; EU: 44; UK: 9\nSizes run large."
    assert "255" not in other[0].quote
    assert "255" in evidence_by_reading("do sizes run large", windows, reading)[0].quote


def test_a_mere_no_comes_with_the_sentence_that_explains_it():
    evidence = select_evidence(
        "能放洗碗机吗",
        [found("a", "能放洗碗机吗？不能。高温会使涂层脱落。", [0.9, 0.8, 0.5])],
        params=SelectionParams(items=1),
    )

    assert evidence[0].quote == "不能。高温会使涂层脱落。"


def row_evidence() -> Evidence:
    text = "型号: H15；名称: 养生壶；功率: 800 W"
    passage = Passage(
        "r", "products.csv", "products", text, "", "zh", Location(0, len(text), row=7), ((0, 16), (16, len(text)))
    )
    return Evidence(1, passage, 1, 1, 2.0)


def test_cells_from_the_middle_of_a_row_are_read_with_those_that_name_it():
    window = window_of(row_evidence())

    assert window.context == "型号: H15；名称: 养生壶；"
    assert window.sentences == ("功率: 800 W",)


def test_a_quoted_row_says_what_it_is_about():
    quoted = [text for text, _ in compose("养生壶功率多大", [row_evidence()])]

    assert quoted == ["型号: H15；名称: 养生壶；", "功率: 800 W。"]


def test_a_likely_long_sentence_is_read_before_unlikely_short_ones():
    filler = [f"本店第{number}条说明。" for number in range(30)]
    likely = "退款在质检完成以后由财务人员于三个工作日之内按照原来的支付方式退回到您的账户之中，请您留意查收。"
    pool = [found("a", "".join([*filler, likely, *filler]), [0.7] * 30 + [0.9] + [0.7] * 30)]

    (windows,) = candidate_windows("退款多久到账", pool)

    assert any(likely in window.quote for window in windows)
    assert sum(estimate_tokens(window.quote) for window in windows) < 250


def test_a_passage_found_both_ways_is_seen_once_and_by_its_best_side():
    low, high = "The warehouse is in Lyon.", "Refunds take 7 days to arrive."
    filler = "退款由财务人员于三个工作日之内按照原来的支付方式退回到您的账户之中，请您留意查收并且核对金额。"
    own = [found("zh", filler * 8), found("en", f"{low} {high}", [0.6, 0.5])]
    across = [found("en", f"{low} {high}", [0.5, 0.9])]

    (windows,) = candidate_windows("退款多久到账", own, across)

    shown = [(item.passage.passage_id, at) for item in windows for at in range(item.first, item.last + 1)]
    assert ("en", 1) in shown
    assert len(shown) == len(set(shown))


def test_windows_of_one_passage_stand_together():
    pool = [
        found("a", "退款三天到账。本店销售家电。我们在上海。欢迎光临。退款按原路退回。", [0.95, 0.7, 0.7, 0.7, 0.93]),
        found("b", "运费由商家承担。", [0.94]),
    ]

    (windows,) = candidate_windows("退款多久到账", pool)

    order = [window.passage.passage_id for window in windows]
    assert order == sorted(order)
    assert [window.number for window in windows] == list(range(1, len(windows) + 1))


def english(text):
    return replace(found("en", text).passage, language="en")


@pytest.mark.parametrize(
    ("own", "first"),
    [
        ("礼品卡绑定后不能转移到其他账户。", "own"),  # says the same
        ("礼品卡可用于全部商品。", "en"),
    ],
    ids=["said in both", "said in one"],
)
def test_what_both_languages_say_is_quoted_in_the_question_s_own(own, first):
    foreign = "A gift card cannot be moved to another account."
    windows = [Evidence(1, found("own", own).passage, 0, 0, 0.0), Evidence(2, english(foreign), 0, 0, 0.0)]

    chosen = evidence_by_reading("礼品卡能转给别人的账户吗", windows, Reading(2.0, ((-1.0,), (2.0,))))

    assert chosen[0].passage.passage_id == first
    assert chosen[0].score == pytest.approx(2.0, abs=0.1)


def test_the_other_language_alone_gets_all_the_room():
    sentences = " ".join(f"Parcel rule number {number} speaks of a long and winding thing." for number in range(40))
    pool = [replace(found("en", sentences), passage=replace(found("en", sentences).passage, language="en"))]
    own = [found("zh", "本店销售家电。")]

    (alone,) = candidate_windows("包裹", [], pool)
    beside = [
        item for windows in candidate_windows("包裹", own, pool) for item in windows if item.passage.language == "en"
    ]

    assert sum(len(item.quote) for item in alone) > 1.5 * sum(len(item.quote) for item in beside)


def test_a_sentence_with_the_kind_of_figure_that_is_asked_for_is_likelier():
    windows = windows_of("按页面提示申请退款。", "退款在3个工作日内到账。")
    reading = Reading(2.0, ((2.0,), (0.5,)))

    def quotes(**given):
        return [item.quote for item in evidence_by_reading("退款多久到账", windows, reading, **given)]

    assert quotes()[0] == "按页面提示申请退款。"
    assert quotes(has_figure=lambda text: "3" in text)[0] == "退款在3个工作日内到账。"
