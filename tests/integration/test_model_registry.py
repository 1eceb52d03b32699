"""From training by the command line to the classifier that serves a conversation, and back, without a restart."""

from __future__ import annotations

import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.building.container import Container
from app.cli import main
from app.domain.current_conversation import within_conversation
from app.domain.learning import Candidate
from app.learning.registry import write_manifest
from app.settings import load_settings

ROOT = Path(__file__).parents[2]
INTENTS = ("return_request", "invoice_request", "track_parcel", "coupon_inquiry")
LATER = datetime(2100, 1, 1, tzinfo=UTC)

pytestmark = pytest.mark.filterwarnings("ignore:Number of distinct clusters")


@pytest.fixture
def home(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith("KEFU_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("KEFU_MODELS__EMBEDDER", "hashing")
    monkeypatch.setenv("KEFU_LLM__ORDER", "extractive")
    monkeypatch.chdir(tmp_path)
    fixed = tmp_path / "var" / "learning" / "fixed" / "intents.jsonl"
    fixed.parent.mkdir(parents=True)
    write(fixed, ROOT / "tests" / "evaluation" / "understanding" / "utterances.jsonl")
    return tmp_path


def write(path: Path, source: Path) -> Path:
    """Some intents of a file, by names of the company's own."""
    rows = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()]
    kept = [{"text": row["text"], "intent": f"our_{row['intent']}"} for row in rows if row["intent"] in INTENTS]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in kept), encoding="utf-8")
    return path


def trained(home: Path) -> Path:
    data = write(home / "train.jsonl", ROOT / "app" / "understanding" / "data" / "intents.jsonl")
    assert main(["train", "intents", "--data", str(data), "--out", "out", "--folds", "2"]) == 0
    record = {
        "data": [{"path": str(data), "sha256": hashlib.sha256(data.read_bytes()).hexdigest()}],
        "seed": 20261125,
        "code": "test",
        "parents": [],
    }
    write_manifest(Candidate("intents", home / "out", datetime.now(UTC), record))
    return home / "out"


def test_a_classifier_is_submitted_promoted_served_and_taken_back(home, capsys):
    folder = trained(home)
    capsys.readouterr()

    code = main(["models", "submit", str(folder), "--json"])
    record = json.loads(capsys.readouterr().out)
    assert (code, record.get("state")) == (0, "passed"), record

    container = Container(load_settings(), is_service=True)
    understander = container.understander
    assert "our_return_request" not in understander.intents

    assert main(["models", "promote", record["id"], "--note", "ours"]) == 0
    container.served_models.state("intents", fresh=True)
    with within_conversation("c1", LATER):
        assert understander.understand("这件我想退货").intent == "our_return_request"

    assert main(["models", "rollback", "intents"]) == 0
    container.served_models.state("intents", fresh=True)
    with within_conversation("c1", LATER):
        assert understander.understand("这件我想退货").intent == "return_request"
    container.close()


def test_a_refused_candidate_says_why_and_the_command_ends_with_a_code_of_its_own(home, capsys):
    folder = trained(home)
    body = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(body[:1000])
    capsys.readouterr()

    assert main(["models", "submit", str(folder)]) == 3
    assert "cut off" in capsys.readouterr().out
    assert main(["models", "candidates", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [row["state"] for row in listed] == ["refused"]
    assert main(["models", "show", listed[0]["id"]]) == 0
    assert "# intents" in capsys.readouterr().out


def test_an_adapter_of_a_language_model_that_is_not_here_is_told_so(home, capsys, monkeypatch):
    folder = trained(home)
    monkeypatch.setenv("KEFU_MODELS__CACHE", str(home / "no-weights"))

    assert main(["models", "submit", str(folder), "--kind", "llm"]) == 1
    assert "kefu models pull" in capsys.readouterr().err
    assert not any(path.is_dir() for path in (home / "var" / "models").iterdir())


def test_without_a_fixed_set_nothing_is_promoted_unseen(home, capsys):
    folder = trained(home)
    (home / "var" / "learning" / "fixed" / "intents.jsonl").unlink()
    capsys.readouterr()

    assert main(["models", "submit", str(folder)]) == 3
    assert "0 test questions" in capsys.readouterr().out
