"""What it counts that a model says, while it writes, that the evidence holds no answer."""

import pytest

from app.assistant.opinion import refusal_of


@pytest.mark.parametrize("model", ["qwen2.5-coder-1.5b-instruct-q4_k_m", "gpt-4o", "scripted", ""])
def test_a_refusal_makes_declining_likelier(model):
    assert refusal_of(model) == 1.1


@pytest.mark.parametrize("adapter", ["", "+3fa9c1"])
def test_the_smallest_model_refuses_right_passages_as_often_as_wrong_ones(adapter):
    assert refusal_of(f"qwen2.5-coder-0.5b-instruct-q4_k_m{adapter}") < 0.5
