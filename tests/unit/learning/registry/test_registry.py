from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock
from safetensors.numpy import save_file

from app.database import Database
from app.domain.learning import Candidate
from app.learning.registry import Case, Gate, GateParams, Outcome, Registry, read_manifest, write_manifest
from app.learning.registry.errors import (
    ApprovalMissing,
    CandidateNotPassed,
    CandidateStateInvalid,
    CandidateUnusable,
    PromotionBusy,
)
from app.learning.registry.gate import Beside, Judged
from app.served import ServedModels

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
WORDS = ["订单号是多少呢亲", "什么时候可以发货呀", "where is my parcel now", "can I return these shoes"]
CASES = [
    Case(f"c{n}", f"{WORDS[n % 4]} {n * 7919}", (f"label{n % 6}",), "zh" if n % 4 < 2 else "en", f"label{n % 6}")
    for n in range(120)
]


class FakeMeasure:
    """A model is the share of questions that it has right; it says so in its file."""

    kind, base, is_classifier, writes, max_mb = "intents", "embedder@1", True, False, 1.0

    def cases(self):
        return CASES

    def inspect(self, folder, names):
        return []

    def outcomes(self, folder, cases):
        told = json.loads((folder / "model.json").read_text()) if folder is not None else {"right": 0.5}
        found = []
        for at, case in enumerate(cases):
            is_right = (at * 37 % 100) / 100 < told["right"]
            output = case.gold[0] if is_right else f"label{(int(case.gold[0][-1]) + 1 + at % 5) % 6}"
            found.append(Outcome(float(is_right), output, told.get("ms", 1.0)))
        return found

    def remembered(self, folder, cases):
        return ()

    def replayed(self, folder, questions):
        told = json.loads((folder / "model.json").read_text()) if folder is not None else {}
        return [("label0", at / len(questions) < told.get("declines", 0.1)) for at, _ in enumerate(questions)]

    def retrained(self, lineage, data):
        return None


def made(tmp_path: Path, name: str, *, right: float = 0.9, lineage: dict | None = None, **told) -> Candidate:
    folder = tmp_path / name
    folder.mkdir()
    (folder / "model.json").write_text(json.dumps({"right": right, **told}))
    save_file({"weights": np.arange(6, dtype=np.float32).reshape(2, 3)}, folder / "model.safetensors")
    data = folder / "train.jsonl"
    data.write_text('{"text": "a wholly different question", "intent": "label0"}\n')
    record = {
        "data": [{"path": "train.jsonl", "sha256": hashlib.sha256(data.read_bytes()).hexdigest()}],
        "seed": 1,
        "code": "1.0",
        "parents": [],
        "base": "embedder@1",
    }
    return Candidate("intents", folder, NOW, record if lineage is None else lineage)


@pytest.fixture
def open_registry(tmp_path):
    def build(**params):
        models = ServedModels(Database.in_file(tmp_path / "kefu.sqlite"), tmp_path / "models")
        gate = Gate(FakeMeasure(), params=GateParams(), recent=lambda most: [f"q{n}" for n in range(100)])
        return Registry(models, tmp_path / "models", lambda _kind: gate, **params)

    return build


@pytest.fixture
def registry(open_registry):
    return open_registry()


def submitted(registry, candidate):
    return registry.get(registry.submit(candidate))


def reasons(record):
    return [item["code"] for item in record.verdict["reasons"]]


def test_a_better_candidate_passes_and_serves_once_promoted(registry, tmp_path):
    record = submitted(registry, made(tmp_path, "good"))
    assert (record.state, reasons(record)) == ("passed", [])

    registry.promote(record.candidate_id, by="li")

    assert registry.models.choose("intents", None).folder == tmp_path / "models" / record.candidate_id
    assert registry.get(record.candidate_id).state == "serving"


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        ({"right": 0.5}, "not_better"),
        ({"right": 0.35}, "worse"),
        ({"ms": 40.0}, "slower"),
        ({"declines": 0.4}, "replay_declines"),
    ],
)
def test_what_is_no_better_slower_or_declines_more_is_refused(registry, tmp_path, spoil, reason):
    record = submitted(registry, made(tmp_path, "bad", **spoil))

    assert record.state == "refused"
    assert reasons(record)[0] == reason
    with pytest.raises(CandidateNotPassed):
        registry.promote(record.candidate_id, by="li")


