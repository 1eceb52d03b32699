"""A wide question's answer: main points in the documents' own words, each below its heading, without the model."""

from dataclasses import replace

from app.assistant.answerability import Weighing
from app.assistant.finding import EvidenceFinder, Finding, Look, Overview
from app.domain import Evidence
from index.types import Location
from tests.fakes import passage
from tests.unit.assistant.test_assistant import Model, assistant, turn

WEIGHING = Weighing(-1.0, {"named": (1.0, 4.0)})


class Wide:
    """Takes every question for a wide one."""

    def __init__(self, *points: tuple[str, str, str], others: tuple[str, ...] = ()) -> None:
        passages = [
            passage(text, f"{title}#{number}", title=title, location=Location(0, len(text), heading=heading))
            for number, (title, heading, text) in enumerate(points)
        ]
        evidence = tuple(Evidence(number, item, 0, 0, 1.0) for number, item in enumerate(passages, start=1))
        look = Look([], evidence, None)
        self.finding = Finding(evidence, 0.9, look=look, overview=Overview(others, WEIGHING))

    def asked(self, question, source):
        return () if "多久" in question else (question,)

    def told(self, words, query, source, own, across):
        return self.finding


def answered(wide: Wide, message: str = "退货政策", model: Model | None = None, **fields):
    asking = assistant(model)
    finder = asking._finder
    asking._finder = EvidenceFinder(finder._retriever, finder._answerability, wide=wide)
    return asking.reply(turn(message, **fields))


def test_points_stand_below_their_headings_and_the_model_is_not_asked():
    model = Model("退货很方便[1]。")
    points = [
        ("退货规则", "退货规则 > 一、期限", "7天内可以退货。"),
        ("退货规则", "退货规则 > 一、期限", "会员15天。"),
        ("退货规则", "退货规则 > 二、运费", "运费由买家承担。"),
    ]

    answer = answered(Wide(*points, others=("退款时效",)), model=model)

    assert answer.text == (
        "《退货规则》的要点：\n期限：7天内可以退货 [1]。会员15天 [2]。\n运费：运费由买家承担 [3]。"
        "\n另见《退款时效》。想了解其中哪一点，可以接着问。"
    )
    assert (answer.status, answer.mode, answer.model) == ("answered", "extractive", None)
    assert answer.confidence == 0.9
    assert model.prompts == []


def test_a_list_stands_line_by_line_below_its_heading():
    answer = answered(Wide(("退货规则", "退货规则 > 流程", "1. 提交申请；\n2. 寄回商品")))

    assert answer.text == (
        "《退货规则》的要点：\n流程：\n1. 提交申请；\n2. 寄回商品 [1]。\n想了解其中哪一点，可以接着问。"
    )


def test_behind_a_list_a_new_line_begins():
    rules = [("退货规则", "退货规则 > 流程", text) for text in ("1. 提交；\n2. 寄回。", "两天内验货。", "随后退款。")]
    points = [*rules, ("退货规则", "退货规则 > 运费", "买家承担。")]

    text = answered(Wide(*points)).text

    assert "流程：\n1. 提交；\n2. 寄回 [1]。\n两天内验货 [2]。随后退款 [3]。\n运费：买家承担 [4]。" in text


def test_lines_begin_without_a_space():
    answer = answered(Wide(("Returns", "Returns > Steps", "1. Ask.\n2. Post it.")), "return policy")

    assert answer.text.startswith("The main points of “Returns”:\nSteps:\n1. Ask.\n2. Post it [1].\n")


def test_two_documents_are_told_one_after_the_other_in_the_customers_language():
    points = [("Returns", "Returns", "You have 7 days."), ("Abroad", "2. Costs", "You pay the freight.")]

    answer = answered(Wide(*points), "return policy")

    assert answer.text == (
        "The main points of “Returns”: You have 7 days [1].\nThe main points of “Abroad”:\nCosts: You pay the freight"
        " [2].\nAsk about any of these for the details."
    )


def test_a_wide_part_of_a_message_is_told_beside_the_other():
    answer = answered(Wide(("退货规则", "", "7天内可以退货。")), "你们的退货政策是什么？退款多久到账？")

    assert "7天内可以退货 [1]" in answer.text
    assert "退款在3个工作日内到账" in answer.text


def test_the_receipt_says_why_it_is_this_document():
    asking = assistant()
    finding = Wide(("退货规则", "", "7天内可以退货。")).finding

    assert asking._finder.weigh("退货政策", finding) == WEIGHING
    assert asking._finder.weigh("退货政策", replace(finding, overview=None)) != WEIGHING
