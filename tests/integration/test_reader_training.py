"""The reader learns: a few steps over a tiny model, and what is written can be read with."""

import logging
from dataclasses import replace

import pytest

from app.retrieval.reading import EvidenceReader, Window
from app.retrieval.reading.network import count_layers, load_weights
from app.training.network_trainer import NetworkTrainer, TrainingParams, _divergence
from app.training.reading_data import ReadingExample
from index.embedding.text_model import LazyTextModel
from tests.tiny_model import build_tiny_model


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return build_tiny_model(tmp_path_factory.mktemp("model"), layers=8, window=256)


def examples():
    """A question about freight is answered by the sentence about freight, where there is one."""
    freight, other = "运费自理。", "七日内可退货。"
    for number in range(120):
        is_answered = number % 2 == 0
        sentences = (other, freight) if is_answered else (other, other)
        yield ReadingExample(
            "运费谁承担",
            (Window("退货", sentences),),
            ((False, is_answered),),
            "answer" if is_answered else "near_miss",
        )


def test_it_learns_and_what_it_wrote_reads_alike(folder, tmp_path, caplog):
    trainer, out = NetworkTrainer(folder), tmp_path / "reader.safetensors"
    taught = list(examples())

    with caplog.at_level(logging.INFO, logger="app.training.network_trainer"):
        trainer.train(taught, TrainingParams(epochs=6, batch_tokens=512, rate=2e-3, head_rate=2e-3), out)

    after = trainer.evaluate(taught)
    assert after["auc"] > 0.95
    assert after["best_sentence"] == 1.0
    assert "answerable right" in caplog.text
    reader = EvidenceReader(LazyTextModel(folder, bfloat16=False), weights=out)
    answered = reader.read("运费谁承担", [[Window("退货", ("七日内可退货。", "运费自理。"))]])
    declined = reader.read("运费谁承担", [[Window("退货", ("七日内可退货。", "七日内可退货。"))]])
    assert answered.answerable > 0 > declined.answerable
    assert answered.sentences[0][1] > answered.sentences[0][0]


def test_of_two_passages_that_disagree_both_short_answers_are_learnt(folder, tmp_path):
    trainer, out = NetworkTrainer(folder, has_spans=True), tmp_path / "spans.safetensors"
    windows = (Window("甲", ("运费88。",)), Window("乙", ("七日内可退货。",)), Window("丙", ("运费99。",)))
    taught = [
        ReadingExample("运费多少", windows, ((True,), (False,), (True,)), "both", ("88", "99")),
        ReadingExample("运费多少", windows[1:2], ((False,),), "near_miss"),
    ] * 40
    params = TrainingParams(epochs=12, batch_tokens=512, rate=2e-3, head_rate=4e-3, span_weight=1.0)

    trainer.train(taught, params, out)

    reader = EvidenceReader(LazyTextModel(folder, bfloat16=False), weights=out)
    found = [row[0] for row in reader.read("运费多少", [windows]).answers]
    assert found[1] is None or found[1].score < 0
    assert [answer.words for answer in (found[0], found[2])] == ["88", "99"]
    assert min(found[0].score, found[2].score) > 0


def test_weights_of_the_upper_layers_can_be_gone_on_from_in_all_layers(folder, tmp_path):
    taught, upper, whole = list(examples()), tmp_path / "upper.safetensors", tmp_path / "whole.safetensors"
    params = TrainingParams(epochs=1, batch_tokens=512, layers=3)
    NetworkTrainer(folder).train(taught, params, upper)

    NetworkTrainer(folder, start=upper).train(
        taught, replace(params, layers=8, layer_decay=0.9, consistency=0.5), whole
    )

    assert count_layers(load_weights(upper, 32)[0]) == 3
    assert count_layers(load_weights(whole, 32)[0]) == 8
    assert EvidenceReader(LazyTextModel(folder, bfloat16=False), weights=whole).read("运费", [[]]).answerable < 0


def test_two_opinions_of_one_pack_cost_what_they_differ_by():
    """Kullback-Leibler of two coins, both ways, as SciPy has it."""
    import torch
    from scipy.stats import entropy

    first, second = 0.9, 0.2
    logits = torch.logit(torch.tensor([first, 0.5, second, 0.5], dtype=torch.float64))

    expected = entropy([first, 1 - first], [second, 1 - second]) + entropy([second, 1 - second], [first, 1 - first])
    assert _divergence(logits).tolist() == pytest.approx([expected, 0.0])
