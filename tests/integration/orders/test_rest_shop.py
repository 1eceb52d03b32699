"""What becomes of a shop elsewhere that is slow, wrong or gone."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest
from fastapi import FastAPI, Request, Response

from app.domain.shop import OrderChange
from app.orders import RestShop
from app.orders.contract import to_json
from app.orders.errors import (
    OrderMissing,
    OrderMoved,
    ShopGarbage,
    ShopRefused,
    ShopUnavailable,
    ShopUncertain,
)
from tests.live_server import live
from tests.shop_samples import LONDON, WANG, order

CHANGE = OrderChange("SL1", "pending", status="cancelled")


class Scripted:
    """Answers with what it was told to, one after the other, the last one for ever; remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, bytes]] = []
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.wait_s = 0.0
        self.app = FastAPI()
        self.app.api_route("/{path:path}", methods=["GET", "POST", "PUT"])(self._answer)

    def _answer(self, path: str, request: Request) -> Response:
        self.asked.append((request.method, path, dict(request.headers)))
        time.sleep(self.wait_s)
        status, body = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        return Response(body, status)


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Scripted, str]]:
    scripted = Scripted()
    with live(scripted.app) as url:
        yield scripted, url


@pytest.fixture
def far(server) -> Iterator[tuple[Scripted, RestShop]]:
    scripted, url = server
    scripted.asked, scripted.wait_s = [], 0.0
    shop = RestShop(url, api_key="k", timeout_s=0.5)
    yield scripted, shop
    shop.close()


def json_of(value) -> bytes:
    import json

    return json.dumps(value).encode()


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_read_is_tried_again(far, status):
    scripted, shop = far
    scripted.answers = [(status, b"busy"), (status, b"busy"), (200, json_of(to_json(WANG)))]

    assert shop.customer("C1") == WANG
    assert len(scripted.asked) == 3
    assert scripted.asked[0][2]["authorization"] == "Bearer k"


def test_a_read_gives_up_in_the_end(far):
    scripted, shop = far
    scripted.answers = [(503, b"")]

    with pytest.raises(ShopUnavailable, match="status 503"):
        shop.order("SL1")
    assert len(scripted.asked) == 3


def test_a_slow_shop_is_not_waited_for_for_ever(far):
    scripted, shop = far
    scripted.answers, scripted.wait_s = [(200, b"{}")], 0.8

    begun = time.monotonic()
    with pytest.raises(ShopUnavailable):
        shop.order("SL1")
    assert time.monotonic() - begun < 4


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((200, b"<html>welcome</html>"), ShopGarbage),
        ((200, b"\xff\xfe"), ShopGarbage),
        ((200, b"[]"), ShopGarbage),
        ((200, json_of({"order_id": "SL1"})), ShopGarbage),
        ((200, json_of({**to_json(order()), "placed_at": "2026-11-20T12:00:00"})), ShopGarbage),
        ((200, json_of({**to_json(order()), "status": "teleported"})), ShopGarbage),
        ((404, b"<h1>nginx</h1>"), ShopGarbage),
        ((302, b""), ShopGarbage),
        ((401, b"{}"), ShopRefused),
        ((403, b""), ShopRefused),
        ((422, json_of({"code": "odd", "message": "what\nis this"})), ShopRefused),
        ((500, b"trace"), ShopUnavailable),
    ],
)
def test_an_answer_that_is_none_says_what_is_wrong_in_one_line(far, answer, error):
    scripted, shop = far
    scripted.answers = [answer]

    with pytest.raises(error) as raised:
        shop.order("SL1")

    assert "\n" not in raised.value.message
    assert "KEFU_SHOP" in raised.value.message or "shop" in raised.value.message.lower()
    assert len(scripted.asked) == 1


def test_fields_that_are_not_known_are_left_alone(far):
    scripted, shop = far
    scripted.answers = [(200, json_of({**to_json(order()), "loyalty": 7}))]

    assert shop.order("SL2611200001") == order()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((409, json_of({"code": "order_moved", "message": "shipped by now"})), OrderMoved),
        ((404, json_of({"code": "order_missing"})), OrderMissing),
        ((429, b""), ShopUnavailable),
        ((401, b"{}"), ShopRefused),
        ((400, json_of({"code": "strange"})), ShopRefused),
        ((404, b"nginx"), ShopGarbage),
        ((500, b""), ShopUncertain),
        ((503, b""), ShopUncertain),
        ((200, b"thanks"), ShopUncertain),
        ((200, b"{}"), ShopUncertain),
    ],
)
def test_a_change_is_sent_once_and_nobody_is_told_more_than_is_known(far, answer, error):
    scripted, shop = far
    scripted.answers = [answer]

    with pytest.raises(error):
        shop.change_order(CHANGE)

    assert [(method, path) for method, path, _ in scripted.asked] == [("POST", "orders/SL1/changes")]
    assert scripted.asked[0][2]["idempotency-key"] == CHANGE.change_id


def test_a_change_without_an_answer_is_uncertain(far):
    scripted, shop = far
    scripted.answers, scripted.wait_s = [(200, b"{}")], 0.8

    with pytest.raises(ShopUncertain, match="did not say"):
        shop.change_order(CHANGE)
    assert len(scripted.asked) == 1


def test_an_address_is_tried_again_for_saying_it_twice_does_no_harm(far):
    scripted, shop = far
    scripted.answers = [(503, b""), (200, json_of(to_json(WANG)))]

    assert shop.change_address("C1", LONDON) == WANG
    assert [method for method, _, _ in scripted.asked] == ["PUT", "PUT"]


def test_numbers_with_a_hash_travel_whole(far):
    scripted, shop = far
    scripted.answers = [(404, json_of({"code": "order_missing"}))]

    assert shop.order("#W2378156") is None
    assert scripted.asked[0][1] == "orders/#W2378156"


def test_a_shop_that_is_gone():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shop = RestShop(f"http://127.0.0.1:{port}", timeout_s=0.5)

    with pytest.raises(ShopUnavailable, match="KEFU_SHOP__URL"):
        shop.order("SL1")
    with pytest.raises(ShopUnavailable):
        shop.change_order(CHANGE)
    shop.close()


@pytest.mark.parametrize("values", [{"attempts": 0}, {"timeout_s": 0}])
def test_limits_that_are_none(values):
    with pytest.raises(ValueError, match="Expected"):
        RestShop("http://127.0.0.1", **values)
