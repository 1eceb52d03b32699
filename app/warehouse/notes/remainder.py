"""What is left of a note when its wishes are taken away, where it still reads as an instruction.

No rule knows every wording. A thought that asks for something and of which nothing was understood is shown to a person
instead of being dropped; greetings, thanks, questions and what the goods are for are no instructions.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from app.warehouse.notes.mention import BREAK, Taken, words

_THOUGHTS = words(rf"(?:[^{BREAK}.]|\.(?=[\dA-Za-z])){{2,}}")
_ASKS_ZH = words(
    r"^(?:师傅|小哥|您好|你好|hi|hello|[ ~!])*(?:请(?!问)|麻烦|劳驾|拜托|务必|一定要?|记得|千万|帮忙?|必须|只能|不要|"
    r"不用|不许|不准|"
    r"禁止|谢绝|勿|别(?!人|的|墅)|要求|希望|最好|尽量|先|直接|能不能|能否|可不可以|可以帮)",
    r"(?:请(?!问|假|客)|麻烦|务必|必须|拜托|千万|记得|不要|禁止|请勿|能不能|能否)",
)
_DOES_ZH = words(
    r"[送放拿搬打敲按取签收包寄发带等走停派交装留扔贴拆锁关开进出抬倒摆挂推写套绑核扫退还喊叫转]|联系|通知|配送|检查|"
    r"注意|小心|避开|绕"
)
_ASKS_EN = words(
    r"\b(?:please|pls|plz|kindly|make sure|ensure|must|do not|don'?t|never|needs? to|remember to|be sure|"
    r"can you|could you|would you|i(?:'d| would) (?:like|prefer)|ask (?:the|my|for)|only)\b",
    r"^ ?(?:leave|put|take|ask|wait|park|use|bring|call|ring|tell|give|hide|keep|wrap|check|close|shut|turn|follow|"
    r"come|go|deliver|drop|hand|place|send|pack|avoid|remove|return|collect|include|add|write|stick|pop|hang)\b",
)
_DOES_EN = words(
    r"\b(?:leav|put|tak|ask|wait|park|us|bring|call|ring|tell|giv|hid|keep|wrap|check|clos|shut|turn|follow|com|go|"
    r"deliver|drop|hand|plac|send|pack|avoid|remov|return|collect|includ|add|writ|stick|pop|hang|sign|knock|lock|open|"
    r"carry|lift|driv|walk|enter|attach|label|swap|ship|tap|show|hold|let)(?:e|es|s|ing|ed)?\b",
)
_NO_WISH = words(
    r"谢谢|感谢|辛苦|祝|好评|差评|客服|请问|多少|什么时候|几天|怎么|为什么|质量|喜欢|好看|好用|尺[码寸]|颜色|"
    r"[上前]次|上回|以前|之前|"
    r"麻烦(?:了|您了|你了|啦)$|退|吃|喝|穿|用来|买|自用|回购|放心|收到|送(?:给|人|朋友)|给(?:孩子|爸|妈|老)|第一次|"
    r"希望(?:好|质|能用|喜欢)",
    r"\b(?:thanks?|thx|cheers|love|great|sorry|hope|happy|birthday|bought|ordered|last time|previous\w*|when will|"
    r"how (?:much|long|many)|what|why|is (?:it|this|there)|do you|does|fast delivery|good luck|colou?r|size|quality|"
    r"keep up|come in|comes? with|looking forward|let me know if you|make sure (?:it'?s|its) (?:good|the right))\b",
)
_MOST = 5
"""Thoughts that are shown of one note; a person reads all of it anyway."""


def unread(text: str, covered: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Thoughts of folded text that ask for something and of which no word is among the places that were understood."""
    taken = Taken(len(text))
    for start, end in covered:
        taken.mark(start, end)
    left = (
        match.span() for match in _THOUGHTS.finditer(text) if taken.is_free(*match.span()) and _is_instruction(match[0])
    )
    return list(islice(left, _MOST))


def _is_instruction(thought: str) -> bool:
    if len(thought) > 120 or _NO_WISH.search(thought):
        return False
    if _ASKS_ZH.search(thought):
        return _DOES_ZH.search(thought) is not None
    return _ASKS_EN.search(thought) is not None and _DOES_EN.search(thought) is not None
