"""The whole way on a model made from nothing: texts, replies, preferences; killed, resumed, repeated."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain import Message
from app.training.llm import running
from app.training.llm.config import Architecture, TuningConfig
from app.training.llm.errors import AdapterUnusable, TuningConfigInvalid, TuningFolderTaken, TuningMemoryShort
from app.training.llm.records import Record, write_records
from app.training.llm.running import tune

ROOT = Path(__file__).parents[2]
SMALL = Architecture("llama", layers=2, width=32, heads=2, vocabulary=400)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    texts = [
        f"第{number}号商品{number}天内可退。Item {number} can be returned in {number} days." for number in range(40)
    ]
    asked = [(Message("user", f"第{number}号商品几天内可退？"),) for number in range(40)]
    write_records(folder / "pretrain.jsonl", [Record((), text) for text in texts])
    write_records(folder / "sft.jsonl", [Record(ask, f"{number}天内[1]。") for number, ask in enumerate(asked)])
    write_records(
        folder / "preference.jsonl", [Record(ask, "资料里没有。", f"{at}天。") for at, ask in enumerate(asked)]
    )
    return folder


@pytest.fixture(scope="module")
def base(data, tmp_path_factory):
    """A model made from nothing and pre-trained a little."""
    out = tmp_path_factory.mktemp("base") / "run"
    outcome = tuned(config(data, "pretrain", from_scratch=SMALL, steps=30, rate=5e-3, length=64), out)
    assert outcome.metrics["held_out_best"] < outcome.metrics["held_out_first"]
    return out / "model"


def config(data, stage, **values):
    settings = {"steps": 6, "batch": 2, "accumulate": 2, "length": 128, "rate": 5e-3, "evaluate_every": 3}
    settings |= {"save_every": 2, "held_out": 0.1, "dropout": 0.1, "rank": 4, "threads": 1, "precision": "float32"}
    return TuningConfig(stage=stage, data=(str(data / f"{stage}.jsonl"),), **{**settings, **values})


def tuned(given, out, **options):
    return tune(given, out, home=out.parent / "bases", weights_of=Path, **options)


def test_replies_are_learnt_and_then_preferred(data, base, tmp_path):
    first = tuned(config(data, "sft", base=str(base), steps=40), tmp_path / "sft").metrics
    second = tuned(
        config(data, "preference", base=str(base), adapter=str(tmp_path / "sft"), steps=30), tmp_path / "preference"
    ).metrics

    assert first["held_out_best"] < 0.8 * first["held_out_first"]
    assert second["held_out_first"] == pytest.approx(0.6931, abs=1e-3), "a pair as it was costs the log of two"
    assert second["held_out_best"] < 0.3
    assert second["preferred_last"] == 1.0
    for name in ("adapter.gguf", "curve.csv", "curve.svg", "metrics.json", "lineage.json"):
        assert (tmp_path / "preference" / name).stat().st_size > 0
    lineage = json.loads((tmp_path / "preference" / "lineage.json").read_text())
    assert lineage["parents"]["adapter"]["name"] == "sft"
    assert len(lineage["data"][0]["sha256"]) == 64


def test_the_adapter_that_comes_with_kefu_is_learnt_on_unless_a_new_one_is_wanted(data, tmp_path, monkeypatch):
    """The adapter of one run stands in for the one of kefu: it is a file for llama.cpp, as that is."""
    shape = replace(SMALL, family="qwen2")
    tuned(config(data, "pretrain", from_scratch=shape, steps=2, length=64), tmp_path / "made")
    own = str(tmp_path / "made" / "model")
    first = tuned(config(data, "sft", base=own, steps=40, adapter="none"), tmp_path / "first").metrics
    monkeypatch.setattr(running, "shipped_adapter", {"model": tmp_path / "first" / "adapter.gguf"}.get)

    on = tuned(config(data, "sft", base=own), tmp_path / "on").metrics
    same = tuned(config(data, "sft", base=own, adapter=str(tmp_path / "first")), tmp_path / "same").metrics
    anew = tuned(config(data, "sft", base=own, adapter="none"), tmp_path / "anew").metrics

    assert on["held_out_first"] == pytest.approx(first["held_out_last"], rel=1e-3)
    assert on["held_out_first"] == pytest.approx(same["held_out_first"], rel=1e-5)
    assert anew["held_out_first"] == first["held_out_first"]
    lineage = json.loads((tmp_path / "on" / "lineage.json").read_text())
    assert lineage["parents"]["adapter"]["name"] == "adapter"
    with pytest.raises(AdapterUnusable, match="no adapter that can be read"):
        tuned(config(data, "sft", base=own, adapter=str(made_up(tmp_path / "x.gguf"))), tmp_path / "x")
    with pytest.raises(AdapterUnusable, match="There is no adapter"):
        tuned(config(data, "sft", base=own, adapter=str(tmp_path / "gone.gguf")), tmp_path / "gone")
    other = tuned(
        config(data, "pretrain", from_scratch=replace(shape, layers=1), steps=1, length=64), tmp_path / "small"
    )
    assert other.metrics["steps"] == 1
    with pytest.raises(AdapterUnusable, match="of another model"):
        tuned(config(data, "sft", base=str(tmp_path / "small" / "model")), tmp_path / "y")


def made_up(path):
    path.write_text("no model at all")
    return path


@pytest.mark.parametrize("family", ["qwen2", "gpt2"])
def test_other_architectures_learn_too(data, tmp_path, family):
    shape = replace(SMALL, family=family)
    metrics = tuned(config(data, "pretrain", from_scratch=shape, steps=12, length=64), tmp_path / family).metrics

    assert metrics["loss_last"] < metrics["loss_first"]


def test_the_same_seed_gives_the_same_metrics_and_weights_and_another_does_not(data, base, tmp_path):
    one = tuned(config(data, "sft", base=str(base)), tmp_path / "one").metrics
    two = tuned(config(data, "sft", base=str(base)), tmp_path / "two").metrics
    other = tuned(config(data, "sft", base=str(base), seed=1), tmp_path / "other").metrics

    assert one == two
    assert (tmp_path / "one/adapter.gguf").read_bytes() == (tmp_path / "two/adapter.gguf").read_bytes()
    assert one["loss_last"] != other["loss_last"]


def test_activations_computed_twice_change_nothing_that_is_learnt(data, base, tmp_path):
    kept = tuned(config(data, "sft", base=str(base), dropout=0.0, checkpointing=False), tmp_path / "kept").metrics
    twice = tuned(config(data, "sft", base=str(base), dropout=0.0, checkpointing=True), tmp_path / "twice").metrics

    assert twice["held_out_last"] == pytest.approx(kept["held_out_last"], rel=1e-4)


def test_a_run_that_learns_nothing_any_more_ends_early_with_its_best_weights(data, base, tmp_path):
    given = config(data, "sft", base=str(base), steps=400, evaluate_every=1, patience=2, rate=0.3, warmup=0.0)

    metrics = tuned(given, tmp_path / "run").metrics

    assert metrics["steps"] < 400
    assert metrics["held_out_best"] <= metrics["held_out_last"]
    assert tuned(given, tmp_path / "run").metrics == metrics, "a run that has ended is told of, not gone on with"


def test_a_folder_with_another_run_is_not_touched(data, base, tmp_path):
    tuned(config(data, "sft", base=str(base)), tmp_path / "run")
    before = (tmp_path / "run/metrics.json").read_bytes()

    with pytest.raises(TuningFolderTaken, match=r"differs in seed\."):
        tuned(config(data, "sft", base=str(base), seed=2), tmp_path / "run")
    assert (tmp_path / "run/metrics.json").read_bytes() == before
    assert tuned(config(data, "sft", base=str(base), seed=2), tmp_path / "run", is_fresh=True).metrics["steps"] == 6


def test_what_does_not_fit_is_refused_before_anything_is_loaded(data, base, tmp_path, monkeypatch):
    monkeypatch.setattr("app.training.llm.tuning.open_weights", lambda *_, **__: pytest.fail("loaded"))
    from app.training.llm.tuning import Tuning

    with pytest.raises(TuningMemoryShort, match=r"1\.0 MiB are free"):
        Tuning(config(data, "sft", base=str(base)), base, tmp_path / "run", free=lambda: 2**20).run()


@pytest.mark.parametrize(
    ("values", "said"),
    [({"base": "nowhere.gguf"}, "no model file"), ({"targets": ("mixer",)}, "No layer of the model is called mixer")],
)
def test_a_base_that_cannot_be_used_is_named(data, base, tmp_path, values, said):
    with pytest.raises(TuningConfigInvalid, match=said):
        tuned(config(data, "sft", **{"base": str(base), **values}), tmp_path / "run")


def test_a_run_killed_at_any_moment_goes_on_to_the_same_metrics_and_weights(data, base, tmp_path):
    """Three kills here; twenty in tests/evaluation/test_llm_tuning.py."""
    assert kills(data, base, tmp_path, count=3, seed=4)


def kills(data, base, tmp_path, *, count, seed):
    """Whether a run killed so often ends as one that was left alone; both in processes of their own."""
    chance = random.Random(seed)
    arguments = [
        "train", "llm", "--stage", "sft", "--data", str(data / "sft.jsonl"), "--base", str(base), "--steps", "24",
        "--batch", "2", "--accumulate", "2", "--length", "128", "--rate", "5e-3", "--rank", "4", "--threads", "1",
        "--held-out", "0.1", "--save-every", "1", "--precision", "float32", "--json",
    ]  # fmt: skip
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    started = time.monotonic()
    finished = subprocess.run(command(arguments, whole), cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    longest = time.monotonic() - started
    done = 0
    for _ in range(count):
        running = subprocess.Popen(command(arguments, killed), cwd=ROOT, stdout=-3, stderr=-3, start_new_session=True)
        try:
            running.wait(chance.uniform(0.3, 1.0) * longest)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()
            done += 1
    last = subprocess.run(command(arguments, killed), cwd=ROOT, capture_output=True, text=True, check=False)
    assert last.returncode == 0, last.stderr
    assert done
    names = ("metrics.json", "adapter.gguf", "curve.csv")
    return all((whole / name).read_bytes() == (killed / name).read_bytes() for name in names)


def command(arguments, out):
    code = "import sys; from app.cli import main; sys.exit(main())"
    return [sys.executable, "-c", code, *arguments, "--out", str(out)]


def test_several_processes_are_started_by_accelerate_with_the_same_command(data, base, tmp_path):
    arguments = command(
        [
            "train",
            "llm",
            "--data",
            str(data / "sft.jsonl"),
            "--base",
            str(base),
            "--steps",
            "2",
            "--threads",
            "1",
            "--json",
        ],
        tmp_path / "run",
    )
    launch = ["accelerate.commands.launch", "--cpu", "--num_processes", "1", "--num_machines", "1"]
    launch += ["--mixed_precision", "no", "--dynamo_backend", "no", "--no_python"]

    finished = subprocess.run(
        [sys.executable, "-m", *launch, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert finished.returncode == 0, finished.stderr[-2000:]
    assert json.loads(finished.stdout)["steps"] == 2
