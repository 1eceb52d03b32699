import json
from pathlib import Path

import pytest

from app.cli.program import run


@pytest.fixture
def sequences(workplace: Path) -> Path:
    """Sixty people who go round in a circle of twelve items, each from a place of their own."""
    path = workplace / "sequences.txt"
    rows = [" ".join([f"u{at}", *(f"i{(at + step) % 12}" for step in range(5))]) for at in range(60)]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_a_model_is_fitted_and_recommends_one_line_for_each(
    sequences: Path, workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["recommend", "fit", "--events", str(sequences), "--out", "model", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["people"] == 60
    (workplace / "in.jsonl").write_text('{"id": "u0"}\n{"id": 7}\nnonsense\n{"id": "nobody"}\n', encoding="utf-8")

    arguments = ["for-user", "--model", "model", "--batch", "in.jsonl", "--out", "out.jsonl", "--top", "3"]
    assert run(["recommend", *arguments]) == 3

    lines = [json.loads(line) for line in Path("out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["id"] for line in lines] == ["u0", 7, None, "nobody"]
    assert [len(line.get("items", ())) for line in lines] == [3, 3, 0, 3]
    assert not {"i0", "i1", "i2", "i3", "i4"} & {item["item_id"] for item in lines[0]["items"]}
    assert all(isinstance(item["score"], float) and item["reason"] for item in lines[0]["items"])
    assert lines[2]["error"]["code"] == "line_invalid"
    capsys.readouterr()
    assert run(["recommend", "similar", "i3", "--model", "model", "--top", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["items"][0]["item_id"] in ("i4", "i5", "i6", "i2")


def test_what_cannot_be_learnt_from_leaves_nothing_behind(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (workplace / "events.jsonl").write_text('{"user_id": "u", "event": "buy", "item_id": "a"}\n', encoding="utf-8")

    assert run(["recommend", "fit", "--events", "events.jsonl", "--out", "model"]) == 1

    assert "line 1: Expected a time such as" in capsys.readouterr().err
    assert not (workplace / "model").exists()


def test_without_a_model_it_is_said_how_to_make_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["recommend", "for-user", "u0"]) == 1
    assert "kefu recommend fit" in capsys.readouterr().err


def test_events_are_recorded_once_and_all_or_none(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = {"user_id": "u", "event": "view", "item_id": "a", "at": "2026-11-24T12:00:00+08:00"}
    (workplace / "good.jsonl").write_text(json.dumps(good) + "\n", encoding="utf-8")
    (workplace / "bad.jsonl").write_text(json.dumps({**good, "item_id": "b"}) + "\n{}\n", encoding="utf-8")

    assert run(["recommend", "ingest-events", "bad.jsonl"]) == 1
    capsys.readouterr()
    for expected in ({"new": 1, "known": 0}, {"new": 0, "known": 1}):
        assert run(["recommend", "ingest-events", "good.jsonl", "--json"]) == 0
        assert json.loads(capsys.readouterr().out) == expected


def test_training_with_options_of_a_file_leaves_a_model_and_its_record(
    sequences: Path, workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (workplace / "small.json").write_text('{"steps": 20, "dimension": 16, "seed": 9}', encoding="utf-8")
    asked = ["train", "recommender", "--events", str(sequences), "--config", "small.json", "--json"]

    told = []
    for name, more in (("one", []), ("two", []), ("other", ["--seed", "3"])):
        assert run([*asked, "--out", name, *more]) == 0
        told.append(json.loads(capsys.readouterr().out))

    lineages = [json.loads(Path(name, "lineage.json").read_text("utf-8")) for name in ("one", "two", "other")]
    assert [lineage["seed"] for lineage in lineages] == [9, 9, 3]
    assert told[0]["inner"] == told[1]["inner"]
    arrays = [Path(name, "arrays.safetensors").read_bytes() for name in ("one", "two", "other")]
    assert arrays[0] == arrays[1] != arrays[2]
    assert Path("one/curve.csv").read_text("utf-8").startswith("epoch,")
    assert Path("one/card.md").read_text("utf-8").startswith("# recommender one")
    assert run(["recommend", "for-user", "u0", "--model", "one"]) == 0
    assert run([*asked, "--out", "bad", "--seed", "1", "--config", "missing.yaml"]) != 0
