import numpy as np
import pytest

from index.embedding.hashing import HashingEmbedder
from tests.fakes import passage


def test_vectors_are_float32_of_unit_length_whatever_the_text():
    vectors = HashingEmbedder(64).embed_queries(["七日无理由退货", "return policy", "", "！？", "SL-AC-1042 " * 500])

    assert vectors.shape == (5, 64)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(5), abs=1e-6)


def test_no_texts_give_no_rows():
    assert HashingEmbedder(64).embed_queries([]).shape == (0, 64)
    assert HashingEmbedder(64).embed_passages([]).passages.shape == (0, 64)


@pytest.mark.parametrize(
    ("question", "near", "far"),
    [
        ("质量问题退货运费谁承担", "质量问题的退货运费由商家承担。", "生鲜商品签收后24小时内反馈。"),
        ("who pays return shipping", "The shop pays shipping when you return a defect.", "Points expire in a year."),
    ],
)
def test_a_question_is_nearer_to_the_text_that_shares_its_words(question, near, far):
    asked, *texts = HashingEmbedder().embed_queries([question, near, far])

    assert asked @ texts[0] > asked @ texts[1] + 0.2


def test_sentences_have_vectors_of_their_own():
    text = "七日内可退。运费自理。"
    embedded = HashingEmbedder(64).embed_passages([passage(text, sentences=((0, 6), (6, 11)))])

    assert embedded.sentences[0].shape == (2, 64)
    assert embedded.sentences[0][1] == pytest.approx(HashingEmbedder(64).embed_queries(["运费自理。"])[0])


def test_the_same_text_has_the_same_vector_in_every_process():
    # Places and signs worked out from blake2b("w 退货") and blake2b("b 退货") by the formula in the module.
    import hashlib

    expected = np.zeros(32)
    for feature in ("w 退货", "b 退货"):
        number = int.from_bytes(hashlib.blake2b(feature.encode(), digest_size=8).digest(), "little")
        expected[(number >> 1) % 32] += 1 if number & 1 else -1

    vector = HashingEmbedder(32).embed_queries(["退货"])[0]

    assert vector == pytest.approx(expected / np.linalg.norm(expected))
