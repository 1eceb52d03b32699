"""All layers of an embedder tuned: what a kill changes, and another start with the same seed."""

from __future__ import annotations

from datetime import date

import pytest

from app.evaluation.scorecard import Figure
from tests.integration.test_embedder_tuning import base, kills, tuned, weights_of  # noqa: F401 - a fixture

pytestmark = [pytest.mark.evaluation, pytest.mark.timeout(0)]
COMMAND = "make eval DATA=folder"


def test_a_run_killed_twenty_times_ends_as_one_that_was_left_alone(base, tmp_path, scorecard):  # noqa: F811
    is_equal = kills(base, tmp_path, count=20, seed=20)

    told = "metrics and weights equal" if is_equal else "differ"
    name = "embedder, all layers, killed at 20 random moments, then resumed"
    scorecard.note(Figure(name, "metrics equal", told, is_equal, COMMAND, date.today()))
    assert is_equal


def test_the_same_seed_twice_ends_the_same(base, tmp_path, scorecard):  # noqa: F811
    one, two = (tuned(base, tmp_path / name) for name in ("one", "two"))

    is_equal = one.metrics == two.metrics and weights_of(one.folder) == weights_of(two.folder)
    told = "metrics and weights equal" if is_equal else "differ"
    name = "embedder, all layers, the same seed twice"
    scorecard.note(Figure(name, "metrics equal", told, is_equal, COMMAND, date.today()))
    assert is_equal
