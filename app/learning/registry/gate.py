"""Judges a candidate: is it whole, is its record true, has it seen the test, does it make sense, and is it better?

Cheap questions come first, and each only where the ones before were answered well: a file that is cut off need not be
measured, and a model that has seen the test has no marks to compare. So the first reason is the true one.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from app.learning.registry.comparing import CompareParams, Comparison, compare, judge
from app.learning.registry.findings import Finding
from app.learning.registry.leaks import Leak, find_leaks
from app.learning.registry.lineage import Lineage, check_lineage, read_lineage, training_texts
from app.learning.registry.measuring import Case, Measure, Outcome
from app.learning.registry.sanity import check_outputs
from app.learning.registry.tensors import inspect_weights

logger = logging.getLogger(__name__)

STEPS = ("files", "record", "leaks", "outputs", "comparison", "replay", "reproduction")
OnStep = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class GateParams:
    """How strict the gate is."""

    compare: CompareParams = field(default_factory=CompareParams)
    fewest_cases: int = 50
    leaks: float = 0.02
    """Share of test questions that may be among training data, with three at most by chance; they are left out."""
    least_leaks: int = 3
    remembered: float = 0.02
    replay_questions: int = 500
    replay_margin: float = 0.05
    """How much more often it may decline questions of customers."""
    reproduced: float = 0.97
    """Share of verdicts that a model made again has to share."""
    reproduces: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says."""

    findings: tuple[Finding, ...]
    """Reasons against it, the true one first; none for one that passed."""
    reached: str
    """The step, of `STEPS`, that was looked at last."""
    comparison: Comparison | None = None
    replay: Mapping[str, Any] | None = None
    cases: int = 0
    left_out: int = 0
    """Test questions left out because training data has them."""
    serving: str | None = None
    """Id of the candidate that served, None for what comes with kefu."""
    serving_version: int = 0

    @property
    def has_passed(self) -> bool:
        """Whether it may serve."""
        return not self.findings

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "passed": self.has_passed,
            "reached": self.reached,
            "reasons": [finding.to_dict() for finding in self.findings],
            "comparison": None if self.comparison is None else self.comparison.to_dict(),
            "replay": self.replay,
            "questions": self.cases,
            "left_out": self.left_out,
            "serving": self.serving,
            "serving_version": self.serving_version,
        }


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate as the gate gets it."""

    folder: Path
    files: Mapping[str, Mapping[str, Any]]
    lineage: Mapping[str, Any]
    created_at: datetime
    source: Path
    """Where it was submitted from: its data may lie there."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What serves, to be judged beside."""

    folder: Path | None
    candidate_id: str | None
    version: int
    until: date | None


