from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest

from app.database import Database
from app.domain.current_conversation import CurrentConversation, within_conversation
from app.served import Reloading, ServedModels
from app.served.errors import CanaryRunning, CandidateMissing, NothingBefore, ServingChanged
from app.served.records import CandidateRecord

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = datetime(2100, 1, 1, tzinfo=UTC)


def talk(name: str, started_at: datetime = LATER) -> CurrentConversation:
    return CurrentConversation(name, started_at)


def candidate(models: ServedModels, name: str) -> str:
    folder = models.folder_of(name)
    folder.mkdir(parents=True)
    body = json.dumps({"name": name}).encode()
    (folder / "model.json").write_bytes(body)
    import hashlib

    files = {"model.json": {"sha256": hashlib.sha256(body).hexdigest(), "bytes": len(body)}}
    models.candidates.add(CandidateRecord(name, "intents", "passed", NOW, NOW, {}, {}, files, None), by="test")
    return name


def promote(models: ServedModels, name: str) -> None:
    models.promote("intents", name, on=models.state("intents", fresh=True), by="test")


@pytest.fixture
def models(tmp_path):
    return ServedModels(Database.in_file(tmp_path / "kefu.sqlite"), tmp_path / "models")


def test_what_comes_with_kefu_serves_until_something_is_promoted(models):
    assert models.choose("intents", talk("a")).folder is None

    promote(models, candidate(models, "one"))

    assert models.choose("intents", talk("a")).candidate_id == "one"


def test_a_promotion_holds_for_another_process_and_after_a_restart(models, tmp_path):
    promote(models, candidate(models, "one"))

    other = ServedModels(Database.in_file(tmp_path / "kefu.sqlite"), tmp_path / "models")

    assert other.choose("intents", None).candidate_id == "one"


def test_of_two_promotions_decided_on_the_same_state_the_second_is_refused(models):
    for name in ("one", "two"):
        candidate(models, name)
    seen = models.state("intents", fresh=True)
    models.promote("intents", "one", on=seen, by="first")

    with pytest.raises(ServingChanged):
        models.promote("intents", "two", on=seen, by="second")

    assert models.state("intents", fresh=True).candidate_id == "one"
    assert models.candidates.get("two").state == "passed"


def test_many_promotions_at_once_leave_one(models):
    names = [candidate(models, f"many{number}") for number in range(8)]
    seen = models.state("intents", fresh=True)
    outcomes: list[str] = []

    def run(name: str) -> None:
        try:
            models.promote("intents", name, on=seen, by="test")
            outcomes.append("done")
        except ServingChanged:
            outcomes.append("changed")

    threads = [threading.Thread(target=run, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["changed"] * 7 + ["done"]


def test_rolling_back_goes_to_the_model_before_and_in_the_end_to_what_comes_with_kefu(models):
    for name in ("one", "two"):
        promote(models, candidate(models, name))

    assert models.roll_back("intents", by="test") == "two"
    assert models.state("intents").candidate_id == "one"
    assert models.roll_back("intents", by="test") == "one"
    assert models.state("intents").candidate_id is None
    with pytest.raises(NothingBefore):
        models.roll_back("intents", by="test")


def test_a_model_that_was_taken_back_does_not_come_back(models):
    for name in ("one", "two", "three"):
        promote(models, candidate(models, name))
    models.candidates.put_state("two", "rejected")

    models.roll_back("intents", by="test")

    assert models.state("intents").candidate_id == "one"


def test_a_trial_serves_about_its_share_and_each_conversation_always_the_same(models):
    candidate(models, "new")
    models.start_canary("intents", "new", 0.2, on=models.state("intents", fresh=True), by="test")

    first = [models.choose("intents", talk(f"c{number}")).is_canary for number in range(500)]

    assert first == [models.choose("intents", talk(f"c{number}")).is_canary for number in range(500)]
    assert 0.14 < sum(first) / 500 < 0.26  # 3.3 standard deviations


def test_a_conversation_that_began_before_the_trial_takes_no_part_in_it(models):
    candidate(models, "new")
    models.start_canary("intents", "new", 0.99, on=models.state("intents", fresh=True), by="test")
    before = datetime.now(UTC) - timedelta(minutes=5)

    assert not any(models.choose("intents", talk(f"c{number}", before)).is_canary for number in range(50))


def test_a_conversation_keeps_its_model_when_the_share_grows_or_the_candidate_is_promoted(models):
    candidate(models, "new")
    models.start_canary("intents", "new", 0.1, on=models.state("intents", fresh=True), by="test")
    before = {name: models.choose("intents", talk(name)) for name in map(str, range(60))}

    models.start_canary("intents", "new", 0.9, on=models.state("intents", fresh=True), by="test")
    assert {name: models.choose("intents", talk(name)) for name in before} == before

    promote(models, "new")
    assert {name: models.choose("intents", talk(name)) for name in before} == before
    assert models.choose("intents", talk("another")).candidate_id == "new"


def test_nobody_is_served_any_longer_by_a_trial_that_was_taken_back(models):
    candidate(models, "new")
    models.start_canary("intents", "new", 0.9, on=models.state("intents", fresh=True), by="test")
    served = [name for name in map(str, range(20)) if models.choose("intents", talk(name)).is_canary]

    models.roll_back("intents", by="test")

    assert served
    assert {models.choose("intents", talk(name)).candidate_id for name in served} == {None}


def test_one_trial_of_a_kind_at_a_time(models):
    for name in ("one", "two"):
        candidate(models, name)
    models.start_canary("intents", "one", 0.1, on=models.state("intents", fresh=True), by="test")

    with pytest.raises(CanaryRunning, match="one"):
        models.start_canary("intents", "two", 0.1, on=models.state("intents", fresh=True), by="test")


def test_every_decision_is_written_down(models):
    promote(models, candidate(models, "one"))
    models.roll_back("intents", by="alarm", note="declines")

    history = [(row["move"], row["by"], row["note"]) for row in models.candidates.history(kind="intents")]

    assert history == [("submitted", "test", None), ("promoted", "test", None), ("rolled_back", "alarm", "declines")]


def test_an_id_may_be_shortened_where_it_is_the_only_one(models):
    candidate(models, "int261125aaaa")
    candidate(models, "int261126bbbb")

    assert models.candidates.get("int261126").candidate_id == "int261126bbbb"
    with pytest.raises(CandidateMissing, match="everal candidates begin"):
        models.candidates.get("int2611")
    with pytest.raises(CandidateMissing):
        models.candidates.get("nobody%")


def test_a_model_in_memory_follows_what_serves(models):
    reloading = Reloading(models, "intents", lambda folder: json.loads((folder / "model.json").read_text())["name"],
                          lambda: "shipped")  # fmt: skip
    assert reloading() == "shipped"

    promote(models, candidate(models, "one"))
    assert reloading() == "one"

    models.roll_back("intents", by="test")
    assert reloading() == "shipped"


def test_a_model_whose_file_was_changed_is_not_loaded_and_counts_as_a_fault_of_its_trial(models, caplog):
    candidate(models, "new")
    (models.folder_of("new") / "model.json").write_text('{"name": "evil"}')
    models.start_canary("intents", "new", 0.99, on=models.state("intents", fresh=True), by="test")
    reloading = Reloading(models, "intents", lambda folder: json.loads((folder / "model.json").read_text())["name"],
                          lambda: "shipped")  # fmt: skip

    for name in map(str, range(5)):
        with within_conversation(name, LATER):
            assert reloading() == "shipped"

    assert sum(faults for _, faults in models.pinned("new").values()) >= 4
    assert caplog.text.count("cannot serve") == 1
