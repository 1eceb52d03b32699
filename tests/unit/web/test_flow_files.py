from __future__ import annotations

from pathlib import Path

from app.web.flow_files import FlowFiles


def test_flows_of_all_folders_are_read_and_examples_left_out(tmp_path: Path) -> None:
    shipped, own = tmp_path / "shipped", tmp_path / "own"
    (own / "sub").mkdir(parents=True)
    shipped.mkdir()
    (shipped / "returns.yaml").write_text("退货: {}", encoding="utf-8")
    (shipped / "returns.dialogue.yaml").write_text("turns: []")
    (shipped / "notes.txt").write_text("no flow")
    (own / "sub" / "mine.yml").write_text("mine: {}")
    problem = {"file": "returns.yaml", "line": 1, "message": "no steps"}

    flows = FlowFiles({"shipped": shipped, "own": own, "away": tmp_path / "none"}, lambda: [problem])

    assert [(file["name"], file["origin"]) for file in flows.files()] == [
        ("returns.yaml", "shipped"),
        ("sub/mine.yml", "own"),
    ]
    assert flows.files()[0]["text"] == "退货: {}"
    assert flows.check() == [problem]


def test_a_file_that_is_no_text_shows_why(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_bytes(b"\xff\xfe\x00")

    (file,) = FlowFiles({"own": tmp_path}, list).files()

    assert "utf-8" in file["text"]
