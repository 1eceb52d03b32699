"""A log of customers' questions with gaps planted in it, made from written topics; the same seed, the same log.

What the assistant says to each question is its own real answer. What customers and agents then do is drawn: some are
handed over, some press thumbs down, agents reply with what they know, each in their own words.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.domain.service_events import ServiceEvent

START = datetime(2026, 11, 2, 8, tzinfo=UTC)
_STEP = timedelta(minutes=17)
_ZH_BEFORE = ("", "", "", "请问", "你好，", "亲，", "那个，", "急！", "想问下", "麻烦问一下，")
_ZH_AFTER = ("", "", "", "？", "？", "啊", "，谢谢", "😊", "，在线等", "。")
_EN_BEFORE = ("", "", "", "hi, ", "hello ", "quick question: ", "sorry, ", "hey ", "Good morning. ")
_EN_AFTER = ("", "", "?", "?", " thanks", " asap", "!!", " please", ".")
_TYPOS = 0.15
_CHINESE = 0.6
_AGENTS_BEFORE = {
    "zh": ("您好，我是客服小林。", "张女士您好！", "亲您好，久等了。", "您好，看到您的问题了。"),
    "en": (
        "Hi Anna, thanks for waiting.",
        "Hello, this is Mark from support.",
        "Good morning!",
        "Thanks for your patience.",
    ),
}
_AGENTS_AFTER = {
    "zh": ("您的订单20261108{n:04d}我备注了。", "有问题打13800{n:06d}找我。", "祝您生活愉快！", "还有什么可以帮您？"),
    "en": (
        "I noted it on order 20261108{n:04d}.",
        "Mail me at mark.{n}@example.com.",
        "Have a nice day!",
        "Anything else?",
    ),
}


@dataclass(frozen=True)
class Topic:
    """Wordings of one question."""

    name: str
    kind: str
    """gap, covered or off_topic."""
    texts: dict[str, list[str]]
    facts: list[dict[str, list[str]]]


@dataclass(frozen=True)
class Planned:
    """One question of the log."""

    text: str
    language: str
    topic: str
    kind: str
    source: str = ""
    """An ordinary question as it was written."""


def read_topics(path: Path) -> list[Topic]:
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [Topic(line["topic"], line["kind"], {"zh": line["zh"], "en": line["en"]}, line["facts"]) for line in lines]


def plan(
    topics: Sequence[Topic], ordinary: Sequence[tuple[str, str, str]], *, sizes: Sequence[int], total: int, seed: int
) -> list[Planned]:
    """So many questions in a random order: each gap in one of the sizes, the rest from `ordinary` and other topics.

    `ordinary` are (text, language, kind): answerable ones are asked again and again, the others once each.
    """
    draw = random.Random(seed)
    gaps = [topic for topic in topics if topic.kind == "gap"]
    shuffled = draw.sample(list(sizes), len(sizes))
    found = [_worded(topic, draw) for topic, size in zip(gaps, shuffled, strict=True) for _ in range(size)]
    for topic in topics:
        if topic.kind == "covered":
            found += [_worded(topic, draw) for _ in range(draw.randint(6, 40))]
        elif topic.kind == "off_topic":
            found += [_worded(topic, draw) for _ in range(total // 8)]
    once = [Planned(text, language, "once", kind) for text, language, kind in ordinary if kind != "covered"]
    often = [(text, language) for text, language, kind in ordinary if kind == "covered"]
    found += once
    weights = [1 / (rank + 5) for rank in range(len(often))]
    draw.shuffle(often)
    while len(found) < total:
        text, language = draw.choices(often, weights)[0]
        found.append(Planned(_dressed(text, language, draw), language, "ordinary", "covered", text))
    draw.shuffle(found)
    return found


def events_of(
    planned: Sequence[Planned],
    answers: Callable[[str], tuple[str, float]],
    topics: Sequence[Topic],
    *,
    seed: int,
    pasted: Mapping[str, str] | None = None,
) -> Iterator[ServiceEvent]:
    """What the log would hold: `answers` gives status and confidence of the assistant for a text.

    `pasted`: for ordinary questions, by the text as it was written, the sentence of the base that agents reply with.
    """
    draw = random.Random(seed + 1)
    by_name = {topic.name: topic for topic in topics}
    for number, item in enumerate(planned):
        at, conversation = START + number * _STEP, f"c{number:05d}"
        status, confidence = answers(item.text)
        common: dict[str, Any] = {
            "conversation_id": conversation,
            "customer_id": f"p{number // 1.05:.0f}",
            "channel": draw.choice(("page", "widget", "api")),
            "language": item.language,
        }
        kind = "declined" if status == "declined" else "answered"
        data = {"confidence": confidence, "status": status, "seconds": 0.2, "citations": 0 if kind == "declined" else 1}
        yield ServiceEvent("conversation_started", at, **common, event_id=f"s{number}")
        yield ServiceEvent(
            kind,
            at + timedelta(seconds=1),
            **common,
            text=item.text,
            receipt_id=f"r{number}",
            data=data,
            event_id=f"q{number}",
        )
        is_bad = kind == "declined" or item.kind == "gap"
        if kind == "answered" and draw.random() < (0.4 if is_bad else 0.06):
            yield ServiceEvent(
                "rated", at + timedelta(seconds=40), **common, receipt_id=f"r{number}", data={"rating": "down"}
            )
        chance = 0.1 if item.kind == "off_topic" else 0.5 if kind == "declined" else 0.2 if is_bad else 0.02
        if draw.random() < chance:
            topic = by_name.get(item.topic)
            sentence = (pasted or {}).get(item.source, "")
            facts = topic.facts if topic is not None else [{item.language: [sentence]}] if sentence else []
            yield from _handed_off(item, facts, number, at, common, draw)


def _handed_off(
    item: Planned,
    facts: Sequence[Mapping[str, Sequence[str]]],
    number: int,
    at: datetime,
    common: dict[str, Any],
    draw: random.Random,
) -> Iterator[ServiceEvent]:
    yield ServiceEvent("handed_off", at + timedelta(seconds=60), **common, data={"reason": "failed"})
    yield ServiceEvent("agent_joined", at + timedelta(seconds=120), **common, data={"agent": "lin"})
    said = [draw.choice(_AGENTS_BEFORE[item.language])]
    said += [draw.choice(fact[item.language]) for fact in facts]
    said.append(draw.choice(_AGENTS_AFTER[item.language]).format(n=number))
    took = draw.randint(90, 600)
    joiner = "" if item.language == "zh" else " "
    yield ServiceEvent(
        "agent_replied",
        at + timedelta(seconds=120 + took // 2),
        **common,
        text=joiner.join(said),
        data={"agent": "lin"},
    )
    yield ServiceEvent("agent_left", at + timedelta(seconds=120 + took), **common, data={"agent": "lin"})
    yield ServiceEvent("resolved", at + timedelta(seconds=130 + took), **common, data={"by": "agent"})


def _worded(topic: Topic, draw: random.Random) -> Planned:
    language = "zh" if draw.random() < _CHINESE else "en"
    return Planned(_dressed(draw.choice(topic.texts[language]), language, draw), language, topic.name, topic.kind)


def _dressed(text: str, language: str, draw: random.Random) -> str:
    """As another customer writes it: a greeting, an ending, now and then a slip of the finger."""
    if draw.random() < _TYPOS and len(text) > 6:
        at = draw.randrange(1, len(text) - 2)
        text = text[:at] + text[at + 1 :] if language == "zh" else text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    before, after = (_ZH_BEFORE, _ZH_AFTER) if language == "zh" else (_EN_BEFORE, _EN_AFTER)
    return draw.choice(before) + (text.rstrip("?？") or text) + draw.choice(after)
