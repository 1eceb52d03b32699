"""All layers of a model of random weights, tuned: learnt, killed and gone on with, repeated, served."""

from __future__ import annotations

import csv
import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from app.building.container import Container
from app.settings import ModelSettings, Settings
from app.training.embedder.params import FullParams
from app.training.embedder.running import tune_embedder
from app.training.embedder.triples import Triple, mine_triples
from app.training.errors import TrainingDataTooFew, TrainingFolderTaken, TrainingMemoryShort
from app.training.record import METRICS
from app.training.reranker import Judgement
from tests.tiny_model import build_tiny_model

ROOT = Path(__file__).parents[2]
AT = datetime(2026, 10, 5, tzinfo=UTC)
PARAMS = FullParams(
    epochs=3, batch=8, at_once=8, length=32, negatives=1, rate=3e-3, evaluate_every=4, save_every=2, patience=50
)
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return build_tiny_model(tmp_path_factory.mktemp("model"))


def triples(count=60):
    """Customers say a letter, documents the next one."""
    found = []
    for at in range(count):
        letter, told = LETTERS[at % 20], LETTERS[at % 20 + 1]
        wrong = LETTERS[(at + 7) % 20 + 1]
        found.append(Triple(f"{letter * 3} {at % 3}", f"{told * 4}", (f"{wrong * 4}",), AT + timedelta(hours=at)))
    return found


def tuned(base, out, params=PARAMS, **options):
    return tune_embedder(triples(), base, out, params, base_id="tiny@1", **options)


def weights_of(folder):
    return (folder / "model" / "model.safetensors").read_bytes()


def test_customers_words_are_learnt_and_the_folder_is_a_model_that_serves(base, tmp_path):
    estimates = []
    made = tuned(base, tmp_path / "run", replace(PARAMS, epochs=12), on_estimate=estimates.append)

    assert made.has_learnt
    assert made.metrics["held_out_loss_after"] < 0.8 * made.metrics["held_out_loss_before"]
    assert estimates[0].total > 2**20
    rows = list(csv.DictReader((tmp_path / "run" / "curve.csv").read_text().splitlines()))
    assert float(rows[-1]["loss"]) < float(rows[1]["loss"])
    assert (tmp_path / "run" / "curve.svg").read_text().startswith("<svg")
    lineage = json.loads((tmp_path / "run" / "lineage.json").read_text())
    assert (lineage["kind"], lineage["seed"], lineage["base"]) == ("embedder", PARAMS.seed, "tiny@1")
    assert list(lineage["weights"]) == ["model/model.safetensors"]
    settings = Settings(home=tmp_path / "home", models=ModelSettings(embedder=str(tmp_path / "run" / "model")))
    embedder = Container(settings).embedder
    vectors = embedder.embed_queries(["aaa", "运费"])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1], abs=1e-5)
    assert embedder.embedder_id.startswith("model@")


def test_the_vocabulary_stays_unless_it_is_asked_for(base, tmp_path):
    from safetensors.numpy import load_file

    tuned(base, tmp_path / "run", replace(PARAMS, epochs=1))
    tuned(base, tmp_path / "all", replace(PARAMS, epochs=1, vocabulary=True))

    name = "embeddings.word_embeddings.weight"
    kept, stayed, moved = (
        load_file(folder / "model.safetensors")[name]
        for folder in (base, tmp_path / "run" / "model", tmp_path / "all" / "model")
    )
    assert np.array_equal(kept, stayed)
    assert not np.array_equal(kept, moved)


def test_the_same_seed_gives_the_same_metrics_and_weights_and_another_does_not(base, tmp_path):
    one, two = tuned(base, tmp_path / "one"), tuned(base, tmp_path / "two")
    other = tuned(base, tmp_path / "other", replace(PARAMS, seed=1))

    assert one.metrics == two.metrics
    assert weights_of(tmp_path / "one") == weights_of(tmp_path / "two")
    assert other.metrics["loss_last"] != one.metrics["loss_last"]


