"""Real parts only: default embedder, real pipeline, sample company. Stores are kept between runs in var/."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from app.evaluation.layouts import layout_of
from app.evaluation.page import write_page
from app.evaluation.result import EvaluationResult, write_result
from app.evaluation.runner import Evaluation, EvaluationParams
from app.evaluation.scorecard import Scorecard
from app.settings import Settings

ROOT = Path(__file__).parents[2]
HOME = ROOT / "var"

Evaluate = Callable[..., EvaluationResult]


@pytest.fixture(scope="session")
def scorecard() -> Scorecard:
    return Scorecard(ROOT / "docs" / "scorecard.md")


@pytest.fixture(scope="session")
def evaluate() -> Evaluate:
    """As `kefu eval FOLDER`, with the default settings; result and report go to var/evaluation/results/NAME."""

    def run(
        name: str, folder: Path, *, only: Sequence[str] = (), knowledge: Sequence[Path] = (), **params: object
    ) -> EvaluationResult:
        layout = layout_of(folder, only=only)
        evaluation = Evaluation(Settings(home=HOME), layout, knowledge=knowledge, params=EvaluationParams(**params))
        result = evaluation.run()
        target = HOME / "evaluation" / "results" / name
        write_result(result, target)
        write_page(result, target)
        return result

    return run


@pytest.fixture
def data_folder() -> Path:
    """The evaluation sets that are not part of the repository: make eval DATA=folder."""
    folder = os.environ.get("EVALUATION_DATA", "")
    if not folder:
        pytest.skip("no evaluation data: name its folder with make eval DATA=folder")
    return Path(folder)
