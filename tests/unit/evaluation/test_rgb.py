import json
from collections import Counter

import pytest

from app.evaluation.errors import DatasetUnreadable
from app.evaluation.rgb import NoisyQuestion, read_noisy, with_disagreement, with_noise, with_parts


def question(positives: int = 5, negatives: int = 5, **fields) -> NoisyQuestion:
    values = {
        "question_id": "1",
        "text": "军运会在哪举办",
        "language": "zh",
        "answer": (("武汉",),),
        "positive": (tuple(f"在武汉举办，第{n}条" for n in range(positives)),),
        "negative": tuple(f"别的新闻{n}" for n in range(negatives)),
        **fields,
    }
    return NoisyQuestion(**values)


def disagreeing(true: str, false: str) -> NoisyQuestion:
    """A passage a letter: t shows the true value, f the falsified one in the other form, . neither."""
    positive = tuple(f"在武汉举办，第{n}条" if mark == "t" else f"无关{n}" for n, mark in enumerate(true))
    falsified = tuple(f"在成都举办，第{n}条" if mark == "f" else f"无关{n}" for n, mark in enumerate(false))
    return question(positive=(positive,), falsified=falsified, false_answer=(("成都",),))


@pytest.mark.parametrize(
    ("rate", "negative"), [(0.0, 0), (0.2, 1), (0.3, 2), (0.4, 2), (0.6, 3), (0.8, 4), (0.9, 5), (1.0, 5)]
)
def test_the_share_of_noise_is_rounded_up(rate, negative):
    roles = Counter(with_noise(question(), rate, seed=0).roles)

    assert (roles["negative"], roles["positive"]) == (negative, 5 - negative)


def test_what_one_kind_lacks_the_other_gives_but_nothing_answers_at_full_noise():
    assert Counter(with_noise(question(negatives=1), 0.6, seed=0).roles) == {"negative": 1, "positive": 4}
    assert Counter(with_noise(question(positives=1), 0.4, seed=0).roles) == {"negative": 4, "positive": 1}
    assert Counter(with_noise(question(negatives=3), 1.0, seed=0).roles) == {"negative": 3}


def test_the_same_seed_gives_the_same_order_and_roles_follow_their_passages():
    first, again, other = (with_noise(question(), 0.4, seed=seed) for seed in (7, 7, 8))

    assert first == again
    assert first.passages != other.passages
    assert sorted(first.passages) == sorted(other.passages)
    for text, role in zip(first.passages, first.roles, strict=True):
        assert ("武汉" in text) == (role == "positive")


def test_every_part_of_a_question_has_a_passage():
    parts = (("甲一", "甲二"), ("乙一",), ("丙一", "丙二", "丙三"))

    mixture = with_parts(question(positive=parts), seed=0)

    assert {text[0] for text in mixture.passages} == {"甲", "乙", "丙"}
    assert mixture.roles == ("positive",) * 5
    few = with_parts(question(positive=(("甲一",), ("乙一",))), seed=0)
    assert Counter(few.roles) == {"positive": 2, "negative": 3}


def test_true_and_falsified_passages_stand_side_by_side_none_in_both_forms():
    mixture = with_disagreement(disagreeing("ttttt", "fffff"), seed=0)

    assert mixture is not None
    assert Counter(mixture.roles) == {"positive": 3, "falsified": 2}
    assert len({text[-2] for text in mixture.passages}) == 5


@pytest.mark.parametrize(
    ("true", "false", "roles"),
    [
        ("t", "f", {"positive": 1, "falsified": 1}),
        ("tt", "ff", {"positive": 1, "falsified": 1}),
        ("ttt", "f..", {"positive": 2, "falsified": 1}),
        ("t..", "fff", {"positive": 1, "falsified": 1}),
        ("t.t", ".f.", {"positive": 2, "falsified": 1}),
    ],
)
def test_the_true_value_has_no_fewer_voices(true, false, roles):
    mixture = with_disagreement(disagreeing(true, false), seed=0)

    assert mixture is not None
    assert Counter(mixture.roles) == roles


@pytest.mark.parametrize(("true", "false"), [("..", "ff"), ("tt", "..")])
def test_without_both_values_there_is_no_disagreement(true, false):
    assert with_disagreement(disagreeing(true, false), seed=0) is None


def test_the_layouts_of_all_parts_are_read(tmp_path):
    path = tmp_path / "zh_int.jsonl"
    lines = [
        {"id": 3, "query": "春运何时", "answer": ["1月17日", ["2月25日", "25号"]], "positive": [["甲"], ["乙", "丙"]]},
        {"id": 4, "query": "Who?", "answer": "Tampa, Florida", "fakeanswer": "Glendale", "positive": ["a"],
         "positive_wrong": ["b"], "negative": ["c"]},
    ]  # fmt: skip
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))

    first, second = read_noisy(path)

    assert (first.question_id, first.language, first.answer) == ("3", "zh", (("1月17日",), ("2月25日", "25号")))
    assert first.positive == (("甲",), ("乙", "丙"))
    assert (second.answer, second.positive, second.falsified) == ((("Tampa, Florida",),), (("a",),), ("b",))
    assert (second.false_answer, second.negative) == ((("Glendale",),), ("c",))


@pytest.mark.parametrize(
    "fields",
    [
        {"answer": "a", "positive": ["x"]},
        {"query": "q", "positive": ["x"]},
        {"query": "q", "answer": "a"},
        {"query": "q", "answer": "a", "positive": []},
        {"query": "q", "answer": "a", "positive": ["x"], "positive_wrong": ["y"]},
    ],
)
def test_a_line_that_lacks_something_is_told(tmp_path, fields):
    path = tmp_path / "zh_fact.jsonl"
    path.write_text(json.dumps({"id": 1, **fields}))

    with pytest.raises(DatasetUnreadable, match=r"zh_fact\.jsonl, line 1: expected"):
        read_noisy(path)


def test_a_file_without_a_question_is_told(tmp_path):
    (tmp_path / "zh_fact.jsonl").write_text("\n")

    with pytest.raises(DatasetUnreadable, match=r"zh_fact\.jsonl holds no question"):
        read_noisy(tmp_path / "zh_fact.jsonl")
