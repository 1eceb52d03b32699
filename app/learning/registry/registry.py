"""Keeps candidates and carries out what is decided about them."""

from __future__ import annotations

import logging
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from app.domain.learning import CANDIDATE_KINDS, Candidate, CandidateKind, Settled
from app.learning.registry.card import card_of
from app.learning.registry.errors import (
    ApprovalMissing,
    CandidateNotPassed,
    CandidateStateInvalid,
    CandidateUnusable,
    PromotionBusy,
)
from app.learning.registry.gate import Beside, Gate, Judged, OnStep, Verdict
from app.learning.registry.intake import take_files
from app.learning.registry.lineage import located, read_lineage
from app.learning.registry.manifest import CARD
from app.served.errors import ServingChanged
from app.served.models import ServedModels, ServingState
from app.served.records import CandidateRecord, State
from index.disk import sha256_of

logger = logging.getLogger(__name__)

_LOCK = "promotion.lock"
_NIGHTLY = ("nightly", "training")
"""Who acts without a person behind it."""
_NO_REASON = {"zh": "未通过检验。", "en": "It did not pass."}
_TRIAL = (
    "同类模型 {id} 正在试用，试用结束后再决定。",
    "Candidate {id} of this kind is on trial; decide when that has ended.",
)
_APPROVAL_ZH = "已通过检验，等待人工批准（learning.approval）：kefu models promote {id}"
_PROMOTED = (
    "在固定题集上显著更好，且没有哪方面变差，已上线。",
    "Better on the fixed set by more than chance and worse nowhere: it serves.",
)


