"""How fast passages and questions are embedded, beside the bare library in the same run."""

import os
import time
from pathlib import Path

import numpy as np
import pytest

from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.text.sentences import split_sentences
from index.weights import Weights
from tests.fakes import passage

pytestmark = [pytest.mark.benchmark, pytest.mark.weights]

COUNT = int(os.environ.get("KEFU_BENCH_PASSAGES", "600"))
SENTENCES = [
    "签收后{n}日内，商品完好、不影响二次销售的，可以申请无理由退货。",
    "质量问题退货的运费由商家承担，退款在{n}个工作日内原路返回。",
    "You can return an unused item within {n} days of delivery.",
    "生鲜商品须在签收后{n}小时内拍照反馈，逾期不予受理。",
    "The warranty covers the battery for {n} months, but not the cable.",
    "会员积分每{n}分抵1元，不可兑现、不可转让。",
]


def made_passages(count: int):
    """Passages of 1 to 8 sentences, mixed like real ones."""
    items = []
    for number in range(count):
        text = "".join(SENTENCES[(number + at) % 6].format(n=number + at) for at in range(1 + number * 7 % 8))
        items.append(passage(text, f"d{number}#1", context="售后政策 > 退货", sentences=tuple(split_sentences(text))))
    return items


def test_passages_with_their_sentences_at_the_rate_of_the_bare_library(capsys):
    from sentence_transformers import SentenceTransformer

    cache = Path(os.environ.get("KEFU_MODELS__CACHE", "~/.cache/kefu/models")).expanduser()
    folder = Weights(cache).path("multilingual-e5-small")
    ours = SentenceTransformerEmbedder(folder, embedder_id="e5")
    ours.load()
    bare = SentenceTransformer(str(folder), device="cpu")
    items = made_passages(COUNT)
    texts = [f"passage: {item.embedded_text}" for item in items]
    bare.encode(texts[:8])
    seconds = {"ours": 0.0, "bare": 0.0}
    for first in range(0, COUNT, 200):  # by turns, so that a busy moment of the machine meets both
        started = time.perf_counter()
        bare.encode(texts[first : first + 200])
        between = time.perf_counter()
        ours.embed_passages(items[first : first + 200])
        seconds["bare"] += between - started
        seconds["ours"] += time.perf_counter() - between
    latencies = []
    for number in range(100):
        started = time.perf_counter()
        ours.embed_queries([f"质量问题退货运费谁承担{number}"])
        latencies.append((time.perf_counter() - started) * 1000)
    rates = {name: COUNT / spent for name, spent in seconds.items()}
    ratio = rates["ours"] / rates["bare"]
    p50, p95 = np.percentile(latencies, [50, 95])
    with capsys.disabled():
        print(
            f"\n{COUNT} passages: {rates['ours']:.1f}/s with sentences, bare library {rates['bare']:.1f}/s: {ratio:.2f}"
        )
        print(f"one question: p50 {p50:.1f} ms, p95 {p95:.1f} ms")
    assert ratio >= 0.9
