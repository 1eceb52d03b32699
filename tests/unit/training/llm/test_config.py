from pathlib import Path

import pytest

from app.training.llm.config import Architecture, TuningConfig, from_mapping, load_config
from app.training.llm.errors import TuningConfigInvalid


def test_options_stand_over_the_file_and_paths_are_relative_to_it(tmp_path):
    file = tmp_path / "tuning.yaml"
    file.write_text(
        "stage: preference\ndata: pairs.jsonl\nsteps: 90\nrate: 1e-4\nfrom_scratch: {family: gpt2, layers: 2}\n"
    )

    config = load_config(file, {"steps": 12, "seed": None})

    assert (config.stage, config.steps, config.rate) == ("preference", 12, 1e-4)
    assert config.data == (str(tmp_path / "pairs.jsonl"),)
    assert config.from_scratch == Architecture("gpt2", layers=2)
    assert from_mapping(config.to_dict()) == config


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "no data"),
        ({"data": "a", "stage": "rlhf"}, "choose pretrain, sft, preference"),
        ({"data": "a", "lr": 3}, "no setting 'lr'"),
        ({"data": "a", "steps": 0}, "steps from 1"),
        ({"data": "a", "steps": 1.5}, "whole number"),
        ({"data": "a", "rate": "fast"}, "rate is a number"),
        ({"data": "a", "rate": float("nan")}, "rate is a number"),
        ({"data": "a", "full": "yes"}, "true or false"),
        ({"data": "a", "from_scratch": "rnn"}, "no architecture 'rnn'"),
        ({"data": "a", "from_scratch": {"width": 30}}, "two times the heads divide"),
        ({"data": "a", "targets": []}, "targets is empty"),
        ({"data": "a", "adapter": "run", "full": True}, "cannot be learnt on"),
    ],
)
def test_what_cannot_be_used_is_named(values, said):
    with pytest.raises(TuningConfigInvalid, match=said):
        from_mapping(values)


@pytest.mark.parametrize("text", ["a: [", "- a", "\t"])
def test_a_file_that_is_no_table_is_refused(tmp_path, text):
    file = tmp_path / "tuning.yaml"
    file.write_text(text)

    with pytest.raises(TuningConfigInvalid, match=r"tuning\.yaml"):
        load_config(file, {"data": ["a"]})


def test_the_rate_rises_then_falls():
    config = TuningConfig(data=("a",), steps=100, warmup=0.1, rate=1.0)

    rates = [config.rate_at(step) for step in range(100)]

    assert rates[0] == pytest.approx(0.1)
    assert rates[9] == rates[10] == pytest.approx(1.0)  # the end of the rise, the top of the cosine
    assert rates[55] == pytest.approx(0.525)  # half way down between 1 and .05
    assert rates[10:] == sorted(rates[10:], reverse=True)


def test_the_file_of_the_documentation_can_be_used(tmp_path):
    page = (Path(__file__).parents[4] / "docs" / "tuning.md").read_text(encoding="utf-8")
    file = tmp_path / "tuning.yaml"
    file.write_text(page.partition("```yaml\n")[2].partition("```")[0])

    assert load_config(file, {}).patience == 3
