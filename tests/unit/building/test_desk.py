"""The desk as the container puts it together: what agents do reaches the numbers, and what is to be forgotten goes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.building.container import Container
from app.domain.conversation import Conversation, ConversationMessage
from app.domain.handoff import HandOffPacket
from app.domain.profile import Preferences
from app.feedback.store import Feedback
from app.handoff import Agent
from app.insight.metrics import Period
from app.settings import Settings
from tests.shop_samples import ITEMS, WANG, plain_order

LI = Agent("li")
NOW = datetime.now(UTC)


@pytest.fixture
def container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Container]:
    for name in list(os.environ):
        if name.upper().startswith("KEFU_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    values = {"home": tmp_path / "var", "models": {"embedder": "hashing"}, "handoff": {"hours": {}}}
    container = Container(Settings.model_validate(values))
    yield container
    container.close()


def begin(container: Container, key: str = "c1", *, at: datetime = NOW, customer_id: str | None = None) -> None:
    found = Conversation(key, "page", "open", at, at, language="zh", owner="page:1", customer_id=customer_id)
    container.conversations.start(found)
    container.conversations.add(ConversationMessage(f"{key}-m1", key, "customer", "运费谁出？", at))


def hand_off(container: Container, key: str = "c1") -> None:
    said = tuple(container.conversations.messages(key))
    facts = {"amount_cents": 680_000}
    container.desk.desk.open(HandOffPacket(key, "money", "zh", "return_request", (), said, facts=facts))


def test_whether_a_suggestion_was_kept_reaches_the_published_number_and_the_edits(container: Container) -> None:
    for key, suggested, sent in (
        ("kept", "运费由商家承担 [1]。", "运费由商家承担。"),
        ("changed", "运费由商家承担 [1]。", "亲，运费由我们承担，您先寄回。"),
        ("own", None, "您好"),
    ):
        begin(container, key)
        hand_off(container, key)
        container.desk.inbox.reply(key, sent, by=LI, receipt_id=suggested and f"r-{key}", suggested=suggested)

    today = container.metrics.period(None, None)
    rows = container.metrics.rows("suggestion_kept_rate", Period(today.last - timedelta(days=1), today.last))
    assert {row.conversation_id: row.value for row in rows} == {"kept": 1.0, "changed": 0.0}
    assert {item.receipt_id: item.agent for item in container.feedback.edits()} == {"r-kept": "li", "r-changed": "li"}
    assert container.feedback.edits(least=0.3)[0].sent == "亲，运费由我们承担，您先寄回。"
    assert [event.receipt_id for event in container.events.conversation("kept")][-1] == "r-kept"


def test_the_money_that_a_hand_off_is_about_is_in_the_log(container: Container) -> None:
    begin(container)
    hand_off(container)

    (opened,) = (event for event in container.events.conversation("c1") if event.kind == "handed_off")
    assert opened.data["amount_cents"] == 680_000


def test_erasing_a_conversation_forgets_the_words_that_others_keep_of_it(container: Container) -> None:
    begin(container)
    hand_off(container)
    container.desk.inbox.reply("c1", "您好，王女士", by=LI, receipt_id="r1", suggested="您好")
    container.feedback.add(Feedback("r1", "down", reason="不对", conversation_id="c1"))

    container.conversations.erase(conversation_id="c1")

    events = container.events.conversation("c1")
    assert {event.kind for event in events} >= {"handed_off", "agent_replied", "rated"}, "they count still"
    assert all(event.text is None and "suggested" not in event.data for event in events)
    assert not container.feedback.edits()
    assert not container.feedback.list()


def test_words_that_are_old_are_forgotten_and_what_agents_have_is_left(container: Container) -> None:
    long_ago = NOW - timedelta(days=400)
    begin(container, "old", at=long_ago)
    begin(container, "open", at=long_ago)
    begin(container, "new")
    container.conversations.move("open", "waiting")
    container.feedback.add(Feedback("r1", "down", reason="不对", created_at=long_ago.isoformat(timespec="seconds")))
    container.feedback.add(Feedback("r2", "down", reason="也不对"))

    forgotten = container.forget_before(NOW - timedelta(days=365))

    assert (forgotten["conversations"], forgotten["ratings"]) == (1, 1)
    assert [container.conversations.get(key) is not None for key in ("old", "open", "new")] == [False, True, True]
    assert {item.receipt_id: item.reason for item in container.feedback.list()} == {"r1": None, "r2": "也不对"}


@pytest.fixture
def with_wang(container: Container) -> Container:
    container.shop.add(customers=[WANG], items=ITEMS, orders=[plain_order("SL1")])  # type: ignore[attr-defined]
    return container


def test_who_takes_over_unasked_sees_what_the_customer_agreed_to(with_wang: Container) -> None:
    said = Preferences("zh", {"鞋": "39"})
    consents = {"service": True, "personalisation": True}
    with_wang.profiles.update("C1", preferences=said, consents=consents, source="page", actor="customer")  # type: ignore[arg-type]
    with_wang.profiles.add_note("C1", "脚背高，买大半码", source="c0", actor="assistant")
    begin(with_wang, customer_id="C1")

    ticket = with_wang.desk.inbox.assign("c1", to="li", by=LI)

    customer = ticket.packet["customer"]
    assert (customer["name"], customer["tier"], customer["orders"]) == ("王小雨", "PLUS", 1)
    assert (customer["sizes"], customer["notes"]) == ({"鞋": "39"}, ["脚背高，买大半码"])
    assert with_wang.profiles.accesses("C1")[0]["actor"] == "desk", "it is written down who looked"


def test_without_consent_nothing_of_the_customer_is_shown(with_wang: Container) -> None:
    begin(with_wang, customer_id="C1")
    begin(with_wang, "c2", customer_id="nobody")

    assert with_wang.desk.inbox.assign("c1", to="li", by=LI).packet["customer"] == {}
    assert with_wang.desk.inbox.assign("c2", to="li", by=LI).packet["customer"] == {}


def test_service_without_personalisation_shows_no_tastes_and_no_orders(with_wang: Container) -> None:
    with_wang.profiles.set_consent("C1", "service", True, source="page", actor="customer")

    assert set(with_wang.customer_facts("C1")) == {"name", "tier", "language"}