def test_a_run_that_learns_nothing_any_more_ends_early_with_its_best_weights(base, tmp_path):
    made = tuned(base, tmp_path / "run", replace(PARAMS, epochs=200, patience=2, rate=0.5, evaluate_every=1))

    assert made.metrics["steps"] < 100
    assert made.metrics["held_out_loss_after"] <= made.metrics["held_out_loss_before"]


def test_a_folder_with_another_run_is_not_touched(base, tmp_path):
    tuned(base, tmp_path / "run", replace(PARAMS, epochs=1))
    before = weights_of(tmp_path / "run")

    with pytest.raises(TrainingFolderTaken, match=r"differs in params\."):
        tuned(base, tmp_path / "run", replace(PARAMS, epochs=1, seed=2))
    assert weights_of(tmp_path / "run") == before
    tuned(base, tmp_path / "run", replace(PARAMS, epochs=1, seed=2), is_fresh=True)
    assert weights_of(tmp_path / "run") != before


def test_what_cannot_fit_or_teaches_nothing_is_refused_before_anything_is_written(base, tmp_path):
    with pytest.raises(TrainingMemoryShort, match="are free"):
        tuned(base, tmp_path / "run", free=lambda: 1000)
    with pytest.raises(TrainingDataTooFew, match="got 3"):
        tune_embedder(triples(3), base, tmp_path / "run", PARAMS, base_id="tiny@1")
    assert not (tmp_path / "run").exists()


_RUN = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.integration.test_embedder_tuning import tuned
tuned(Path(sys.argv[1]), Path(sys.argv[2]), on_step=lambda report: print(report.step, flush=True))
"""


def kills(base, folder, *, count, seed):
    """Kill a run at `count` steps by chance, each time in another moment of it, then let it end; whether it ends as
    one that was left alone. All in processes of their own: this one may compute with another number of threads."""
    whole, killed = folder / "whole", folder / "killed"
    assert started(base, whole).wait() == 0
    chance = random.Random(seed)
    for _ in range(count):
        wanted = chance.randint(0, 14)
        run = started(base, killed, stdout=subprocess.PIPE)
        assert run.stdout is not None
        for line in run.stdout:
            if int(line) >= wanted:
                time.sleep(chance.random() * 0.05)
                run.send_signal(signal.SIGKILL)
                break
        run.wait()
        run.stdout.close()
    assert started(base, killed).wait() == 0
    return all(
        (whole / name).read_bytes() == (killed / name).read_bytes() for name in (METRICS, "model/model.safetensors")
    )


def started(base, out, *, stdout=subprocess.DEVNULL):
    code = _RUN.format(root=str(ROOT))
    return subprocess.Popen(
        [sys.executable, "-c", code, str(base), str(out)],
        stdout=stdout,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_a_run_that_was_killed_ends_as_one_that_was_left_alone(base, tmp_path):
    assert kills(base, tmp_path, count=1, seed=3)


def test_hard_negatives_are_near_and_of_other_documents(tmp_path):
    (tmp_path / "docs").mkdir()
    for name, text in (("a", "七日内可退货。"), ("b", "商家承担退货运费。"), ("c", "发票随包裹寄出。")):
        (tmp_path / "docs" / f"{name}.md").write_text(f"# {name}\n\n{text}\n", encoding="utf-8")
    container = Container(Settings(home=tmp_path / "home", models=ModelSettings(embedder="hashing")))
    container.pipeline().run(container.sources([tmp_path / "docs"]))
    judgements = [
        Judgement("几天内可退货？", AT, documents=("a.md",)),
        Judgement("怎么退货？", AT, words=("在订单页申请。",)),
        Judgement("没有了", AT, documents=("gone.md",)),
    ]

    with container.serving.borrow() as generation:
        one, other = mine_triples(judgements, container.embedder, generation, negatives=1)

    assert "七日内可退货" in one.positive
    assert "商家承担退货运费" in one.negatives[0]
    assert other.positive == "在订单页申请。"
    container.close()
