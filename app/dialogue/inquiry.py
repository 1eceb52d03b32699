"""Whether a message asks how things are, rather than for something to be done.

退款几天到账 and "where do I send a return" have the words of a refund and a return, and are questions: the documents
answer them, and who asks is not asked back for a name first. What is to be done comes by an order (帮我, please), by a
number, or by the customer's own order, parcel or money (我的快递到哪了).
"""

from __future__ import annotations

import re

from app.domain.understanding import Understanding
from index.text.normalize import fold
from index.text.questions import is_question

_ASKS = re.compile(
    r"多久|多少|多长|多大|几[天个次件点号折年月日小岁人家层]|什么|啥|哪|怎么|咋|怎样|如何|为什么|为何|谁|是不是|是否|有没有|能不能|可不可以"
    r"|要不要|会不会|算不算|[吗么嘛不]\W*$|对吧|(?:能|可以|可|会|需|要|算|包|收|支持).{0,12}[吗么嘛不吧呢]\W*$"
    r"|\b(?:how|what|when|where|which|who|why|whether|until|any)\b"
    r"|\b(?:can|could|do|does|did|is|are|am|will|would|should|may|must)\s+(?:i|you|we|they|it|there|the|this|that|my)\b",
    re.IGNORECASE,
)
_ORDERS = re.compile(
    r"帮(?:我|忙|查|看)|给我(?!的)(?:查|看|办|取消|退|换|改|开|发|补|转)|替我|麻烦(?:你|您|帮|给)?(?:查|看|办|取消|退|换|改|开|处理|帮|给)|请(?:你|您)?(?:帮|给|把|取消|查|改)"
    r"|(?:^|[，,。.！!\s])(?:我)?(?:要|想要?|需要|申请|办理?)(?:申请|办理?)?(?:一下)?"
    r"(?:退货|换货|退款|退掉|取消|改地址|修改地址|开发票|保价|价保|投诉|转人工|退|换)(?!.*(?:怎么|多久|几天|吗|哪|多少|流程|条件|要求))"
    r"|转(?:接)?人工|\b(?:speak|talk) (?:to|with) (?:a |an |your )?\w+\b"
    r"|\b(?:please|pls|plz)\b|\b(?:i(?:'d| would)? (?:want|like|need|wish)(?: to)?)\b(?!\s+know)|\bhelp me\b"
    r"|\b(?:can|could|would|will) you (?:please )?"
    r"(?:cancel|change|return|exchange|refund|check|track|look|update|send|find|tell me where)\b"
    r"|^\W*(?:cancel|return|exchange|track|change|update|refund)\s+(?:my|the|this|order|it)\b",
    re.IGNORECASE,
)
_OWN_RECORD = re.compile(
    r"我(?:的|那|这|上|昨|前|刚)?(?:\w{0,6})(?:订单|单子|快递|包裹|快件|退款|物流|货)(?:[^，。？?]{0,6})(?:到哪|在哪|到了(?:吗|没)|状态|进度|查|什么时候(?:到|发)|怎么还|还没)"
    r"|我(?:的|那|这)(?:\w{0,6})(?:订单|单子|快递|包裹|快件|货)(?:[^，。？?]{0,6})(?:几点|何时|什么时候|啥时候|哪天)[^，。？?]{0,4}[到送来]"
    r"|(?:订单|快递|包裹|物流|退款|货)(?:现在)?(?:到哪|走到哪|在哪|进度|状态|怎么还[没不])"
    r"|我的?\s*(?:order|parcel|package|delivery)(?![a-z])"
    r"|^\W*(?:这个|那个|它|这单|那单)?(?:现在)?(?:到哪|走到哪|在哪)(?:里|儿)?了?"
    r"|\bwhere(?: the \w+| on earth| exactly)?(?:'?s| is| are) my\b"
    r"|\b(?:status|progress) of my\b|\bmy (?:order|parcel|package|refund) status\b"
    r"|\b(?:when|what (?:time|day))(?:'s| is| will| does| should| would) my (?:order|parcel|package|delivery)\b"
    r".{0,16}\b(?:arriv\w*|com(?:e|ing)|deliver\w*|here|due)\b"
    r"|\bhas my (?:order|parcel|package|refund)\b|\btrack my\b",
    re.IGNORECASE,
)
_RULES = re.compile(r"政策|规定|规则|条款|\bpolic(?:y|ies)\b", re.IGNORECASE)
_OWN = re.compile(
    r"我(?:的|那|这|买|昨|前|刚|上[周次]|订|下单)|我(?:\w{0,4})(?:买|订|下单|收到)|(?<!大)宝贝"
    r"|^\W*(?:那|大概|到底|这个|那个|它|一般)?(?:还?要|得)?(?:等|需要)?(?:多久|多长时间|什么时候|啥时候|几号|哪天|几天)(?:才|能|可以|会)*"
    r"(?:收?到(?!货|账)|送达?到?|送来)?(?:我这|手)?[里]?[呢啊呀鸭哦嘛了]*\W*$"
    r"|\b(?:my|mine|i (?:bought|ordered|got|paid))\b"
    r"|^\W*(?:(?:ok|so|and)\W+)?"
    r"(?:when (?:will|does|is) (?:it|they|that) (?:arrive|come|be here|get here|coming|arriving)"
    r"|how (?:much )?long(?:er)?(?: (?:will|does) (?:it|that) take| until it (?:comes|arrives))?)\W*$",
    re.IGNORECASE,
)


def is_about_rules(message: str) -> bool:
    """Whether it asks for the rules alone: who wants to read them has nothing to be done."""
    return bool(_RULES.search(fold(message)))


def is_about_own(message: str) -> bool:
    """Whether a question is about the customer's own order: it says so, or names nothing at all (还要多久)."""
    return bool(_OWN.search(fold(message)))


def is_inquiry(message: str, understanding: Understanding) -> bool:
    """Whether the documents are to be asked first; what only a flow can do is done where they do not help."""
    text = fold(message)
    if any(slot.type in ("order_number", "tracking_number") for slot in understanding.slots):
        return False
    if _ORDERS.search(text) or _OWN_RECORD.search(text):
        return False
    return bool(_ASKS.search(text) or _RULES.search(text)) or is_question(message)
