"""Whether words of a risk tell of something that happened or is threatened, or are only asked about.

漏电保护器怎么装 names a product and "can it cause an allergic reaction?" wants to know: the documents answer both.
脸过敏了能退吗 has its question and an injury, so that a person has to know. What is no question is taken as told.
"""

from __future__ import annotations

import re

from index.text.questions import is_question

ALWAYS = frozenset({"self_harm"})
"""Topics that are never only asked about."""

_DANGER = "触电|漏电|电击|烫伤?|烧伤?|割伤?|划伤?|爆炸?|自燃|起火|着火|冒烟|过敏|中毒|盗刷?|诈骗|骗|泄露|泄漏"
_THINGS = re.compile(
    f"防(?:{_DANGER})|(?:{_DANGER}|烟雾)(?:保护|开关|断路|报警|探测|检测|测试|传感|指示|试纸|原|源|体质|史|人群|肌肤?|皮"
    "|药|软?膏|喷雾|险|保险|贴|敷料|急救|套装|指南|手册|教程|玩具|视频|小说|盐|头|糖|性|款|价)"
    "|律师(?:事务所|袍|服|证|资格|考试|用书)|法院(?:附近|旁边?|对面|门口|路)|公安(?:附近|路|大学)|记者(?:证|站|节)"
    "|媒体(?:播放|库|中心|文件|格式)|(?:多重|双重|长|过度)曝光|(?:销量|气氛|价格|颜值|好吃|好看|消息)[到都快要]*(?:爆炸|炸了)"
    r"|\b(?:burn|scald) (?:cream|gel|ointment)\b|\bfirst[- ]aid\b|\bshock[- ]?(?:proof|absorb\w*|resist\w*)"
    r"|\b(?:anti|non|no)[- ]?(?:shock|smoking|fraud)\b|\bexplosion[- ]proof\b"
    r"|\bsmoking (?:gun|pipe|chips|wood|jacket|accessor\w+|area|allowed)\b"
    r"|\b(?:deals?|sales?|prices?|reviews?) (?:is|are) on fire\b|\bsuicide squad\b"
    r"|\bhospital[- ](?:grade|bed|corners?)\b"
)
"""Goods and set phrases that hold such words."""

_PARTS = re.compile(r"[^。！!；;\n?？]*[。！!；;\n?？]?")
_CLAUSES = re.compile(r"[^，,、:：]*[，,、:：]?")
_ASKS = re.compile(
    r"[吗么呢吧][?？。!！，,、\s]*$|[?？]\s*$|会不会|能不能|可不可以|是不是|有没有|是否|怎[么样]|如何|什么|哪|多[少久大]|几[个天次点]|为何|谁"
    r"|\b(?:how|what|when|where|which|who|why|whether|any)\b"
    r"|^\W*(?:can|could|do|does|did|is|are|will|would|should|may|might|has|have)\b"
)
_SUPPOSED = re.compile(
    r"如果|要是|万一|假如|假设|会不会|是否会|(?<![机社开])会(?![员议])|可能|容易|能不能|怕|担心|避免|防止|预防|以防"
    r"|\b(?:if|in case|could|can|may|might|would|will|does|ever|prevent\w*|avoid\w*|prone|risk|chance)\b"
)
_WORRIED = re.compile(
    r"怎么办|咋办|怎么处理|怎么急救|举报|救命|\bwhat (?:should|do|can|shall) (?:i|we) do\b|\bhelp me\b"
)
_HAPPENED = re.compile(
    r"了(?!解)|被|刚才|刚刚|昨[天晚]|今[天早]|前天|已经|突然|正在|一直|收到|(?:不是|没有?)我?(?:买|下|付|操作|授权)"
    r"|(?:我|我们|我家|家里|孩子|宝宝|小孩|娃|儿子|女儿|老人|妈|爸|老婆|老公|家人|朋友)(?:的|买的)?.{0,8}$"
    r"|\b(?:got|was|were|had|has|have|went|started|began|been|gave|left|caused|ended|just|already|keeps?|received"
    r"|exploded|caught fire|burn(?:t|ed)|shocked|stolen|scammed|hacked|poisoned|choked|leaked)\b"
    r"|\bcut (?:me|my)\b|\bthere(?:'s| is| are)\b|\b(?:it|this|that)(?:'s| is)\b|\breport (?:an? )?\w+"
)
_THREATENED = re.compile(
    r"我们?(?:就|只能|只好|马上|现在|真的?)*(?:要|会|去|准备|打算|想|已经)|再不|否则|不然|要不然|你们等着|法庭见|别怪"
    r"|(?:告|起诉|投诉|举报|曝光)(?:了)?(?:你|商家|店)|投诉"
    r"|\b(?:i|we)(?:'ll| will|'m| am| are| have|'ve|'d| would| want| plan| intend)\b"
    r"|\bgoing to\b|\bunless\b|\botherwise\b"
    r"|\bor else\b|\bsu(?:e|ing) (?:you|your|the)\b|\bmy (?:lawyer|attorney|solicitor)\b"
    r"|\bin court\b|\b(?:report|expose) you\b"
)
_CONDITION = re.compile(r"(?:皮肤|严重)过敏$")
"""May be how somebody is: what they came to have is told by 了."""


def without_things(text: str) -> str:
    """A text, small letters, without the goods and set phrases that hold words of a risk."""
    return _THINGS.sub(" ", text)


def is_told(text: str, start: int, end: int, topic: str) -> bool:
    """Whether what a text names from `start` to `end` happened or is threatened; False where it is only asked about."""
    if topic in ALWAYS:
        return True
    sentence, at = _around(_PARTS, text, start)
    clause, begin = _around(_CLAUSES, sentence, start - at)
    named = slice(start - at - begin, end - at - begin)
    if topic in ("legal", "media"):
        return bool(_THREATENED.search(sentence)) or not _is_asked(sentence)
    before = sentence[: start - at]
    is_condition = _CONDITION.search(clause[named]) is not None and "了" not in clause[named.start :]
    if (is_condition or _SUPPOSED.search(before)) and _is_asked(sentence):
        return False
    if _WORRIED.search(sentence) or _HAPPENED.search(clause[: named.start]) or _HAPPENED.search(clause[named.start :]):
        return True
    return not _is_asked(clause)


def _is_asked(part: str) -> bool:
    return bool(_ASKS.search(part)) or is_question(part)


def _around(pattern: re.Pattern[str], text: str, place: int) -> tuple[str, int]:
    """The part of a text that holds a place, and where the part begins."""
    for match in pattern.finditer(text):
        if match.start() <= place < match.end():
            return match[0], match.start()
    return text, 0
