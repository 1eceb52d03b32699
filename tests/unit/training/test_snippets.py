"""Questions that bring their own passages."""

import json
import random

from app.building.container import Container
from app.settings import ModelSettings, Settings
from app.training.snippets import Snippets, read_snippets, snippet_examples

ITEM = Snippets(
    "云泽马拉松男子组冠军",
    "韩立",
    ("2023年云泽马拉松，韩立夺得男子组冠军。", "冠军韩立赛后致谢。女子组由周宁获胜。"),
    ("云泽马拉松女子组冠军是周宁。", "去年的男子组冠军没有参赛。"),
)


def test_each_question_is_asked_with_all_that_answers_with_one_and_with_none():
    mixtures = list(ITEM.mixtures(random.Random(1)))

    assert [len(passages) for passages in mixtures] == [4, 3, 2]
    assert set(mixtures[2]) == set(ITEM.negative)


def test_packs_mark_the_sentences_that_hold_the_answer_and_name_it(tmp_path):
    container = Container(Settings(home=tmp_path, models=ModelSettings(embedder="hashing")))

    whole, _, without = snippet_examples([ITEM], container)

    marked = [
        sentence
        for window, labels in zip(whole.windows, whole.labels, strict=True)
        for sentence, label in zip(window.sentences, labels, strict=True)
        if label
    ]
    assert set(marked) <= {ITEM.positive[0], "冠军韩立赛后致谢。"}
    assert marked
    assert whole.answer == "韩立"
    assert not without.is_answerable
    assert without.answer == ""


def test_a_file_is_read_line_by_line(tmp_path):
    path = tmp_path / "snippets.jsonl"
    row = {"query": "q", "answer": "a", "positive": ["x a"], "negative": ["y"]}
    path.write_text(json.dumps(row) + "\n\n", encoding="utf-8")

    assert read_snippets(path) == [Snippets("q", "a", ("x a",), ("y",))]
