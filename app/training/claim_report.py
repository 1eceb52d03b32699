"""Says which rule doubts true claims, and which faults of false ones it misses.

    python -m app.training.claim_report --corpus FOLDER... [--weights FILE] [--rules]

Judges the claims of `app/training/corpora` as the assistant's own sentences are judged. Use folders that the weights
were not trained on; `--rules` leaves the trained reader out and counts what numbers, limits and sides find alone.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app.evaluation.claims import LabelledClaim, verdict_on
from app.generation.check import SentenceChecker
from app.retrieval.reading.claims import ClaimReader
from app.training.labelled_claims import CLAIMS, REWORDED, Claim, read_claims
from app.training.program import existing_file, existing_folder, run
from index.text.language import detect

_SURE = 30.0
"""A logit beyond which nothing else counts."""


@dataclass(frozen=True, slots=True)
class ClaimReport:
    """Counts over judged claims."""

    true: int
    false: int
    alarms: Counter[str]
    """True claims that were doubted, by what the verdict says."""
    missed: Counter[str]
    """False claims that passed, by their fault."""
    faults: Counter[str]
    """All false claims, by their fault."""

    @property
    def f1(self) -> float:
        """Of finding false claims; 0.0 where none was found."""
        found = self.false - self.missed.total()
        return 2 * found / (2 * found + self.missed.total() + self.alarms.total()) if found else 0.0

    def lines(self) -> list[str]:
        """The report, a line for each rule and each fault."""
        head = f"F1 {self.f1:.3f}, false alarms {self.alarms.total() / max(1, self.true):.1%} of {self.true}"
        doubted = [f"  doubted, {reason}: {count}" for reason, count in self.alarms.most_common()]
        missed = [f"  missed, {fault}: {self.missed[fault]} of {count}" for fault, count in sorted(self.faults.items())]
        return [head, *doubted, *missed]


def report(claims: Sequence[Claim], checker: SentenceChecker) -> ClaimReport:
    """Judge every claim beside its passage."""
    alarms: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for claim in claims:
        labelled = LabelledClaim(
            "", claim.text, claim.passage, detect(claim.text), claim.is_supported, claim.fault or ""
        )
        verdict = verdict_on(labelled, checker)
        if claim.is_supported and not verdict.is_supported:
            alarms[(verdict.reason or "").split(":")[0]] += 1
        elif verdict.is_supported and not claim.is_supported:
            missed[claim.fault or ""] += 1
    true = sum(claim.is_supported for claim in claims)
    faults = Counter(claim.fault or "" for claim in claims if not claim.is_supported)
    return ClaimReport(true, len(claims) - true, alarms, missed, faults)


class _Believes:
    """Takes every claim for borne out, so that only rules doubt."""

    def support(self, claim: str, passages: Sequence[str]) -> list[float]:  # noqa: ARG002
        return [_SURE] * len(passages)


def main() -> None:
    """Print a report for Chinese and one for English claims."""
    from app.building.container import Container
    from app.retrieval.reading.network import BACKBONE
    from app.settings import load_settings

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=existing_folder, action="append", required=True)
    parser.add_argument("--weights", type=existing_file, help="of the reader; those that come with kefu when left out")
    parser.add_argument("--rules", action="store_true", help="without the reader")
    given = parser.parse_args()
    if given.rules:
        checker = SentenceChecker(claims=_Believes())
    else:
        container = Container(load_settings())
        model = container.text_model(container.weights.path(BACKBONE))
        checker = SentenceChecker(claims=ClaimReader(model, weights=given.weights))
    claims = [item for folder in given.corpus for name in (CLAIMS, REWORDED) for item in read_claims(folder, name=name)]
    for language in ("zh", "en"):
        members = [claim for claim in claims if (detect(claim.text) == "en") == (language == "en")]
        sys.stdout.write("\n".join([f"{language}:", *report(members, checker).lines()]) + "\n")


if __name__ == "__main__":
    run(main)
