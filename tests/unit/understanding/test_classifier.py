"""The classifier over an embedder that needs no weights."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from app.training.classifier import FittingParams, fit_classifier, fold_numbers
from app.training.intents import Example, Examples, read_examples, train_intents
from app.understanding import MessageUnderstander, MoodReader, SlotFinder, load_classifier, save_classifier
from app.understanding.classifier import Classifier
from app.understanding.errors import ClassifierDamaged, ClassifierForeign, ClassifierMissing, ExamplesInvalid
from app.understanding.lexical import lexical_counts
from app.understanding.masking import is_only_slots, masked
from app.understanding.mood import MoodWeights
from index.embedding.hashing import HashingEmbedder

EMBEDDER = HashingEmbedder(64)
PARAMS = FittingParams(folds=3, buckets=2**12, known=4)
TEXTS = {
    "return": ["我要退货", "退掉这件衣服", "怎么申请退货", "帮我退货", "I want to return it", "return my order please"],
    "track": ["快递到哪了", "查一下物流", "包裹在哪里", "我的快递呢", "where is my parcel", "track my package"],
    "invoice": ["开发票", "我要发票", "发票抬头", "怎么开发票", "send me an invoice", "I need an invoice"],
    "oos": ["天气怎么样", "讲个笑话", "你几岁", "what's the weather", "tell me a joke", "唱首歌"],
}


def _train(texts: dict[str, list[str]] = TEXTS, params: FittingParams = PARAMS) -> Classifier:
    examples = tuple(Example(text, intent) for intent, own in texts.items() for text in own)
    return train_intents(Examples(examples, 0, (), "0" * 64), EMBEDDER, params=params).classifier


def _classify(classifier: Classifier, text: str):  # type: ignore[no-untyped-def]
    return classifier.classify(text, EMBEDDER.embed_queries([text])[0])


def test_what_was_learnt_is_recognised_in_both_languages() -> None:
    classifier = _train()

    assert classifier.labels == ("invoice", "return", "track")
    assert _classify(classifier, "我要退货啊").label == "return"
    assert _classify(classifier, "where is my parcel now").label == "track"
    ranked = _classify(classifier, "发票").ranked
    assert ranked[0][0] == "invoice"
    assert sum(chance for _, chance in ranked) <= 1 + 1e-5


def test_without_a_vector_it_goes_by_the_words() -> None:
    assert _train().classify("我要发票", None).label == "invoice"


def test_the_same_seed_and_data_give_the_same_numbers() -> None:
    one, other = _train(), _train()

    assert np.array_equal(one.weights.words, other.weights.words)
    assert one.heads == other.heads


@pytest.mark.parametrize("count", [1, 2])
def test_a_handful_of_examples_is_enough(count: int) -> None:
    classifier = _train({intent: own[:count] for intent, own in TEXTS.items() if intent != "oos"})

    assert _classify(classifier, "我要退货").label == "return"


def test_two_labels_are_told_apart() -> None:
    classifier = _train({intent: TEXTS[intent] for intent in ("return", "track")})

    assert _classify(classifier, "查一下物流").label == "track"
    assert _classify(classifier, "怎么申请退货").label == "return"


def test_one_label_is_refused() -> None:
    with pytest.raises(ValueError, match="two labels"):
        fit_classifier(["a", "b"], ["x", "oos"], np.eye(2, 4, dtype=np.float32), embedder_id="e")


def test_folds_spread_every_label() -> None:
    columns = np.array([0] * 6 + [1] * 3)

    folds = fold_numbers(columns, 3, seed=1)

    assert sorted(np.bincount(folds[columns == 0])) == [2, 2, 2]
    assert sorted(np.bincount(folds[columns == 1])) == [1, 1, 1]


def test_a_written_classifier_is_the_same_when_read(tmp_path: Path) -> None:
    classifier = _train()
    save_classifier(classifier, tmp_path, facts={})

    again = load_classifier(tmp_path, embedder_id=EMBEDDER.embedder_id)

    for text in ("我要退货", "tell me something"):
        assert _classify(again, text).label == _classify(classifier, text).label
        assert _classify(again, text).confidence == pytest.approx(_classify(classifier, text).confidence, abs=0.01)


def test_a_classifier_of_another_embedder_is_refused(tmp_path: Path) -> None:
    save_classifier(_train(), tmp_path, facts={})

    with pytest.raises(ClassifierForeign, match="Train it again"):
        load_classifier(tmp_path, embedder_id="another")


def _cut(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-10])


def _flipped(folder: Path) -> None:
    path = folder / "model.safetensors"
    body = bytearray(path.read_bytes())
    body[-5] ^= 1
    path.write_bytes(bytes(body))


def _edited(folder: Path, **changes: object) -> None:
    told = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    (folder / "model.json").write_text(json.dumps(told | changes), encoding="utf-8")


@pytest.mark.parametrize(
    "damage",
    [
        _cut,
        _flipped,
        lambda folder: (folder / "model.json").write_text("{", encoding="utf-8"),
        lambda folder: (folder / "model.json").write_text("[]", encoding="utf-8"),
        lambda folder: _edited(folder, labels=["one"]),
        lambda folder: _edited(folder, heads={}),
        lambda folder: _edited(folder, format=99),
    ],
)
def test_a_damaged_classifier_is_refused(damage, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    save_classifier(_train(), tmp_path, facts={})
    damage(tmp_path)

    with pytest.raises(ClassifierDamaged):
        load_classifier(tmp_path, embedder_id=EMBEDDER.embedder_id)


def test_a_folder_without_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ClassifierMissing, match="kefu train intents"):
        load_classifier(tmp_path, embedder_id=None)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (b"", "names 0 intents"),
        (b'{"text": "a", "intent": "x"}\n', "names 1 intents"),
        (b'{"text": "a", "intent": "x"}\n{"text": "b", "intent": "oos"}', "names 1 intents"),
        (b"{", "Line 1 is not JSON"),
        (b"\xff\xfe\n", "Line 1 is not UTF-8"),
        (b'{"text": "a", "intent": "x"}\n{"text": 5, "intent": "x"}', "Line 2"),
        (b'{"text": " ", "intent": "x"}', "Line 1"),
        (b"[]", "Line 1"),
    ],
)
def test_a_bad_file_of_examples_is_refused_in_one_line(lines: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "examples.jsonl"
    path.write_bytes(lines)

    with pytest.raises(ExamplesInvalid, match=message):
        read_examples(path)


def test_repeated_and_contradicting_examples_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "examples.jsonl"
    rows = [("退货", "return"), ("退貨 ", "return"), ("Track", "track"), ("track", "return")]
    path.write_text("\n".join(json.dumps({"text": text, "intent": intent}) for text, intent in rows), encoding="utf-8")

    read = read_examples(path)

    assert [example.text for example in read.examples] == ["退货", "Track"]
    assert (read.repeated, read.contradicting) == (2, ("track",))


def test_the_report_names_what_is_mistaken_for_what() -> None:
    texts = {
        "a": [f"same words {at}" for at in "bcdefg"],
        "b": [f"same words {at}" for at in "hijklm"],
        "c": ["再见"] * 1,
    }
    examples = tuple(Example(text, intent) for intent, own in texts.items() for text in own)

    report = train_intents(Examples(examples, 0, (), "0" * 64), EMBEDDER, params=PARAMS).report

    assert [(pair.one, pair.other) for pair in report.confusions] == [("a", "b")]
    assert "| a, b |" in report.to_markdown()
    assert report.outside_found is None


def test_long_numbers_count_as_one_and_the_same() -> None:
    assert lexical_counts("订单202611240001", 4096) == lexical_counts("订单999988887777", 4096)
    assert lexical_counts("", 4096) == {}


FINDER = SlotFinder()
TODAY = date(2026, 11, 24)


def test_codes_are_masked_in_the_language_of_the_message() -> None:
    assert masked("SL2026112200发了没", FINDER.find("SL2026112200发了没", today=TODAY)) == "订单号发了没"
    message = "has SL2026112200 shipped yet"
    assert masked(message, FINDER.find(message, today=TODAY)) == "has order number shipped yet"


@pytest.mark.parametrize(
    ("message", "is_only"),
    [
        ("2026-11-20", True),
        ("是SL2026112200", True),
        ("it's 4 pm", True),
        ("两件退货", False),
        ("发错货了", False),
        ("你好", False),
    ],
)
def test_a_message_that_only_names_something_is_seen_as_such(message: str, is_only: bool) -> None:
    assert is_only_slots(message, FINDER.find(message, today=TODAY)) is is_only


def _understander(classifier: Classifier) -> MessageUnderstander:
    moods = {"negative": ["太差了", "terrible"], "neutral": ["你好", "ok"], "positive": ["很好", "great"]}
    reader = MoodReader(_train(moods), MoodWeights(np.array([[1, 0, 0, 0], [0, 0, 0, 0], [0, 1, 0, 0]]), np.zeros(3)))
    return MessageUnderstander(classifier, moods=reader, slots=FINDER, embedder=EMBEDDER, today=lambda: TODAY)


@pytest.mark.parametrize("message", ["", "   ", "👍👍", "\u200b", "。。。", "\x00"])
def test_a_message_without_words_is_out_of_scope(message: str) -> None:
    understood = _understander(_train()).understand(message)

    assert understood.out_of_scope
    assert understood.slots == ()


def test_a_message_is_understood_as_json_tells_it() -> None:
    message = "前天买的我要退货 return my order please"

    told = _understander(_train()).understand(message).to_dict()

    assert set(told) == {"intent", "confidence", "out_of_scope", "slots", "language", "sentiment"}
    assert told["intent"] == "return"
    assert told["slots"] == [{"type": "date", "value": "前天", "normalized": "2026-11-22", "start": 0, "end": 2}]
