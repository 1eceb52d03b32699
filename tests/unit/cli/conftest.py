import os
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def workplace(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty working directory, no settings of this machine, and an embedder that needs no weights."""
    for name in list(os.environ):
        if name.upper().startswith("KEFU_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("KEFU_MODELS__EMBEDDER", "hashing")
    monkeypatch.setenv("KEFU_MODELS__CACHE", str(tmp_path / "models"))
    monkeypatch.setenv("KEFU_LLM__ORDER", "extractive")
    monkeypatch.chdir(tmp_path)
    return tmp_path
