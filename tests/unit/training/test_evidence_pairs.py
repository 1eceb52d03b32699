from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.training.errors import TrainingDataInvalid
from app.training.evidence_pairs import evidence_pairs, plain

EVIDENCE = "Westlife ( an Irish band ) has been certified for 13 million albums , with more than 23 million sales ."


def write(path: Path, *rows: object) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def test_a_claim_is_borne_out_or_not(tmp_path: Path):
    row = {"claim": "Westlife sold over 22 million .", "evidence": EVIDENCE, "page": "Westlife"}
    labels = ("SUPPORTS", "REFUTES", "NOT ENOUGH INFO")
    path = write(tmp_path / "pairs.jsonl", *({**row, "label": label} for label in labels))

    found = list(evidence_pairs(path))

    assert [claim.is_supported for claim in found] == [True, False, False]
    assert {claim.text for claim in found} == {"Westlife sold over 22 million."}
    assert found[0].passage.startswith("Westlife (an Irish band) has been")
    assert found[0].document == "Westlife"


def test_fragments_are_left_out(tmp_path: Path):
    row = {"claim": "It is a river .", "evidence": "A river .", "label": "SUPPORTS", "page": "River"}

    assert not list(evidence_pairs(write(tmp_path / "pairs.jsonl", row)))


@pytest.mark.parametrize(
    "row",
    [
        {"claim": "no evidence"},
        ["a list"],
        {"claim": 1, "evidence": EVIDENCE, "label": "SUPPORTS"},
        {"claim": "It sold .", "evidence": EVIDENCE, "label": "supported"},
        {"claim": "It sold .", "evidence": EVIDENCE, "label": ["SUPPORTS"]},
    ],
)
def test_a_line_that_is_something_else_is_named(tmp_path: Path, row: object):
    good = {"claim": "It sold .", "evidence": EVIDENCE, "label": "SUPPORTS", "page": "Westlife"}

    with pytest.raises(TrainingDataInvalid, match=r"pairs\.jsonl, line 2: expected a JSON object"):
        list(evidence_pairs(write(tmp_path / "pairs.jsonl", good, row)))


def test_words_and_signs_are_joined():
    assert plain("He called it `` a gift '' ; 5 % of it -LRB- or $ 3 -RRB- did n't sell .") == (
        'He called it "a gift"; 5% of it (or $3) didn\'t sell.'
    )
