"""Personal data planted in a thousand conversations, looked for in every file of training data."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from pathlib import Path

import pytest

from app.building.container import Container
from app.evaluation.scorecard import Figure
from app.learning.data import make_data, write_data
from app.learning.data.sample import plant_conversations
from app.settings import Settings
from index.types import Passage

pytestmark = [pytest.mark.evaluation, pytest.mark.timeout(3600)]

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"


def spelled(text: str) -> str:
    """Letters and digits in one width and case: a value in another spacing is the same."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).lower()


def passages_of_company(home: Path) -> list[Passage]:
    container = Container(Settings(home=home, models={"embedder": "hashing"}))
    container.pipeline().run(container.sources([KNOWLEDGE]))
    with container.store.current() as generation:
        return [one for document in generation.documents() for one in generation.passages_of(document.document_id)]


def test_nothing_planted_is_found_in_training_data(scorecard, tmp_path):
    passages = passages_of_company(tmp_path / "home")
    kept, planted = plant_conversations(passages, count=1000, seed=1)
    write_data(make_data(kept), tmp_path / "data", as_of=date.today())

    written = spelled(
        "\n".join(path.read_text(encoding="utf-8") for path in (tmp_path / "data").rglob("*") if path.is_file())
    )
    public = spelled("\n".join(one.embedded_text for one in passages))
    left = {one.value for one in planted if spelled(one.value) in written and spelled(one.value) not in public}

    name = "personal data planted in 1,000 conversations, found in training files"
    scorecard.note(Figure(name, "0", f"{len(left)} of {len(planted)}", not left, "make eval", date.today()))
    assert left == set()
