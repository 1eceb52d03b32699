import numpy as np
import pytest

from index.embedding.token_codec import TokenCodec

CHANCE = np.random.default_rng(1)
MEAN = np.array([1.0, 0.0, 0.5, 0.0], np.float32)
CENTRES = CHANCE.uniform(-1, 1, (2, 256, 2)).astype(np.float16).astype(np.float32)


@pytest.fixture
def codec():
    return TokenCodec(MEAN, CENTRES, codec_id="pq2-x", embedder_id="e@1")


def test_a_code_is_the_nearest_centre_of_each_part(codec):
    states = CHANCE.standard_normal((300, 4)).astype(np.float32)

    codes = codec.encode(states)

    moved = states - MEAN
    unit = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    for part in range(2):
        distances = ((unit[:, None, 2 * part : 2 * part + 2] - CENTRES[part]) ** 2).sum(axis=2)
        assert codes[:, part].tolist() == distances.argmin(axis=1).tolist()
        assert codec.decode(codes)[:, 2 * part : 2 * part + 2] == pytest.approx(CENTRES[part][codes[:, part]])
    assert codec.centred(states) == pytest.approx(unit, abs=1e-6)


def test_similarities_are_the_dot_products_of_what_is_decoded(codec):
    question, codes = CHANCE.standard_normal((5, 4)).astype(np.float32), CHANCE.integers(0, 256, (70, 2), np.uint8)

    assert codec.similarities(question, codes) == pytest.approx(codec.decode(codes) @ question.T, abs=1e-5)


def test_nothing_in_nothing_out(codec):
    assert codec.encode(np.zeros((0, 4), np.float32)).shape == (0, 2)
    assert codec.decode(np.zeros((0, 2), np.uint8)).shape == (0, 4)
    assert codec.similarities(np.zeros((0, 4), np.float32), np.zeros((3, 2), np.uint8)).shape == (3, 0)
    assert codec.centred(MEAN[None]).tolist() == [[0, 0, 0, 0]]


def test_a_file_holds_it_and_its_content_is_its_name(codec, tmp_path):
    codec.save(tmp_path / "one")
    TokenCodec(MEAN + 1, CENTRES, codec_id="", embedder_id="e@1").save(tmp_path / "other")

    one, again, other = (TokenCodec.load(tmp_path / name) for name in ("one", "one", "other"))

    states = CHANCE.standard_normal((50, 4)).astype(np.float32)
    assert (one.embedder_id, one.size) == ("e@1", 2)
    assert one.encode(states).tolist() == codec.encode(states).tolist()
    assert one.codec_id == again.codec_id != other.codec_id


def test_shapes_must_fit():
    with pytest.raises(ValueError, match="Expected centres"):
        TokenCodec(MEAN[:3], CENTRES, codec_id="", embedder_id="")


def test_the_shipped_one_is_small_and_of_its_embedder_alone():
    shipped = TokenCodec.shipped()

    assert TokenCodec.of(shipped.embedder_id) is shipped
    assert TokenCodec.of("hashing-1-256") is None
    assert shipped.size == 96
