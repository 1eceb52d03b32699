"""The shipped reader of claims with the real model."""

import os
from pathlib import Path

import pytest

from app.retrieval.reading.claims import ClaimReader
from index.embedding.text_model import LazyTextModel
from index.errors import ModelDamaged
from index.weights import Weights

pytestmark = pytest.mark.weights

PASSAGE = "生鲜商品须在签收后24小时内拍照反馈，逾期不予受理。运费由商家承担。"


@pytest.fixture(scope="module")
def model() -> LazyTextModel:
    cache = Path(os.environ.get("KEFU_MODELS__CACHE", "~/.cache/kefu/models")).expanduser()
    return LazyTextModel(Weights(cache).path("multilingual-e5-small"), threads=2)


def test_what_is_said_is_borne_out_better_than_what_is_not(model):
    reader = ClaimReader(model)
    true = ["生鲜要在签收后24小时内拍照反馈。", "运费是商家出。"]
    false = ["生鲜要在签收后24小时以后再反馈。", "会员可以优先安排送货上门。"]

    said = [reader.support(claim, [PASSAGE])[0] for claim in true]
    not_said = [reader.support(claim, [PASSAGE])[0] for claim in false]

    assert min(said) > max(not_said)


def test_each_passage_is_judged_by_itself_and_an_empty_one_bears_out_nothing(model):
    reader = ClaimReader(model)
    alone = reader.support("运费是商家出。", [PASSAGE])[0]

    several = reader.support("运费是商家出。", ["本店销售家电。", " ", PASSAGE])

    assert several[2] == pytest.approx(alone, abs=1e-3)
    assert several[1] == -30.0
    assert several[2] > several[0]


def test_damaged_weights_are_told(model, tmp_path):
    (tmp_path / "bad.safetensors").write_bytes(b"no weights")

    with pytest.raises(ModelDamaged, match="do not load"):
        ClaimReader(model, weights=tmp_path / "bad.safetensors").load()
