import json
import os
from datetime import date

import pytest

from app.evaluation.errors import DatasetUnreadable, LayoutUnknown
from app.evaluation.indexing import evaluation_store
from app.evaluation.layouts import layout_of
from app.evaluation.runner import Evaluation, EvaluationParams
from app.settings import Settings
from index.errors import ModelMissing

DOCUMENTS = {
    "returns": "签收后7天内可以无理由退货。定制商品不支持无理由退货。",
    "freight": "质量问题退货，运费由商家承担。",
    "refund": "Refunds to a credit card take three working days.",
}
QUERIES = [
    {
        "_id": "q1",
        "text": "签收后几天内可以无理由退货？",
        "type": "single",
        "must_include": [["7天"]],
        "gold": ["returns"],
        "answers": ["7天"],
    },
    {
        "_id": "q2",
        "text": "质量问题退货，运费由谁承担？",
        "type": "single",
        "must_include": [["商家"]],
        "gold": ["freight"],
        "answers": ["商家"],
    },
    {
        "_id": "q3",
        "text": "How long do refunds to a credit card take?",
        "type": "numeric",
        "must_include": ["three"],
        "gold": ["refund"],
    },
]


def lines(path, rows):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture
def folder(tmp_path):
    found = tmp_path / "shop"
    found.mkdir()
    lines(found / "corpus.jsonl", [{"_id": name, "title": "", "text": text} for name, text in DOCUMENTS.items()])
    lines(found / "queries.jsonl", QUERIES)
    (found / "qrels.tsv").write_text("q\td\ts\n" + "".join(f"{row['_id']}\t{row['gold'][0]}\t1\n" for row in QUERIES))
    return found


@pytest.fixture
def settings(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.upper().startswith("KEFU_")]:
        monkeypatch.delenv(name)
    return Settings(
        home=tmp_path / "home",
        models={"embedder": "hashing", "cache": tmp_path / "models"},
        llm={"order": ("extractive",)},
        answer={"min_confidence": 0, "reader": False},  # the shipped weights were fitted for another embedder
    )


def test_every_part_of_a_folder_is_evaluated_over_an_index_of_its_own(folder, settings):
    told = []
    evaluation = Evaluation(
        settings,
        layout_of(folder),
        params=EvaluationParams(mode="extractive", as_of=date(2026, 11, 24)),
        tell=lambda *step: told.append(step),
    )

    result = evaluation.run()

    assert [section.name for section in result.sections] == ["retrieval", "answers", "reading_given", "reading_found"]
    figures = {section.name: section.estimates(seed=0) for section in result.sections}
    assert figures["retrieval"]["hit@1"].value == 1.0
    assert figures["answers"]["right"].value == 1.0
    assert figures["answers"]["broken_citations"].value == 0.0
    assert figures["reading_given"]["holds_answer"].count == 2
    assert result.set_name == "shop"
    assert (result.settings["mode"], result.settings["seed"], result.settings["as_of"]) == (
        "extractive",
        0,
        "2026-11-24",
    )
    assert set(result.settings["files"]) == {"corpus.jsonl", "queries.jsonl", "qrels.tsv"}
    assert result.settings["written_by"]["extractive"] >= 3
    assert not (settings.home / "store").exists()
    assert ("answers", 3, 3) in told


def test_the_index_is_kept_and_takes_in_only_what_changed(folder, settings):
    first = Evaluation(settings, layout_of(folder, only=["retrieval"]))
    first.run()
    lines(folder / "corpus.jsonl", [{"_id": name, "title": "", "text": text} for name, text in DOCUMENTS.items()][:2])
    (folder / "qrels.tsv").write_text("q1\treturns\t1\n")
    second = Evaluation(settings, layout_of(folder, only=["retrieval"]))
    second.run()

    assert (first.report.added, first.report.passages_embedded) == (3, 3)
    assert (second.report.added, second.report.removed, second.report.passages_embedded) == (0, 1, 0)
    assert len(list((settings.home / "evaluation" / "stores").iterdir())) == 1


def test_other_documents_or_another_embedder_have_another_store(folder, settings):
    corpus = folder / "corpus.jsonl"
    names = {
        evaluation_store(settings, paths, embedder)
        for paths, embedder in (([corpus], "a"), ([corpus], "b"), ([corpus, folder], "a"))
    }

    assert len(names) == 3
    assert all(path.name.startswith("shop-") for path in names)


def test_a_limit_holds_for_each_part_and_the_same_questions_are_chosen(folder, settings):
    result = Evaluation(settings, layout_of(folder), params=EvaluationParams(mode="extractive", limit=2)).run()

    by_name = {section.name: [item.question_id for item in section.questions] for section in result.sections}
    assert len(by_name["retrieval"]) == len(by_name["answers"]) == 2
    assert by_name["retrieval"] == by_name["answers"]


def test_passages_of_their_own_need_no_index(tmp_path, settings):
    row = {"id": 1, "query": "几天内可以退货", "answer": "7天", "positive": ["签收后7天内可以退货。"] * 5,
           "negative": ["运费自理。"] * 5}  # fmt: skip
    (tmp_path / "rgb").mkdir()
    lines(tmp_path / "rgb" / "zh_refine.jsonl", [row])

    result = Evaluation(settings, layout_of(tmp_path / "rgb"), params=EvaluationParams(noise=(0.0, 1.0))).run()

    assert [question.question_id for question in result.sections[0].questions] == ["1@0", "1@1"]
    assert result.settings["noise"] == [0.0, 1.0]
    assert not (settings.home / "evaluation").exists()


def test_answer_questions_need_documents_from_somewhere_and_from_one_place(folder, settings):
    (folder / "qrels.tsv").unlink()
    with pytest.raises(LayoutUnknown, match="leave --knowledge out"):
        Evaluation(settings, layout_of(folder), knowledge=[folder]).run()

    documents = folder.parent / "documents"
    documents.mkdir()
    (documents / "returns.md").write_text(DOCUMENTS["returns"], encoding="utf-8")
    (folder / "corpus.jsonl").unlink()
    with pytest.raises(LayoutUnknown, match="--knowledge PATH"):
        Evaluation(settings, layout_of(folder)).run()

    params = EvaluationParams(mode="extractive")
    result = Evaluation(settings, layout_of(folder), knowledge=[documents], params=params).run()
    assert result.sections[0].questions[0].answer["citations"][0]["document_id"] == "returns.md"


def test_a_question_that_may_not_be_asked_is_told_before_any_is(folder, settings):
    lines(folder / "queries.jsonl", [*QUERIES, {**QUERIES[0], "_id": "q4", "text": "退" * 4001}])

    with pytest.raises(DatasetUnreadable, match="question q4 has 4001 characters, the limit is 4000"):
        Evaluation(settings, layout_of(folder)).run()
    Evaluation(settings, layout_of(folder, only=["retrieval"])).run()


def test_without_a_language_model_none_is_measured(folder, settings):
    with pytest.raises(ModelMissing, match="kefu doctor"):
        Evaluation(settings, layout_of(folder), params=EvaluationParams(mode="llm")).run()
    Evaluation(settings, layout_of(folder, only=["retrieval"]), params=EvaluationParams(mode="llm")).run()


@pytest.mark.parametrize("params", [{"limit": 0}, {"noise": ()}, {"noise": (1.5,)}])
def test_parameters_out_of_range_are_mistakes(params):
    with pytest.raises(ValueError, match="Expected"):
        EvaluationParams(**params)
