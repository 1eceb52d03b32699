"""Real parts only: default embedder, real pipeline, sample company. Stores are kept between runs in var/."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from app.container import Container
from app.evaluation.scorecard import Scorecard
from app.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def scorecard() -> Scorecard:
    return Scorecard(ROOT / "docs" / "scorecard.md")


@pytest.fixture(scope="session")
def container_of() -> Callable[[str, Path], Container]:
    """A container whose index holds what lies at a path; only what changed since the last run is taken in."""

    def build(name: str, path: Path) -> Container:
        container = Container(Settings(home=ROOT / "var" / "evaluation" / name))
        container.pipeline().run(container.sources([path]))
        return container

    return build


@pytest.fixture
def data_folder() -> Path:
    """The evaluation sets that are not part of the repository: make eval DATA=folder."""
    folder = os.environ.get("EVALUATION_DATA", "")
    if not folder:
        pytest.skip("no evaluation data: name its folder with make eval DATA=folder")
    return Path(folder)
