from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from app.conversations import ConversationFilter, SqlConversationStore, listed
from app.conversations.errors import ConversationBusy, ConversationMissing, ConversationMoved, CursorInvalid
from app.conversations.tables import turns
from app.database import Database
from app.domain.conversation import Conversation, ConversationMessage

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database.in_file(tmp_path / "kefu.sqlite")
    yield database
    database.close()


@pytest.fixture
def store(database: Database) -> SqlConversationStore:
    return SqlConversationStore(database, wait_s=0.3)


def conversation(conversation_id: str = "c1", **fields: Any) -> Conversation:
    values: dict[str, Any] = {"owner": "page:1", "state": {"slots": {"订单": "A1"}}, "labels": ("b", "a"), **fields}
    return Conversation(
        conversation_id, "page", values.pop("status", "open"), NOW, values.pop("changed_at", NOW), **values
    )


def message(text: str, conversation_id: str = "c1", **fields: Any) -> ConversationMessage:
    values: dict[str, Any] = {"role": "customer", "at": NOW, "message_id": uuid.uuid4().hex, **fields}
    return ConversationMessage(conversation_id=conversation_id, text=text, **values)


def test_a_conversation_is_read_as_it_was_kept(store: SqlConversationStore) -> None:
    kept = store.start(conversation(customer_id="cu1", language="mixed"))

    assert kept == replace(conversation(customer_id="cu1", language="mixed"), labels=("a", "b"), version=1)
    assert store.get("c1") == kept
    assert store.get("c2") is None


def test_starting_twice_gives_the_first(store: SqlConversationStore) -> None:
    store.start(conversation())

    assert store.start(conversation(owner="page:2")).owner == "page:1"


def test_messages_come_in_the_order_of_arrival_whatever_their_times(store: SqlConversationStore) -> None:
    store.start(conversation())
    said = [message(text, at=NOW - timedelta(minutes=n)) for n, text in enumerate(("一", "two", "三"))]
    for item in said:
        store.add(item)
    store.add(said[0])

    assert list(store.messages("c1")) == said
    assert list(store.messages("c1", after=said[0].message_id)) == said[1:]
    assert list(store.messages("c1", after=said[0].message_id, limit=1)) == said[1:2]
    assert list(store.messages("c1", limit=2)) == said[1:]
    assert list(store.messages("c1", after="unknown")) == said, "a reader that is lost begins anew"
    assert store.newest() == 3


def test_what_a_database_cannot_hold_is_marked(store: SqlConversationStore) -> None:
    store.start(conversation())

    store.add(message("a\x00b\ud800c"))

    assert store.messages("c1")[0].text == "ab\ufffdc"


def test_a_repeated_request_is_answered_as_before(store: SqlConversationStore) -> None:
    store.start(conversation())
    assert store.replies_to("c1", "r1") is None
    answer = message("七天", role="assistant")
    store.add(message("几天？"), request_id="r1")
    store.add(answer, request_id="r1")
    store.add(message("谢谢"), request_id="r2")

    assert list(store.replies_to("c1", "r1") or ()) == [answer]
    assert list(store.replies_to("c1", "r2") or ()) == []
    assert store.replies_to("c2", "r1") is None


def test_a_change_of_what_somebody_else_changed_is_refused_outside_a_turn(store: SqlConversationStore) -> None:
    kept = store.start(conversation())
    store.update(replace(kept, state={"step": 1}))

    with pytest.raises(ConversationMoved):
        store.update(replace(kept, state={"step": 2}))
    with store.turn("c1"):
        store.update(replace(kept, state={"step": 3}))
    assert (store.get("c1") or kept).state == {"step": 3}
    with pytest.raises(ConversationMissing):
        store.update(conversation("c2"))


def test_only_move_hands_over_and_takes_back(store: SqlConversationStore) -> None:
    kept = store.start(conversation())
    store.move("c1", "with_agent")

    store.update(kept)
    assert (store.get("c1") or kept).status == "with_agent"
    store.move("c1", "open")
    store.update(replace(store.get("c1") or kept, status="waiting"))
    assert (store.get("c1") or kept).status == "open"
    store.update(replace(store.get("c1") or kept, status="resolved"))
    assert (store.get("c1") or kept).status == "resolved"


