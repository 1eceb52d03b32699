"""From documents to an order by words: ingestion, a store on disk, search in both languages, passages handed in."""

import numpy as np
import pytest

from app.building.container import Container
from app.cli.lookahead import Lookahead
from app.retrieval.given import GivenPassages
from app.settings import RetrievalSettings, Settings
from index.embedding.hashing import HashingEmbedder
from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.embedding.text_model import LazyTextModel
from index.embedding.token_codec import TokenCodec
from index.types import Query
from tests.tiny_model import build_tiny_model

TEXTS = ("七日内可退货。", "运费由商家承担。", "商家不承担退货运费。")


@pytest.fixture(scope="module")
def embedder(tmp_path_factory):
    model = LazyTextModel(build_tiny_model(tmp_path_factory.mktemp("model")), threads=1, bfloat16=False)
    chance = np.random.default_rng(3)
    codec = TokenCodec(
        np.zeros(32, np.float32),
        0.2 * chance.standard_normal((16, 256, 2)).astype(np.float32),
        codec_id="tiny-codes",
        embedder_id="tiny@1",
    )
    return SentenceTransformerEmbedder(model, embedder_id="tiny@1", codec=codec)


@pytest.fixture
def documents(tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    for number, text in enumerate((*TEXTS, "refund in 7 days.", "we pay shipping.")):
        (folder / f"{number}.md").write_text(text, encoding="utf-8")
    return folder


def container_of(tmp_path, embedder, **retrieval):
    return Container(Settings(home=tmp_path / "var", retrieval=RetrievalSettings(**retrieval)), embedder=embedder)


def test_search_orders_by_words_what_ingestion_kept(tmp_path, documents, embedder):
    container = container_of(tmp_path, embedder, late_fusion_weight=0)
    container.pipeline().run(container.sources([documents]))

    with container.serving.borrow() as generation:
        hits = container.retriever.search(Query("谁承担运费", top=10), generation)
        passages = generation.passages([hit.passage_id for hit in hits])
        across = container.retriever.retrieve_across(Query("谁承担运费", top=10), generation)

    def expected(passage):
        """By the vectors themselves, decoded one by one."""
        decoded = embedder.token_codec.decode(embedder.embed_passages([passage]).codes[0])
        return np.mean([max(token @ word for token in decoded) for word in embedder.query_tokens("谁承担运费")])

    assert len(hits) == 5
    assert [hit.stages["late"] for hit in hits] == pytest.approx([expected(one) for one in passages], abs=1e-4)
    assert [hit.stages["late"] for hit in hits] == sorted((hit.stages["late"] for hit in hits), reverse=True)
    assert [item.passage.language for item in across] == ["en", "en"]
    assert [item.hit.ranks["late"] for item in across] == [1, 2]


def test_it_can_be_switched_off_and_is_off_without_tokens(tmp_path, documents, embedder):
    for number, (kind, retrieval) in enumerate(((embedder, {"late": False}), (HashingEmbedder(), {}))):
        container = container_of(tmp_path / str(number), kind, **retrieval)
        container.pipeline().run(container.sources([documents]))

        with container.serving.borrow() as generation:
            hits = container.retriever.search(Query("谁承担运费"), generation)

        assert hits
        assert not any("late" in hit.stages for hit in hits)


def test_an_index_from_before_says_what_it_lacks_and_full_adds_it(tmp_path, documents, embedder):
    before = SentenceTransformerEmbedder(embedder._model, embedder_id="tiny@1")
    old = container_of(tmp_path, before)
    old.pipeline().run(old.sources([documents]))
    container = container_of(tmp_path, embedder)

    plain = container.pipeline().run(container.sources([documents]))
    full = container.pipeline().run(container.sources([documents]), full=True)

    assert (plain.is_published, plain.passages_embedded) == (False, 0)
    assert "--full" in plain.warnings[0]
    assert (full.is_published, full.passages_embedded, full.warnings) == (True, 5, [])
    with container.serving.borrow() as generation:
        assert "late" in container.retriever.search(Query("谁承担运费"), generation)[0].stages


def test_passages_handed_in_and_questions_of_a_batch_are_compared_too(tmp_path, embedder):
    ahead = Lookahead(embedder)
    ahead.prepare(["谁承担运费"])
    container = container_of(tmp_path, ahead)

    hits = container.retriever.search(Query("谁承担运费"), GivenPassages(TEXTS, ahead))

    assert len(hits) == 3
    assert all("late" in hit.stages for hit in hits)
    assert not any(
        "late" in hit.stages
        for hit in container.retriever.search(Query("谁承担运费"), GivenPassages(TEXTS, HashingEmbedder(dimension=32)))
    )
