"""What it counts that a model says, before or while it writes, that the evidence holds no answer."""

import pytest

from app.assistant.opinion import refusal_of, shipped_opinions
from app.generation.adapters import name_with, shipped_adapter


@pytest.mark.parametrize("model", ["qwen2.5-coder-1.5b-instruct-q4_k_m", "gpt-4o", "scripted", ""])
def test_a_refusal_makes_declining_likelier(model):
    assert refusal_of(model) == 1.1


@pytest.mark.parametrize("adapter", ["", "+3fa9c1"])
def test_the_smallest_model_refuses_right_passages_as_often_as_wrong_ones(adapter):
    assert refusal_of(f"qwen2.5-coder-0.5b-instruct-q4_k_m{adapter}") < 0.5


def test_what_a_model_says_is_fitted_for_it_with_the_adapter_that_comes_with_kefu():
    """Another adapter is another model: weights that were fitted for the one before would be wrong."""
    model = "qwen2.5-coder-1.5b-instruct-q4_k_m"
    opinions = shipped_opinions()

    assert set(opinions) == {model, name_with(model, shipped_adapter(model))}
    assert {"zh", "en"} <= set(opinions[name_with(model, shipped_adapter(model))]["documents"])
