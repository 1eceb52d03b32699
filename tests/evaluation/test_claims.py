"""The verifier on claims written for it: finds what is not borne out, leaves what is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app.evaluation.claims import f1
from app.evaluation.scorecard import Figure

pytestmark = [pytest.mark.evaluation, pytest.mark.timeout(0)]

CLAIMS = Path(__file__).parent / "claims"
MOST_FALSE_ALARMS = 0.10
LEAST_F1 = 0.85
# Falls beyond these are steps back; the targets themselves are in the scorecard.
FLOOR_F1 = 0.60


def test_unsupported_claims_are_found(evaluate, scorecard):
    result = evaluate("claims", CLAIMS)

    (section,) = result.sections
    found = {language: f1(section.questions, language) for language in ("zh", "en")}
    alarms = {
        language: estimates["false_alarms"].value
        for language, estimates in section.estimates_by("language", seed=result.seed).items()
    }
    counts = {language: sum(item.language == language for item in section.questions) for language in found}
    for language in found:
        scorecard.note(
            Figure(
                f"claims, {language}: F1 of finding unsupported ones",
                f">= {LEAST_F1:.2f}",
                f"{found[language]:.3f} of {counts[language]}",
                found[language] >= LEAST_F1,
                "make eval",
                date.today(),
            ),
            Figure(
                f"claims, {language}: false alarms on true ones",
                f"<= {MOST_FALSE_ALARMS:.0%}",
                f"{alarms[language]:.1%}",
                alarms[language] <= MOST_FALSE_ALARMS,
                "make eval",
                date.today(),
            ),
        )
    assert min(found.values()) >= FLOOR_F1, found
