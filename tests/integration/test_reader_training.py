"""The reader learns: a few steps over a tiny model, and what is written can be read with."""

import logging

import pytest

from app.retrieval.reading import EvidenceReader, Window
from app.training.reader import ReaderTrainer, TrainingParams
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
    trainer, out = ReaderTrainer(folder), tmp_path / "reader.safetensors"
    taught = list(examples())

    with caplog.at_level(logging.INFO, logger="app.training.reader"):
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
