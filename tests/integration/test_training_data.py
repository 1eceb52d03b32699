"""`kefu train data` over the real stores."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from app.building.container import Container
from app.cli.program import run
from app.learning.data.sample import plant_conversations
from app.settings import load_settings


@pytest.fixture
def container(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Container:
    for name in list(os.environ):
        if name.upper().startswith("KEFU_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("KEFU_MODELS__EMBEDDER", "hashing")
    monkeypatch.setenv("KEFU_LLM__ORDER", "extractive")
    monkeypatch.setenv("KEFU_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return Container(load_settings())


def test_what_was_kept_becomes_files_without_what_was_planted(container: Container, tmp_path: Path):
    (tmp_path / "rules").mkdir()
    rules = {"退货": "签收后七天内可以无理由退货。", "退款": "退款在三个工作日内到账。", "运费": "偏远地区运费二十元。"}
    for title, text in rules.items():
        (tmp_path / "rules" / f"{title}.md").write_text(f"# {title}\n\n{text}\n", encoding="utf-8")
    (tmp_path / "rules" / "cards.md").write_text("# Gift cards\n\nGift cards are valid for three years.\n")
    assert run(["ingest", "rules"]) == 0
    with container.store.current() as generation:
        passages = [one for document in generation.documents() for one in generation.passages_of(document.document_id)]
    kept, planted = plant_conversations(passages, count=12, seed=5)
    for conversation in kept.conversations:
        container.conversations.start(conversation)
        for message in kept.messages[conversation.conversation_id]:
            container.conversations.add(message)
    container.receipts.add(kept.receipts)
    for opinions in kept.opinions.values():
        for opinion in opinions:
            container.feedback.add(opinion)
    for edit in kept.edits:
        container.feedback.add_edit(edit)

    assert run(["train", "data", "--out", "data", "--json"]) == 0

    facts = json.loads((tmp_path / "data" / "card.json").read_text(encoding="utf-8"))
    assert facts["read"]["receipts"] == len(kept.receipts)
    assert {file["kind"] for file in facts["files"]} >= {"sft", "preference", "pretrain", "pairs", "triples"}
    written = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "data").rglob("*.jsonl"))
    assert [one for one in planted if one.value in written] == []


@pytest.mark.usefixtures("container")
def test_an_empty_base_makes_no_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(["train", "data", "--out", "data"]) != 0
    assert "nothing to learn from" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


@pytest.mark.usefixtures("container")
def test_an_unknown_kind_is_wrong_usage(capsys: pytest.CaptureFixture[str]):
    assert run(["train", "data", "--out", "data", "--kinds", "sft,poems"]) == 2
    assert "poems" in capsys.readouterr().err
