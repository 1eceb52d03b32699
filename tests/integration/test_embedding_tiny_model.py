"""The embedder over a model of random weights, made here: what it does, without a download."""

import subprocess
import sys
import threading

import numpy as np
import pytest

from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.embedding.text_model import LazyTextModel
from index.embedding.token_codec import TokenCodec
from index.errors import ModelDamaged, ModelMissing
from tests.fakes import passage
from tests.tiny_model import build_tiny_model


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return build_tiny_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def embedder(folder):
    return SentenceTransformerEmbedder(LazyTextModel(folder, threads=1, bfloat16=False), embedder_id="tiny@1")


@pytest.fixture(scope="module")
def library(folder):
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(folder), device="cpu")


TEXT = "七日内可退货。运费自理。"
SPANS = ((0, 7), (7, 12))


def test_passages_of_any_length_in_any_order_are_what_the_library_gives(embedder, library):
    texts = ["运费", TEXT, "商家承担运费。" * 3, "a", "退货 7 days", TEXT[::-1]]

    embedded = embedder.embed_passages([passage(text, context="退货") for text in texts])

    expected = library.encode([f"passage: 退货\n{text}" for text in texts])
    assert embedded.passages == pytest.approx(expected, abs=1e-5)
    assert embedded.passages.dtype == np.float32


def test_questions_are_what_the_library_gives(embedder, library):
    texts = ["运费谁承担", "7 days", ""]

    assert embedder.embed_queries(texts) == pytest.approx(
        library.encode([f"query: {text}" for text in texts]), abs=1e-5
    )


def test_a_sentence_is_the_mean_of_its_tokens_in_the_passage(embedder, library):
    item = passage(TEXT, context="退货", sentences=SPANS)

    sentences = embedder.embed_passages([item]).sentences[0]

    whole = f"passage: 退货\n{TEXT}"
    states = library.encode([whole], output_value="token_embeddings")[0].numpy()
    shift = 1 + len(whole) - len(TEXT)  # [CLS] first, then one token a character ("." of a regex is no line break)
    for vector, (start, end) in zip(sentences, SPANS, strict=True):
        mean = states[shift + start : shift + end].mean(0)
        assert vector == pytest.approx(mean / np.linalg.norm(mean), abs=1e-5)


def test_a_passage_longer_than_the_window_loses_no_sentence(embedder):
    sentence = "商家承担运费。"
    text = sentence * 40
    spans = tuple((at, at + len(sentence)) for at in range(0, len(text), len(sentence)))

    embedded = embedder.embed_passages([passage(text, sentences=spans), passage(TEXT, sentences=SPANS)])

    assert embedded.sentences[0].shape == (40, 32)
    assert np.linalg.norm(embedded.sentences[0], axis=1) == pytest.approx(np.ones(40), abs=1e-5)
    assert np.linalg.norm(embedded.passages, axis=1) == pytest.approx(np.ones(2), abs=1e-5)
    alone = embedder.embed_passages([passage(TEXT, sentences=SPANS)])
    assert embedded.sentences[1] == pytest.approx(alone.sentences[0], abs=1e-5)


def test_a_sentence_longer_than_the_window_is_read_to_its_end(embedder):
    start = "运费" * 60
    one, other = (
        embedder.embed_passages([passage(start + end, sentences=((0, len(start + end)),))]).sentences[0][0]
        for end in ("可退", "自理")
    )

    assert np.linalg.norm(one - other) > 1e-3


def test_a_sentence_without_tokens_gets_the_vector_of_its_passage(embedder):
    embedded = embedder.embed_passages([passage("可退\n\n", sentences=((0, 2), (4, 4)))])

    assert embedded.sentences[0][1] == pytest.approx(embedded.passages[0])


def test_sentences_are_told_by_their_tokens_as_often_as_they_are_asked_for(embedder, monkeypatch):
    # One token a character behind the prefix, and a passage of the same name that says something else is another one.
    other = passage("运费自理。", sentences=((0, 5),))
    known, whole = passage(TEXT, sentences=SPANS), passage(TEXT, sentences=((0, len(TEXT)),))
    first = embedder.sentence_tokens([known, other, whole])

    def fail(*_):
        raise AssertionError("read a second time")

    monkeypatch.setattr(embedder, "_tokenised", fail)
    again = embedder.sentence_tokens([whole, known, other])

    above = first[0][0][0] - SPANS[0][0]
    assert first[0] == [(start + above, end + above) for start, end in SPANS]
    assert first[2] == [(above, above + len(TEXT))]
    assert [again[1], again[2], again[0]] == first
    assert len(first[1]) == 1


def test_nothing_in_nothing_out(embedder):
    assert embedder.embed_queries([]).shape == (0, 32)
    embedded = embedder.embed_passages([])
    assert (embedded.passages.shape, embedded.sentences) == ((0, 32), ())
    assert embedder.embed_passages([passage("可退", sentences=())]).sentences[0].shape == (0, 32)


def test_a_huge_question_is_cut_to_the_window(embedder):
    assert np.linalg.norm(embedder.embed_queries(["退货" * 50_000])) == pytest.approx(1, abs=1e-5)