def test_two_turns_at_once_are_served_one_after_the_other(store: SqlConversationStore) -> None:
    store = SqlConversationStore(store._database, wait_s=10)
    running, most, order = 0, 0, []

    def turn(number: int) -> None:
        nonlocal running, most
        with store.turn("c1"):
            running += 1
            most = max(most, running)
            time.sleep(0.01)
            order.append(number)
            running -= 1

    threads = [threading.Thread(target=turn, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (most, sorted(order)) == (1, list(range(8)))


def test_a_turn_within_a_turn_is_part_of_it_and_other_conversations_are_free(store: SqlConversationStore) -> None:
    with store.turn("c1"), store.turn("c1"), store.turn("c2"):
        pass
    with store.turn("c1"):
        pass


def test_a_turn_that_is_held_elsewhere_is_busy_after_the_wait(store: SqlConversationStore, database: Database) -> None:
    with database.writing() as connection:
        until = datetime.now(UTC) + timedelta(minutes=1)
        connection.execute(insert(turns).values(conversation_id="c1", holder="elsewhere|1|p|x", until=until))

    with pytest.raises(ConversationBusy, match="still busy"), store.turn("c1"):
        pass


@pytest.mark.parametrize("holder", ["elsewhere|1|p|x", "{here}|999999|p|x", "{here}|{me}|an earlier process|x"])
def test_a_turn_whose_holder_is_gone_is_taken_over(
    store: SqlConversationStore, database: Database, holder: str
) -> None:
    import os
    import socket

    name = holder.format(here=socket.gethostname(), me=os.getpid())
    ends = -1 if holder.startswith("elsewhere") else 60
    with database.writing() as connection:
        until = datetime.now(UTC) + timedelta(seconds=ends)
        connection.execute(insert(turns).values(conversation_id="c1", holder=name, until=until))

    with store.turn("c1"):
        pass


def test_erasing_a_customer_leaves_nothing_of_theirs_and_all_of_others(database: Database) -> None:
    told: list[str] = []
    store = SqlConversationStore(database, also_erase=told.extend)
    for key, customer in (("c1", "cu1"), ("c2", "cu1"), ("c3", "cu2")):
        store.start(conversation(key, customer_id=customer))
        store.add(message("你好", key))

    assert store.erase(customer_id="cu1") == 2

    assert sorted(told) == ["c1", "c2"]
    assert [store.get(key) is not None for key in ("c1", "c2", "c3")] == [False, False, True]
    assert [len(store.messages(key)) for key in ("c1", "c2", "c3")] == [0, 0, 1]
    with pytest.raises(ValueError, match="either"):
        store.erase()


def test_an_erasure_that_fails_elsewhere_erases_nothing(database: Database) -> None:
    store = SqlConversationStore(database, also_erase=lambda _: 1 / 0)  # type: ignore[arg-type, return-value]
    store.start(conversation())

    with pytest.raises(ZeroDivisionError):
        store.erase(conversation_id="c1")

    assert store.get("c1") is not None


def test_lists_are_filtered_and_read_page_by_page(store: SqlConversationStore, database: Database) -> None:
    for number in range(5):
        at = NOW + timedelta(minutes=number // 2)
        store.start(conversation(f"c{number}", changed_at=at, customer_id=f"cu{number % 2}", labels=("x",)))
    store.add(message("100% 棉", "c1", role="agent", author="li", at=NOW))

    def ids(**fields: Any) -> list[str]:
        return [item.conversation_id for item in listed(database, ConversationFilter(**fields)).conversations]

    assert ids() == ["c4", "c2", "c3", "c0", "c1"]
    assert ids(agent="li") == ids(text="100%") == ["c1"]
    assert ids(text="_") == []
    assert ids(customer_id="cu1", since=NOW + timedelta(minutes=1)) == ["c3"]
    assert ids(until=NOW + timedelta(minutes=1)) == ["c0", "c1"]
    assert ids(label="y") == ids(status="resolved") == []
    seen, cursor = [], None
    while True:
        page = listed(database, ConversationFilter(label="x"), limit=2, cursor=cursor)
        seen += [item.conversation_id for item in page.conversations]
        if (cursor := page.cursor) is None:
            break
    assert seen == ["c4", "c2", "c3", "c0", "c1"]
    for bad in ("zzz", "", "é", "WzFd"):
        with pytest.raises(CursorInvalid):
            listed(database, ConversationFilter(), cursor=bad)
