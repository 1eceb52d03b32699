"""Whether a person should take over: pure functions of a message and a company's rules."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from app.domain.handoff import HandOffReason, Signals
from app.handoff.policy import HandOffPolicy
from app.handoff.risk_reading import is_told, without_things
from app.handoff.risk_words import RISK_WORDS

ASKED_INTENTS = frozenset({"talk_to_human", "human_agent", "contact_human_agent", "speak_to_human"})
_MAX_TEXT = 4000
_MOST_MENTIONS = 20
"""Of one topic that are looked at; what repeats itself more often than that is no message of a person."""

_ASKED = re.compile(
    "(?:转|找|要|叫|接|换|请|联系|需要|想跟|想和|给我)(?:一?[个位下]|到|接)?(?:你们的?)?"
    "(?:真?人工(?!智能|费|成本|检|合成)|真人|活人|客服人员|人来|主管|经理)"
    "|人工(?:客服|服务|座席|坐席)|^人工[!！。.？?]*$|(?:跟|和|与)(?:一?[个位])?(?:真人|活人|人工)(?:说|谈|聊|讲|沟通|对话)"
    r"|\b(?:speak|talk|chat|connect me|transfer me|put me through|get me|pass me)\b(?: (?:to|with|through to))? ?"
    r"(?:an?|the|your|some)?(?: (?:real|live|actual|human))* ?"
    r"(?:human|person|agent|representative|rep|someone|somebody|operator|manager|supervisor)\b"
    r"|\b(?:human|live|real) (?:agent|person|support|being|help|representative|operator)\b"
    r"|^(?:agent|human|representative|operator)[.!?]*$|\bcustomer (?:service|support) (?:agent|representative|rep)\b"
)
_NOT_ASKED = re.compile(
    "(?:不用|不要|不需要|无需|别|不想|先不)(?:再)?(?:帮我|给我)?(?:转|找|接|换|叫|要)?(?:到)?(?:人工|真人)"
    r"|\b(?:don'?t|do not|no need to|not) (?:want|need|have|like)?(?: to)?(?: (?:speak|talk))?"
    r"(?: (?:to|with))?(?: an?)? ?(?:human|person|real|live|agent|representative)\b"
    "|(?:你|您)是(?:真人|人工|机器人)|(?:人工|真人)(?:客服)?(?:几点|什么时候|什么时间|的?工作时间|上班|下班|电话)"
    r"|\bare you (?:a |an )?(?:real|human|live|bot|robot)\b"
)
_ANGER = re.compile(
    "(?<!倒)垃圾(?!分类|袋|桶|箱|盒|处理|会|能)|骗子|气死|无语死|滚(?:蛋|开)|妈的|他妈|傻[逼比bx]|sb客服|忍无可忍|太过分|欺负人|什么破|什么玩意"
    "|黑心|坑人|坑爹|无良|耍(?:我|人)|(?:要|我)投诉|没完没了|推三阻四|敷衍"
    r"|\b(?:ridiculous|unacceptable|outrageous|disgusting|appalling|furious|fed up|pathetic|useless|liars?|bullshit)\b"
    r"|\b(?:scammers?|wtf|fuck\w*|how dare you|waste of (?:my )?time|sick (?:and tired )?of)\b"
    r"|\bworst (?:service|support|company|experience)\b"
)
_SHOUTING = re.compile(r"(?:[!！]\s*){4,}|(?:[?？!！]\s*){6,}")


@dataclass(frozen=True, slots=True)
class Triggered:
    """Why a person should take over."""

    reason: HandOffReason
    detail: str
    """Topic and words, an amount, a tier, a count."""


def triggered(signals: Signals, policy: HandOffPolicy) -> Triggered | None:
    """The weightiest of the company's triggers that a message sets off; None where there is none."""
    text = folded(signals.text)
    if "risk" in policy.triggers and (risk := risk_in(text, policy)) is not None:
        return Triggered("risk", risk)
    if "asked" in policy.triggers and _asks(signals.intent, text):
        return Triggered("asked", signals.intent if signals.intent in ASKED_INTENTS else "words")
    if "anger" in policy.triggers and (anger := _anger(signals, text)):
        return Triggered("anger", anger)
    if "money" in policy.triggers and signals.amount_cents > policy.money_cents:
        return Triggered("money", f"{signals.amount_cents / 100:.2f} > {policy.money_cents / 100:.2f}")
    if "vip" in policy.triggers and signals.tier and signals.tier.lower() in policy.vip_tiers:
        return Triggered("vip", signals.tier)
    if "failed" in policy.triggers and signals.failures >= policy.max_failures:
        return Triggered("failed", str(signals.failures))
    return None


def risk_in(text: str, policy: HandOffPolicy) -> str | None:
    """`topic: words` of the first risk that a text tells of; None where it tells of none, or only asks.

    Words of the company's own count wherever they stand.
    """
    said = folded(text)
    bare = without_things(said)
    for topic, own, pattern in _risk_patterns(_frozen(policy.risk_words)):
        if own is not None and (match := own.search(said)) is not None:
            return f"{topic}: {match[0].strip()}"
        for match in islice(pattern.finditer(bare), _MOST_MENTIONS) if pattern is not None else ():
            if is_told(bare, *match.span(), topic):
                return f"{topic}: {match[0].strip()}"
    return None


def folded(text: str) -> str:
    """As patterns are matched: small letters, one kind of apostrophe, at most 4,000 characters."""
    return text[:_MAX_TEXT].casefold().replace("’", "'").replace("＇", "'")


def _asks(intent: str, text: str) -> bool:
    if intent in ASKED_INTENTS:
        return True
    return _ASKED.search(_NOT_ASKED.sub(" ", text).strip()) is not None


def _anger(signals: Signals, text: str) -> str:
    if (match := _ANGER.search(text)) is not None:
        return match[0]
    if signals.sentiment == "negative":
        if _SHOUTING.search(text):
            return "!!!!"
        letters = [char for char in signals.text if char.isascii() and char.isalpha()]
        if len(letters) >= 20 and sum(char.isupper() for char in letters) > 0.8 * len(letters):
            return "capitals"
    return ""


def _frozen(words: Mapping[str, tuple[str, ...]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(sorted((topic, tuple(said)) for topic, said in words.items()))


@lru_cache(maxsize=16)
def _risk_patterns(
    own: tuple[tuple[str, tuple[str, ...]], ...],
) -> tuple[tuple[str, re.Pattern[str] | None, re.Pattern[str] | None], ...]:
    """Topic, words of the company's own, words that come with kefu; None where a topic has none of these."""
    given = dict(own)
    off = {topic for topic, words in given.items() if not words}
    found = []
    for topic in dict.fromkeys([*RISK_WORDS, *given]):
        if topic not in off:
            literal = [_literal(word) for word in given.get(topic, ())]
            found.append((topic, _any_of(literal), _any_of(RISK_WORDS.get(topic, ()))))
    return tuple(found)


def _any_of(parts: Sequence[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{part})" for part in parts)) if parts else None


def _literal(word: str) -> str:
    """Words of the company stand for themselves; Latin ones only as whole words."""
    edge = [r"\b" if char.isascii() and char.isalnum() else "" for char in (word[0], word[-1])]
    return edge[0] + re.escape(word.casefold()) + edge[1]
