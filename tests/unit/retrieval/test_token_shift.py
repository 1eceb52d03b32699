import numpy as np
import pytest

from app.retrieval.token_shift import TokenShift
from app.training.token_shift import fit
from index.embedding.token_codec import TokenCodec

MEANS = {"zh": np.array([0.0, 1.0], np.float32), "en": np.array([1.0, 0.0], np.float32)}


def test_what_sets_a_language_apart_is_taken_off_and_that_of_the_other_put_on():
    moved = TokenShift(MEANS, codec_id="c").moved(np.array([[2.0, 0.0]], np.float32), "en", "zh")

    assert moved == pytest.approx(np.array([[1, 1]]) / np.sqrt(2))


def test_tokens_of_the_same_or_of_an_unknown_language_stay():
    tokens, shift = np.array([[1.0, 0.0]], np.float32), TokenShift(MEANS, codec_id="c")

    assert shift.moved(tokens, "zh", "zh") is tokens
    assert shift.moved(tokens, "mixed", "zh") is tokens
    assert len(shift.moved(tokens[:0], "en", "zh")) == 0


def test_a_shift_is_written_and_read(tmp_path):
    TokenShift(MEANS, codec_id="pq96-x").save(tmp_path / "shift")

    found = TokenShift.load(tmp_path / "shift")

    assert found.codec_id == "pq96-x"
    assert found.moved(np.array([[2.0, 0.0]], np.float32), "en", "zh") == pytest.approx(
        np.array([[0.7071, 0.7071]]), abs=1e-4
    )


def test_the_shipped_shift_belongs_to_the_shipped_codec():
    assert TokenShift.of(TokenCodec.shipped().codec_id) is TokenShift.shipped()
    assert TokenShift.of("another") is None


def test_means_weigh_every_token_alike():
    tokens = [("zh", np.array([[0, 1], [0, 3]])), ("en", np.array([[2, 0]])), ("zh", np.array([[0, 2]]))]

    shift = fit(tokens, codec_id="c")

    assert shift.moved(np.array([[2.0, 2.0]], np.float32), "zh", "en") == pytest.approx(np.array([[1.0, 0.0]]))


def test_one_language_alone_gives_no_shift():
    with pytest.raises(ValueError, match="two languages"):
        fit([("zh", np.ones((1, 2)))], codec_id="c")
