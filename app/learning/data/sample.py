"""Invented conversations with personal data planted at known places, to see whether any of it gets into training data.

Everything is drawn from a seed: customers, what they say, answers with their receipts, opinions and agents' edits.
Numbers are right by their check digits and of shapes that nobody is given; names and streets are invented.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from stdnum import luhn
from stdnum.cn import ric

from app.domain.conversation import Conversation, ConversationMessage
from app.domain.shop import Address, Customer
from app.feedback.store import AgentEdit, Feedback
from app.learning.data.export import Kept
from app.receipts.receipt import Asked, FoundPassage, Judged, Piece, Program, Receipt
from index.text.language import detect
from index.types import Passage

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯董程曹彭苏魏蒋"
_GIVEN = "伟芳娜敏静磊洋艳勇军杰娟涛超霞平刚桂英华玉兰建国志强雪梅晓燕浩然子轩欣怡思涵俊宇航佳宁梦洁"
_FIRST = ("Emma", "Oliver", "Sophie", "James", "Hannah", "Daniel", "Maria", "Lucas", "Ingrid", "Thomas", "Camille")
_LAST = ("Fairweather", "Holloway", "Okafor", "Lindqvist", "Marchetti", "Brannigan", "Whitcombe", "Delacroix", "Petrov")
_STREETS_ZH = ("云杉路", "桂花大街", "学林西路", "梧桐巷", "海棠路", "松涛街", "锦绣大道")
_TOWNS_ZH = (
    "浙江省杭州市西湖区",
    "广东省深圳市南山区",
    "四川省成都市武侯区",
    "上海市浦东新区",
    "北京市海淀区",
    "湖北省武汉市洪山区",
)
_STREETS_EN = ("Alder Street", "Maple Avenue", "Harbour Road", "Church Lane", "Station Road", "Elm Drive")
_TOWNS_EN = ("Springfield, IL 62704", "Portland, OR 97205", "Leeds LS1 4AP", "Bristol BS1 5TR")
_SAYS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "zh": {
        "PERSON": ("我叫{0}", "收件人是{0}", "姓名：{0}，帮我查一下", "联系人{0}"),
        "PHONE": ("我的手机号是{0}", "打{0}找我", "电话：{0}", "{0}这个号码能打通"),
        "EMAIL": ("发票发到{0}", "邮箱是{0}"),
        "ADDRESS": ("地址改成{0}，谢谢", "请寄到{0}", "我住在{0}"),
        "ID_CARD": ("身份证号{0}", "实名认证用{0}"),
        "BANK_CARD": ("退到银行卡{0}", "卡号是{0}"),
        "PASSPORT": ("护照号{0}", "清关用的护照是{0}"),
        "PLATE": ("送货车车牌是{0}", "我的车{0}停在楼下"),
        "WECHAT": ("加我微信{0}", "微信号：{0}"),
        "QQ": ("QQ号是{0}", "加QQ {0}"),
        "BIRTH_DATE": ("我的生日是{0}", "出生日期{0}"),
        "ORDER_NUMBER": ("订单号{0}", "单号是{0}，还没到"),
        "LANDLINE": ("座机{0}", "打固定电话{0}"),
        "IP": ("从{0}登录的不是我",),
    },
    "en": {
        "PERSON": ("My name is {0}.", "The parcel is for {0}.", "Please ask for {0}."),
        "PHONE": ("Call me at {0}.", "My number is {0}.", "Phone: {0}"),
        "EMAIL": ("Send the invoice to {0} please.", "My e-mail is {0}"),
        "ADDRESS": ("Ship it to {0}.", "My address is {0}", "I live at {0}."),
        "BANK_CARD": ("Refund it to my card {0}.", "I paid with {0}."),
        "PASSPORT": ("My passport number is {0}.",),
        "ORDER_NUMBER": ("My order number is {0}.", "Order {0} has not arrived."),
        "BIRTH_DATE": ("I was born on {0}.", "My date of birth is {0}."),
        "IP": ("Somebody logged in from {0}.",),
        "WECHAT": ("My WeChat id is {0}.",),
    },
}
_GREETS = {"zh": ("你好，", "请问", "麻烦看下，", ""), "en": ("Hello, ", "Hi, ", "Please help: ", "")}
_AGENT = {"zh": "好的，{name}，已经按{phone}登记。{quote}", "en": "Sure, {name}, I noted {phone}. {quote}"}
_START = datetime(2026, 6, 1, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Planted:
    """One piece of personal data and where it stands."""

    kind: str
    value: str
    conversation_id: str
    message_id: str
    start: int
    end: int


def plant_conversations(passages: Sequence[Passage], *, count: int = 1000, seed: int = 1) -> tuple[Kept, list[Planted]]:
    """Conversations about what stands in `passages`, and everything personal in them."""
    maker = _Maker([passage for passage in passages if passage.sentences and not passage.access], Random(seed))
    for number in range(count):
        maker.converse(number)
    return maker.kept(passages), maker.planted


class _Maker:
    def __init__(self, passages: Sequence[Passage], rng: Random) -> None:
        self._rng = rng
        self._by_language = {
            name: [one for one in passages if (detect(one.text) == "en") == (name == "en")] or list(passages)
            for name in ("zh", "en")
        }
        self.planted: list[Planted] = []
        self._conversations: list[Conversation] = []
        self._messages: dict[str, list[ConversationMessage]] = {}
        self._customers: dict[str, Customer] = {}
        self._receipts: list[Receipt] = []
        self._opinions: dict[str, list[Feedback]] = {}
        self._edits: list[AgentEdit] = []

    def kept(self, passages: Sequence[Passage]) -> Kept:
        return Kept(
            passages=passages,
            conversations=self._conversations,
            messages=self._messages,
            customers=self._customers,
            receipts=self._receipts,
            opinions=self._opinions,
            edits=self._edits,
        )

    def converse(self, number: int) -> None:
        rng, name = self._rng, f"sample-{number:05d}"
        language = "zh" if rng.random() < 0.6 else "en"
        at = _START + timedelta(minutes=170 * number)
        person = _values(rng, language)
        customer = _customer(number, person, language) if rng.random() < 0.5 else None
        if customer is not None:
            self._customers[customer.customer_id] = customer
        customer_id = customer.customer_id if customer else None
        self._conversations.append(
            Conversation(name, "widget", "resolved", at, at, language, customer_id)  # type: ignore[arg-type]
        )
        self._messages[name] = []
        kinds = rng.sample(sorted(_SAYS[language]), 4)
        for turn in range(rng.choice((1, 2, 3))):
            self._turn(name, language, person, kinds[turn : turn + 2], at + timedelta(minutes=turn), turn)

    def _turn(
        self, name: str, language: str, person: Mapping[str, str], kinds: Sequence[str], at: datetime, turn: int
    ) -> None:
        rng = self._rng
        passage = rng.choice(self._by_language[language])
        message_id = f"{name}-{turn}"
        text = rng.choice(_GREETS[language])
        for kind in kinds:
            before, behind = rng.choice(_SAYS[language][kind]).split("{0}")
            written = _respelled(rng, kind, person[kind])
            start = len(text) + len(before)
            self.planted.append(Planted(kind, written, name, message_id, start, start + len(written)))
            text += before + written + behind + ("，" if language == "zh" else " ")
        subject = (passage.location.heading or passage.title).split(" > ")[-1]
        text += f"{subject}怎么规定的？" if language == "zh" else f"What about {subject}?"
        self._messages[name].append(ConversationMessage(message_id, name, "customer", text, at))
        receipt = _receipt(message_id, name, text, language, at, passage, rng.choices(self._by_language[language], k=3))
        self._receipts.append(receipt)
        reply = ConversationMessage(f"{message_id}-a", name, "assistant", receipt.answer["text"], at, "", message_id)
        self._messages[name].append(reply)
        chance = rng.random()
        if chance < 0.2:
            sent = _AGENT[language].format(name=person["PERSON"], phone=person["PHONE"], quote=passage.sentence_text(0))
            agent_id = f"{message_id}-b"
            self._messages[name].append(ConversationMessage(agent_id, name, "agent", sent, at, "agent"))
            for kind in ("PERSON", "PHONE"):
                start = sent.index(person[kind])
                self.planted.append(Planted(kind, person[kind], name, agent_id, start, start + len(person[kind])))
            self._edits.append(
                AgentEdit(message_id, "agent", receipt.answer["text"], sent, name, f"edit-{message_id}", at.isoformat())
            )
        elif chance < 0.5:
            is_down = chance < 0.3
            correction = f"{person['PERSON']}: {passage.sentence_text(0)}" if is_down else None
            self._opinions[message_id] = [
                Feedback(message_id, "down" if is_down else "up", correction=correction, conversation_id=name,
                         feedback_id=f"opinion-{message_id}", created_at=at.isoformat())
            ]  # fmt: skip


def _values(rng: Random, language: str) -> dict[str, str]:
    digits = "".join(rng.choice("0123456789") for _ in range(8))
    card = "6222" + "".join(rng.choice("0123456789") for _ in range(14))
    region = rng.choice(("110105", "440305", "310115", "330106"))
    born = f"{rng.randint(1960, 2004)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    body = f"{region}{born}{rng.randint(100, 999)}"
    if language == "zh":
        given = "".join(rng.choice(_GIVEN) for _ in range(rng.choice((1, 2))))
        name = rng.choice(_SURNAMES) + given
        door = f"{rng.randint(1, 20)}幢{rng.randint(101, 2900)}室"
        address = f"{rng.choice(_TOWNS_ZH)}{rng.choice(_STREETS_ZH)}{rng.randint(1, 900)}号{door}"
    else:
        name = f"{rng.choice(_FIRST)} {rng.choice(_LAST)}"
        address = f"{rng.randint(1, 900)} {rng.choice(_STREETS_EN)}, {rng.choice(_TOWNS_EN)}"
    is_zh = language == "zh"
    return {
        "PERSON": name,
        "PHONE": f"139{digits}" if is_zh else f"+1 {rng.randint(212, 989)}-555-01{rng.randint(0, 99):02d}",
        "EMAIL": f"user{digits}@example.{rng.choice(('com', 'net', 'org'))}",
        "ADDRESS": address,
        "ID_CARD": body + ric.calc_check_digit(body + "0"),
        "BANK_CARD": card + luhn.calc_check_digit(card),
        "PASSPORT": f"E{rng.choice('ABCDEFGH')}{digits[:7]}",
        "PLATE": f"{rng.choice('粤沪京浙川鄂')}{rng.choice('ABCD')}{rng.choice('12345')}{digits[:4]}",
        "WECHAT": f"wx_{rng.choice(('shop', 'moon', 'tea'))}{digits[:5]}",
        "QQ": str(rng.randint(100_000_000, 999_999_999)),
        "BIRTH_DATE": f"{born[:4]}年{int(born[4:6])}月{int(born[6:])}日"
        if is_zh
        else f"{born[4:6]}/{born[6:]}/{born[:4]}",
        "ORDER_NUMBER": f"SL86{digits}",
        "LANDLINE": f"021-6{digits[:7]}",
        "IP": f"203.0.113.{rng.randint(1, 254)}",
    }


def _respelled(rng: Random, kind: str, value: str) -> str:
    """Numbers as people write them: in groups, or in full width."""
    if kind == "PHONE" and value.isdigit():
        return rng.choice(
            (value, f"{value[:3]}-{value[3:7]}-{value[7:]}", f"{value[:3]} {value[3:7]} {value[7:]}", _wide(value))
        )
    if kind == "BANK_CARD":
        return rng.choice((value, " ".join(value[at : at + 4] for at in range(0, len(value), 4))))
    return value


def _wide(value: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) for char in value)


def _customer(number: int, person: Mapping[str, str], language: str) -> Customer:
    address = Address(person["PERSON"], (person["ADDRESS"],), "", "", "CN", "", person["PHONE"])
    return Customer(f"P{number}", person["PERSON"], person["EMAIL"], person["PHONE"], address, language=language)  # type: ignore[arg-type]


def _receipt(
    name: str, conversation: str, text: str, language: str, at: datetime, passage: Passage, others: Sequence[Passage]
) -> Receipt:
    quote = passage.sentence_text(0)
    answer: dict[str, Any] = {
        "text": f"{quote} [1]",
        "status": "answered",
        "language": language,
        "citations": [{"marker": 1, "passage_id": passage.passage_id, "quote": quote}],
        "mode": "extractive",
        "receipt_id": name,
    }
    asked = Asked(
        text, hashlib.sha256(text.encode()).hexdigest(), text, (), None, None, None, None, (), "auto", conversation
    )
    found = tuple(_found(one) for one in dict.fromkeys([passage.passage_id, *(other.passage_id for other in others)]))
    documents = {one.passage_id: one for one in (passage, *others)}
    found = tuple(replace(item, document_id=documents[item.passage_id].document_id) for item in found)
    evidence = (Piece(1, passage.passage_id, 0, 0, 1.0, quote),)
    program = Program("0", "sample", {}, {})
    return Receipt(
        name, at.isoformat(timespec="milliseconds"), program, asked, "sample", found, None, Judged(0.9, 0.5, 0.0, {}),
        evidence, None, (), answer,
    )  # fmt: skip


def _found(passage_id: str) -> FoundPassage:
    return FoundPassage(passage_id, "", "", None, None, None, "", "zh", 0.0, {}, None, False, ())
