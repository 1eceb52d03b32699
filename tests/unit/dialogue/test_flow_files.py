"""What is said about flows that cannot be meant as they are written, with the line on which it stands."""

from pathlib import Path

import pytest

from app.dialogue.check import Vocabulary, check_flows
from app.dialogue.errors import FlowsInvalid
from app.dialogue.flow_file import read_flows
from app.dialogue.library import FlowLibrary, read_library
from app.dialogue.yaml_lines import Problem
from app.domain.action import ActionSpec, Wording

GOOD = """\
flow: gift_wrap
name: {zh: 礼品包装, en: the gift wrap}
intents: [gift_wrap]
slots:
  order_id:
    types: [order_number]
    ask: {zh: "哪一单？", en: "Which order?"}
steps:
  - collect: order_id
  - perform: wrap
    with: {order_id: order_id}
    on:
      refused: {say: {zh: "不行：{message}", en: "No: {message}"}}
"""
VOCABULARY = Vocabulary(frozenset({"gift_wrap"}), {"wrap": frozenset({"order_id"})})


def _problems(text: str, vocabulary: Vocabulary = VOCABULARY) -> list[Problem]:
    problems: list[Problem] = []
    flows = read_flows(text, "own.yaml", problems)
    return sorted(problems) or check_flows(flows, vocabulary)


def test_a_good_flow_has_no_problems():
    assert _problems(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("[gift_wrap]", "[gift]", 1, "no intent gift"),
        ("types: [order_number]", "types: [ordernumber]", 5, "unknown type ordernumber"),
        ("perform: wrap", "perform: wrapp", 10, "no action wrapp"),
        ("with: {order_id:", "with: {order:", 10, "no argument order"),
        (": order_id}", ": parcel}", 1, "no slot parcel"),
        ("en: \"Which order?\"", "en: ''", 7, "text in en is missing"),
        ("{zh: \"哪一单？\", en: \"Which order?\"}", "哪一单？", 7, "two languages"),
        ("zh: 礼品包装, ", "", 2, "text in zh is missing"),
        ("- collect: order_id\n", "- id: end\n    collect: order_id\n", 9, "needs another id"),
        ("- collect: order_id\n", "- wait: order_id\n", 9, "does one of"),
        ("refused:", "rejected:", 13, "no outcome here"),
        ("{message}", "{massage}", 10, "{massage}"),
        ("intents:", "intent:", 3, "'intent' is nothing"),
        ("steps:\n", "steps:\n  - go: nowhere\n", 9, "nowhere, which there is not"),
        ("  - collect: order_id\n",
         "  - go: done\n  - collect: order_id\n  - id: done\n    say: {zh: 好, en: ok}\n", 10, "Nothing leads"),
        ("  - perform", "  - {id: a, go: b}\n  - {id: b, go: a}\n  - perform", 10, "no way out"),
        ("name: {zh", "name: {{zh", 3, "no YAML"),
        ("flow: gift_wrap", "flow: gift_wrap\nflow: again", 2, "stands here twice"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line(old, new, line, message):
    problems = _problems(GOOD.replace(old, new, 1))

    assert any(problem.line == line and message in problem.message for problem in problems), problems


def test_two_flows_of_one_intent_or_id_are_told_of():
    problems = _problems(f"{GOOD}---\n{GOOD}")

    assert any("stands in own.yaml:1 too" in problem.message for problem in problems)
    assert any("starts gift_wrap already" in problem.message for problem in problems)


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just words", "flow: [\n", "a: &x [*x]\n", "\x00"])
def test_a_file_that_holds_no_flow_does_not_raise(text):
    _problems(text)


def test_words_that_yaml_takes_for_truth_stay_words():
    problems: list[Problem] = []
    flows = read_flows(GOOD.replace("[gift_wrap]", "[yes, no, on]"), "own.yaml", problems)

    assert flows[0].intents == ("yes", "no", "on")


def test_the_shipped_flows_are_sound():
    flows, problems = read_library()

    assert problems == []
    assert {flow.id for flow in flows} >= {
        "order_status", "track_parcel", "cancel_order", "change_address", "change_order", "return_request",
        "exchange_request", "refund_status", "price_protection", "invoice_request", "problem_with_item", "late_parcel",
        "lost_parcel", "verify_identity", "talk_to_human", "complaint", "greeting", "thanks", "goodbye",
    }  # fmt: skip


def test_an_own_flow_takes_the_place_of_a_shipped_one(tmp_path: Path):
    (tmp_path / "hello.yaml").write_text(
        "flow: greeting\nname: {zh: 问好, en: hello}\nintents: [greeting]\nsmall_talk: true\n"
        "steps:\n  - say: {zh: 喵, en: Meow}\n",
        encoding="utf-8",
    )

    library = FlowLibrary.load(tmp_path)

    assert library["greeting"].file == "hello.yaml"
    assert library.of_intent("greeting") is library["greeting"]
    assert "cancel_order" in library


def test_a_faulty_folder_is_refused_with_its_first_mistake(tmp_path: Path):
    (tmp_path / "bad.yaml").write_text("flow: x\n", encoding="utf-8")

    with pytest.raises(FlowsInvalid, match=r"bad\.yaml:1: .*kefu dialogue check"):
        FlowLibrary.load(tmp_path)
    with pytest.raises(FlowsInvalid, match="no folder"):
        FlowLibrary.load(tmp_path / "absent")


def test_a_vocabulary_comes_from_labels_and_specs():
    spec = ActionSpec("wrap", Wording("包装", "wrap"), {"type": "object", "properties": {"order_id": {}}}, True, True)

    assert Vocabulary.of(["gift_wrap"], [spec]) == VOCABULARY
