"""Kept answers with the real embedder and reader: near questions never meet, variants mostly do, edits stay local."""

from __future__ import annotations

import re
import shutil
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from app.answer_cache import AnswerCache, EntryStore
from app.answer_cache.asked import AskedQuestion
from app.answer_cache.entry import Entry
from app.building.container import Container
from app.domain import Message, Turn
from app.generation.scripted import ScriptedChatModel
from app.settings import AnswerSettings, Settings
from tests.fakes import answer_of, passage
from tests.live import ROOT
from tests.near_questions import NEAR, SAME

pytestmark = pytest.mark.weights

TODAY = date(2026, 11, 24)
QUESTIONS = (
    "签收后几天内可以无理由退货？",
    "七天无理由退货的运费谁出？",
    "质量问题退货的运费由谁承担？",
    "内衣拆封后可以退货吗？",
    "退款多久到账？",
    "信用卡付款的退款退到哪里？",
    "发票多久能开出来？",
    "发票抬头写错了怎么办？",
    "可以开增值税专用发票吗？",
    "多少钱包邮？",
    "偏远地区要加运费吗？",
    "下单后多久发货？",
    "可以指定送货时间吗？",
    "拒收的运费谁出？",
    "How long do I have to return an item?",
    "Who pays for return shipping?",
    "How long does a refund take?",
    "Can I return shoes that I tried on?",
    "Can I get a refund to another card?",
    "Do I need the original box?",
)
FOLDERS = ("zh/returns", "zh/refunds", "zh/invoices", "zh/shipping", "en/returns", "en/refunds")


def _asked(question: str) -> AskedQuestion:
    return AskedQuestion(question, "zh", "one scope", TODAY, None, None, frozenset(), "model")


def _entry(question: str) -> Entry:
    asked, item = _asked(question), passage("七日内可以退货。")
    answer = answer_of((item.text, item), receipt_id=question)
    return Entry(asked.key, asked.scope, question, answer, (), (), (), "g1", TODAY, "2999-01-01T00:00:00.000")


@pytest.fixture(scope="module")
def embedder():
    return Container(Settings(home=Path("unused"))).embedder


def _found(cache: AnswerCache, embedder, question: str) -> tuple[str, str] | None:
    """How a question is found, and the question that was asked first."""
    asked = _asked(question)
    if (entry := cache.exact(asked)) is not None:
        return "exact", entry.question
    near = cache.near(asked, lambda: embedder.embed_queries([question]))
    return ("meaning", near[0].question) if near is not None else None


def test_near_questions_never_meet(embedder):
    assert len(NEAR) >= 120
    wrong, cosines = [], []
    for kind, one, other in NEAR:
        for first, second in ((one, other), (other, one)):
            cache = AnswerCache(EntryStore(None), min_similarity=0.01)  # the words alone have to tell them apart
            cache.put(_entry(first), embedder.embed_queries([first])[0])
            if _found(cache, embedder, second) is not None:
                wrong.append((kind, first, second))
        cosines.append(float(embedder.embed_queries([one])[0] @ embedder.embed_queries([other])[0]))

    assert wrong == []
    print(f"\n{len(NEAR)} pairs, none met; {sum(cosine >= 0.95 for cosine in cosines)} have a cosine of 0.95 or more")


def test_all_of_them_kept_together_answer_none_of_the_others(embedder):
    questions = list(dict.fromkeys(question for _, one, other in NEAR for question in (one, other)))
    cache = AnswerCache(EntryStore(None), min_similarity=0.01)
    met = []
    for question in questions:
        if (found := _found(cache, embedder, question)) is not None:
            met.append({question, found[1]})
        cache.put(_entry(question), embedder.embed_queries([question])[0])

    assert met == [{"几天发货？", "多久发货？"}]  # of two different pairs, and the same indeed


def test_variants_are_mostly_found(embedder):
    assert len(SAME) >= 60
    cache = AnswerCache(EntryStore(None))
    for question in dict.fromkeys(first for _, first, _ in SAME):
        cache.put(_entry(question), embedder.embed_queries([question])[0])
    found, asked = Counter(), Counter()
    for kind, first, again in SAME:
        hit = _found(cache, embedder, again)
        assert hit is None or hit[1] == first or _found(cache, embedder, first) is not None
        asked[kind] += 1
        found[kind] += hit is not None
        found[f"as {hit[0]}" if hit else "not"] += 1

    shown = ", ".join(f"{kind} {found[kind]}/{count}" for kind, count in asked.items())
    print(f"\n{sum(found[kind] for kind in asked)} of {len(SAME)} variants found: {shown}")
    assert sum(found[kind] for kind in asked) >= 60


def _first_evidence(messages: Sequence[Message]) -> str:
    found = re.search(r"^\[1\] (?:\([^)]*\) )?(.*)$", messages[-1].content, re.MULTILINE)
    return f"{found[1].rstrip('。.')}[1]。" if found else "没有。"


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Iterator[tuple[Path, Container, ScriptedChatModel]]:
    folder = tmp_path_factory.mktemp("shop")
    for name in FOLDERS:
        shutil.copytree(ROOT / "knowledge" / name, folder / "documents" / name)
    container = Container(Settings(home=folder / "var", answer=AnswerSettings(min_confidence=0.2)))
    model = container.__dict__["chat_model"] = ScriptedChatModel(_first_evidence)
    _publish(folder, container)
    yield folder, container, model
    container.close()


def _publish(folder: Path, container: Container) -> None:
    container.pipeline().run(container.sources([folder / "documents"]))
    container.serving.generation_name  # noqa: B018 - looks at once


def _ask(container: Container) -> dict[str, object]:
    return {question: container.remembering.reply(Turn(question)) for question in QUESTIONS}


def _answers_asked(model) -> int:
    """Without the translations of what is declined, which is never kept."""
    return sum("translate" not in prompt[0].content for prompt in model.prompts)


def test_an_edit_takes_its_own_answers_and_a_publish_takes_none(shop):
    folder, container, model = shop
    first = _ask(container)
    lasting = [name for name, answer in first.items() if answer.status in ("answered", "partial")]
    assert len(lasting) >= 12
    started = time.perf_counter()
    again = _ask(container)
    hit_ms = (time.perf_counter() - started) * 1000 / len(QUESTIONS)
    assert all(again[name].cached for name in first)

    (folder / "documents" / "other.md").write_text("# 停车\n\n门店停车场每天二十二点关闭。\n", encoding="utf-8")
    _publish(folder, container)
    started = time.perf_counter()
    published = _ask(container)
    checked_ms = (time.perf_counter() - started) * 1000 / len(QUESTIONS)
    assert [name for name in lasting if not published[name].cached] == []
    assert all(published[name].text == first[name].text for name in lasting)

    invoices = folder / "documents" / "zh" / "invoices"
    for path in invoices.glob("*.md"):
        path.write_text(path.read_text(encoding="utf-8").replace("发票", "电子票据"), encoding="utf-8")
    asked = _answers_asked(model)
    _publish(folder, container)
    edited = _ask(container)
    gone = [name for name in lasting if not edited[name].cached]
    touched = [name for name in lasting if any("invoices" in c.document_id for c in first[name].citations)]
    print(f"\n{len(lasting)} answers: hit {hit_ms:.1f} ms, first hit in a new generation {checked_ms:.1f} ms")
    print(f"after the edit of invoices {len(gone)} answered anew, of which {len(touched)} had cited them: {gone}")
    assert set(touched) <= set(gone)
    assert len(gone) <= len(touched) + 3
    assert _answers_asked(model) - asked <= len(gone) + 2
