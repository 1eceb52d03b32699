"""How long a list of recommendations takes with 100,000 items: models, rules and reasons, from the first step on."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import numpy as np
import pytest
import torch
from scipy.sparse import csr_matrix

from app.database import Database
from app.domain.recommendation import Wishes
from app.domain.shop import Item
from app.recommendation.events import BehaviourLog
from app.recommendation.fitting import FitParams, Fitted
from app.recommendation.graph import ItemGraph
from app.recommendation.histories import Histories
from app.recommendation.measures import NextItem
from app.recommendation.model import Model
from app.recommendation.ranker import Ranker
from app.recommendation.recommending import ShopRecommender
from app.recommendation.sasrec import SequenceModel, SequenceNetwork
from tests.benchmarks.measured import p50_p95
from tests.benchmarks.scale import scaled

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(1800)]

ITEMS = scaled(100_000, least=2000)
PEOPLE = scaled(50_000, least=500)
TIMES = 300
EACH = 30


@pytest.fixture(scope="module")
def model() -> Model:
    """What a fit would give, with links and vectors drawn at random: how long it takes does not depend on them."""
    rng, params = np.random.default_rng(1), FitParams()
    popular = np.minimum(rng.pareto(1.1, PEOPLE * EACH) * ITEMS / 300, ITEMS - 1).astype(np.int32)
    histories = Histories(
        tuple(f"u{at}" for at in range(PEOPLE)),
        tuple(f"p{at}" for at in range(ITEMS)),
        np.arange(PEOPLE + 1, dtype=np.int64) * EACH,
        popular,
        np.sort(rng.random((PEOPLE, EACH)) * 1e7, axis=1).ravel(),
        np.full(PEOPLE * EACH, 3, np.int8),
    )

    def links(params) -> ItemGraph:
        count = params.neighbours
        indices = rng.integers(0, ITEMS, (ITEMS, count), dtype=np.int32)
        indices.sort(axis=1)
        values = rng.random(ITEMS * count, dtype=np.float32)
        parts = (values, indices.ravel(), np.arange(ITEMS + 1) * count)
        return ItemGraph(csr_matrix(parts, shape=(ITEMS, ITEMS)), params)

    torch.manual_seed(1)
    sequence = SequenceModel(SequenceNetwork(ITEMS, params.sequence))
    everywhere = np.ones(ITEMS, bool)
    return Model(
        Fitted(
            histories,
            params,
            links(params.follows),
            links(params.beside),
            sequence,
            everywhere,
            Ranker.plain(),
            NextItem(0, 0.0, 0.0),
            {},
        )
    )


def test_a_list_with_reasons_under_the_rules(model, tmp_path, measurements):
    rng = np.random.default_rng(2)
    items = [
        Item(f"p{at}-1", f"p{at}", f"商品{at}", f"Item {at}", f"类{at % 40}", {}, 1000 + at % 977, "CNY", at % 7, {})
        for at in range(ITEMS)
    ]
    database = Database.in_file(tmp_path / "kefu.sqlite")
    recommender = ShopRecommender(
        lambda: model,
        lambda: items,
        log=BehaviourLog(database),
        may_personalise=lambda _: True,
        now=lambda: datetime(2026, 11, 24, tzinfo=UTC),
    )
    recommender.for_customer("u0")
    times_ms = []
    for at in rng.integers(0, PEOPLE, TIMES):
        session = tuple(f"p{item}" for item in rng.integers(0, ITEMS, 3))
        begun = time.perf_counter()
        found = recommender.for_customer(f"u{at}", wishes=Wishes(session=session, highest_cents=1900))
        times_ms.append((time.perf_counter() - begun) * 1000)
        assert len(found) == 10
    database.close()
    half, most = p50_p95(times_ms)
    measurements.note(
        f"{ITEMS:,} items: ten recommendations with reasons, p95",
        target="<= 20 ms",
        measured=f"{most:.1f} ms, p50 {half:.1f}",
        is_met=most <= 20,
    )