def test_a_candidate_judged_beside_another_model_is_judged_again_before_it_serves(registry, tmp_path):
    best = submitted(registry, made(tmp_path, "best", right=0.95))
    good = submitted(registry, made(tmp_path, "good", right=0.8))
    registry.promote(best.candidate_id, by="li")

    with pytest.raises(CandidateNotPassed, match="another model"):
        registry.promote(good.candidate_id, by="li")

    assert registry.get(good.candidate_id).state == "refused"
    assert registry.models.state("intents").candidate_id == best.candidate_id


def test_only_one_promotion_at_a_time(registry, tmp_path):
    record = submitted(registry, made(tmp_path, "good"))
    with FileLock(tmp_path / "models" / "promotion.lock"), pytest.raises(PromotionBusy):
        registry.promote(record.candidate_id, by="li")

    registry.promote(record.candidate_id, by="li")


def test_where_approval_is_asked_for_only_a_person_promotes(open_registry, tmp_path):
    registry = open_registry(needs_approval=True)
    record = submitted(registry, made(tmp_path, "good"))

    with pytest.raises(ApprovalMissing):
        registry.promote(record.candidate_id, by="nightly")

    assert registry.promote(record.candidate_id, by="cli:li").state == "serving"


def test_a_rejected_candidate_cannot_serve_and_a_serving_one_cannot_be_rejected(registry, tmp_path):
    one, other = (submitted(registry, made(tmp_path, name)) for name in ("one", "other"))
    registry.reject(one.candidate_id, by="li", note="doubtful data")
    with pytest.raises(CandidateNotPassed):
        registry.promote(one.candidate_id, by="li")
    registry.promote(other.candidate_id, by="li")
    with pytest.raises(CandidateStateInvalid, match="rollback"):
        registry.reject(other.candidate_id, by="li")


def test_rolling_back_is_one_call(registry, tmp_path):
    record = submitted(registry, made(tmp_path, "good"))
    registry.promote(record.candidate_id, by="li")

    assert registry.roll_back("intents", by="li").candidate_id == record.candidate_id
    assert registry.models.state("intents").candidate_id is None


def test_files_that_changed_after_they_were_judged_do_not_serve(registry, tmp_path):
    record = submitted(registry, made(tmp_path, "good"))
    (tmp_path / "models" / record.candidate_id / "model.json").write_text('{"right": 0.99}')

    with pytest.raises(CandidateUnusable, match="not what was judged"):
        registry.promote(record.candidate_id, by="li")


def test_the_original_folder_may_go_once_the_candidate_was_taken(registry, tmp_path):
    candidate = made(tmp_path, "good")
    record = submitted(registry, candidate)
    (candidate.folder / "model.json").unlink()

    assert registry.promote(record.candidate_id, by="li").state == "serving"


def test_a_candidate_without_a_record_says_what_is_missing(registry, tmp_path):
    record = submitted(registry, made(tmp_path, "orphan", lineage={}))

    assert reasons(record) == ["lineage_missing"]
    assert "data, seed, code, parents" in record.verdict["reasons"][0]["words"]["en"]
    assert "来历" in record.verdict["reasons"][0]["words"]["zh"]


def test_a_candidate_from_the_future_is_refused(registry, tmp_path):
    candidate = made(tmp_path, "good")
    ahead = Candidate("intents", candidate.folder, datetime.now(UTC) + timedelta(days=9), candidate.lineage)

    assert reasons(submitted(registry, ahead)) == ["lineage_false"]