class Registry:
    """Takes, judges, promotes and takes back. One promotion at a time, over all processes of a machine."""

    def __init__(
        self,
        models: ServedModels,
        folder: Path,
        gate_of: Callable[[CandidateKind], Gate],
        *,
        needs_approval: bool = False,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Nothing is read yet.

        Args:
            models: what serves.
            folder: of candidates' files, the same that `models` reads from.
            gate_of: the gate of a kind.
            needs_approval: whether only a person may promote.
            clock: tells the time, aware.
        """
        self._models, self._folder, self._gate_of = models, folder, gate_of
        self._needs_approval, self._clock = needs_approval, clock

    @property
    def models(self) -> ServedModels:
        """What serves."""
        return self._models

    def submit(self, candidate: Candidate, *, by: str = "training", on_step: OnStep = lambda _step: None) -> str:
        """Keep a copy and judge it; refused ones are kept, too, with the reason. Returns its id.

        Fulfils `app.domain.learning.Submits`. Raises `CandidateUnusable` for a folder that cannot be kept at all.
        """
        candidate_id = f"{candidate.kind[:3]}{self._clock():%y%m%d}{uuid.uuid4().hex[:6]}"
        self._folder.mkdir(parents=True, exist_ok=True)
        files = take_files(candidate.folder, self._folder / candidate_id)
        candidate = replace(candidate, lineage=located(candidate.lineage, near=candidate.folder))
        try:
            verdict = self._judged(candidate_id, candidate, files, on_step)
        except BaseException:  # stopped half-way: nothing half-kept
            shutil.rmtree(self._folder / candidate_id, ignore_errors=True)
            raise
        record = CandidateRecord(
            candidate_id=candidate_id,
            kind=candidate.kind,
            state="passed" if verdict.has_passed else "refused",
            created_at=candidate.created_at,
            submitted_at=self._clock(),
            lineage=dict(candidate.lineage),
            metrics=dict(candidate.metrics),
            files=files,
            verdict=verdict.to_dict(),
        )
        self._models.candidates.add(record, by=by)
        self._write_card(candidate_id)
        return candidate_id

    def promote(
        self, candidate_id: str, *, by: str, note: str | None = None, on_step: OnStep = lambda _step: None
    ) -> CandidateRecord:
        """Let it serve everybody. Judged again where another model serves than when it was judged.

        Raises `CandidateNotPassed`, `CandidateStateInvalid`, `ApprovalMissing`, `PromotionBusy` or `ServingChanged`.
        """
        with self._alone():
            record = self._fit_to_serve(candidate_id)
            if self._needs_approval and by in _NIGHTLY:
                raise ApprovalMissing(
                    f"Candidate {record.candidate_id} passed and waits for a person's yes (learning.approval): "
                    f"kefu models promote {record.candidate_id}"
                )
            on = self._models.state(record.kind, fresh=True)
            record = self._up_to_date(record, on.version, on.candidate_id, on_step)
            self._models.promote(record.kind, record.candidate_id, on=on, by=by, note=note)
        self._write_card(record.candidate_id)
        return self._models.candidates.get(record.candidate_id)

    def settle(self, candidate_id: str, *, by: str = "nightly") -> Settled:
        """Promote one that passed, unless a person has to say yes or a trial of its kind is under way.

        Fulfils `app.domain.learning.Settles`. Raises `CandidateMissing`.
        """
        record = self.get(candidate_id)
        figures = figures_of(record)
        if record.state == "refused":
            words = ((record.verdict or {}).get("reasons") or [{"words": _NO_REASON}])[0]["words"]
            return Settled("refused", words["zh"], words["en"], figures)
        on = self._models.state(record.kind, fresh=True)
        if on.canary_id is not None and on.canary_id != record.candidate_id:
            zh, en = _TRIAL
            return Settled("held", zh.format(id=on.canary_id), en.format(id=on.canary_id), figures)
        try:
            self.promote(record.candidate_id, by=by)
        except ApprovalMissing as error:
            return Settled("held", _APPROVAL_ZH.format(id=record.candidate_id), error.message, figures)
        except (PromotionBusy, ServingChanged) as error:
            return Settled("held", "此时有别的变更正在进行，请稍后再上线。", error.message, figures)
        except (CandidateNotPassed, CandidateStateInvalid, CandidateUnusable) as error:
            words = ((self.get(candidate_id).verdict or {}).get("reasons") or [{"words": {"zh": error.message}}])[0]
            return Settled("refused", words["words"]["zh"], error.message, figures)
        return Settled("promoted", *_PROMOTED, figures)

    def start_canary(
        self, candidate_id: str, share: float, *, by: str, on_step: OnStep = lambda _step: None
    ) -> CandidateRecord:
        """Let it serve a share of new conversations, or change that share. Raises as `promote`, and `CanaryRunning`."""
        with self._alone():
            record = self._fit_to_serve(candidate_id)
            on = self._models.state(record.kind, fresh=True)
            if on.canary_id != record.candidate_id:
                record = self._up_to_date(record, on.version, on.candidate_id, on_step)
            self._models.start_canary(record.kind, record.candidate_id, share, on=on, by=by)
        return self._models.candidates.get(record.candidate_id)

    def reject(self, candidate_id: str, *, by: str, note: str | None = None) -> CandidateRecord:
        """A person says no; it cannot be promoted any more. Raises `CandidateStateInvalid` for one that serves."""
        record = self._models.candidates.get(candidate_id)
        if record.state in ("serving", "canary"):
            raise CandidateStateInvalid(
                f"Candidate {record.candidate_id} serves. `kefu models rollback {record.kind}` takes it back."
            )
        self._models.candidates.put_state(record.candidate_id, "rejected")
        self._models.candidates.log(record.kind, record.candidate_id, "rejected", by=by, note=note)
        self._write_card(record.candidate_id)
        return self._models.candidates.get(record.candidate_id)

    def roll_back(self, kind: str, *, by: str, note: str | None = None) -> CandidateRecord:
        """End the trial of a kind, or go back to the model before. Never waits for a promotion, never asks the gate.

        Raises `NothingBefore`, `ServingChanged`.
        """
        taken = self._models.roll_back(kind, by=by, note=note)
        self._write_card(taken)
        return self._models.candidates.get(taken)

    def candidates(self, *, kind: str | None = None, state: str | None = None) -> Sequence[CandidateRecord]:
        """Newest first."""
        return self._models.candidates.all(kind=kind, state=state)

    def get(self, candidate_id: str) -> CandidateRecord:
        """By its id or the first characters of it. Raises `CandidateMissing`."""
        return self._models.candidates.get(candidate_id)

    def card(self, candidate_id: str) -> str:
        """Its model card as of now."""
        record = self.get(candidate_id)
        return card_of(record, self._models.candidates.history(candidate_id=record.candidate_id))

    def overview(self) -> Sequence[ServingState]:
        """What serves of each kind."""
        return [self._models.state(kind) for kind in CANDIDATE_KINDS]

    def _judged(
        self, candidate_id: str, candidate: Candidate, files: Mapping[str, Mapping[str, Any]], on_step: OnStep
    ) -> Verdict:
        on = self._models.state(candidate.kind, fresh=True)
        folder = self._folder / candidate_id
        item = Judged(folder, files, candidate.lineage, candidate.created_at, candidate.folder)
        return self._gate_of(candidate.kind).judge(item, self._beside(on.version, on.candidate_id), on_step=on_step)

    def _beside(self, version: int, candidate_id: str | None) -> Beside:
        if candidate_id is None:
            return Beside(None, None, version, None)
        folder = self._models.folder_of(candidate_id)
        until = read_lineage(self._models.candidates.get(candidate_id).lineage, near=folder).until
        return Beside(folder, candidate_id, version, until)

    def _fit_to_serve(self, candidate_id: str) -> CandidateRecord:
        record = self._models.candidates.get(candidate_id)
        if record.state in ("refused", "rejected", "rolled_back"):
            reasons = (record.verdict or {}).get("reasons", [])
            why = f": {reasons[0]['words']['en']}" if record.state == "refused" and reasons else "."
            raise CandidateNotPassed(f"Candidate {record.candidate_id} was {record.state.replace('_', ' ')}{why}")
        if record.state == "serving":
            raise CandidateStateInvalid(f"Candidate {record.candidate_id} serves already.")
        changed = [
            name
            for name, facts in record.files.items()
            if not (path := self._folder / record.candidate_id / name).is_file() or sha256_of(path) != facts["sha256"]
        ]
        if changed:
            raise CandidateUnusable(
                f"{changed[0]} of candidate {record.candidate_id} is not what was judged. Submit it again."
            )
        return record

    def _up_to_date(
        self, record: CandidateRecord, version: int, serving: str | None, on_step: OnStep
    ) -> CandidateRecord:
        """Judge it again where it was judged beside another model; raises `CandidateNotPassed`."""
        verdict = record.verdict or {}
        if verdict.get("serving", "") == serving and verdict.get("passed"):
            return record
        folder = self._folder / record.candidate_id
        item = Judged(folder, record.files, record.lineage, record.created_at, folder)
        gate = self._gate_of(record.kind)  # type: ignore[arg-type]
        anew = gate.judge(item, self._beside(version, serving), on_step=on_step)
        state: State = record.state if anew.has_passed else "refused"
        self._models.candidates.put_verdict(record.candidate_id, state, anew.to_dict())
        self._models.candidates.log(
            record.kind, record.candidate_id, "judged_again", by="gate", details={"passed": anew.has_passed}
        )
        if not anew.has_passed:
            raise CandidateNotPassed(
                f"Candidate {record.candidate_id} was judged before another model served; beside that: "
                f"{anew.findings[0].en}"
            )
        return self._models.candidates.get(record.candidate_id)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._folder / _LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise PromotionBusy("Another promotion is under way. Try again when it is done.") from None
        try:
            yield
        finally:
            lock.release()

    def _write_card(self, candidate_id: str) -> None:
        """Beside the files, for whoever looks there; the card is not among the files that are hashed."""
        try:
            (self._folder / candidate_id / CARD).write_text(self.card(candidate_id), encoding="utf-8")
        except OSError as error:
            logger.warning("the model card of %s could not be written: %s", candidate_id, error)


def figures_of(record: CandidateRecord) -> dict[str, float]:
    """The main figure of a candidate and of what served beside it; {} where it came to no comparison."""
    main = record.main_figures
    return {} if main is None else {name: float(main[name]) for name in ("candidate", "serving")}
