"""An adapter of questions' vectors, trained on the earlier weeks of a replayed log and measured on the later ones."""

from __future__ import annotations

from datetime import date
from statistics import fmean

import pytest

from app.evaluation.datasets import read_retrieval_set
from app.evaluation.indexing import container_over
from app.evaluation.retrieval import examine_retrieval
from app.evaluation.scorecard import Figure
from app.settings import Settings
from app.settings.groups import RetrievalSettings
from app.training.adapter import AdapterParams
from app.training.adapter.running import train_adapter
from app.training.mining import mine
from index.types import Query
from tests.evaluation.conftest import HOME, ROOT
from tests.evaluation.learning import replayed_log

pytestmark = [pytest.mark.evaluation, pytest.mark.timeout(0)]

COMMAND = "make eval DATA=folder"
GAIN, LOSS = 0.03, 0.01
UNMOVED = Settings(home=HOME, retrieval=RetrievalSettings(move_questions=False))
"""What an adapter is held against: the search without any map."""


@pytest.fixture(scope="module")
def company():
    container, _ = container_over(UNMOVED, [ROOT / "knowledge"])
    yield container
    container.close()


@pytest.fixture(scope="module")
def adapter(company, tmp_path_factory):
    """Trained on what people did in the earlier weeks, as the search then stood."""
    asked = [item for item in replayed_log.questions() if item.at < replayed_log.later_than()]
    with company.serving.borrow() as generation:
        seen = {item.text: documents(company, generation, item.text) for item in asked}
        mined = mine(replayed_log.signals(asked, seen.__getitem__))
        out = tmp_path_factory.mktemp("adapter")
        return train_adapter(mined.pairs, company.embedder, generation, out, AdapterParams())


@pytest.fixture
def with_adapter(company, adapter):
    """The company's settings, and any others, with the adapter served."""

    def make(settings):
        retrieval = settings.retrieval.model_copy(update={"query_map": adapter.folder, "move_questions": True})
        return company.with_settings(settings.model_copy(update={"retrieval": retrieval}))

    return make


def documents(container, source, text, top=50):
    hits = container.retriever.search(Query(text, top=top), source)
    found = source.passages([hit.passage_id for hit in hits])
    return list(dict.fromkeys(passage.document_id for passage in found))


def recall(container, source, asked):
    """Of each question the share of the documents that answer it among the first five."""
    return [len(set(item.right) & set(documents(container, source, item.text)[:5])) / len(item.right) for item in asked]


def test_the_adapter_finds_more_of_what_answers_later_questions(company, with_adapter, scorecard):
    later = [item for item in replayed_log.questions() if item.at >= replayed_log.later_than()]
    other = with_adapter(company.settings)
    told, gains = [], {}
    with company.serving.borrow() as generation:
        rows = list(zip(later, recall(company, generation, later), recall(other, generation, later), strict=True))
    for name, kinds in (("later questions", ("again", "new")), ("new ones among them", ("new",))):
        some = [(was, now) for item, was, now in rows if item.kind in kinds]
        before, after = fmean(was for was, _ in some), fmean(now for _, now in some)
        gains[name] = after - before
        told.append((name, f"{before:.3f} -> {after:.3f} of {len(some)}"))

    scorecard.note(
        *(
            Figure(f"adapter on a replayed log: recall@5, {name}", f">= +{wanted:.2f}", measured, gains[name] >= wanted,
                   COMMAND, date.today())
            for (name, measured), wanted in zip(told, (GAIN, 0.0), strict=True)
        )
    )  # fmt: skip
    assert gains["later questions"] >= GAIN - 0.015, told


def test_the_adapter_does_no_harm_on_another_set(with_adapter, data_folder, scorecard):
    folder = data_folder / "zh_ecom_policy"
    plain, _ = container_over(UNMOVED, [folder / "corpus.jsonl"])
    data = read_retrieval_set(folder)
    scores = [
        examine_retrieval(data, container.retriever, plain.serving.borrow).estimates(seed=1)["recall@5"].value
        for container in (plain, with_adapter(plain.settings))
    ]
    plain.close()

    measured = f"{scores[0]:.3f} -> {scores[1]:.3f}"
    is_met = scores[1] >= scores[0] - LOSS
    scorecard.note(
        Figure("adapter of the sample company on zh_ecom_policy: recall@5", f">= -{LOSS:.2f}", measured, is_met,
               COMMAND, date.today())
    )  # fmt: skip
    assert is_met, measured
