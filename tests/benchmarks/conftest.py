"""What the benchmarks share: where figures go, the sample company's vectors, stores of any size."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest

from tests.benchmarks.derived_store import DerivedStore, SamplePassages
from tests.benchmarks.measured import Measurements


@pytest.fixture(scope="session")
def measurements() -> Measurements:
    return Measurements()


@pytest.fixture(scope="session")
def store_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[int], DerivedStore]]:
    """A published store of so many passages; made once, of the sample company's passages, embedded once."""
    folder = tmp_path_factory.mktemp("stores")
    samples: list[SamplePassages] = []
    stores: dict[int, DerivedStore] = {}

    def build(passages: int) -> DerivedStore:
        if passages not in stores:
            if not samples:
                samples.append(SamplePassages.embedded())
            stores[passages] = DerivedStore(folder / str(passages), samples[0], passages)
            stores[passages].build()
        return stores[passages]

    yield build
    shutil.rmtree(folder, ignore_errors=True)
