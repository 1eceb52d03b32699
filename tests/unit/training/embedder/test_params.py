"""What a run is to be, how much memory it takes, and which questions a step has."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.training.embedder.params import FullParams, memory_needed, require_memory
from app.training.embedder.triples import Triple, plan_epoch
from app.training.errors import TrainingDataInvalid, TrainingMemoryShort
from tests.tiny_model import build_tiny_model

AT = datetime(2026, 10, 5, tzinfo=UTC)


@pytest.mark.parametrize("wrong", [{"batch": 1}, {"rate": 0.0}, {"held_out": 0.0}, {"length": 4}, {"patience": 0}])
def test_parameters_are_checked(wrong):
    with pytest.raises(TrainingDataInvalid, match=f"Expected {next(iter(wrong))} from"):
        FullParams(**wrong)


def test_the_rate_rises_and_falls():
    rates = [FullParams(rate=1.0, warmup=0.2).rate_at(step, 10) for step in range(10)]

    assert rates[:2] == [0.5, 1.0]
    assert rates[2] == 1.0
    assert rates[-1] == pytest.approx(0.125)
    assert sorted(rates[2:], reverse=True) == rates[2:]


def test_memory_is_known_from_the_sizes_of_the_tensors(tmp_path):
    import torch
    from safetensors.torch import load_file

    folder = build_tiny_model(tmp_path)
    tensors = load_file(folder / "model.safetensors")
    whole = sum(tensor.numel() for tensor in tensors.values())
    table = tensors["embeddings.word_embeddings.weight"]

    needed = memory_needed(folder, FullParams())

    assert needed.weights == 4 * whole
    assert needed.trained == 16 * (whole - table.numel())
    assert memory_needed(folder, FullParams(vocabulary=True)).trained == 16 * whole
    assert table.dtype == torch.float32
    require_memory(needed, needed.total)
    with pytest.raises(TrainingMemoryShort, match="smaller at_once or length"):
        require_memory(needed, needed.total - 1)


def test_a_step_has_no_passage_twice_and_an_epoch_every_question_once():
    triples = [Triple(f"q{at}", f"p{at % 5}", ("n",), AT) for at in range(23)]

    one, again, other = (plan_epoch(triples, batch=4, epoch=epoch, seed=1) for epoch in (0, 0, 1))

    assert one == again != other
    numbers = [number for step in one for number in step]
    assert len(numbers) == len(set(numbers)) >= 22
    assert all(len({triples[number].positive for number in step}) == len(step) <= 4 for step in one)
