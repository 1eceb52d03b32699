import math
from itertools import chain
from types import SimpleNamespace

import pytest

from app.training.llm import processes
from app.training.llm.cluster import Workers, _require_answer, _require_room
from app.training.llm.config import TuningConfig
from app.training.llm.encoding import Example, Tokens, share_of, step_batches
from app.training.llm.errors import TuningClusterFailed, TuningConfigInvalid, TuningPartMissing, TuningWorkersShort
from app.training.llm.running import tune

EXAMPLES = [Example(Tokens((number,) * (number + 2), 1)) for number in range(10)]


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_processes_share_each_batch_of_a_step_once_whatever_their_number(count):
    batches = list(step_batches(EXAMPLES, step=1, batch=2, accumulate=5, seed=5))

    shares = [share_of(batches, process=process, processes=count) for process in range(count)]

    assert sorted(chain(*shares)) == list(enumerate(batches))
    assert max(map(len, shares)) == math.ceil(5 / count)
    assert min(map(len, shares)) >= 1


def test_a_batch_keeps_its_number_in_the_step_so_that_it_draws_the_same_in_any_process():
    batches = [["a"], ["b"], ["c"], ["d"]]

    assert share_of(batches, process=1, processes=2) == [(1, ["b"]), (3, ["d"])]
    assert share_of(batches, process=2, processes=3) == [(2, ["c"])]
    assert share_of([], process=0, processes=2) == []


@pytest.mark.parametrize(
    ("batch", "accumulate", "count", "said"),
    [(8, 1, 2, "--batch 4 --accumulate 2 is the same step"), (1, 3, 4, "Raise --accumulate")],
)
def test_a_step_with_fewer_batches_than_processes_is_refused_with_what_helps(batch, accumulate, count, said):
    config = TuningConfig(data=("x",), batch=batch, accumulate=accumulate)

    with pytest.raises(TuningConfigInvalid, match=said):
        processes.require_shares(config, count)
    processes.require_shares(config, accumulate)


def test_without_a_launcher_there_is_one_process_and_it_is_the_first(monkeypatch):
    for name in ("WORLD_SIZE", "RANK"):
        monkeypatch.delenv(name, raising=False)

    assert (processes.count_started(), processes.place_here()) == (1, 0)
    assert processes.by_first(lambda: "made") == "made"


def test_processes_of_one_machine_share_its_memory_but_not_their_cards(monkeypatch):
    rows = [("a", 900, True), ("a", 800, True), ("b", 500, True), ("c", 450, False), ("c", 420, False)]
    monkeypatch.setattr(processes, "gathered", lambda _: rows[:rows_there])

    rows_there = 3
    assert processes.memory_of_each(900, is_on_processor=True) == 400
    rows_there = 5
    assert processes.memory_of_each(900, is_on_processor=True) == 400
    rows[:3] = []
    rows_there = 2
    assert processes.memory_of_each(450, is_on_processor=False) == 420


def test_processes_that_read_other_files_are_named_with_their_machine(monkeypatch):
    monkeypatch.setattr(processes, "gathered", lambda own: [("one", {"data": 1}), ("two", {"data": 1}), own])
    monkeypatch.setattr(processes.socket, "gethostname", lambda: "three")

    processes.require_alike({"data": 1})
    with pytest.raises(TuningConfigInvalid, match=r"Process 2 on three differs from the first in data\."):
        processes.require_alike({"data": 2})


@pytest.mark.parametrize(
    ("has", "workers", "cores", "said"),
    [
        ({"CPU": 4.0}, Workers(5), 1, "5 workers need 5 cores, and the cluster has 4"),
        ({"CPU": 4.0}, Workers(2), 4, "2 workers need 8 cores, and the cluster has 4"),
        ({"CPU": 64.0}, Workers(1, has_gpus=True), 1, "no graphics card that Ray sees"),
        (
            {"CPU": 64.0, "GPU": 2.0},
            Workers(3, has_gpus=True),
            1,
            "3 workers need 3 graphics cards, and the cluster has 2",
        ),
    ],
)
def test_more_workers_than_a_cluster_can_ever_hold_are_refused(has, workers, cores, said):
    with pytest.raises(TuningWorkersShort, match=said):
        _require_room(has, workers, cores)


def test_workers_that_fit_are_not_refused():
    _require_room({"CPU": 4.0}, Workers(2), 2)
    _require_room({"CPU": 1.0, "GPU": 2.0}, Workers(2, has_gpus=True), 16)


@pytest.mark.parametrize("address", ["127.0.0.1:1", "ray://127.0.0.1:1", "[::1]:1", "127.0.0.1:99999"])
def test_a_cluster_that_does_not_answer_is_named(address):
    with pytest.raises(TuningClusterFailed, match="no Ray cluster to be had at"):
        _require_answer(address)


@pytest.mark.parametrize("address", ["auto", "local"])
def test_what_only_ray_can_find_is_left_to_it(address):
    _require_answer(address)


def test_without_ray_the_extra_is_named_and_nothing_is_left(tmp_path, monkeypatch):
    monkeypatch.setattr("app.training.llm.running.find_spec", lambda name: None if name == "ray" else SimpleNamespace())

    with pytest.raises(TuningPartMissing, match=r"Tuning needs ray\. Install the extra: pip install 'kefu\[scale\]'"):
        tune(
            TuningConfig(data=("x",)),
            tmp_path / "run",
            home=tmp_path,
            weights_of=lambda _: tmp_path,
            workers=Workers(2),
        )
    assert not (tmp_path / "run").exists()
