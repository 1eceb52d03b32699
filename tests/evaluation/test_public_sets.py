"""Answers on public sets that are not part of the repository: rules and statutes, and passages beside the point."""

from __future__ import annotations

import os
from datetime import date

import pytest

from app.evaluation.scorecard import Figure

pytestmark = [pytest.mark.evaluation, pytest.mark.timeout(0)]

MODES = ["extractive", pytest.param("llm", marks=pytest.mark.llm)]
POLICY = {
    "right": ("answer right", 0.85),
    "cited": ("gold article cited", 0.85),
    "unanswerable_declined": ("unanswerable declined", 0.90),
    "premise_corrected": ("false premises corrected", 0.80),
}


def limit_of(mode: str) -> int | None:
    """KEFU_EVAL_LIMIT=20 asks 20 questions of each part in llm mode: the model takes seconds for each."""
    return int(os.environ.get("KEFU_EVAL_LIMIT", "0")) or None if mode == "llm" else None


@pytest.mark.parametrize("mode", MODES)
def test_answers_from_rules_and_statutes(mode, data_folder, evaluate, scorecard):
    result = evaluate(
        f"zh_ecom_policy-{mode}", data_folder / "zh_ecom_policy", only=["answers"], mode=mode, limit=limit_of(mode)
    )

    (section,) = result.sections
    estimates = section.estimates(seed=result.seed)
    note(scorecard, f"zh_ecom_policy ({mode})", estimates, POLICY, mode)
    assert estimates["broken_citations"].value == 0


@pytest.mark.parametrize("mode", MODES)
def test_answers_beside_noise(mode, data_folder, evaluate, scorecard):
    result = evaluate(f"rgb-{mode}", data_folder / "rgb", noise=(0.6, 1.0), mode=mode, limit=limit_of(mode))

    sections = {section.name: section.estimates(seed=result.seed) for section in result.sections}
    refine = {"right@0.6": ("accuracy at noise 0.6", 0.85), "declined@1": ("declined at noise 1.0", 0.85)}
    note(scorecard, f"rgb zh_refine ({mode})", sections["zh_refine"], refine, mode)
    note(scorecard, f"rgb zh_int ({mode})", sections["zh_int"], {"right": ("accuracy", 0.60)}, mode)
    note(scorecard, f"rgb zh_fact ({mode})", sections["zh_fact"], {"noticed": ("disagreement noticed", 0.60)}, mode)


def test_search_over_procedures_of_a_bank(data_folder, evaluate, scorecard):
    result = evaluate("tau2-retrieval", data_folder / "tau2_banking_kb", only=["retrieval"])

    estimates = result.sections[0].estimates(seed=result.seed)
    note(scorecard, "tau2_banking_kb", estimates, {"recall@10": ("recall@10", 0.35)}, "extractive")


def note(scorecard, prefix, estimates, names, mode):
    command = "make eval DATA=folder" + (" LLM=1" if mode == "llm" else "")
    for key, (name, target) in names.items():
        found = estimates[key]
        scorecard.note(
            Figure(
                f"{prefix}: {name}",
                f">= {target:.2f}",
                f"{found.value:.3f} of {found.count}",
                found.value >= target,
                command,
                date.today(),
            )
        )
