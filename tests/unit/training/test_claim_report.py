from __future__ import annotations

from app.generation.check import SentenceChecker
from app.training.claim_report import report
from app.training.labelled_claims import Claim


class Believer:
    def support(self, claim, passages):
        return [30.0] * len(passages)


def claim(text, *, fault=None):
    return Claim(text, "签收后 7 天内可以退货。", "returns.md", fault is None, fault)


def test_alarms_are_counted_by_rule_and_misses_by_fault():
    claims = [
        claim("七天内能退。"),
        claim("八天内能退。"),
        claim("9天内可以退。", fault="duration"),
        claim("拆封后7天内也能退。", fault="condition"),
    ]

    found = report(claims, SentenceChecker(claims=Believer()))

    assert dict(found.alarms) == {"not in the cited text": 1}
    assert dict(found.missed) == {"condition": 1}
    assert (found.true, found.false, found.f1) == (2, 2, 0.5)
    assert "  missed, duration: 0 of 1" in found.lines()


def test_no_claims_give_an_empty_report():
    assert report([], SentenceChecker(claims=Believer())).lines() == ["F1 0.000, false alarms 0.0% of 0"]
