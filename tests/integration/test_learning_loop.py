"""The loop closed with real parts: a night trains, the gate measures, what passed serves, and it can be taken back."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from app.building.container import Container
from app.calibration.outcomes import FILE_NAME
from app.cli import main
from app.domain.current_conversation import within_conversation
from app.domain.learning import Candidate
from app.learning.registry.building import build_registry
from app.recommendation.fitting import fit
from app.recommendation.histories import Histories, Interaction
from app.recommendation.model import Model
from app.retrieval.scoring import FEATURES, WEIGHTS, SentenceScorer
from app.settings import load_settings
from app.training import building
from app.training.adapter import Pair
from app.training.mining import Dropped, Mined
from app.training.remaking import registry_of
from app.training.reranker import RerankerParams
from index.disk import sha256_of
from index.embedding.hashing import HashingEmbedder
from index.types import Query
from tests.integration.test_model_registry import write

QUICK = RerankerParams(rank=8, epochs=12, weight_rate=0.05, matrix_rate=0.02, stay=0.001)
ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TOPICS = {  # what customers call it, and what the document says of it
    "zapper": "Small parcels travel by the regional courier", "florp": "The guarantee lasts for two years",
    "wumble": "Refunds reach the credit card within three days", "quib": "Invoices are sent by electronic mail",
    "snazzle": "Vouchers cannot be combined with a sale", "drindle": "Fresh food is replaced when it spoils",
    "blorpo": "Members collect points with each order", "kribbit": "Large furniture is carried upstairs",
    "yonder": "Addresses can be altered before dispatch", "plink": "Batteries belong to hazardous goods",
    "mootle": "Gift wrapping costs five yuan apiece", "grannick": "Old appliances are taken away for recycling",
    "tessel": "Samples are handed out in our stores", "vorpal": "Prescriptions need a doctor's signature",
}  # fmt: skip
TRAINED = ("tell me about {} now", "{} what is the rule", "my neighbour mentioned {} yesterday", "hello, {}?",
           "how does {} work over here", "I need {} for my sister", "could somebody explain {}")  # fmt: skip
ASKED = ("anything regarding {} in your shop", "{} - is there a limit", "do you folks handle {}",
         "wondering whether {} applies to me", "please advise on the matter of {}")  # fmt: skip


@pytest.fixture
def home(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith("KEFU_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("KEFU_MODELS__EMBEDDER", "hashing")
    monkeypatch.setenv("KEFU_LLM__ORDER", "extractive")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").mkdir()
    for word, text in TOPICS.items():
        (tmp_path / "docs" / f"{word[::-1]}.md").write_text(f"# {text.split()[-1]}\n\n{text}.\n", encoding="utf-8")
    assert main(["ingest", "docs"]) == 0
    return tmp_path


def documents(container):
    """Id of the document of each topic."""
    found = {}
    with container.serving.borrow() as generation:
        for word, text in TOPICS.items():
            hits = container.retriever.search(Query(text, top=1), generation)
            found[word] = generation.passages([hits[0].passage_id])[0].document_id
    assert len(set(found.values())) == len(TOPICS)
    return found


def fixed_questions(home, right, kind="embedder"):
    path = home / "var" / "learning" / "fixed" / f"{kind}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [{"text": text.format(word), "right": [right[word]]} for word in TOPICS for text in ASKED]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def mined(right):
    texts = [(word, text) for text in TRAINED for word in TOPICS]
    pairs = [
        Pair(text.format(word), (right[word],), NOW - timedelta(hours=len(texts) - at))
        for at, (word, text) in enumerate(texts)
    ]
    return Mined(tuple(pairs), Dropped(), {"rating": len(pairs)})


def night_of(container, kind):
    turns = building.build_turns(container, registry=lambda: registry_of(container))
    return turns[kind]()


def first_found(container, text):
    with container.serving.borrow() as generation:
        hits = container.retriever.search(Query(text, top=5), generation)
        return [passage.document_id for passage in generation.passages([hit.passage_id for hit in hits])]


def test_a_nights_adapter_is_measured_on_the_base_promoted_served_named_by_receipts_and_taken_back(
    home, monkeypatch, capsys
):
    container = Container(load_settings(), is_service=True)
    right = documents(container)
    fixed_questions(home, right)
    monkeypatch.setattr(building, "mined_pairs", lambda _container: mined(right))
    assert container.query_map is None

    night = night_of(container, "embedder")

    assert night.outcome == "promoted", night
    assert night.metrics["fixed_set_candidate"] > night.metrics["fixed_set_serving"] + 0.3
    container.served_models.state("embedder", fresh=True)
    assert right["zapper"] in first_found(container, "is the zapper still around")
    assert container.program.weights["query_map.safetensors"] == container.query_map.digest

    capsys.readouterr()
    assert main(["train", "status", "--json"]) == 0
    assert [item["outcome"] for item in json.loads(capsys.readouterr().out)] == ["promoted"]
    assert main(["models", "rollback", "embedder"]) == 0
    container.served_models.state("embedder", fresh=True)
    assert container.query_map is None
    assert "query_map.safetensors" not in container.program.weights
    container.close()


def first_scorer(home):
    """A scorer that goes by rank alone, for the toy embedder, which none comes with kefu for."""
    own = np.zeros(len(FEATURES), np.float32)
    own[FEATURES.index("rank")] = 0.1
    nothing = np.zeros((256, 1), np.float32)
    (home / "scorer").mkdir()
    first = SentenceScorer(own=own, across=own.copy(), into=nothing, out_of=nothing.T)
    first.save(home / "scorer" / WEIGHTS, embedder_id=HashingEmbedder().embedder_id)
    return first


def test_a_nights_reranker_is_learnt_on_what_serves_promoted_served_and_taken_back(home, monkeypatch, capsys):
    first = first_scorer(home)
    monkeypatch.setenv("KEFU_RETRIEVAL__SCORER", str(home / "scorer"))
    monkeypatch.setattr(building, "RerankerParams", lambda: QUICK)
    container = Container(load_settings(), is_service=True)
    right = documents(container)
    fixed_questions(home, right, "reranker")
    monkeypatch.setattr(building, "mined_pairs", lambda _container: mined(right))
    (home / "var" / FILE_NAME).write_text("", encoding="utf-8")  # the company has calibrated

    night = night_of(container, "reranker")

    assert night.outcome == "promoted", night
    assert night.metrics["held_out_after"] > night.metrics["held_out_before"]
    assert night.metrics["fixed_set_candidate"] > night.metrics["fixed_set_serving"]
    assert "kefu calibrate" in night.why
    assert "kefu calibrate" in night.why_zh
    container.served_models.state("reranker", fresh=True)
    learnt = container.serving_scorer.digest
    assert learnt != first.digest
    lineage = json.loads((Path(night.folder) / "lineage.json").read_text(encoding="utf-8"))
    assert lineage["parents"] == [{"name": WEIGHTS, "digest": first.digest}]
    assert night_of(container, "reranker").outcome == "nothing_new"

    capsys.readouterr()
    assert main(["train", "status", "--json"]) == 0
    told = [(item["kind"], item["outcome"]) for item in json.loads(capsys.readouterr().out)]
    assert told == [("reranker", "promoted"), ("reranker", "nothing_new")]
    assert main(["models", "rollback", "reranker"]) == 0
    container.served_models.state("reranker", fresh=True)
    assert container.serving_scorer.digest == first.digest
    container.close()


def test_a_night_trains_what_the_settings_name_and_a_reranker_only_where_a_scorer_serves(home, monkeypatch):
    def kinds():
        container = Container(load_settings(), is_service=True)
        found = list(building.build_turns(container))
        container.close()
        return found

    assert kinds() == ["embedder", "intents"]
    first_scorer(home)
    monkeypatch.setenv("KEFU_RETRIEVAL__SCORER", str(home / "scorer"))
    assert kinds() == ["embedder", "reranker", "intents"]
    monkeypatch.setenv("KEFU_LEARNING__NIGHTS", "intents,reranker")
    assert kinds() == ["reranker", "intents"]
    monkeypatch.setenv("KEFU_LEARNING__NIGHTS", "")
    assert kinds() == []


def test_where_a_person_has_to_say_yes_the_night_waits_for_one(home, monkeypatch, capsys):
    monkeypatch.setenv("KEFU_LEARNING__APPROVAL", "true")
    container = Container(load_settings(), is_service=True)
    right = documents(container)
    fixed_questions(home, right)
    monkeypatch.setattr(building, "mined_pairs", lambda _container: mined(right))

    night = night_of(container, "embedder")

    assert night.outcome == "held"
    assert night.candidate in night.why
    assert "批准" in night.why_zh
    assert container.query_map is None
    assert main(["models", "promote", night.candidate]) == 0
    container.served_models.state("embedder", fresh=True)
    assert container.query_map is not None
    container.close()


def test_an_adapter_without_a_fixed_set_is_refused_and_says_why(home, monkeypatch):
    container = Container(load_settings(), is_service=True)
    right = documents(container)
    monkeypatch.setattr(building, "mined_pairs", lambda _container: mined(right))

    night = night_of(container, "embedder")

    assert (night.outcome, container.query_map) == ("refused", None)
    assert "0 test questions" in night.why
    container.close()


@pytest.mark.filterwarnings("ignore:Number of distinct clusters")
def test_examples_of_the_company_become_its_classifier_in_a_night(home):
    (home / "var" / "learning" / "fixed").mkdir(parents=True)
    write(home / "var/learning/fixed/intents.jsonl", ROOT / "tests/evaluation/understanding/utterances.jsonl")
    write(home / "var/learning/intents.jsonl", ROOT / "app/understanding/data/intents.jsonl")
    container = Container(load_settings(), is_service=True)

    night = night_of(container, "intents")

    assert night.outcome == "promoted", night
    container.served_models.state("intents", fresh=True)
    with within_conversation("c1", datetime(2100, 1, 1, tzinfo=UTC)):
        assert container.understander.understand("这件我想退货").intent == "our_return_request"
    assert night_of(container, "intents").outcome == "nothing_new"
    container.close()


def behaviour(people=160, *, last=True):
    """Everybody goes through a ring of 40 items in steps of one; the last step is told or not."""
    for user in range(people):
        for step in range(6 if last else 5):
            at = NOW.timestamp() + step * 86400 + user
            yield Interaction(f"u{user}", f"i{(user * 7 + step) % 40}", at, "click")


def recommender(home, name, interactions):
    folder, data = home / name, home / f"{name}.jsonl"
    Model(fit(Histories.of(interactions), contents=None)).save(folder)
    data.write_text("".join(json.dumps({"user": one.user_id}) + "\n" for one in interactions), encoding="utf-8")
    record = {"data": [{"path": str(data), "sha256": sha256_of(data)}], "seed": 1, "code": "1", "parents": []}
    return Candidate("recommender", folder, datetime.now(UTC), record)


def test_recommenders_are_judged_by_what_people_chose_next(home, monkeypatch):
    container = Container(load_settings(), is_service=True)
    monkeypatch.setattr(container.behaviour, "interactions", lambda: list(behaviour()))
    registry = build_registry(container)

    fair = registry.submit(recommender(home, "fair", list(behaviour(last=False))))
    seen = registry.submit(recommender(home, "seen", list(behaviour())))

    record = registry.get(fair)
    assert record.state == "passed", record.verdict
    assert record.verdict["comparison"]["main"]["questions"] == 160
    assert registry.get(seen).verdict["reasons"][0]["code"] == "data_remembered"
    assert registry.settle(fair).outcome == "promoted"
    container.served_models.state("recommender", fresh=True)
    assert container._recommender_model().histories.users
    container.close()


def test_a_reranker_without_weights_is_refused(home):
    container = Container(load_settings(), is_service=True)
    fixed_questions(home, documents(container))
    folder = home / "reranker"
    folder.mkdir()
    (folder / "notes.json").write_text("{}", encoding="utf-8")
    record = {"data": [{"path": "docs", "sha256": "0" * 64}], "seed": 1, "code": "1", "parents": []}

    made = build_registry(container).submit(Candidate("reranker", folder, datetime.now(UTC), record))

    assert build_registry(container).get(made).verdict["reasons"][0]["code"] == "file_foreign"
    container.close()
