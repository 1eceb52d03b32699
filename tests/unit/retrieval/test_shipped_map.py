from __future__ import annotations

import numpy as np
import pytest

from app.building.container import Container
from app.retrieval.shipped_map import shipped_map
from app.settings import Settings
from app.settings.groups import ModelSettings, RetrievalSettings
from index.embedding.query_map import QueryMap

DIMENSION = 384


@pytest.fixture
def container_with(tmp_path):
    def make(**retrieval):
        models = ModelSettings(embedder="hashing")
        return Container(Settings(home=tmp_path, models=models, retrieval=RetrievalSettings(**retrieval)))

    return make


def test_another_embedder_has_no_shipped_map(container_with):
    assert shipped_map("hashing@1") is None
    assert container_with().query_map is None


def test_a_named_map_serves_until_questions_are_not_to_be_moved(container_with, tmp_path):
    embedder_id = container_with().embedder.embedder_id
    rng = np.random.default_rng(1)
    own = QueryMap(rng.normal(size=(DIMENSION, 2)), rng.normal(size=(2, DIMENSION)), embedder_id=embedder_id)
    own.save(tmp_path / "adapter")

    named = container_with(query_map=tmp_path / "adapter")
    unmoved = container_with(query_map=tmp_path / "adapter", move_questions=False)

    assert named.query_map is not None
    assert named.query_map.digest == own.digest
    assert unmoved.query_map is None