def test_threads_that_ask_at_once_load_it_once_and_get_the_same(folder, embedder):
    fresh = SentenceTransformerEmbedder(LazyTextModel(folder, threads=1, bfloat16=False), embedder_id="tiny@1")
    expected, found = embedder.embed_queries(["运费"]), []
    threads = [threading.Thread(target=lambda: found.append(fresh.embed_queries(["运费"]))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert len(found) == 6
    assert all(vector == pytest.approx(expected, abs=1e-6) for vector in found)


def test_the_dimension_is_known_without_loading(folder):
    model = LazyTextModel(folder)

    assert SentenceTransformerEmbedder(model, embedder_id="tiny@1").dimension == 32
    assert not model.is_loaded


def test_bfloat16_products_change_vectors_hardly(folder, embedder):
    half = SentenceTransformerEmbedder(LazyTextModel(folder, bfloat16=True), embedder_id="tiny@1")
    items = [passage(TEXT, sentences=SPANS)]

    one, other = embedder.embed_passages(items), half.embed_passages(items)

    assert float(one.passages[0] @ other.passages[0]) > 0.999


def test_a_folder_that_is_missing_or_damaged_is_told(tmp_path, folder):
    import shutil

    with pytest.raises(ModelMissing, match="kefu models pull"):
        LazyTextModel(tmp_path / "gone").get()
    shutil.copytree(folder, tmp_path / "bad")
    weights = tmp_path / "bad" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:100])
    with pytest.raises(ModelDamaged):
        LazyTextModel(tmp_path / "bad").get()


def test_a_model_with_more_than_pooling_is_left_to_the_library(tmp_path, folder):
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Dense

    torch.manual_seed(3)
    library = SentenceTransformer(modules=[*list(SentenceTransformer(str(folder)))[:2], Dense(32, 16)], device="cpu")
    library.save(str(tmp_path / "dense"), create_model_card=False)
    model = LazyTextModel(tmp_path / "dense", threads=1, bfloat16=False)

    found = SentenceTransformerEmbedder(model, embedder_id="dense@1").embed_queries(["运费谁承担"])

    expected = library.encode(["query: 运费谁承担"])
    assert found.shape == (1, 16)
    assert float(found[0] @ expected[0]) / np.linalg.norm(expected[0]) == pytest.approx(1, abs=1e-5)


def test_the_folder_of_plain_bert_needs_no_library_to_load(folder):
    code = (
        "import sys; from pathlib import Path; from index.embedding.text_model import LazyTextModel; "
        f"LazyTextModel(Path({str(folder)!r})).get(); "
        "sys.exit(any(name in sys.modules for name in ('sentence_transformers', 'transformers')))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.fixture(scope="module")
def coding(folder):
    chance = np.random.default_rng(3)
    codec = TokenCodec(
        chance.standard_normal(32).astype(np.float32),
        0.3 * chance.standard_normal((8, 256, 4)).astype(np.float32),
        codec_id="c",
        embedder_id="tiny@1",
    )
    model = LazyTextModel(folder, threads=1, bfloat16=False)
    return SentenceTransformerEmbedder(model, embedder_id="tiny@1", codec=codec)


def test_codes_are_those_of_the_tokens_that_the_library_gives(coding, library, embedder):
    item = passage(TEXT, context="退货", sentences=SPANS)

    embedded = coding.embed_passages([item, passage("运费")])

    states = library.encode([f"passage: 退货\n{TEXT}"], output_value="token_embeddings")[0].numpy()
    start, end = 1 + len("passage:"), 1 + len(f"passage: 退货\n{TEXT}")
    assert embedded.codes[0].tolist() == coding.token_codec.encode(states[start:end]).tolist()
    assert len(embedded.codes) == 2
    assert embedded.passages == pytest.approx(embedder.embed_passages([item, passage("运费")]).passages, abs=1e-6)
    assert embedder.embed_passages([item]).codes == ()


def test_windows_of_a_long_passage_are_joined_in_order_and_cut_at_512_tokens(coding):
    sentence = "商家承担运费。"
    text = sentence * 100
    long = passage(text, sentences=tuple((at, at + len(sentence)) for at in range(0, len(text), len(sentence))))

    codes = coding.embed_passages([passage("运费"), long]).codes[1]

    (states,) = coding.token_states([long])
    assert codes.shape == (512, 8)
    assert codes.tolist() == coding.token_codec.encode(states[:512]).tolist()


def test_tokens_of_a_question_come_from_the_pass_of_its_vector(coding, library, monkeypatch):
    coding.embed_queries(["谁承担运费"])
    monkeypatch.setattr("index.embedding.text_model.TextModel.forward", None)  # no second pass

    tokens = coding.query_tokens("谁承担运费")

    states = library.encode(["query: 谁承担运费"], output_value="token_embeddings")[0].numpy()
    assert tokens == pytest.approx(coding.token_codec.centred(states[1 + len("query:") : -1]), abs=1e-3)


def test_a_question_of_more_than_64_tokens_is_not_compared_word_by_word(tmp_path, coding, embedder):
    model = LazyTextModel(build_tiny_model(tmp_path, window=128), threads=1, bfloat16=False)
    wide = SentenceTransformerEmbedder(model, embedder_id="wide@1", codec=coding.token_codec)

    assert wide.query_tokens("退" * 63).shape == (64, 32)  # a token a character, and the space before them
    assert wide.query_tokens("退" * 64).shape == (0, 32)
    assert embedder.query_tokens("运费").shape == (0, 32)  # nor is any without a codec
