import pytest

from app.domain import Answer
from app.evaluation.examiner import Examiner
from app.evaluation.rgb import NoisyQuestion
from app.evaluation.robustness import examine_disagreement, examine_noise, examine_parts, says_disagreement
from app.retrieval.given import given_passages
from tests.fakes import FakeAssistant, answer_of

QUESTION = NoisyQuestion(
    "7",
    "军运会在哪举办",
    "zh",
    answer=(("武汉",),),
    positive=(("在武汉举办。", "主办城市是武汉。"),),
    negative=("成都下雨。", "北京下雪。", "上海刮风。", "广州天晴。", "深圳多云。"),
    false_answer=(("成都",),),
    falsified=("在成都举办。", "主办城市是成都。"),
)
DECLINED = answer_of()


def said(text: str) -> Answer:
    return answer_of((text, given_passages([text])[0]))


class Following(FakeAssistant):
    """Says its first passage, as an assistant would that trusts whatever it is given."""

    def reply(self, turn):
        self._answer = said(turn.passages[0])
        return super().reply(turn)


def test_a_question_is_asked_once_for_each_share_of_noise():
    assistant = FakeAssistant(said("在武汉举办。"))

    section = examine_noise("zh_refine", [QUESTION], Examiner(assistant), rates=(0.0, 0.6, 1.0), seed=0)

    assert [len(turn.passages) for turn in assistant.turns] == [5, 5, 5]
    scores = {question.question_id: question.scores for question in section.questions}
    assert scores["7@0"]["right@0"] is True
    assert scores["7@0.6"]["wrongly_declined@0.6"] is False
    assert scores["7@1"]["declined@1"] is False
    assert "right@1" not in scores["7@1"]
    assert section.questions[2].expected == {"decline": True}
    assert [measure.name for measure in section.measures[:5]] == [
        "right@0",
        "right@0.6",
        "wrongly_declined@0",
        "wrongly_declined@0.6",
        "declined@1",
    ]


def test_declining_is_right_at_full_noise_alone():
    section = examine_noise("zh_refine", [QUESTION], Examiner(FakeAssistant(DECLINED)), rates=(0.6, 1.0), seed=0)

    estimates = section.estimates(seed=0)
    assert {name: found.value for name, found in estimates.items()} == {
        "right@0.6": 0.0,
        "wrongly_declined@0.6": 1.0,
        "declined@1": 1.0,
    }


def test_citations_are_held_against_the_given_passages():
    section = examine_noise("zh_refine", [QUESTION], Examiner(Following(DECLINED)), rates=(0.0,), seed=0)

    assert section.questions[0].faults == ()
    assert {item.role for item in section.questions[0].retrieved} == {"positive", "negative"}


def test_an_answer_in_parts_is_right_when_all_are_there():
    asked = NoisyQuestion("1", "何时开始何时结束", "zh", (("1月17日",), ("2月25日",)), (("甲",), ("乙",)), ())

    whole = examine_parts("zh_int", [asked], Examiner(FakeAssistant(said("1月17日至2月25日。"))), seed=0)
    half = examine_parts("zh_int", [asked], Examiner(FakeAssistant(said("1月17日开始。"))), seed=0)

    assert whole.questions[0].scores["right"] is True
    assert half.questions[0].scores["right"] is False


@pytest.mark.parametrize(
    ("answer", "noticed", "told", "right", "misled"),
    [
        (said("在武汉举办。"), False, False, True, False),
        (said("在成都举办。"), False, False, False, True),
        (said("一说武汉，一说成都。"), True, True, True, False),
        (said("资料中的说法不一致，有的写成都。"), True, True, False, False),
        (said("在北京举办。"), False, False, False, False),
        (DECLINED, True, False, False, False),
    ],
)
def test_a_disagreement_is_noticed_by_telling_or_declining(answer, noticed, told, right, misled):
    section = examine_disagreement("zh_fact", [QUESTION], Examiner(FakeAssistant(answer)), seed=0)

    scores = section.questions[0].scores
    assert (scores["noticed"], scores["told"], scores["right"], scores["misled"]) == (noticed, told, right, misled)


def test_a_question_without_both_values_is_left_out_and_told():
    asked = NoisyQuestion("8", "？", "zh", (("武汉",),), (("武汉",),), (), (("成都",),), ("别处",))

    section = examine_disagreement("zh_fact", [asked, QUESTION], Examiner(FakeAssistant(DECLINED)), seed=0)

    assert [question.question_id for question in section.questions] == ["7"]
    assert section.notes == ("1 left out: their passages do not show both values.",)


@pytest.mark.parametrize(
    ("text", "is_said"),
    [
        ("两份资料的说法不一致。", True),
        ("这些来源相互矛盾", True),
        ("报道有出入：一说5月。", True),
        ("The sources disagree on the city.", True),
        ("These passages do not agree.", True),
        ("在武汉举办，共有不同项目。", False),
        ("He differs from his brother.", False),
        ("", False),
    ],
)
def test_words_of_disagreement_are_known_in_both_languages(text, is_said):
    assert says_disagreement(text) is is_said
