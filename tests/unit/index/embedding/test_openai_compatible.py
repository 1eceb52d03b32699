import json

import httpx
import numpy as np
import pytest
import stamina

from index.embedding.openai_compatible import OpenAICompatibleEmbedder
from index.errors import EmbedderMismatch, EmbedderUnavailable
from tests.fakes import passage


@pytest.fixture(autouse=True)
def no_waiting():
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


class Server:
    """Answers with [length of the text, 1]; statuses or errors in `first` come before that."""

    def __init__(self, *first) -> None:
        self.first, self.requests = list(first), []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.first:
            answer = self.first.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        texts = json.loads(request.content)["input"]
        data = [{"index": at, "embedding": [len(text), 1]} for at, text in enumerate(texts)]
        return httpx.Response(200, json={"data": data[::-1]})

    def embedder(self, **options) -> OpenAICompatibleEmbedder:
        return OpenAICompatibleEmbedder(
            "http://embed.example/v1", "bge-m3", "secret", transport=httpx.MockTransport(self), **options
        )

    def texts(self) -> list[list[str]]:
        return [json.loads(request.content)["input"] for request in self.requests]


def test_rows_come_back_in_the_order_asked_and_of_unit_length():
    server = Server()

    vectors = server.embedder().embed_queries(["退货", "invoice"])

    assert vectors == pytest.approx(np.array([[2, 1] / np.sqrt(5), [7, 1] / np.sqrt(50)]), abs=1e-6)
    assert vectors.dtype == np.float32
    assert str(server.requests[0].url) == "http://embed.example/v1/embeddings"
    assert server.requests[0].headers["authorization"] == "Bearer secret"
    assert json.loads(server.requests[0].content)["model"] == "bge-m3"


def test_requests_are_bounded_by_texts_and_by_characters():
    server = Server()

    server.embedder(batch=2, max_batch_characters=10).embed_queries(["a", "b", "c", "d" * 9, "ee", "f" * 99])

    assert [[len(text) for text in batch] for batch in server.texts()] == [[1, 1], [1, 9], [2], [99]]


def test_passages_are_sent_with_context_and_sentences_apart():
    server = Server()
    item = passage("七日内可退。运费自理。", context="退货", sentences=((0, 6), (6, 11)))

    embedded = server.embedder(passage_prefix="p: ").embed_passages([item])

    assert server.texts() == [["p: 退货\n七日内可退。运费自理。"], ["p: 七日内可退。", "p: 运费自理。"]]
    assert embedded.passages.shape == (1, 2)
    assert embedded.sentences[0].shape == (2, 2)


def test_sentences_can_be_left_out():
    embedded = Server().embedder(embeds_sentences=False).embed_passages([passage("七日内可退。")])

    assert embedded.sentences[0].shape == (0, 2)


@pytest.mark.parametrize(
    "hiccup", [httpx.Response(503, text="busy"), httpx.Response(429), httpx.ConnectError("refused")]
)
def test_a_hiccup_is_tried_again(hiccup):
    server = Server(hiccup)

    assert server.embedder().embed_queries(["a"]).shape == (1, 2)
    assert len(server.requests) == 2


def test_a_server_that_stays_away_is_told_after_three_attempts():
    server = Server(*[httpx.ReadTimeout("late")] * 9)

    with pytest.raises(EmbedderUnavailable, match="did not answer within 30 s"):
        server.embedder().embed_queries(["a"])
    assert len(server.requests) == 3


def test_a_refusal_is_told_at_once_with_what_the_server_said():
    server = Server(httpx.Response(401, text="bad key"))

    with pytest.raises(EmbedderUnavailable, match="401: bad key"):
        server.embedder().embed_queries(["a"])
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "body",
    [b"<html>", b"{}", b'{"data": [{"index": 0}]}', b'{"data": []}', b'{"data": [{"index": 0, "embedding": ["x"]}]}'],
)
def test_a_reply_that_holds_no_embeddings_is_told(body):
    with pytest.raises(EmbedderUnavailable, match="embeddings"):
        Server(httpx.Response(200, content=body)).embedder().embed_queries(["a"])


def test_vectors_of_another_length_are_refused():
    with pytest.raises(EmbedderMismatch, match="length 2, expected 384"):
        Server().embedder(dimension=384).embed_queries(["a"])


def test_the_dimension_is_asked_once():
    server = Server()
    embedder = server.embedder()

    assert (embedder.dimension, embedder.dimension) == (2, 2)
    assert embedder.embed_queries([]).shape == (0, 2)
    assert len(server.requests) == 1
