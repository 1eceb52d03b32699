from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from app.database import Database
from app.webhooks import Dispatcher, Outbox, is_genuine, signed_headers
from app.webhooks.address import is_public, target_of
from app.webhooks.errors import EndpointInvalid, EndpointMissing

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@dataclass
class Time:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Receiver:
    """A real HTTP server that answers with the statuses it was given, then with 204."""

    statuses: list[int] = field(default_factory=list)
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    known = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            known.received.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(known.statuses.pop(0) if known.statuses else 204)
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known.url = f"http://127.0.0.1:{server.server_address[1]}/hook?x=1"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield known
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database.in_file(tmp_path / "kefu.sqlite")
    yield database
    database.close()


def parts(database: Database, **fields: Any) -> tuple[Outbox, Dispatcher, Time]:
    clock = Time()
    outbox = Outbox(database, known_events=("handoff.opened", "sla.breached"), allow_private=True, clock=clock)
    options: dict[str, Any] = {"allow_private": True, "timeout_s": 2, "clock": clock, **fields}
    return outbox, Dispatcher(database, outbox, **options), clock


def test_what_happens_is_sent_signed_to_who_listens(database: Database, receiver: Receiver) -> None:
    outbox, dispatcher, clock = parts(database)
    _, secret = outbox.add(receiver.url, events=["handoff.opened"])

    assert outbox.publish("handoff.opened", {"conversation_id": "会话1"}) == 1
    assert outbox.publish("sla.breached", {}) == 0
    assert dispatcher.deliver_due() == 1

    ((headers, body),) = receiver.received
    assert json.loads(body) == {
        "type": "handoff.opened",
        "timestamp": NOW.isoformat(),
        "data": {"conversation_id": "会话1"},
    }
    assert is_genuine(secret, headers, body, now=clock.now.timestamp())
    assert headers["host"] == receiver.url.split("/")[2]
    assert outbox.log()[0]["state"] == "delivered"
    assert dispatcher.deliver_due() == 0


def test_the_signature_is_that_of_the_standard() -> None:
    """The example of the reference libraries of Standard Webhooks."""
    headers = signed_headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        delivery_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1614265330,
        body=b'{"test": 2432232314}',
    )

    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_changed_an_old_and_a_foreign_request_are_not_genuine() -> None:
    secret, other = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    headers = signed_headers(secret, delivery_id="m1", timestamp=1000, body=b"{}")

    assert is_genuine(secret, headers, b"{}", now=1010)
    assert not is_genuine(secret, headers, b"{ }", now=1010)
    assert not is_genuine(secret, headers, b"{}", now=1301)
    assert not is_genuine(other, headers, b"{}", now=1010)
    assert not is_genuine(secret, {}, b"{}", now=1010)


def test_what_is_not_taken_is_sent_again_later_with_the_same_id(database: Database, receiver: Receiver) -> None:
    outbox, dispatcher, clock = parts(database, retries_s=(10, 100))
    outbox.add(receiver.url)
    receiver.statuses = [500, 302]
    outbox.publish("handoff.opened", {})

    sent = []
    for seconds in (0, 5, 7, 50, 62):
        clock.now += timedelta(seconds=seconds)
        sent.append(dispatcher.deliver_due())

    assert sent == [1, 0, 1, 0, 1]
    assert len({headers["webhook-id"] for headers, _ in receiver.received}) == 1
    (line,) = outbox.log()
    assert (line["state"], [attempt["status"] for attempt in line["attempts"]]) == ("delivered", [500, 302, 204])


def test_in_the_end_it_is_given_up(database: Database) -> None:
    outbox, dispatcher, clock = parts(database, retries_s=(1, 1))
    outbox.add("http://127.0.0.1:9/closed")
    outbox.publish("handoff.opened", {})

    for _ in range(5):
        dispatcher.deliver_due()
        clock.now += timedelta(minutes=1)

    (line,) = outbox.log()
    assert (line["state"], len(line["attempts"])) == ("failed", 3)
    assert "ConnectError" in line["attempts"][0]["error"]


def test_an_endpoint_that_is_gone_is_told_nothing_any_more(database: Database, receiver: Receiver) -> None:
    outbox, dispatcher, _ = parts(database)
    outbox.add(receiver.url)
    receiver.statuses = [410]
    outbox.publish("handoff.opened", {})
    dispatcher.deliver_due()

    assert outbox.publish("handoff.opened", {}) == 0
    assert outbox.all()[0].disabled_because == "The receiver answered 410 Gone."


def test_an_event_is_kept_with_what_happened_or_not_at_all(database: Database, receiver: Receiver) -> None:
    outbox, dispatcher, _ = parts(database)
    outbox.add(receiver.url)

    def something_happens() -> None:
        with database.writing():
            outbox.publish("handoff.opened", {})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        something_happens()

    assert dispatcher.deliver_due() == 0


def test_a_process_that_dies_while_sending_leaves_it_to_another(database: Database, receiver: Receiver) -> None:
    outbox, dispatcher, clock = parts(database)
    outbox.add(receiver.url)
    outbox.publish("handoff.opened", {})
    dispatcher._claim()  # and then nothing: killed

    assert dispatcher.deliver_due() == 0
    clock.now += timedelta(seconds=10)
    assert dispatcher.deliver_due() == 1
    assert len(receiver.received) == 1


