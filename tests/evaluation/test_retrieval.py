"""Retrieval on public sets that are not part of the repository."""

from __future__ import annotations

from datetime import date

import pytest

from app.evaluation.scorecard import Figure

pytestmark = [pytest.mark.evaluation, pytest.mark.timeout(0)]


@pytest.mark.parametrize(
    ("name", "targets"),
    [("zh_ecom_policy", {"hit@1": 0.68, "recall@5": 0.85}), ("ecom_product_search", {"nDCG@10": 0.86})],
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
        assert metrics[metric] >= target - 0.05, metrics
