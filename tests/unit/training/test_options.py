"""Options of a file, and those of the command over them."""

from __future__ import annotations

import pytest

from app.training.adapter import AdapterParams
from app.training.errors import TrainingDataInvalid
from app.training.options import load_params, read_options


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.yaml", "rank: 8\nrate: 1e-4\n"), ("a.json", '{"rank": 8, "rate": 1e-4}'), ("a.toml", "rank = 8\nrate = 1e-4")],
)
def test_all_three_kinds_of_file_say_the_same_and_the_command_stands_over_them(tmp_path, name, text):
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")

    params = load_params(AdapterParams(), file, {"seed": 7, "epochs": None})

    assert params == AdapterParams(rank=8, rate=1e-4, seed=7)
    assert load_params(AdapterParams(), file, {"rank": 4}).rank == 4


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rnak: 8", "no setting 'rnak'; known are batch"),
        ("rank: many", "rank is a number, not 'many'"),
        ("rank: 1.5", "rank is a whole number"),
        ("rank: true", "rank is a whole number"),
        ("rank: 0", "cannot be used: Expected rank"),
        ("[1, 2]", "no table of names and values"),
        ("rank: [", "cannot be read"),
        ("\x00", "cannot be read"),
    ],
)
def test_what_cannot_be_used_is_told_in_a_line(tmp_path, text, told):
    file = tmp_path / "a.yaml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(TrainingDataInvalid, match=told) as caught:
        load_params(AdapterParams(), file, {})
    assert "\n" not in caught.value.message


def test_an_empty_file_says_nothing(tmp_path):
    (tmp_path / "a.yaml").write_text("# nothing yet\n", encoding="utf-8")

    assert read_options(tmp_path / "a.yaml") == {}
