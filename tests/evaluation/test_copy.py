"""Copy for a public set of goods given by attributes (AdvertiseGen): what it covers, invents and may not say.

What counts as invented is measured by the set's own attribute values, not by the vocabulary that the checker uses.
"""

from __future__ import annotations

import json
import re
from datetime import date

import pytest

from app.building.copywriting import quantity_faults
from app.evaluation.scorecard import Figure
from app.marketing import AdvertisingLaw, Catalogue, CopyRequest, Copywriter, Fact
from app.marketing.claims import ClaimChecker

pytestmark = [pytest.mark.evaluation, pytest.mark.timeout(0)]

COMMAND = "make eval DATA=folder"
TEXTS = 1000
CHANNELS = ("detail", "note")
FORBIDDEN = re.compile(
    "最|第一|国家级|世界级|顶级|极致|极品|唯一|独家|首选|首个|完美|绝对|万能|永久|冠军|王牌|无敌|百分百|100%|独一无二|史无前例"
    "|治疗|治愈|疗效|药用|保本|稳赚|包过|原价|全网|跳楼价|吊打|碾压"
)
"""A blunt list of its own, so that the rules do not judge themselves; it has no exceptions."""


def rows_of(data_folder):
    rows = []
    for line in (data_folder / "advertisegen" / "data.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        facts = tuple(Fact(*part.split("#", 1)) for part in row["content"].split("*"))
        rows.append((facts, row["summary"]))
    return rows


def invented_in(text, facts, values):
    """Values of the whole set that the text names though no given value holds them."""
    given = "|".join(fact.value for fact in facts)
    return {value for value in values if value in text and value not in given}


def test_copy_says_what_is_given_and_nothing_else(data_folder, scorecard):
    rows = rows_of(data_folder)
    values = {fact.value for facts, _ in rows for fact in facts}
    writer, law = Copywriter(Catalogue(None), quantity_faults), AdvertisingLaw.shipped("zh")
    said = given = named = invented = forbidden = texts = 0
    variants = -(-TEXTS // (len(rows) * len(CHANNELS)))
    for channel in CHANNELS:
        for facts, _ in rows:
            request = CopyRequest(channel=channel, language="zh", attributes=facts, variants=variants)
            for variant in writer.write(request, mode="template").variants:
                texts += 1
                covered = sum(fact.value in variant.text for fact in facts)
                wrong = len(invented_in(variant.text, facts, values))
                said, given = said + covered, given + len(facts)
                named, invented = named + covered + wrong, invented + wrong
                forbidden += bool(FORBIDDEN.search(variant.text) or law.check(variant.text, channel=channel))

    assert texts >= min(TEXTS, len(rows) * len(CHANNELS) * variants)
    note(scorecard, "attributes covered", ">= 0.90", said / given, given, said / given >= 0.90)
    note(scorecard, "attributes invented", "<= 0.01", invented / named, named, invented / named <= 0.01)
    note(scorecard, f"forbidden wording in {texts} texts", "0", forbidden, texts, forbidden == 0)
    assert said / given >= 0.90
    assert invented / named <= 0.01
    assert forbidden == 0


def test_what_the_checks_say_of_copy_written_by_people(data_folder, scorecard):
    """How often a clause is refused that names given attributes alone, and how often one is caught that invents."""
    rows = rows_of(data_folder)
    values = {fact.value for facts, _ in rows for fact in facts if len(fact.value) > 1}
    checker, law = ClaimChecker(quantity_faults), AdvertisingLaw.shipped("zh")
    true = refused = inventing = caught = flagged = clauses = 0
    for facts, summary in rows:
        verdicts = {(claim.start, claim.end): claim for claim in checker.check(summary, facts)}
        for start, end in [match.span() for match in re.finditer(r"[^，。；！？,!?;]+", summary)]:
            clause = summary[start:end]
            clauses += 1
            flagged += any(hit.severity == "forbidden" for hit in law.check(clause))
            named = [fact for fact in facts if len(fact.value) > 1 and fact.value in clause]
            wrong = invented_in(clause, facts, values)
            judged = next((claim for place, claim in verdicts.items() if place[0] >= start and place[1] <= end), None)
            is_refused = judged is not None and not judged.is_supported
            if wrong:
                inventing, caught = inventing + 1, caught + is_refused
            elif named:
                true, refused = true + 1, refused + is_refused

    note(scorecard, "human clauses of given attributes refused", "told", refused / true, true, True)
    note(
        scorecard,
        "human clauses with an invented attribute caught",
        ">= 0.80",
        caught / inventing,
        inventing,
        caught / inventing >= 0.80,
    )
    note(scorecard, "human clauses with forbidden wording", "told", flagged / clauses, clauses, True)
    assert caught / inventing >= 0.80


def note(scorecard, name, target, value, count, is_met):
    scorecard.note(Figure(f"advertisegen: {name}", target, f"{value:.3f} of {count}", is_met, COMMAND, date.today()))