class Gate:
    """Judges candidates of one kind; safe to use again, for one at a time."""

    def __init__(
        self,
        measure: Measure,
        *,
        params: GateParams | None = None,
        recent: Callable[[int], Sequence[str]] = lambda _limit: (),
    ) -> None:
        """`recent` gives the newest questions of customers, at most so many."""
        self._measure, self._params, self._recent = measure, params or GateParams(), recent

    def judge(self, item: Judged, serving: Beside, *, on_step: OnStep = lambda _step: None) -> Verdict:
        """All steps, as far as they make sense."""
        told: dict[str, Any] = {"serving": serving.candidate_id, "serving_version": serving.version}
        on_step("files")
        findings = self._files(item)
        lineage = read_lineage(item.lineage, near=item.source)
        on_step("record")
        record = check_lineage(
            lineage, item.files, created_at=item.created_at, base=self._measure.base, serving_until=serving.until
        )
        findings = _hashes_first(findings, record)
        if findings:
            return Verdict(tuple(findings), "record", **told)
        on_step("leaks")
        cases = list(self._measure.cases())
        leaks = find_leaks(training_texts(lineage), [case.text for case in cases])
        findings = self._leaks(item.folder, cases, leaks)
        seen = {leak.case for leak in leaks}
        kept = [case for at, case in enumerate(cases) if at not in seen]
        told |= {"cases": len(kept), "left_out": len(cases) - len(kept)}
        if not findings and len(kept) < self._params.fewest_cases:
            why = f"{len(kept)} test questions, {self._params.fewest_cases} are needed / 测试题太少"
            findings = [Finding("cannot_measure", {"why": why})]
        if findings:
            return Verdict(tuple(findings), "leaks", **told)
        on_step("outputs")
        return self._measured(item, lineage, serving, kept, told, on_step)

    def _measured(
        self,
        item: Judged,
        lineage: Lineage,
        serving: Beside,
        cases: Sequence[Case],
        told: dict[str, Any],
        on_step: OnStep,
    ) -> Verdict:
        measure, params = self._measure, self._params
        before = measure.outcomes(serving.folder, cases)
        try:
            found = measure.outcomes(item.folder, cases)
        except Exception as error:  # whatever a candidate does when it is used speaks against it, not against us
            logger.info("a candidate failed while it was measured", exc_info=True)
            why = f"{type(error).__name__}: {' '.join(str(error).split())[:160]}"
            return Verdict((Finding("cannot_measure", {"why": why}),), "outputs", **told)
        told["comparison"] = comparison = compare(cases, found, before)
        odd = check_outputs(cases, found, before, is_classifier=measure.is_classifier, writes=measure.writes)
        if odd:
            return Verdict(tuple(odd), "outputs", **told)
        on_step("comparison")
        worse = judge(comparison, params.compare)
        if any(finding.code == "slower" for finding in worse):  # the machine may have been busy just then
            found, before = (
                _quicker(one, measure.outcomes(folder, cases))
                for one, folder in ((found, item.folder), (before, serving.folder))
            )
            told["comparison"] = comparison = compare(cases, found, before)
            worse = judge(comparison, params.compare)
        if worse:
            return Verdict(tuple(worse), "comparison", **told)
        on_step("replay")
        told["replay"], declines = self._replayed(item.folder, serving.folder)
        if declines:
            return Verdict(tuple(declines), "replay", **told)
        on_step("reproduction")
        differing = self._reproduced(item, lineage, cases, found) if params.reproduces else []
        return Verdict(tuple(differing), "reproduction", **told)

    def _files(self, item: Judged) -> list[Finding]:
        size = sum(int(facts["bytes"]) for facts in item.files.values()) / 2**20
        if size > self._measure.max_mb:
            return [Finding("file_too_large", {"found": size, "limit": self._measure.max_mb})]
        broken = inspect_weights(item.folder, sorted(item.files))
        return broken or self._measure.inspect(item.folder, item.files)

    def _leaks(self, folder: Path, cases: Sequence[Case], leaks: Sequence[Leak]) -> list[Finding]:
        params, total = self._params, len(cases)
        if len(leaks) > max(params.least_leaks, params.leaks * total):
            facts = {"count": len(leaks), "of": total, "example": leaks[0].text[:60]}
            return [Finding("data_leaked", facts)]
        seen = {leak.case for leak in leaks}
        remembered = [at for at in self._measure.remembered(folder, cases) if at not in seen]
        if len(remembered) > max(params.least_leaks, params.remembered * total):
            return [Finding("data_remembered", {"count": len(remembered), "of": total})]
        return []

    def _replayed(self, folder: Path, serving: Path | None) -> tuple[Mapping[str, Any] | None, list[Finding]]:
        questions = list(self._recent(self._params.replay_questions))
        if not questions:
            return None, []
        mine, theirs = self._measure.replayed(folder, questions), self._measure.replayed(serving, questions)
        if not mine or len(mine) != len(theirs):
            return None, []
        count = len(questions)
        same = sum(one[0] == other[0] for one, other in zip(mine, theirs, strict=True)) / count
        found, before = (sum(declined for _, declined in some) / count for some in (mine, theirs))
        told = {"questions": count, "same": round(same, 4), "declined": {"candidate": found, "serving": before}}
        if count >= self._params.fewest_cases and found - before > self._params.replay_margin:
            return told, [Finding("replay_declines", {"count": count, "found": found, "before": before})]
        return told, []

    def _reproduced(
        self, item: Judged, lineage: Lineage, cases: Sequence[Case], found: Sequence[Outcome]
    ) -> list[Finding]:
        paths = [file.path for file in lineage.data if file.path is not None]
        again = self._measure.retrained(item.lineage, paths)
        if again is None:
            return []
        try:
            others = self._measure.outcomes(again, cases)
        finally:
            shutil.rmtree(again, ignore_errors=True)
        same = sum(one.output == other.output for one, other in zip(found, others, strict=True)) / len(cases)
        return [Finding("not_reproducible", {"share": same})] if same < self._params.reproduced else []


def _hashes_first(files: Sequence[Finding], record: Sequence[Finding]) -> list[Finding]:
    """Reasons in the order of how much they explain.

    A cut file has a false hash, too, and broken numbers may come from a wrong base: what is wrong with the file itself
    explains the hash, a hash explains what is wrong inside a whole file.
    """
    cut = [item for item in files if item.code in ("file_truncated", "file_damaged", "file_missing")]
    false = [item for item in record if item.code == "hash_false" and not cut]
    rest = [item for item in record if item.code != "hash_false"]
    base = [item for item in rest if item.code == "base_wrong"]
    inside = [item for item in files if item not in cut]
    return [*cut, *false, *base, *inside, *[item for item in rest if item not in base]]


def _quicker(outcomes: Sequence[Outcome], again: Sequence[Outcome]) -> list[Outcome]:
    """The outcomes, each with the shorter of the times that it took."""
    return [replace(one, ms=min(one.ms, other.ms)) for one, other in zip(outcomes, again, strict=True)]