def test_two_processes_send_each_event_once(database: Database, receiver: Receiver) -> None:
    outbox, first, _ = parts(database)
    second = parts(database)[1]
    outbox.add(receiver.url)
    for _ in range(20):
        outbox.publish("handoff.opened", {})

    def work(dispatcher: Dispatcher) -> None:
        while dispatcher.deliver_due():
            pass

    threads = [threading.Thread(target=work, args=(dispatcher,)) for dispatcher in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(receiver.received) == len({headers["webhook-id"] for headers, _ in receiver.received}) == 20


def test_in_the_background_it_is_sent_within_a_moment(database: Database, receiver: Receiver) -> None:
    outbox, dispatcher, _ = parts(database, poll_s=0.05)
    outbox.add(receiver.url)
    dispatcher.start()
    try:
        outbox.publish("handoff.opened", {})
        deadline = datetime.now(UTC) + timedelta(seconds=10)
        while not receiver.received and datetime.now(UTC) < deadline:
            threading.Event().wait(0.05)
    finally:
        dispatcher.stop()

    assert len(receiver.received) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x", "http://localhost:8620/v1/admin", "http://10.0.0.1/", "http://192.168.1.1/", "http://[::1]/",
        "http://169.254.169.254/latest/meta-data", "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/", "http://127.1/",
        "http://2130706433/", "http://0x7f000001/", "http://[64:ff9b::7f00:1]/", "http://db.internal/", "http://[fe80::1]/",
        "http://100.64.0.1/", "http://224.0.0.1/",
    ],
)  # fmt: skip
def test_addresses_inside_are_refused(database: Database, url: str) -> None:
    outbox = Outbox(database, known_events=())

    with pytest.raises(EndpointInvalid, match="inside this network"):
        outbox.add(url)


@pytest.mark.parametrize(
    "url", ["ftp://example.com", "example.com/hook", "", "http://", "https://user:pw@example.com/", "http://a:99999/"]
)
def test_what_is_no_address_is_refused(database: Database, url: str) -> None:
    with pytest.raises(EndpointInvalid):
        Outbox(database, known_events=()).add(url)


def test_a_name_that_leads_inside_is_refused_when_it_is_sent_and_not_tried_again(database: Database) -> None:
    outbox = Outbox(database, known_events=("handoff.opened",), clock=Time())
    dispatcher = Dispatcher(database, outbox, resolve=lambda *_: ["93.184.216.34", "127.0.0.1"], clock=Time())
    outbox.add("https://rebinding.example/hook")
    outbox.publish("handoff.opened", {})

    dispatcher.deliver_due()

    (line,) = outbox.log()
    assert line["state"] == "failed"
    assert "inside this network" in line["attempts"][0]["error"]


def test_the_connection_goes_to_the_address_that_was_looked_at() -> None:
    target = target_of("https://shop.example/hook?a=b", allow_private=False, resolve=lambda *_: ["93.184.216.34"])

    assert (target.url, target.host, target.name) == (
        "https://93.184.216.34:443/hook?a=b",
        "shop.example",
        "shop.example",
    )
    assert target_of("http://shop.example:81", allow_private=False, resolve=lambda *_: ["2606:2800:220:1::1"]).url == (
        "http://[2606:2800:220:1::1]:81/"
    )


def test_public_is_only_what_the_internet_reaches() -> None:
    assert is_public("93.184.216.34")
    assert is_public("2606:2800:220:1::1")
    assert not any(is_public(address) for address in ("198.18.0.1", "2002:7f00:1::", "fc00::1", "::", "no address"))


def test_unknown_events_and_endpoints_are_named(database: Database) -> None:
    outbox, _, _ = parts(database)

    with pytest.raises(EndpointInvalid, match=r"handoff\.closed"):
        outbox.add("https://example.com", events=["handoff.closed"])
    with pytest.raises(EndpointMissing):
        outbox.remove("x")
    with pytest.raises(EndpointMissing):
        outbox.queue("x", "webhook.test", {})


def test_removing_takes_along_what_was_on_its_way_and_old_ones_are_forgotten(
    database: Database, receiver: Receiver
) -> None:
    outbox, dispatcher, clock = parts(database)
    first, _ = outbox.add(receiver.url)
    outbox.publish("handoff.opened", {})
    outbox.remove(first.endpoint_id)
    assert (dispatcher.deliver_due(), outbox.log()) == (0, [])

    outbox.add(receiver.url)
    outbox.publish("handoff.opened", {})
    dispatcher.deliver_due()

    outbox.publish("handoff.opened", {"conversation_id": "c1"})
    outbox.erase(["c1"])
    assert dispatcher.deliver_due() == 0

    assert outbox.forget(before=clock.now + timedelta(days=1)) == 1
    assert outbox.log() == []


def test_the_example_of_the_documentation_checks_signatures() -> None:
    import re

    page = (Path(__file__).parents[3] / "docs" / "webhooks.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    headers = signed_headers(secret, delivery_id="m1", timestamp=int(datetime.now(UTC).timestamp()), body=b"{}")

    assert names["is_genuine"](secret, headers, b"{}")
    assert not names["is_genuine"](secret, headers, b"{ }")


def test_every_event_stands_in_the_documentation() -> None:
    from app.handoff.moves import EVENT_NAMES

    page = (Path(__file__).parents[3] / "docs" / "webhooks.md").read_text(encoding="utf-8")

    assert [name for name in EVENT_NAMES if f"| `{name}` |" not in page] == []
