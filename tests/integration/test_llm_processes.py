"""One run on several processes of this machine: started by torchrun, or as workers of a local Ray cluster."""

# ruff: noqa: F811 - arguments are named for their fixtures
import contextlib
import csv
import json
import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec

import psutil
import pytest
import yaml
from filelock import FileLock

from app.training.llm.cluster import Workers
from app.training.llm.errors import TuningConfigInvalid
from tests.integration.test_llm_tuning import ROOT, SMALL, base, command, config, data, tuned  # noqa: F401 - fixtures

needs_ray = pytest.mark.skipif(find_spec("ray") is None, reason="the extra `scale` is not installed")
TWO = ["-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-addr", "127.0.0.1", "--master-port"]


def options_of(given, folder):
    """A configuration as the options of the command."""
    file = folder / "tuning.yaml"
    file.write_text(yaml.safe_dump(given.to_dict()), encoding="utf-8")
    return ["train", "llm", "--config", str(file), "--json"]


def on_two(arguments, out, port, *more):
    """The command on two processes, as torchrun starts it."""
    launched = [sys.executable, *TWO, str(port), "--no-python", *command([*arguments, *more], out)]
    return subprocess.run(launched, cwd=ROOT, capture_output=True, text=True, check=False)


def course(folder):
    """Of a run: for each step its losses and the tokens that it had learnt."""
    with (folder / "curve.csv").open() as stream:
        return [
            [float(row[name]) for name in ("loss", "held_out", "tokens") if row[name]] for row in csv.DictReader(stream)
        ]


def assert_same_course(one, other):
    assert len(one) == len(other) > 1
    for left, right in zip(one, other, strict=True):
        assert left == pytest.approx(right, rel=1e-4)


def assert_same_metrics(one, other):
    assert {name for name in other if one[name] is None} == {name for name in other if other[name] is None}
    known = {name: value for name, value in other.items() if value is not None}
    assert {name: one[name] for name in known} == pytest.approx(known, rel=1e-4)


@pytest.mark.parametrize("stage", ["sft", "preference"])
def test_two_processes_learn_what_one_learns(data, base, tmp_path, stage):
    given = config(data, stage, base=str(base), accumulate=3)
    alone = tuned(given, tmp_path / "alone").metrics

    finished = on_two(options_of(given, tmp_path), tmp_path / "two", 29611)

    assert finished.returncode == 0, finished.stderr[-3000:]
    assert_same_course(course(tmp_path / "two"), course(tmp_path / "alone"))
    told = json.loads(finished.stdout)  # one JSON value: the second process is silent
    assert_same_metrics(told, alone)
    lineage = json.loads((tmp_path / "two" / "lineage.json").read_text())
    assert lineage["processes"] == 2


def test_a_new_model_is_made_once_and_a_killed_run_goes_on(data, tmp_path):
    given = config(data, "pretrain", from_scratch=SMALL, length=64, steps=40, save_every=1)
    arguments, out = options_of(given, tmp_path), tmp_path / "two"
    alone = tuned(given, tmp_path / "alone").metrics
    launched = [sys.executable, *TWO, "29621", "--no-python", *command(arguments, out)]
    running = subprocess.Popen(launched, cwd=ROOT, stdout=-3, stderr=-3, start_new_session=True)
    wait_for_step(out, 3)
    kill_session(running)
    kept = {path.name for path in (out / "checkpoints").glob("step-*")}
    assert kept
    assert not (out / "metrics.json").exists()

    finished = on_two(arguments, out, 29631)

    assert finished.returncode == 0, finished.stderr[-3000:]
    assert_same_course(course(out), course(tmp_path / "alone"))
    assert_same_metrics(json.loads(finished.stdout), alone)


def test_what_processes_cannot_share_is_said_and_nothing_is_left(data, base, tmp_path):
    given = config(data, "sft", base=str(base), batch=4, accumulate=1)

    finished = on_two(options_of(given, tmp_path), tmp_path / "two", 29641)

    assert finished.returncode != 0
    said = "--batch 2 --accumulate 2 is the same step"
    assert sum(said in line for line in finished.stderr.splitlines()) in (1, 2), "a process that waits may be ended"
    assert said in json.loads(finished.stdout or "{}").get("error", {}).get("message", said)
    assert not (tmp_path / "two").exists()


