from app.domain import Evidence
from app.generation.extractive import OF_A_READER, ComposeParams, as_sentence, compose
from index.text.sentences import split_sentences
from index.types import Location, Passage


def piece(number: int, text: str, score: float) -> Evidence:
    spans = tuple(split_sentences(text))
    passage = Passage(f"p{number}", f"d{number}", "t", text, "", "zh", Location(0, len(text)), spans)
    return Evidence(number, passage, 0, len(spans) - 1, score)


def test_each_sentence_quotes_exactly_one_sentence_of_the_evidence():
    answer = list(compose("退款多久到账？", [piece(1, "退款3个工作日到账。节假日顺延。", 2.0)]))

    assert [(text, item.quote) for text, item in answer] == [
        ("退款3个工作日到账。", "退款3个工作日到账。"),
        ("节假日顺延。", "节假日顺延。"),
    ]


def test_the_question_of_an_faq_entry_is_not_repeated():
    answer = list(compose("退款多久到账？", [piece(1, "退款多久到账？3个工作日。", 2.0)]))

    assert [text for text, _ in answer] == ["3个工作日。"]


def test_the_day_that_a_search_engine_puts_before_a_snippet_is_no_sentence():
    answer = list(compose("起售价多少？", [piece(1, "Mar 9, 2022 ... 国行3499元起，比上一代贵。", 2.0)]))

    assert [text for text, _ in answer] == ["国行3499元起，比上一代贵。"]


def test_far_weaker_evidence_is_left_out_unless_it_speaks_of_an_open_word():
    best, weak, other = (
        piece(1, "退款3个工作日到账。", 5.0),
        piece(2, "本店销售家电。", 1.0),
        piece(3, "发票在签收后开具。", 1.0),
    )

    answer = [text for text, _ in compose("退款多久到账，发票怎么开？", [best, weak, other])]

    assert answer == ["退款3个工作日到账。", "发票在签收后开具。"]


def test_an_answer_stays_short_but_never_empty():
    long_text = "退" * 300 + "。"

    answer = list(compose("退款", [piece(1, long_text + "另一句。", 1.0)], params=ComposeParams(characters=50)))

    assert [text for text, _ in answer] == [long_text]


def test_the_cases_of_a_rule_are_told_whole():
    heading, items = "出现以下任一情形的，恢复处理：", [f"（{number}）{'情形' * 30}。" for number in "一二三四五六"]

    listed = [text for text, _ in compose("何时恢复", [piece(1, "\n".join([heading, *items]), 1.0)])]
    told = [text for text, _ in compose("何时恢复", [piece(1, "\n".join(items), 1.0)])]

    assert len(listed) == 7
    assert len(told) < 6


def test_a_list_behind_other_evidence_is_told_whole_or_not_at_all():
    best = piece(1, "退款3个工作日到账。", 2.0)
    heading, items = "出现以下情形的，恢复处理：", [f"（{number}）{'情形' * 30}。" for number in "一二三四"]
    listed = "\n".join([heading, *items])

    near = [text for text, _ in compose("何时恢复", [best, piece(2, listed, 1.5)], params=OF_A_READER)]
    far = [text for text, _ in compose("何时恢复", [best, piece(2, listed, 0.5)], params=OF_A_READER)]

    assert len(near) == 6
    assert far == ["退款3个工作日到账。"]


def test_no_evidence_gives_no_sentence():
    assert list(compose("退款多久到账？", [])) == []


def test_a_list_item_becomes_a_sentence():
    assert as_sentence("- 满99元包邮") == "满99元包邮。"
    assert as_sentence("2. Free over\n99 yuan") == "Free over 99 yuan."
    assert as_sentence("运费8元。") == "运费8元。"
    assert as_sentence("the refund follows within 3 days") == "The refund follows within 3 days."
    assert as_sentence("iPhone cases, used") == "iPhone cases, used."


def test_an_answer_keeps_to_the_language_that_it_begins_in():
    evidence = [
        piece(1, "退款3个工作日到账。", 3.0),
        piece(2, "Refunds arrive within 3 business days.", 2.9),
        piece(3, "节假日顺延。", 2.8),
    ]

    assert [text for text, _ in compose("退款多久到账？", evidence)] == ["退款3个工作日到账。", "节假日顺延。"]


def test_the_other_language_is_heard_when_it_is_nearly_as_good():
    evidence = [piece(1, "退款3个工作日到账。", 3.0), piece(2, "Refunds to a card take 5 business days.", 2.5)]

    answer = compose("退款多久到账？", evidence, params=ComposeParams(foreign_margin=1.0))

    assert [item.passage.passage_id for _, item in answer] == ["p1", "p2"]


def test_the_other_language_is_not_quoted_for_figures_that_were_told():
    evidence = [
        piece(1, "银卡会员：自签收次日起7日内可退。", 2.0),
        piece(2, "Silver: returns within 7 days of receipt.", 1.8),
        piece(3, "Gold: returns within 15 days of receipt.", 1.8),
        piece(4, "Opened cosmetics cannot be returned.", 1.8),
    ]

    answer = list(compose("银卡会员退货期多久", evidence, params=OF_A_READER))

    assert [item.number for _, item in answer] == [1, 3, 4]


def test_the_other_language_is_quoted_where_its_figure_would_be_a_case_of_what_was_told():
    evidence = [piece(1, "满99元包邮。", 2.0), piece(2, "Orders of 120 yuan ship by air.", 1.8)]

    answer = list(compose("多少钱包邮", evidence, params=OF_A_READER))

    assert [item.number for _, item in answer] == [1, 2]
