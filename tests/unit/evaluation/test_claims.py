import json

import pytest

from app.evaluation.claims import examine_claims, f1, read_claims
from app.evaluation.errors import DatasetUnreadable
from app.evaluation.layouts import layout_of
from app.generation.check import SentenceChecker

LINES = [
    ("1", "签收后七天内可以退货。", True, None),
    ("2", "签收后十天内可以退货。", False, "number"),
    ("3", "签收后7天内不可以退货。", False, "negation"),
    ("4", "火星上也能收货，我们什么都有。", True, None),
]


def write(folder, lines=LINES):
    rows = [
        {
            "id": name,
            "language": "zh",
            "passage": "签收后7天内可以退货。",
            "claim": text,
            "supported": ok,
            "fault": fault,
        }
        for name, text, ok, fault in lines
    ]
    path = folder / "claims.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def test_found_and_falsely_doubted_claims_are_counted(tmp_path):
    section = examine_claims(read_claims(write(tmp_path)), SentenceChecker())

    estimates = section.estimates(seed=0)
    assert estimates["found"].value == 1.0
    assert estimates["false_alarms"].value == 0.5
    assert estimates["precision"].value == pytest.approx(2 / 3)
    assert f1(section.questions, "zh") == pytest.approx(0.8)
    assert f1(section.questions, "en") == 0.0
    assert section.notes == ("F1 of finding unsupported claims, zh: 0.800",)
    assert [item.type for item in section.questions] == ["supported", "number", "negation", "supported"]


def test_a_folder_of_claims_is_known_by_its_file(tmp_path):
    write(tmp_path)

    layout = layout_of(tmp_path)

    assert layout.parts == ("claims",)
    assert [path.name for path in layout.files] == ["claims.jsonl"]


def test_a_claim_without_the_truth_about_it_is_told(tmp_path):
    path = write(tmp_path, [("1", "可以退货。", "yes", None)])

    with pytest.raises(DatasetUnreadable, match='true or false under "supported"'):
        read_claims(path)
