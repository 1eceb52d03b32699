import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from app.cli import main
from app.cli.program import program


def _commands(command: Any, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Any]]:
    below = getattr(command, "commands", None)
    if below is None:
        return [(path, command)]
    return [found for name, child in below.items() for found in _commands(child, (*path, name))]


_ALL = _commands(get_command(program))


@pytest.mark.parametrize(("path", "command"), _ALL, ids=[" ".join(path) for path, _ in _ALL])
def test_every_command_has_json_and_an_example(
    path: tuple[str, ...], command: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*path, "--help"]) == 0

    text = capsys.readouterr().out
    assert "--json" in text
    assert f"kefu {' '.join(path)}" in text.split("Example:")[1]


def test_the_commands_of_the_contract_are_there() -> None:
    names = {" ".join(path) for path, _ in _ALL}

    assert {
        "ingest", "search", "ask", "serve", "settings", "doctor", "index list", "index show", "index verify",
        "index rollback", "index gc", "models list", "models pull", "models verify", "keys create", "keys list",
        "keys revoke", "eval run", "eval compare",
        "receipts list", "receipts show", "receipts delete", "replay", "explain",
    } <= names  # fmt: skip


def test_help_loads_no_heavy_library() -> None:
    heavy = "{'torch', 'transformers', 'faiss', 'fastapi', 'langchain_core', 'numpy', 'pydantic', 'rich'}"
    code = (
        "import sys; from app.cli import main; main(['--help']);"
        f"loaded = {heavy} & set(sys.modules); sys.exit(f'loaded {{loaded}}' if loaded else 0)"
    )

    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stderr


def test_an_unknown_setting_stops_every_command_with_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KEFU_SERVER__PROT", "1")

    assert main(["index", "list"]) == 2
    error = capsys.readouterr().err
    assert error == "kefu: Unknown setting KEFU_SERVER__PROT in the environment. Did you mean KEFU_SERVER__PORT?\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["ask"],
        ["ask", "问题", "--batch", "x.jsonl"],
        ["ask", "问题", "--out", "x.jsonl"],
        ["ask", "问题", "--mode", "loud"],
        ["ask", "问题", "--as-of", "yesterday"],
        ["search", "--batch", "missing.jsonl"],
        ["search", "x", "--top", "0"],
        ["index", "rollback"],
        ["keys", "create", "shop", "--scope", "everything"],
        ["ingest", "--no-such-option"],
    ],
)
def test_wrong_usage_ends_with_2_and_no_traceback(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(arguments) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_an_expected_error_is_one_line_and_debug_shows_more(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "退货"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("kefu: There is no index")
    assert error.count("\n") == 1

    assert main(["search", "退货", "--debug"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_a_port_in_use_is_told_before_anything_is_loaded(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        assert main(["serve", "--port", str(port)]) == 1

    assert f"Port {port} of 127.0.0.1 is in use" in capsys.readouterr().err


def test_an_address_of_another_machine_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--host", "192.0.2.1", "--port", "0"]) == 1
    assert "Cannot listen at 192.0.2.1" in capsys.readouterr().err


def test_keys_are_made_listed_and_revoked(capsys: pytest.CaptureFixture[str], workplace: Path) -> None:
    assert main(["keys", "create", "shop", "--scope", "chat", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)

    assert main(["keys", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [(key["key_id"], key["name"], key["scopes"]) for key in listed] == [(made["key_id"], "shop", ["chat"])]
    assert made["token"] not in json.dumps(listed)

    assert main(["keys", "revoke", made["key_id"]]) == 0
    assert main(["keys", "revoke", made["key_id"]]) == 1
    assert "no living key" in capsys.readouterr().err
    stored = b"".join(path.read_bytes() for path in (workplace / "var").glob("keys.sqlite*"))
    assert made["token"].split("_", 2)[2].encode() not in stored


def test_settings_show_value_and_source(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["settings", "--json"]) == 0

    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert (rows["models.embedder"]["value"], rows["models.embedder"]["source"]) == ("hashing", "env")
    assert rows["server.port"]["source"] == "default"


def test_models_are_listed_with_licence_size_and_state(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "list", "--json"]) == 0

    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["multilingual-e5-small"]["licence"] == "MIT"
    assert {row["state"] for row in rows.values()} == {"missing"}


def test_an_unknown_model_is_named_with_those_that_exist(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "pull", "gpt-9"]) == 1
    error = capsys.readouterr().err
    assert "gpt-9" in error
    assert "multilingual-e5-small" in error


def test_doctor_says_what_to_do_and_fails_without_an_index(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == 1

    findings = json.loads(capsys.readouterr().out)
    store = next(finding for finding in findings if finding["what"] == "store")
    assert store["state"] == "fail"
    assert "kefu ingest" in store["todo"]


def test_doctor_speaks_the_language_of_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    main(["doctor"])
    told = capsys.readouterr().out
    assert "索引            " in told
    assert "请运行：kefu ingest PATH" in told
    assert "no index" not in told

    monkeypatch.setenv("KEFU_LANGUAGE", "en")
    main(["doctor"])
    assert "Run: kefu ingest PATH" in capsys.readouterr().out


def test_every_finding_of_doctor_is_there_in_chinese_too(capsys: pytest.CaptureFixture[str]) -> None:
    main(["doctor", "--json"])

    for finding in json.loads(capsys.readouterr().out):
        assert finding["zh"]["what"] != finding["what"], finding
        assert bool(finding["zh"]["todo"]) == bool(finding["todo"]), finding


def test_old_words_are_forgotten_by_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["forget", "--days", "30", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["days"], set(told["forgotten"])) == (30, {"conversations", "events", "ratings", "surveys"})

    assert main(["forget"]) == 0
    assert "Forgotten from before" in capsys.readouterr().out


def test_the_end_of_a_pipe_ends_the_command_quietly() -> None:
    result = subprocess.run(
        ["bash", "-c", f"{sys.executable} -c 'from app.cli import main; main()' settings | head -1"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert "Traceback" not in result.stderr
    assert "BrokenPipe" not in result.stderr
