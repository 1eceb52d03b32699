"""Retrieval on public sets that are not part of the repository."""

from __future__ import annotations

from datetime import date

import pytest

from app.evaluation.indexing import container_over
from app.evaluation.scorecard import Figure
from app.settings import Settings
from index.manifest import CODE_ENDS, CODES
from tests.evaluation.conftest import HOME

pytestmark = [pytest.mark.evaluation, pytest.mark.timeout(0)]

FLOORS = {("zh_ecom_policy", "hit@1"): 0.66, ("tau2_banking_kb", "recall@10"): 0.18}
"""Below these it is a step back, where a target is not reached yet."""


@pytest.mark.parametrize(
    ("name", "targets"),
    [
        ("zh_ecom_policy", {"hit@1": 0.80, "recall@5": 0.94}),
        ("ecom_product_search", {"nDCG@10": 0.88}),
        ("tau2_banking_kb", {"recall@10": 0.35}),
    ],
)
def test_search_reaches_its_figures(name, targets, data_folder, evaluate, scorecard):
    result = evaluate(f"{name}-retrieval", data_folder / name, only=["retrieval"])

    metrics = {key: found.value for key, found in result.sections[0].estimates(seed=result.seed).items()}
    scorecard.note(
        *(
            Figure(
                f"{name}: {metric}",
                f">= {target:.2f}",
                f"{metrics[metric]:.3f}",
                metrics[metric] >= target,
                "make eval DATA=folder",
                date.today(),
            )
            for metric, target in targets.items()
        )
    )
    for metric, target in targets.items():
        assert metrics[metric] >= FLOORS.get((name, metric), target - 0.05), metrics


def test_words_take_little_room(data_folder, scorecard):
    """Late interaction wants the words of every passage: 84 kB each as they come from the model."""
    container, report = container_over(Settings(home=HOME), [data_folder / "zh_ecom_policy" / "corpus.jsonl"])

    with container.store.current() as generation:
        files = generation.manifest.files
        size = (files[CODES].size + files[CODE_ENDS].size) / report.passages
    container.close()

    scorecard.note(
        Figure(
            "zh_ecom_policy: token codes of a passage",
            "<= 12,000 bytes",
            f"{size:,.0f} bytes",
            size <= 12_000,
            "make eval DATA=folder",
            date.today(),
        )
    )
    assert size <= 12_000
