"""Both tokenizers of the default model: the same tokens in the same places."""

import os
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from index.embedding.plain_bert import read_tokenizer
from index.embedding.tokenizer import FastTokenizer, PieceTokenizer
from index.errors import ModelDamaged
from index.weights import Weights

pytestmark = pytest.mark.weights

TEXTS = [
    "签收后7日内，商品完好可以无理由退货；运费由買家承擔。",
    "passage: Orders over £99.50 ship free – remote areas excluded.",
    "Model SL-AC-300: 220V~50Hz, café-grade filter ½ speed ﬁne ①②",
    "   Tabs\tand   spaces, ＦＵＬＬ－ＷＩＤＴＨ １２３～５, 99％ off  ",
    "e\u0301mo\u200bji 😀👍 한국어 日本語",
    "line\n",
    "",
]


@pytest.fixture(scope="module")
def folder() -> Path:
    cache = Path(os.environ.get("KEFU_MODELS__CACHE", "~/.cache/kefu/models")).expanduser()
    return Weights(cache).path("multilingual-e5-small")


def test_pieces_give_the_tokens_of_the_fast_tokenizer(folder):
    fast = FastTokenizer(Tokenizer.from_file(str(folder / "tokenizer.json")))
    pieces = read_tokenizer(folder)

    assert isinstance(pieces, PieceTokenizer)
    assert pieces.ids(TEXTS) == fast.ids(TEXTS)
    assert (pieces.lead, pieces.trail) == (fast.lead, fast.trail) == ([0], [2])


def test_offsets_are_code_points_that_cover_the_text_in_order(folder):
    for text, (ids, offsets) in zip(TEXTS, read_tokenizer(folder).ids_with_offsets(TEXTS), strict=True):
        assert offsets.shape == (len(ids), 2)
        assert (offsets[1:, 0] >= offsets[:-1, 1]).all()
        assert np.all(offsets[:, 0] <= offsets[:, 1])
        assert (offsets <= len(text)).all()
        if ids:
            missed = "".join(text[a:b] for a, b in zip([0, *offsets[:, 1]], [*offsets[:, 0], len(text)], strict=True))
            assert missed.strip() == ""


def test_a_damaged_file_of_pieces_is_told(tmp_path):
    (tmp_path / "pieces.model").write_bytes(b"no pieces")

    with pytest.raises(ModelDamaged, match="tokenizer"):
        read_tokenizer(tmp_path)
