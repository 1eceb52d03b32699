from datetime import date

import pytest

from app.generation.quantities import unsaid
from app.policy import find_drift, parse_rules
from app.policy.drift import digests
from app.policy.errors import RulesInvalid
from app.policy.lock import read_lock, write_lock
from index.types import Document
from tests.fakes import passage

RULES = """version: 1
rules:
  - id: window
    action: return_items
    require: days_since_delivered <= 7
    verdict: refuse
    wording: {zh: 自签收起7天内可退, en: Returns are possible within 7 days}
    source: {document: returns.md, quote: 签收后七日内可以退货}
"""


class Library:
    def __init__(self, text: str, *, sha256: str = "a", valid_to: date | None = None) -> None:
        self._passages = [passage(text, "returns.md#1", valid_to=valid_to)]
        self._document = Document("returns.md", "退货", "markdown", sha256, 9, "zh")

    def document(self, document_id: str) -> Document | None:
        return self._document if document_id == "returns.md" else None

    def passages_of(self, document_id: str):
        return self._passages


def kinds(library: Library, rules: str = RULES, **seen: str) -> list[str]:
    found, faults = parse_rules(rules)
    assert faults == []
    documents = {"returns.md": seen["sha256"]} if seen else {}
    return [alarm.kind for alarm in find_drift(found, library, today=date(2026, 11, 24), seen=documents, unsaid=unsaid)]


def test_rules_and_text_that_agree_raise_no_alarm_in_whatever_way_the_number_is_written():
    assert kinds(Library("签收后七日内可以退货，运费由买家承担。"), sha256="a") == []


def test_line_breaks_markup_and_widths_of_a_document_do_not_matter():
    assert kinds(Library("签收后\n**七日**内 可以退货")) == []


@pytest.mark.parametrize(
    ("library", "rules", "expected"),
    [
        (Library("签收后十五日内可以退货。"), RULES, ["quote_missing"]),
        (Library("签收后七日内可以退货", sha256="b"), RULES, ["document_changed"]),
        (Library("签收后七日内可以退货", valid_to=date(2026, 2, 28)), RULES, ["document_expired"]),
        (Library("签收后七日内可以退货"), RULES.replace("returns.md", "gone.md"), ["document_missing"]),
        (Library("签收后七日内可以退货"), RULES.replace("<= 7", "<= 15"), ["number_unsaid"]),
        (Library("签收后七日内可以退货"), RULES.replace("within 7 days", "within 10 days"), ["number_unsaid"]),
    ],
)
def test_text_that_has_moved_on_raises_an_alarm(library, rules, expected):
    assert kinds(library, rules, sha256="a") == expected


def test_an_alarm_names_rule_document_and_line():
    found, _ = parse_rules(RULES)

    (alarm,) = find_drift(found, Library("别的规定"), today=date(2026, 11, 24), seen={}, unsaid=unsaid)

    assert (alarm.rule_id, alarm.document_id, alarm.line) == ("window", "returns.md", 8)
    assert "签收后七日内可以退货" in alarm.message


def test_a_rule_that_ends_with_its_document_raises_no_alarm():
    ended = RULES.replace("verdict: refuse", "verdict: refuse\n    valid_to: 2026-02-28")

    assert kinds(Library("签收后七日内可以退货", valid_to=date(2026, 2, 28)), ended) == []


def test_the_lock_keeps_what_was_looked_at(tmp_path):
    found, _ = parse_rules(RULES)
    path = tmp_path / "rules.lock"
    assert read_lock(path) == {}

    write_lock(path, digests(found, Library("x", sha256="abc")))

    assert read_lock(path) == {"returns.md": "abc"}
    path.write_text("{", encoding="utf-8")
    with pytest.raises(RulesInvalid, match="kefu policy accept"):
        read_lock(path)
