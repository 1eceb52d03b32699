from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.training.adapter import Pair
from app.training.adapter.running import read_pairs, write_pairs
from app.training.errors import TrainingDataInvalid


def test_pairs_come_back_without_who_asked(tmp_path):
    at = datetime(2026, 10, 5, tzinfo=UTC)
    write_pairs([Pair("包邮吗", ("a", "b"), at, "ann", "edit")], tmp_path / "pairs.jsonl")

    assert read_pairs(tmp_path / "pairs.jsonl") == [Pair("包邮吗", ("a", "b"), at, "", "edit")]
    assert "ann" not in (tmp_path / "pairs.jsonl").read_text(encoding="utf-8")


@pytest.mark.parametrize("line", ["{", '{"text": "x"}', '{"text": " ", "documents": ["a"]}', "[1]", '{"text": 1}'])
def test_a_line_that_is_no_pair_is_named(tmp_path, line):
    path = tmp_path / "pairs.jsonl"
    path.write_text('{"text": "x", "documents": ["a"]}\n' + line + "\n", encoding="utf-8")

    with pytest.raises(TrainingDataInvalid, match=r"Line 2 of pairs\.jsonl"):
        read_pairs(path)
