"""What an agent reads first: the matter in the customer's own words, in a few lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.domain.action import Wording
from app.domain.conversation import ConversationMessage
from app.domain.handoff import HandOffPacket, HandOffReason
from app.domain.names import risk_name, slot_name
from app.domain.understanding import Slot
from index.text.normalize import shortened

_SENTENCES = re.compile(r"[^。！？!?；;\n]+[。！？!?；;\n]*")
_ASKS = re.compile(
    r"[?？]|怎么|什么|为什么|能不能|可以.*吗|多久|哪|请|要|想|希望|\b(?:how|what|why|when|where|can|could|want|need|please)\b",
    re.I,
)
_NUMBERS = re.compile(r"\d{3,}")
_FILLER = re.compile(
    r"(?:你好|您好|在吗|hi|hello|hey|谢谢|thanks?|thank you|ok|好的?|嗯+|转人工|人工(?:客服)?|human|agent)[\W_]*", re.I
)
_MAX_SENTENCES = 3
_MAX_QUOTE = 160
_MAX_NAMED = 8

_REASONS: dict[HandOffReason, tuple[str, str]] = {
    "asked": ("客户要求人工", "the customer asked for a person"),
    "failed": ("助手多次未能解答", "the assistant could not answer several times"),
    "anger": ("客户情绪激动", "the customer is upset"),
    "risk": ("涉及风险", "a risk was mentioned"),
    "money": ("金额超出权限", "the amount is above the limit"),
    "vip": ("重要客户", "an important customer"),
    "policy": ("规则要求人工处理", "the rules want a person"),
    "agent_only": ("只能由人工办理", "only a person may do this"),
    "taken": ("客服主动接手", "an agent took over"),
}
_MOODS = {"negative": ("不满", "unhappy"), "positive": ("友好", "friendly")}


def summarise(packet: HandOffPacket) -> Wording:
    """A few lines: why, what the customer wants, what they named, what was said last. Quotes are not translated."""
    said = [message for message in packet.messages if message.role == "customer"]
    quotes = _matter(said, packet.slots)
    zh, en = [], []
    reason = _REASONS[packet.reason]
    risk = risk_name(packet.risk)
    zh.append(f"转人工原因：{reason[0]}{f'（{risk.zh}）' if risk.zh else ''}")
    en.append(f"Why: {reason[1]}{f' ({risk.en})' if risk.en else ''}")
    if quotes:
        zh.append("客户：" + " / ".join(f"“{quote}”" for quote in quotes))
        en.append("Customer: " + " / ".join(f'"{quote}"' for quote in quotes))
    if named := _named(packet.slots):
        zh.append(f"提到：{named.zh}")
        en.append(f"Named: {named.en}")
    replies = [message for message in packet.messages if message.role in ("assistant", "agent") and message.text]
    if replies:
        last = _cut(replies[-1].text)
        zh.append(f"助手最后回复：“{last}”")
        en.append(f'Last reply: "{last}"')
    elif packet.draft is not None and packet.draft.text:
        zh.append(f"助手草稿：“{_cut(packet.draft.text)}”")
        en.append(f'Draft: "{_cut(packet.draft.text)}"')
    if (mood := _MOODS.get(packet.sentiment)) is not None:
        zh.append(f"情绪：{mood[0]}")
        en.append(f"Mood: {mood[1]}")
    return Wording("\n".join(zh), "\n".join(en))


def _matter(said: Sequence[ConversationMessage], slots: Sequence[Slot]) -> list[str]:
    """The sentences that say what it is about, in their order: those that ask, name things, and come first or last."""
    sentences = [part for message in said for part in _split(message.text)]
    values = [slot.value for slot in slots if slot.value]
    scored = []
    for place, sentence in enumerate(sentences):
        score = (2.0 if _ASKS.search(sentence) else 0.0) + 1.5 * sum(value in sentence for value in values)
        score += (1.0 if _NUMBERS.search(sentence) else 0.0) + min(len(sentence), 60) / 60
        score += (1.0 if place == 0 else 0.0) + (0.8 if place == len(sentences) - 1 else 0.0)
        scored.append((score, place))
    chosen: list[int] = []
    for _, place in sorted(scored, key=lambda pair: (-pair[0], pair[1])):
        if all(_overlap(sentences[place], sentences[other]) < 0.6 for other in chosen):
            chosen.append(place)
        if len(chosen) == _MAX_SENTENCES:
            break
    return [_cut(sentences[place]) for place in sorted(chosen)]


def _split(text: str) -> list[str]:
    parts = (" ".join(part.split()) for part in _SENTENCES.findall(text))
    return [part for part in parts if re.search(r"\w", part) and not _FILLER.fullmatch(part)]


def _overlap(first: str, second: str) -> float:
    """Share of the shorter one's pairs of characters that the other has too."""
    one, two = ({text[i : i + 2] for i in range(len(text) - 1)} for text in (first.casefold(), second.casefold()))
    return len(one & two) / min(len(one), len(two)) if one and two else float(first == second)


def _named(slots: Sequence[Slot]) -> Wording | None:
    found = list(dict.fromkeys((slot_name(slot.type), slot.normalized or slot.value) for slot in slots))[:_MAX_NAMED]
    if not found:
        return None
    return Wording(
        "，".join(f"{name.zh} {value}" for name, value in found),
        ", ".join(f"{name.en} {value}" for name, value in found),
    )


def _cut(text: str) -> str:
    return shortened(" ".join(text.split()), _MAX_QUOTE)
