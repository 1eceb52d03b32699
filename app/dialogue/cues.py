"""Short words by which customers steer a conversation: yes, no, never mind, I meant, go on, a person please.

They are found by rule beside the intent of a message, because much depends on them: a yes lets money move.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from index.text.language import HAN
from index.text.normalize import fold

Cue = Literal["cancel", "correct", "resume", "repeat", "person", "anger", "other"]

_YES = re.compile(
    r"(?:嗯+|恩|对|对的|对啊|对呀|没错|是|是的|是啊|是呀|好|好的|好啊|好吧|好呀|好滴|行|行的|行吧"
    r"|可以|可以的|没问题|确认|确定|我?(?:确认|确定)(?:了|的)?|同意"
    r"|就这样|就这么办|办吧|提交吧?|继续|麻烦了|谢谢|请办理|需要|要的?"
    r"|ok(?:ay)?|okey|yes|yes please|yep|yeah|yup|ya|sure|of course|certainly"
    r"|correct|right|that'?s (?:right|correct|fine)|confirm(?:ed)?"
    r"|i confirm|i agree|agreed?|go ahead|do it|please do(?: (?:it|that|so))?"
    r"|sounds good|fine|perfect|great|please|thanks|thank you|y)",
    re.IGNORECASE,
)
_ASSENT = re.compile(f"{_YES.pattern}+", re.IGNORECASE)
"""Also run together: 是的没错."""
_COURTEOUS = re.compile(r"(?:谢谢|麻烦了|thanks|thank you|great|perfect|fine)+", re.IGNORECASE)
"""Said along with a yes, and too little for one."""
_UNCOMMITTED = re.compile(rf"(?:{_COURTEOUS.pattern}|继续|需要|要的?|嗯|恩|please)+", re.IGNORECASE)
"""A yes to an offer, but not to a description of what will be done."""
_NO = re.compile(
    r"^(?:不|不是|不是的|不要|不用|不用了|不了|不行|不对|不可以|不需要|不确定|不同意|没有|别|先不|先别|不必|否|算了"
    r"|no|nope|nah|no thanks|no thank you|not (?:now|yet|really|that)|don'?t|do not|please don'?t|wrong|n)"
    r"(?:[，,。.！!\s了吧]|$)",
    re.IGNORECASE,
)
_HEDGED = re.compile(
    r"但|不过|可是|等等|等一下|先|如果|要是|吗|[?？]|but|wait|if|unless|except|instead|hold on", re.IGNORECASE
)
_WORDS_APART = re.compile(r"[\s，,。.！!～~；;、]+")
_CLAUSES_APART = re.compile(r"[，,。.！!～~；;、]+")

_CUES: dict[Cue, re.Pattern[str]] = {
    "cancel": re.compile(
        r"^\W*(?:(?:等等|等一下|等下|先等等|慢着|停)\W*|(?:不|不用|不要)\W+)?(?:算了|不弄了|不办了|不搞了|不用了|当我没说|先这样吧?|先不(?:弄|办|退|换|取消|改)了?|不(?:退|换|改|取消|查|申请|投诉)了|放弃|(?:先|暂时|还是)?别(?:退|换|改|取消|办|弄|申请|提交)了?(?!地址|颜色|尺码|成|为)"
        r"|(?:先|暂时|还是)?不要(?:退|换|改|取消|办|弄|申请|提交)了?\W*$)"
        r"|(?:还是)?算了吧?[。.！!]?$"
        r"|\bnever ?mind\b|\bforget (?:it|about it|that)\b|\bleave it\b|\bcancel (?:this|that) (?:request|flow)\b"
        r"|\bi(?:'ve| have)? changed my mind\b|\bstop (?:this|it|that)\b"
        r"|\b(?:do not|don'?t) (?:cancel|return|exchange|submit|do)"
        r"(?: (?:it|that|this|them|yet|anything|my order|the order))*(?: please)?\W*$"
        r"|\bkeep (?:it|them|the order|my order)(?: then| after all| instead)*\W*$"
        r"|\bnot any ?more\b|\bdon'?t (?:bother|worry about it)\b",
        re.IGNORECASE,
    ),
    "correct": re.compile(
        r"^\W*(?:[嗯呃哦啊]+\W*)?(?:不对|不是|错了|说错|搞错|弄错|写错|打错|发错|更正|纠正|不好意思.{0,4}(?:错|是)|等等|等下|等一下|啊不)"
        r"|(?:我)?(?:说|写|打|搞|弄|选|填|报)错了?|我(?:的意思)?是(?:说|指)"
        r"|应该是|改成|换成|改为|不是.{1,30}[，, ]?(?:而?是|应该)"
        r"|^\W*(?:(?:hm+|uh|um|oh|er|well|ok)\W+)?"
        r"(?:no,|no wait|wait|sorry|oops|actually|correction|i meant|i mean|scratch that|wrong)\b"
        r"|\bi meant?\b|\bnot .{1,40}\b(?:but|it'?s|rather)\b"
        r"|\b(?:change|make) (?:it|that) (?:to)?\b|\bshould (?:be|have been)\b"
        r"|\bthe other (?:one|order)\b|\bi (?:typed|said|gave you|picked|chose) .{0,20}wrong\b|\binstead\b",
        re.IGNORECASE,
    ),
    "resume": re.compile(
        r"(?:继续|接着|回到|回头|恢复|还是(?:要|想)?(?:继续|办)).{0,6}(?:刚才|之前|刚刚|上次|前面|原来|那个|办|弄|退|换|取消|改|查|申请)"
        r"|(?:刚才|之前|刚刚|前面)(?:的|那个|说的|没(?:办|弄|做)完的)?.{0,10}(?:继续|接着|还要|还是要)|^继续吧?[。.！!]?$"
        r"|\b(?:continue|resume|carry on|go on|pick up|go back to|back to|finish)\b.{0,40}"
        r"\b(?:return|refund|cancel\w*|exchange|change|request|order|it|that|earlier|before|where)\b|^continue\W*$",
        re.IGNORECASE,
    ),
    "repeat": re.compile(
        r"再说一(?:遍|次)|重复一?(?:遍|下|次)|没(?:看|听)(?:懂|清|明白)|什么意思[？?]?$|^\W*(?:啥|什么|哈)[？?]\W*$"
        r"|\b(?:say|repeat) (?:that|it) again\b|\bcan you repeat\b|\bcome again\b|^\W*(?:pardon|what|huh|sorry)\?+\W*$",
        re.IGNORECASE,
    ),
    "person": re.compile(
        r"转人工|人工(?:客服|服务)?\W*$|^\W*人工|(?<![你您]是)真人"
        r"|(?:找|叫|换|转|要|接)(?:个|一?个|一?位)?(?:你们?的?)?(?:客服|经理|主管|领导|店长|负责人)|(?:客服|经理|主管)(?:在吗|出来|接)"
        r"|\b(?:speak|talk|chat|connect me|put me through|transfer me)\b.{0,20}"
        r"\b(?:human|person|agent|someone|somebody|representative|rep|manager|supervisor|people|operator)\b"
        r"|\b(?:real|live|actual) (?:human|person|agent)\b"
        r"|\b(?:human|agent|representative|operator|manager)\s*(?:please|now|!)"
        r"|^\W*(?:human|agent|representative|operator)\W*$",
        re.IGNORECASE,
    ),
    "anger": re.compile(
        r"骗子|骗人|(?<!倒)垃圾(?![桶袋盒箱分处车站])|坑人|黑店|无良|气死|受够|太过分|什么(?:玩意|破|垃圾)"
        r"|他妈|妈的|操你|傻[逼bB]|滚(?![筒轮动球刷珠])|去死|要投诉你们|12315|曝光|起诉"
        r"|\b(?:scam(?:mers?)?|fraud|rip.?off|ridiculous|unacceptable|disgusting|outrageous|furious"
        r"|fed up|sick of|bullshit|fuck\w*"
        r"|shit|wtf|pathetic|useless|terrible service|worst (?:service|company|experience)|sue you|report you)\b",
        re.IGNORECASE,
    ),
    "other": re.compile(
        r"另(?:外)?(?:一|那)?(?:个|单|件|笔|款|双|条|台|只)|另外那|别的那|其他那"
        r"|\bthe other(?: one| order| item)?\b|\ba different (?:one|order)\b",
        re.IGNORECASE,
    ),
}
_WORDS = re.compile(rf"[{HAN}A-Za-z0-9\u00c0-\u024f]")


def cues(message: str) -> frozenset[Cue]:
    """The steering words that a message holds."""
    text = fold(message)
    return frozenset(cue for cue, pattern in _CUES.items() if pattern.search(text))


def yes_or_no(message: str, *, to_offer: bool = False) -> Literal["yes", "no"] | None:
    """A plain yes or no: nothing but words of assent, or one of refusal first. None for all else, and for a hedged yes.

    好的，谢谢 is a yes; 好的，但是退到支付宝 is none, nor is 谢谢 alone. 需要 is one `to_offer`s alone.
    """
    text = fold(message).strip()
    if _NO.match(text):
        return "no"
    if _HEDGED.search(text):
        return None
    words = [part for part in _WORDS_APART.split(text) if part]
    clauses = [part.strip() for part in _CLAUSES_APART.split(text) if part.strip()]
    if _is_assent(words, to_offer=to_offer) or _is_assent(clauses, to_offer=to_offer):
        return "yes"
    return "yes" if _PHRASE.fullmatch(" ".join(words)) else None


def is_plain_no(message: str) -> bool:
    """Whether a message says no and nothing more: not what instead."""
    text = fold(message).strip()
    match = _NO.match(text)
    if match is None:
        return False
    rest = text[match.end() :].strip(" ,，。.!！了吧")
    is_said_twice = bool(_NO.match(rest)) and is_plain_no(rest)
    return not rest or bool(_COURTEOUS.fullmatch(rest)) or is_said_twice or "cancel" in cues(rest)


def _is_assent(parts: Sequence[str], *, to_offer: bool) -> bool:
    too_little = _COURTEOUS if to_offer else _UNCOMMITTED
    counted = [part for part in parts if not too_little.fullmatch(part)]
    return bool(counted) and all(_ASSENT.fullmatch(part) for part in parts)


_PHRASE = re.compile(
    r"(?:(?:yes|yeah|yep|yup|ok(?:ay)?|sure|confirm(?:ed)?|correct|right|please|go ahead|do) )+"
    r"(?:(?:go ahead|do it|do that|cancel|return|exchange|change|confirm|submit"
    r"|with|it|that|them|the|my|order|and|now|then|please)(?: |$))+"
    r"|(?:是的?|对的?|好的?|嗯|确认|确定|可以|行)(?: (?:是的?|好的?|嗯|确认|确定|可以|行))*"
    r" ?(?:请|帮我|就|那就)?(?:取消|退|换|改|办理?|提交|申请)(?:了|吧|掉|货|款|订单|地址)*",
    re.IGNORECASE,
)


def has_words(message: str) -> bool:
    """Whether a message holds anything to read beside emoji and punctuation."""
    return bool(_WORDS.search(message))
