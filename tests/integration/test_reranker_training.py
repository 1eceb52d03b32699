"""From questions and an index to a folder that serves and is a candidate; killed, gone on with, repeated."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from app.building.container import Container
from app.cli.program import run
from app.learning.registry.lineage import read_lineage
from app.learning.registry.manifest import read_manifest
from app.retrieval.errors import ScorerDamaged, ScorerMismatch
from app.retrieval.scoring import FEATURES, WEIGHTS, SentenceScorer
from app.settings import ModelSettings, RetrievalSettings, Settings
from app.training.errors import TrainingDataTooFew
from app.training.reranker import Judgement, RerankerParams
from app.training.reranker.running import train_reranker

AT = datetime(2026, 10, 5, tzinfo=UTC)
PARAMS = RerankerParams(rank=4, epochs=6, gain=0.0)


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    folder = tmp_path_factory.mktemp("company")
    (folder / "docs").mkdir()
    for number in range(30):
        text = f"# 第{number}号商品\n\n第{number}号商品签收后{number + 3}天内可退。\n\n运费由第{number}号商家承担。\n"
        (folder / "docs" / f"item-{number}.md").write_text(text, encoding="utf-8")
    container = Container(Settings(home=folder / "home", models=ModelSettings(embedder="hashing")))
    container.pipeline().run(container.sources([folder / "docs"]))
    yield container
    container.close()


def judged(count=30):
    return [
        Judgement(f"第{number}号商品几天内可退？", AT + timedelta(hours=number), documents=(f"item-{number}.md",))
        for number in range(count)
    ]


def base(dimension=256):
    own = np.zeros(len(FEATURES), np.float32)
    own[FEATURES.index("rank")] = 1.0
    nothing = np.zeros((dimension, 1), np.float32)
    return SentenceScorer(own=own, across=own.copy(), into=nothing, out_of=nothing.T)


def trained(company, out, judgements=None, **options):
    with company.serving.borrow() as generation:
        return train_reranker(
            judged() if judgements is None else judgements,
            company.retriever,
            company.embedder,
            generation,
            out,
            PARAMS,
            base=base(),
            **options,
        )


def test_a_folder_tells_where_it_comes_from_and_serves(company, tmp_path):
    made = trained(company, tmp_path / "run")

    assert {path.name for path in (tmp_path / "run").iterdir()} == {
        "card.md", "curve.csv", "curve.svg", "judgements.jsonl", "lineage.json", "metrics.json", WEIGHTS,
    }  # fmt: skip
    candidate = read_manifest(tmp_path / "run")
    assert candidate.kind == made.candidate.kind == "reranker"
    lineage = read_lineage(candidate.lineage, near=tmp_path / "run")
    assert (lineage.missing, lineage.base, lineage.seed) == ((), company.embedder.embedder_id, PARAMS.seed)
    assert lineage.data[0].path == tmp_path / "run" / "judgements.jsonl"
    assert lineage.until.isoformat() == "2026-10-06"
    retrieval = RetrievalSettings(scorer=tmp_path / "run")
    serving = company.with_settings(company.settings.model_copy(update={"retrieval": retrieval}))
    assert serving.scorer.digest == made.fitted.scorer.digest
    assert serving.program.weights[WEIGHTS] == made.fitted.scorer.digest


def test_the_same_seed_gives_the_same_metrics_and_weights(company, tmp_path):
    one, two = trained(company, tmp_path / "one"), trained(company, tmp_path / "two")

    assert one.metrics == two.metrics
    assert (tmp_path / "one" / WEIGHTS).read_bytes() == (tmp_path / "two" / WEIGHTS).read_bytes()


def test_a_run_that_was_killed_goes_on_with_what_it_had_searched(company, tmp_path, monkeypatch):
    from app.training.reranker import laying_out

    monkeypatch.setattr(laying_out, "_AT_ONCE", 10)
    whole = trained(company, tmp_path / "whole")
    seen = []

    def stop(stage, done, total):
        if stage == "search" and done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trained(company, tmp_path / "run", on_progress=stop)
    real = laying_out._laid_out
    monkeypatch.setattr(laying_out, "_laid_out", lambda some, *rest: seen.append(len(some)) or real(some, *rest))
    again = trained(company, tmp_path / "run")

    assert seen == [10], "only the last ten are searched for again"
    assert again.metrics == whole.metrics
    assert (tmp_path / "run" / WEIGHTS).read_bytes() == (tmp_path / "whole" / WEIGHTS).read_bytes()


def test_too_few_questions_teach_nothing_and_leave_nothing(company, tmp_path):
    with pytest.raises(TrainingDataTooFew, match="got 5 of 5"):
        trained(company, tmp_path / "run", judged(5))
    assert list((tmp_path / "run").iterdir()) == []


def test_a_reranker_of_another_embedder_or_a_damaged_one_is_named(company, tmp_path):
    trained(company, tmp_path / "run")

    with pytest.raises(ScorerMismatch, match="hashing-1-256; other@1 answers here"):
        SentenceScorer.of_folder(tmp_path / "run", embedder_id="other@1")
    whole = (tmp_path / "run" / WEIGHTS).read_bytes()
    (tmp_path / "run" / WEIGHTS).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ScorerDamaged, match="kefu train reranker"):
        SentenceScorer.of_folder(tmp_path / "run")
    with pytest.raises(ScorerDamaged):
        SentenceScorer.of_folder(tmp_path)


def test_the_command_says_what_it_cannot_do_with_another_embedder(company, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("KEFU_HOME", str(company.settings.home))
    monkeypatch.setenv("KEFU_MODELS__EMBEDDER", "hashing")
    file = tmp_path / "pairs.jsonl"
    file.write_text(json.dumps({"text": "x", "documents": ["a"]}), encoding="utf-8")

    assert run(["train", "reranker", "--data", str(file), "--out", str(tmp_path / "run")]) != 0
    told = capsys.readouterr()
    assert "does not know the embedder hashing-1-256" in told.out + told.err
    assert not (tmp_path / "run").exists()
