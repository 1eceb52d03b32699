import math

import pytest
import torch

from app.training.llm.config import Architecture, TuningConfig
from app.training.llm.encoding import Example, Tokens
from app.training.llm.errors import TuningMemoryShort
from app.training.llm.memory import MemoryEstimate, Sizes, estimate, fitted
from app.training.llm.objective import Batch, Objective


@pytest.fixture(scope="module")
def model():
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(1)
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=40, hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2,
            num_key_value_heads=2, max_position_embeddings=64, tie_word_embeddings=True,
        )
    )  # fmt: skip


def objective(model, **options):
    return Objective(model, filler=0, **{"beta": 0.5, "anchor": 0.0, **options})


def test_the_loss_on_replies_is_that_of_transformers_with_the_prompt_masked(model):
    short, long = Tokens((3, 4, 5, 6, 7), 3), Tokens(tuple(range(8, 24)), 5)
    labels = torch.full((2, 16), -100)
    labels[0, 3:5], labels[1, 5:] = torch.tensor([6, 7]), torch.arange(13, 24)
    batch = Batch.of([short, long], 0)
    expected = model(input_ids=batch.tokens, attention_mask=batch.is_token, labels=labels).loss

    loss, told = objective(model)([Example(short), Example(long)], None, (1 / 13, 1.0))

    assert loss.item() == pytest.approx(expected.item(), rel=1e-5)
    assert told["tokens"] == 13


def test_the_loss_of_many_tokens_is_that_of_all_at_once(model, monkeypatch):
    example = Example(Tokens(tuple(range(30)), 1))
    whole = objective(model)([example], None, (1.0, 1.0))[0]
    whole.backward()
    gradient = model.lm_head.weight.grad.clone()
    model.zero_grad()
    monkeypatch.setattr("app.training.llm.objective._ROWS", 7)

    parts = objective(model)([example], None, (1.0, 1.0))[0]
    parts.backward()

    assert parts.item() == pytest.approx(whole.item(), rel=1e-5)
    assert torch.allclose(model.lm_head.weight.grad, gradient, rtol=1e-4, atol=1e-6)


def test_a_pair_costs_what_the_paper_says(model):
    """Rafailov et al., 2023, equation 7: -log sigmoid(beta * (margin - margin of the model at the start))."""
    chosen, rejected = Tokens((3, 4, 5, 6), 2), Tokens((3, 4, 9, 10), 2)
    with torch.no_grad():
        (better, worse), _ = objective(model).log_likelihoods([chosen, rejected])

    loss, told = objective(model)([Example(chosen, rejected)], torch.tensor([0.25]), (1.0, 1.0))

    margin = better.item() - worse.item() - 0.25
    assert loss.item() == pytest.approx(-math.log(1 / (1 + math.exp(-0.5 * margin))), rel=1e-5)
    assert told["preferred"] == float(margin > 0)


def test_a_pair_that_is_as_it_was_costs_the_log_of_two(model):
    chosen, rejected = Tokens((3, 4, 5, 6), 2), Tokens((3, 4, 9, 10), 2)
    with torch.no_grad():
        (better, worse), _ = objective(model).log_likelihoods([chosen, rejected])

    loss, _ = objective(model)([Example(chosen, rejected)], (better - worse)[None], (1.0, 1.0))

    assert loss.item() == pytest.approx(math.log(2), rel=1e-5)


CONFIG = {
    "hidden_size": 896, "intermediate_size": 4864, "num_hidden_layers": 24, "num_attention_heads": 14,
    "num_key_value_heads": 2, "vocab_size": 151936, "tie_word_embeddings": False,
}  # fmt: skip


def test_weights_are_counted_as_the_model_card_counts_them():
    """Qwen2.5 0.5B: 494 million, 358 without the vocabulary; an adapter of rank 8 beside all seven: 4.4 million."""
    sizes = Sizes.of(CONFIG | {"tie_word_embeddings": True})

    assert sizes.parameters == pytest.approx(494e6, rel=0.01)
    assert sizes.adapter(8, 7) == pytest.approx(4.4e6, rel=0.01)


def test_activations_are_computed_twice_only_where_they_would_not_fit():
    sizes, config = Sizes.of(CONFIG), TuningConfig(data=("a",), batch=2, length=448)
    kept = estimate(sizes, config, bytes_a_weight=2)

    assert 4.0e9 < kept.total < 6.5e9, "4.6 GB were taken by a run of this size"
    assert fitted(sizes, config, bytes_a_weight=2, free=kept.total)[0].checkpointing is False
    assert fitted(sizes, config, bytes_a_weight=2, free=kept.total - 1)[0].checkpointing is True
    with pytest.raises(TuningMemoryShort, match=r"1\.0 GiB are free.*smaller --batch"):
        fitted(sizes, config, bytes_a_weight=2, free=2**30)


def test_the_estimate_says_what_takes_it():
    text = MemoryEstimate(2**30, 2**20, 2**30, 0, checkpointing=True).describe()

    assert text.startswith("2.7 GiB: weights 1.0 GiB")
    assert text.endswith("computed twice")


def test_architectures_are_of_the_known_families():
    assert Architecture("qwen2").family == "qwen2"