def test_what_the_first_process_finds_wrong_ends_all(data, base, tmp_path):
    tuned(config(data, "sft", base=str(base)), tmp_path / "run")
    with FileLock(tmp_path / "run" / ".lock"):
        finished = on_two(options_of(config(data, "sft", base=str(base)), tmp_path), tmp_path / "run", 29651)

    assert finished.returncode != 0
    assert "Another run is at work in" in finished.stderr


@needs_ray
def test_two_workers_of_ray_learn_what_one_process_learns(data, base, tmp_path):
    given = config(data, "sft", base=str(base))
    alone = tuned(given, tmp_path / "alone").metrics

    finished = on_ray(options_of(given, tmp_path), tmp_path / "ray")

    assert finished.returncode == 0, finished.stderr[-3000:]
    assert_same_course(course(tmp_path / "ray"), course(tmp_path / "alone"))
    assert_same_metrics(json.loads(finished.stdout), alone)
    assert "loss on what is held out" in finished.stderr, "the course is told while it runs"
    left = {path.name for path in (tmp_path / "ray").iterdir()}
    assert left >= {"adapter", "adapter.gguf", "checkpoints", "curve.csv", "curve.svg", "lineage.json", "metrics.json"}
    assert ".ray" not in left


@needs_ray
def test_a_lost_worker_costs_the_steps_since_the_last_checkpoint(data, base, tmp_path):
    given = config(data, "sft", base=str(base), steps=100, save_every=1, evaluate_every=50)
    alone, out = tuned(given, tmp_path / "alone").metrics, tmp_path / "ray"
    with (tmp_path / "said").open("w+b") as said:
        running = subprocess.Popen(
            [*command([*options_of(given, tmp_path), "--workers", "2"], out)], cwd=ROOT, stdout=-1, stderr=said
        )
        wait_for_step(out, 3)
        os.kill(worker_below(running.pid), signal.SIGKILL)
        told, _ = running.communicate(timeout=240)
        said.seek(0)
        assert running.returncode == 0, said.read().decode()[-3000:]
        said.seek(0)
        assert "goes on from its last checkpoint" in said.read().decode()

    assert_same_metrics(json.loads(told), alone)


@needs_ray
def test_a_cluster_that_is_not_there_is_named(data, base, tmp_path, monkeypatch):
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:1")

    finished = on_ray(options_of(config(data, "sft", base=str(base)), tmp_path), tmp_path / "ray")

    assert finished.returncode == 1
    assert json.loads(finished.stdout)["error"]["code"] == "tuning_cluster_failed"
    assert "no Ray cluster to be had at 127.0.0.1:1 (RAY_ADDRESS)" in finished.stderr
    assert "Traceback" not in finished.stderr


@needs_ray
@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--workers", "2", "--gpus"], "no graphics card that Ray sees"),
        (["--workers", "2", "--threads", "900"], "2 workers need 1800 cores, and the cluster has"),
    ],
)
def test_what_the_cluster_cannot_hold_is_refused(data, base, tmp_path, more, said):
    arguments = options_of(config(data, "sft", base=str(base)), tmp_path)

    finished = subprocess.run(
        command([*arguments, *more], tmp_path / "ray"), cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert finished.returncode == 2
    assert said in finished.stderr
    assert json.loads(finished.stdout)["error"]["code"] == "tuning_workers_short"
    assert "Traceback" not in finished.stderr


def test_workers_are_not_started_below_a_launcher(data, base, tmp_path, monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setattr("app.training.llm.running.require_parts", lambda *_, **__: None)

    with pytest.raises(TuningConfigInvalid, match="started by Ray"):
        tuned(config(data, "sft", base=str(base)), tmp_path / "run", workers=Workers(2))
    assert not (tmp_path / "run").exists()


def on_ray(arguments, out):
    return subprocess.run(
        command([*arguments, "--workers", "2"], out), cwd=ROOT, capture_output=True, text=True, check=False
    )


def wait_for_step(out, step, *, most_s=200.0):
    """Until a checkpoint of that step or a later one lies there."""
    end = time.monotonic() + most_s
    while not any(int(path.name[-8:]) >= step for path in (out / "checkpoints").glob("step-*")):
        assert time.monotonic() < end, "no checkpoint came"
        time.sleep(0.05)


def kill_session(running):
    """A launcher and all that it started."""
    session = os.getsid(running.pid)
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
            if os.getsid(process.pid) == session:
                process.kill()
    running.wait()


def worker_below(process):
    """One that trains, of a run with a cluster of its own."""
    below = psutil.Process(process).children(recursive=True)
    return next(child.pid for child in below if "TrainWorker" in " ".join(child.cmdline()))
