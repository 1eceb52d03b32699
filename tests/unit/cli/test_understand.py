import json
from pathlib import Path

import pytest

from app.cli.program import run


@pytest.fixture
def examples(workplace: Path) -> Path:
    path = workplace / "examples.jsonl"
    texts = {
        "return": ["我要退货", "退掉这件衣服", "怎么申请退货", "I want to return it", "return my order"],
        "track": ["快递到哪了", "查一下物流", "包裹在哪里", "where is my parcel", "track my package"],
        "oos": ["天气怎么样", "讲个笑话", "tell me a joke"],
    }
    lines = [json.dumps({"text": text, "intent": intent}) for intent, own in texts.items() for text in own]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_classifier_is_trained_and_used(examples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["train", "intents", "--data", str(examples), "--out", "own", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["intents"], report["examples"], report["out_of_scope_examples"]) == (2, 13, 3)
    assert Path("own/report.md").read_text(encoding="utf-8").startswith("# Intents")

    assert run(["understand", "前天买的，我要退货", "--model", "own", "--today", "2026-11-24", "--json"]) == 0
    understood = json.loads(capsys.readouterr().out)
    assert understood["intent"] == "return"
    assert understood["slots"][0]["normalized"] == "2026-11-22"


def test_the_same_seed_and_options_of_a_file_make_the_same_classifier_and_a_record_of_it(
    examples: Path, workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (workplace / "options.yaml").write_text("folds: 3\nseed: 9\nkept: 0.9\n", encoding="utf-8")

    for name in ("one", "two"):
        asked = ["train", "intents", "--data", str(examples), "--out", name, "--config", "options.yaml", "--json"]
        assert run([*asked, "--kept", "0.8"]) == 0

    one, two = (json.loads(part) for part in capsys.readouterr().out.replace("}\n{", "}\0{").split("\0"))
    assert {**one, "folder": ""} == {**two, "folder": ""}
    lineages = [json.loads(Path(name, "lineage.json").read_text("utf-8")) for name in ("one", "two")]
    assert lineages[0] == lineages[1]
    params = lineages[0]["params"]
    assert (params["folds"], params["seed"], params["kept"]) == (3, 9, 0.8)
    assert (lineages[0]["kind"], len(lineages[0]["weights"]) > 0) == ("intents", True)
    assert Path("one/examples.jsonl").read_bytes() == examples.read_bytes()


def test_a_batch_has_a_line_for_each_line_and_ends_with_three(workplace: Path) -> None:
    lines = [
        {"id": "1", "text": "快递到哪了"},
        {"id": "2"},
        {"id": "3", "text": "昨天", "today": "2026-03-01"},
        {"id": "4", "text": "昨天", "today": "soon"},
        {"id": "5", "text": ""},
    ]
    (workplace / "in.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")

    assert run(["understand", "--batch", "in.jsonl", "--out", "out.jsonl"]) == 3

    results = [json.loads(line) for line in Path("out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [result["id"] for result in results] == ["1", "2", "3", "4", "5"]
    assert [("error" in result) for result in results] == [False, True, False, True, False]
    assert results[2]["slots"][0]["normalized"] == "2026-02-28"
    assert results[4]["out_of_scope"] is True


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["understand", "你好", "--model", "nowhere"], 1, "no trained classifier"),
        (["understand"], 2, "Give a text"),
        (["understand", "x", "--today", "soon"], 2, "no day"),
    ],
)
def test_wrong_input_gets_one_clear_line(
    arguments: list[str], code: int, told: str, workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == code
    assert told in " ".join(capsys.readouterr().err.split())


def test_examples_that_teach_nothing_are_refused(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (workplace / "bad.jsonl").write_text('{"text": "a", "intent": "x"}', encoding="utf-8")

    assert run(["train", "intents", "--data", "bad.jsonl", "--out", "own"]) == 2
    assert "names 1 intents" in capsys.readouterr().err
    assert not Path("own").exists()
