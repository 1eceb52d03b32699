import json

import pytest

from app.cli.program import run


@pytest.fixture
def texts(tmp_path):
    file = tmp_path / "texts.jsonl"
    rows = [{"text": f"第{number}号商品{number}天内可退。"} for number in range(30)]
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return file


def test_a_small_model_is_made_from_nothing_in_one_command(texts, tmp_path, capsys):
    asked = ["train", "llm", "--stage", "pretrain", "--data", str(texts), "--from-scratch", "llama", "--layers", "1"]
    asked += [
        "--width",
        "16",
        "--heads",
        "1",
        "--steps",
        "3",
        "--length",
        "32",
        "--threads",
        "1",
        "--out",
        str(tmp_path / "run"),
    ]

    assert run([*asked, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["steps"], told["records"]) == (3, 30)
    assert (tmp_path / "run" / "model" / "model.safetensors").exists()
    assert run(asked) == 0, "a run that has ended is told of"
    shown = capsys.readouterr()
    assert shown.out.startswith("3 steps on ")
    assert "memory: about" in shown.err
    assert run([*asked, "--seed", "3"]) == 2
    assert "holds a run that differs in seed." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ([], "There is no data"),
        (["--data", "gone.jsonl"], "There is no file gone.jsonl"),
        (["--data", "{texts}", "--stage", "pretrain", "--base", "9b"], "9b"),
        (["--data", "{texts}", "--stage", "rlhf"], "choose pretrain, sft, preference"),
        (["--data", "{texts}", "--layers", "2"], "those of a new model"),
        (["--data", "{texts}", "--steps", "0"], "steps from 1"),
        (["--data", "{texts}", "--from-scratch", "llama"], "has no messages"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_leaves_nothing(texts, tmp_path, capsys, more, said):
    out = tmp_path / "run"

    assert run(["train", "llm", "--out", str(out), *[item.format(texts=texts) for item in more]]) in (1, 2)
    told = capsys.readouterr().err
    assert said in told
    assert "Traceback" not in told
    assert not out.exists() or not [path for path in out.iterdir() if path.name != ".lock"]


def test_what_is_missing_is_told_with_the_command_that_brings_it(texts, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("app.training.llm.running.find_spec", lambda name: None if name == "peft" else object())

    assert run(["train", "llm", "--data", str(texts), "--out", str(tmp_path / "run")]) == 2
    assert "Tuning needs peft. Install the extra" in capsys.readouterr().err


def test_questions_for_a_larger_model_are_read_before_it_is_asked(tmp_path, capsys):
    (tmp_path / "q.jsonl").write_text('{"question": ""}')

    assert run(["train", "distil", "--questions", str(tmp_path / "q.jsonl"), "--out", str(tmp_path / "d.jsonl")]) == 2
    assert "line 1" in capsys.readouterr().err
