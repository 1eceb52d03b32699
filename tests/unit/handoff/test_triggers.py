from __future__ import annotations

from typing import Any

import pytest

from app.domain.handoff import Signals
from app.handoff.policy import HandOffPolicy
from app.handoff.triggers import risk_in, triggered

POLICY = HandOffPolicy(vip_tiers=frozenset({"黑卡", "platinum"}), risk_words={"legal": ("集体诉讼", "class action")})


def reason(text: str, **fields: Any) -> str | None:
    values: dict[str, Any] = {"intent": "other", "sentiment": "neutral", "failures": 0, **fields}
    found = triggered(Signals(text=text, **values), POLICY)
    return found.reason if found is not None else None


@pytest.mark.parametrize(
    "text",
    [
        "转人工", "人工！", "我要找真人客服", "帮我接一下人工", "能跟真人说话吗", "叫你们经理来", "给我换个人工",
        "I want to speak to a human", "Can I talk to a real person please?", "agent", "get me a manager",
        "Connect me to a live agent.", "human support please", "转人工 please",
    ],
)  # fmt: skip
def test_asking_for_a_person(text: str) -> None:
    assert reason(text) == "asked"


@pytest.mark.parametrize(
    "text",
    [
        "你们用人工智能吗", "安装的人工费多少", "不用转人工，你说就行", "人工客服几点上班", "你是真人吗",
        "are you a real person?",
        "I don't want to talk to an agent, just tell me", "Is the cleaning agent safe?", "my issue is the colour",
        "花生过敏能吃吗", "这个垃圾桶多大", "I'd like to sue-ede shoes", "what is the tissue made of",
        "相机曝光补偿怎么调", "安全气囊的材质", "", "👍👍",
    ],
)  # fmt: skip
def test_what_only_looks_like_it(text: str) -> None:
    assert reason(text) is None


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("充电宝炸了，我手被烫伤了", "injury"),
        ("用了面膜脸过敏了", "injury"), ("The blender exploded and cut me", "injury"),
        ("我要找律师起诉你们", "legal"), ("打12315投诉", "legal"), ("I will sue you", "legal"),
        ("我们准备集体诉讼", "legal"),
        ("expect a class action", "legal"), ("我要发到小红书曝光你们", "media"),
        ("I'm going to post this on TikTok", "media"),
        ("我的卡被盗刷了", "fraud"), ("there is an unauthorised charge", "fraud"), ("我不想活了", "self_harm"),
        ("I want to kill myself", "self_harm"), ("I’ll KILL MYSELF", "self_harm"), ("你们泄露了我的手机号", "privacy"),
    ],
)  # fmt: skip
def test_risks_are_named_by_topic(text: str, topic: str) -> None:
    found = triggered(Signals("other", text, "neutral", 0), POLICY)

    assert found is not None
    assert (found.reason, found.detail.split(":")[0]) == ("risk", topic)


@pytest.mark.parametrize(
    "text", ["你们就是骗子", "气死我了，垃圾客服", "This is ridiculous", "worst service ever", "敷衍谁呢"]
)
def test_anger(text: str) -> None:
    assert reason(text) == "anger"


def test_shouting_counts_only_with_a_bad_mood() -> None:
    assert reason("WHERE IS MY PARCEL ANSWER ME NOW", sentiment="negative") == "anger"
    assert reason("快点！！！！！", sentiment="negative") == "anger"
    assert reason("太好了！！！！！", sentiment="positive") is None


def test_money_tier_and_failures_at_their_limits() -> None:
    assert reason("退款", amount_cents=500_000) is None
    assert reason("退款", amount_cents=500_001) == "money"
    assert reason("退款", tier="Platinum") == "vip"
    assert reason("退款", tier="银卡") is None
    assert reason("退款", failures=2) is None
    assert reason("退款", failures=3) == "failed"


def test_the_weightiest_goes_first() -> None:
    assert reason("转人工，我手被烫伤了", failures=9, amount_cents=10**9) == "risk"


def test_a_trigger_that_is_switched_off_does_nothing() -> None:
    off = HandOffPolicy(triggers=frozenset({"failed"}))

    assert triggered(Signals("talk_to_human", "转人工，炸了", "negative", 0), off) is None
    assert risk_in("我要起诉", HandOffPolicy(risk_words={"legal": ()})) is None


def test_long_hostile_text_is_looked_at_quickly() -> None:
    import time

    started = time.perf_counter()
    for text in ("a" * 100_000, "!" * 100_000, "转" * 100_000, "not to talk to a " * 20_000, "(" * 50_000):
        reason(text, sentiment="negative")

    assert time.perf_counter() - started < 2
