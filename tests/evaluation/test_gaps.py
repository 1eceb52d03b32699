"""Gaps planted in a log of more than two thousand questions: found, and nothing else taken for one."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from app.building.container import Container
from app.database import Database
from app.domain import Turn
from app.evaluation.indexing import container_over
from app.evaluation.scorecard import Figure
from app.insight.events import ServiceEvents
from app.insight.gaps.mining import FoundGap, GapMiner, Mined
from app.insight.gaps.question import questions_of
from app.insight.gaps.shop_talk import ShopTalk
from app.insight.gaps.space import QuestionVectors
from app.settings import Settings
from tests.evaluation.conftest import HOME, ROOT
from tests.gap_log import START, Planned, events_of, plan, read_topics

pytestmark = [pytest.mark.evaluation, pytest.mark.timeout(0)]

DATA = Path(__file__).parent
TODAY = date(2026, 11, 24)
SIZES = (60, 48, 40, 35, 30, 26, 22, 20, 18, 16, 14, 12, 10, 9, 8, 7, 6, 5, 4, 3)
TOTAL = 2200
LOGS = {"topics": 7, "second": 21}
"""File of topics to the seed of its log; the second says whether what was done for the first holds elsewhere."""
LEAST_FOUND, MOST_FALSE = 17, 3
# Falls beyond these are steps back; the targets themselves are in the scorecard.
FLOOR_FOUND, CEILING_FALSE = 10, 11
_FRAGMENT, _PASTED = 12, 160
"""Characters: of a table an agent pastes more than a cell."""


def ordinary_questions() -> list[tuple[str, str, str]]:
    """Golden questions, most of which the base answers, and those of the calibration that nothing answers."""
    found = []
    for name in ("queries_policies", "queries_products"):
        for line in (DATA / "golden" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            kind = "near_miss" if row["type"] == "unanswerable" else "covered"
            found.append((row["text"], row["language"], kind))
    for line in (DATA / "calibration" / "questions.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if not row["answerable"]:
            found.append((row["text"], row["language"], row["kind"]))
    return found


def pasted_sentences(container: Container) -> dict[str, str]:
    """What agents reply to ordinary questions: the sentence of the base that holds the answer, pasted."""
    found: dict[str, str] = {}
    names = ("golden/queries_policies", "golden/queries_products")
    lines = [line for name in names for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    with container.serving.borrow() as generation:
        for row in map(json.loads, lines):
            if not row["gold"] or not row["must_include"]:
                continue
            wanted = row["must_include"][0]
            wanted = [wanted] if isinstance(wanted, str) else wanted
            own = [name for name in row["gold"] if name.startswith(f"{row['language']}/")]
            passages = (item for name in [*own, *row["gold"]] for item in generation.passages_of(name))
            sentences = (
                item.text[first:last] if last - first >= _FRAGMENT else item.text[:_PASTED]
                for item in passages
                for first, last in item.sentences
                if any(word.lower() in item.text[first:last].lower() for word in wanted)
            )
            if (sentence := next(sentences, None)) is not None:
                found[row["text"]] = sentence
    return found


def answering(container: Container, path: Path) -> Callable[[str], tuple[str, float]]:
    """Status and confidence of the assistant's own answers, kept between runs over the same index."""
    assistant = container.assistant_over(container.serving.borrow, chat_model=None, recorder=None, today=lambda: TODAY)
    generation = container.serving.generation_name
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    known = kept["answers"] if kept.get("generation") == generation else {}

    def answer(text: str) -> tuple[str, float]:
        if text not in known:
            given = assistant.reply(Turn(text, mode="extractive"))
            known[text] = (given.status, given.confidence)
            if len(known) % 200 == 0:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(json.dumps({"generation": generation, "answers": known}), encoding="utf-8")
        status, confidence = known[text]
        return str(status), float(confidence)

    return answer


def judge(mined: Mined, planned: list[Planned]) -> tuple[dict[str, FoundGap], list[FoundGap]]:
    """Planted topics that were found, each once, and what was taken for a gap besides.

    A found gap is that of a topic when half or more of its questions are; a second one of the same topic is false.
    """
    topic_of = {f"q{number}": item for number, item in enumerate(planned)}
    found: dict[str, FoundGap] = {}
    false = []
    for gap in mined.gaps:
        if gap.kind != "not_covered":
            continue
        counted = Counter(topic_of[question.event_id].topic for question in gap.questions)
        topic, count = counted.most_common(1)[0]
        is_planted = any(item.topic == topic and item.kind == "gap" for item in planned)
        if is_planted and count >= len(gap.questions) / 2 and topic not in found:
            found[topic] = gap
        else:
            false.append(gap)
    return found, false


@pytest.mark.parametrize("name", LOGS)
def test_planted_gaps_are_found(name, scorecard, tmp_path):
    container, _ = container_over(Settings(home=HOME), [ROOT / "knowledge"])
    topics, seed = read_topics(DATA / "gaps" / f"{name}.jsonl"), LOGS[name]
    planned = plan(topics, ordinary_questions(), sizes=SIZES, total=TOTAL, seed=seed)
    log = ServiceEvents(Database.in_file(tmp_path / "kefu.sqlite"))
    answer = answering(container, HOME / "evaluation" / "gap_answers.json")
    log.append(*events_of(planned, answer, topics, seed=seed, pasted=pasted_sentences(container)))
    questions = questions_of(log, START, START.replace(year=START.year + 1))
    vectors = QuestionVectors(container.embedder, Database.in_file(HOME / "evaluation" / "gap_vectors.sqlite"))
    miner = GapMiner(vectors, shop_talk=ShopTalk.shipped(), holds=container.holding(today=lambda: TODAY))

    found, false = judge(miner.mine(miner.lay_out(questions)), planned)

    both = sum(gap.label.zh is not None and gap.label.en is not None for gap in found.values())
    scorecard.note(
        Figure(
            f"gap mining, log of {name}: of {len(SIZES)} gaps planted among {len(questions):,} questions",
            f">= {LEAST_FOUND} found, <= {MOST_FALSE} false",
            f"{len(found)} found ({both} in both languages), {len(false)} false",
            len(found) >= LEAST_FOUND and len(false) <= MOST_FALSE,
            "make eval",
            date.today(),
        )
    )
    missed = sorted({item.topic for item in planned if item.kind == "gap"} - set(found))
    print(f"missed: {missed}; false: {[(gap.label.title, len(gap.questions)) for gap in false]}")
    assert len(found) >= FLOOR_FOUND
    assert len(false) <= CEILING_FALSE
