import os
from pathlib import Path

import pytest

from app.building.backends import folder_identity
from app.building.container import Container
from app.settings import SettingInvalid, Settings
from index.errors import ModelMissing, StoreMissing


def _settings(folder: Path, *, embedder: str = "hashing", **groups: object) -> Settings:
    models = {"cache": folder / "models", "embedder": embedder}
    return Settings.model_validate({"home": folder / "var", "models": models, "llm": {"order": "extractive"}, **groups})


@pytest.fixture(autouse=True)
def _away(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.upper().startswith("KEFU_"):  # the environment goes before what a test sets
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_building_a_container_touches_nothing(tmp_path: Path) -> None:
    container = Container(_settings(tmp_path))
    container.store, container.keys, container.weights, container.serving  # noqa: B018

    assert list(tmp_path.iterdir()) == []


def test_without_an_index_the_way_out_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing, match="kefu ingest"):
        Container(_settings(tmp_path)).require_index()


def test_missing_weights_are_named_with_the_command_that_fetches_them(tmp_path: Path) -> None:
    container = Container(_settings(tmp_path, embedder="e5-small"))

    assert container.embedder_model == "multilingual-e5-small"
    with pytest.raises(ModelMissing, match="kefu models pull multilingual-e5-small"):
        container.embedder  # noqa: B018


def test_an_embedder_that_only_looks_ahead_leaves_the_scorer_in_its_place(tmp_path: Path) -> None:
    class Named:
        embedder_id = "multilingual-e5-small@other"

    settings = _settings(tmp_path, embedder="e5-small")
    ahead, other = Named(), Named()
    ahead.embedder_id = Container(settings).weights.spec("multilingual-e5-small").identity

    assert Container(settings, embedder=ahead).scorer is not None  # type: ignore[arg-type]
    assert Container(settings, embedder=other).scorer is None  # type: ignore[arg-type]


def test_a_remote_embedder_needs_an_address(tmp_path: Path) -> None:
    with pytest.raises(SettingInvalid, match="KEFU_MODELS__REMOTE__BASE_URL"):
        Container(_settings(tmp_path, embedder="openai")).embedder  # noqa: B018


def test_a_model_folder_is_known_by_its_content(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "config.json").write_text("{}", encoding="utf-8")
    (folder / "model.safetensors").write_bytes(b"weights 1")
    first = folder_identity(folder)
    (folder / "README.md").write_text("words", encoding="utf-8")
    assert folder_identity(folder) == first

    (folder / "model.safetensors").write_bytes(b"weights 2")

    assert folder_identity(folder) != first
    assert first.startswith("mine@")


@pytest.mark.parametrize(
    ("order", "is_wanted"),
    [(("extractive",), False), (("extractive", "local"), False), (("local", "extractive"), True), (("remote",), False)],
)
def test_local_weights_are_fetched_only_when_a_local_model_would_be_asked(
    tmp_path: Path, order: tuple[str, ...], is_wanted: bool
) -> None:
    settings = _settings(tmp_path, llm={"order": order})

    assert (Container(settings).arrival is not None) is is_wanted


def test_knowledge_folders_that_are_away_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    settings = _settings(tmp_path, ingest={"knowledge": ("here", "gone")})

    assert Container(settings).knowledge_folders() == [Path("here")]