def test_a_few_test_questions_by_chance_are_left_out_and_many_are_a_leak(registry, tmp_path):
    def with_test_questions(name: str, count: int) -> Candidate:
        candidate = made(tmp_path, name)
        data = candidate.folder / "train.jsonl"
        data.write_text("".join(json.dumps({"text": case.text}) + "\n" for case in CASES[:count]))
        found = hashlib.sha256(data.read_bytes()).hexdigest()
        return Candidate(
            "intents", candidate.folder, NOW, {**candidate.lineage, "data": [{"path": "train.jsonl", "sha256": found}]}
        )

    few, many = submitted(registry, with_test_questions("few", 2)), submitted(registry, with_test_questions("many", 60))

    assert few.state == "passed"
    assert few.verdict["left_out"] >= 2
    assert reasons(many) == ["data_leaked"]


@pytest.mark.parametrize("name", ["weights.pkl", "weights.pt", "run.py"])
def test_files_that_could_run_code_are_not_taken_at_all(registry, tmp_path, name):
    candidate = made(tmp_path, "evil")
    (candidate.folder / name).write_bytes(b"x")

    with pytest.raises(CandidateUnusable, match=name):
        registry.submit(candidate)
    assert registry.candidates() == []
    assert [path for path in (tmp_path / "models").iterdir() if path.is_dir()] == []


def test_links_out_of_the_folder_are_not_followed(registry, tmp_path):
    candidate = made(tmp_path, "linked")
    (candidate.folder / "secret.json").symlink_to("/etc/hostname")

    with pytest.raises(CandidateUnusable, match="link"):
        registry.submit(candidate)


def test_an_empty_folder_is_no_candidate(registry, tmp_path):
    (tmp_path / "empty").mkdir()

    with pytest.raises(CandidateUnusable):
        registry.submit(Candidate("intents", tmp_path / "empty", NOW, {}))


def test_the_card_tells_origin_figures_and_decisions(registry, tmp_path):
    record = submitted(registry, made(tmp_path, "good"))
    registry.promote(record.candidate_id, by="cli:li", note="better in | English")

    card = registry.card(record.candidate_id)

    assert record.files["model.json"]["sha256"] in card
    assert "| all | 120 |" in card
    assert "promoted | cli:li | better in \\| English" in card
    assert (tmp_path / "models" / record.candidate_id / "card.md").read_text() == card


def test_a_folder_tells_what_it_is(tmp_path):
    candidate = made(tmp_path, "good")
    write_manifest(candidate)

    found = read_manifest(candidate.folder)

    assert (found.kind, found.created_at, found.lineage) == ("intents", NOW, candidate.lineage)


def test_a_folder_that_tells_no_kind_has_to_be_told(tmp_path):
    candidate = made(tmp_path, "good")

    with pytest.raises(CandidateUnusable, match="--kind"):
        read_manifest(candidate.folder)
    assert read_manifest(candidate.folder, kind="reranker").kind == "reranker"
    (candidate.folder / "candidate.json").write_text("[1]")
    with pytest.raises(CandidateUnusable, match="no JSON object"):
        read_manifest(candidate.folder)


def test_a_machine_that_was_busy_for_a_while_is_no_reason_to_refuse(tmp_path):
    class Busy(FakeMeasure):
        asked = 0

        def outcomes(self, folder, cases):
            self.asked += folder is not None
            found = super().outcomes(folder, cases)
            return [replace(one, ms=60.0) for one in found] if folder is not None and self.asked == 1 else found

    candidate = made(tmp_path, "busy")
    files = {"model.json": {"sha256": "x", "bytes": 10}}
    item = Judged(candidate.folder, files, candidate.lineage, candidate.created_at, candidate.folder)

    verdict = Gate(Busy()).judge(item, Beside(None, None, 0, None))

    assert [finding.code for finding in verdict.findings] == []
    assert verdict.comparison.ms == (1.0, 1.0)
