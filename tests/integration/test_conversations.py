"""Conversations through the real dialogue, gate, rules, store and desk; only what messages mean is given."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.actions import ACTIONS, ActionGate
from app.conversations import ConversationService, Incoming, Parts
from app.database import Database
from app.dialogue.check import Vocabulary
from app.dialogue.library import read_library
from app.domain.shop import Address, Customer, Item, Order, OrderLine, Payment, PaymentMethod
from app.domain.understanding import Understanding
from app.policy import Policy, read_rules
from tests.conversation_fakes import FakeAnswerer, KnownUnderstander
from tests.desk import MONDAY, WholeDesk
from tests.dialogue_samples import shipped_engine, understood
from tests.memory_shop import MemoryShop

ROOT = Path(__file__).parents[2]
ENGINE = shipped_engine()
HOME = Address("李敏", ("文三路90号",), "杭州市", "浙江省", "CN", "310012", "+8613800138000")
ALIPAY = PaymentMethod("pay1", "alipay", "支付宝")
OPTIONS = ({"颜色": "红色", "尺码": "M"}, {"颜色": "红色", "尺码": "L"}, {"颜色": "蓝色", "尺码": "L"})
HOODIES = [
    Item(f"HD-{n}", "HD", "连帽卫衣", "hoodie", "服饰", options, 15900, "CNY", 9) for n, options in enumerate(OPTIONS)
]


def _order(order_id: str, customer_id: str, status: str, *numbers: int, days: float) -> Order:
    placed = MONDAY - timedelta(days=days)
    lines = tuple(
        OrderLine(f"L{n}", HOODIES[n].sku, "HD", "连帽卫衣", "服饰", HOODIES[n].options, 1, 15900) for n in numbers
    )
    return Order(
        order_id,
        customer_id,
        status,  # type: ignore[arg-type]
        lines,
        HOME,
        "CNY",
        (Payment("payment", 15900 * len(lines), "pay1", placed),),
        placed,
        delivered_at=placed + timedelta(days=1) if status == "delivered" else None,
    )


class World:
    """A shop with two customers, and a conversation of one of them."""

    def __init__(self, folder: Path) -> None:
        self.shop = MemoryShop(
            [
                Customer("C1", "李敏", "li@example.com", "+8613800138000", HOME, (ALIPAY,)),
                Customer("C2", "王强", "wang@example.com", "+8613900139000", HOME, (ALIPAY,)),
            ],
            HOODIES,
            [
                _order("SL2026112200012", "C1", "pending", 0, days=0.5),
                _order("SL2026111800034", "C1", "delivered", 0, 2, days=4),
                _order("SL2026112000056", "C2", "pending", 1, days=3),
            ],
        )
        self.whole = WholeDesk(Database.in_file(folder / "kefu.sqlite"))
        policy = Policy(read_rules(ROOT / "policies" / "rules.yaml"))
        self.gate = ActionGate(self.shop, policy, self.whole.database, now=self.whole.time)
        self.understander = KnownUnderstander()
        self.answerer = FakeAnswerer()
        parts = Parts(ENGINE, self.understander, self.gate, self.answerer, self.whole.desk)
        self.service = ConversationService(
            self.whole.store, parts, together=self.whole.database.writing, clock=self.whole.time
        )

    def say(
        self, message: str, intent: str | None = None, *slots: tuple[str, str], customer_id: str | None = None
    ) -> str:
        meant: Understanding = understood(message, intent, *slots)  # type: ignore[arg-type]
        self.understander.known[message] = meant
        self.whole.time.pass_by(seconds=20)
        return self.service.reply(Incoming(message, "K1", customer_id=customer_id, owner="page:1")).text

    def cases(self, order_id: str) -> list[str]:
        return [case.kind for case in self.shop.orders[order_id].cases]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_shipped_flows_speak_of_actions_that_there_are():
    vocabulary = Vocabulary.of(None, [action.spec for action in ACTIONS.values()])

    _, problems = read_library(vocabulary=vocabulary)

    assert problems == []


def test_a_stranger_is_identified_and_cancels_an_order(world: World):
    assert "核实身份" in world.say("我要取消订单", "cancel_order")
    chosen = world.say("li@example.com", "provide_information", ("email", "li@example.com"))
    assert "李敏" in chosen
    assert "1. SL2026112200012" in chosen
    assert "什么" in world.say("第一个")
    described = world.say("不想要了", "provide_information")
    assert "SL2026112200012" in described
    assert "159" in described
    assert world.shop.orders["SL2026112200012"].status == "pending"

    done = world.say("确认", "affirm")

    assert world.shop.orders["SL2026112200012"].status == "cancelled"
    assert "SL2026112200012" in done
    assert world.cases("SL2026112200012") == ["cancel"]


def test_a_return_with_what_the_rules_want_to_know_and_twice_refused(world: World):
    world.say(
        "退SL2026111800034的红色卫衣，不喜欢", "return_request", ("order_number", "SL2026111800034"), customer_id="C1"
    )
    text = world.say("没拆，吊牌都在", "provide_information", customer_id="C1")
    for _ in range(4):
        if world.cases("SL2026111800034"):
            break
        text = world.say("确认" if "确认" in text else "没拆封，都齐全", "affirm", customer_id="C1")

    assert world.cases("SL2026111800034") == ["return"]
    assert world.shop.orders["SL2026111800034"].cases[0].line_ids == ("L0",)
    again = world.say(
        "退SL2026111800034的红色卫衣，不喜欢了", "return_request", ("order_number", "SL2026111800034"), customer_id="C1"
    )
    assert "确认" not in again
    assert world.cases("SL2026111800034") == ["return"]


def test_an_order_of_another_customer_looks_like_none(world: World):
    text = world.say(
        "取消SL2026112000056，不想要了", "cancel_order", ("order_number", "SL2026112000056"), customer_id="C1"
    )

    assert "没有找到" in text
    assert world.shop.orders["SL2026112000056"].status == "pending"


def test_what_the_companys_rules_refuse_is_said_in_their_words(world: World):
    world.say("SL2026112200012想换个尺码", "change_order", ("order_number", "SL2026112200012"), customer_id="C1")

    assert "请取消后重拍" in world.say("红色L码的", customer_id="C1")
    assert [line.sku for line in world.shop.orders["SL2026112200012"].lines] == ["HD-0"]


def test_a_faulty_hoodie_is_exchanged_for_the_same(world: World):
    order = ("order_number", "SL2026111800034")
    text = world.say("SL2026111800034红色那件坏了，想换货", "exchange_request", order, customer_id="C1")
    for _ in range(4):
        if world.cases("SL2026111800034"):
            break
        text = world.say("确认" if "确认" in text else "没拆封，都齐全", "affirm", customer_id="C1")

    (case,) = world.shop.orders["SL2026111800034"].cases
    assert (case.kind, case.line_ids) == ("exchange", ("L0",))
    assert case.reason == "fault"


def test_an_address_is_changed(world: World):
    message = "SL2026112200012改地址到上海市浦东新区张江路1号"
    described = world.say(
        message,
        "change_address",
        ("order_number", "SL2026112200012"),
        ("address", "上海市浦东新区张江路1号"),
        customer_id="C1",
    )
    assert "张江路1号" in described

    world.say("确认", "affirm", customer_id="C1")

    address = world.shop.orders["SL2026112200012"].address
    assert (address.city, address.recipient) == ("上海市", "李敏")


def test_a_person_takes_over_and_the_assistant_is_silent_until_they_give_back(world: World):
    world.say("我要退货", "return_request", customer_id="C1")
    told = world.say("转人工", "talk_to_human", customer_id="C1")
    assert told
    assert world.whole.status("K1") in ("waiting", "with_agent")
    ticket = world.whole.moves.find("K1")
    assert ticket is not None
    assert ticket.packet["facts"]["flow"] == "return_request"

    assert world.say("退货运费谁出？", "return_policy", customer_id="C1") is not None
    assert world.answerer.turns == []
    assert world.whole.faults() == []


def test_a_risk_goes_to_a_person_at_once(world: World):
    world.say("充电器爆炸把我烧伤了", "damaged_item", customer_id="C1")

    ticket = world.whole.moves.find("K1")
    assert ticket is not None
    assert ticket.reason == "risk"


def test_guessing_who_somebody_is_ends_at_a_person(world: World):
    world.say("查订单", "order_status")
    for name in "abc":
        world.say(f"{name}@example.com", "provide_information", ("email", f"{name}@example.com"))

    assert world.whole.status("K1") in ("waiting", "with_agent")
