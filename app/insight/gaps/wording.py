"""Questions without what is said in all of them: greetings, thanks, hurry, emoji."""

from __future__ import annotations

import re

from index.text.normalize import collapse_spaces, fold

_BEFORE = re.compile(
    r"^(?:[\s,，.。!！~～、:：…]+"
    r"|(?:亲爱的|亲|您好|你好|哈喽|嗨|在吗|在不在|有人吗|早上好|下午好|晚上好|客服|那个|嗯|诶|喂|急|急急|不好意思|打扰一下|打扰了)[呀啊哦呢]?(?=[\s,，.。!！~～、:：…])"
    r"|(?:麻烦|劳驾)?(?:我)?(?:想|要|想要)?(?:请)?(?:问|咨询|了解|请教)(?:一下|下|问)?(?=[^题])"
    r"|请问(?:一下|下)?|你好|您好"
    r"|(?:hi|hello|hey|hiya|good (?:morning|afternoon|evening)|dear (?:sir|madam|team|support)|excuse me|sorry"
    r"|quick question|just wondering|i was wondering|one question|a question|please|pls|urgent)\b"
    r"(?: there| team| all)?)",
)
_AFTER = re.compile(
    r"(?:[\s,，.。!！?？~～、:：…]+|(?:多谢|谢谢|感谢|谢了|在线等|急|急急急|麻烦了|拜托了|求解答|谢谢啦)[呀啊哦呢您你]?"
    r"|(?<=[,，.!?\s])(?:thanks?(?: a lot| so much| in advance)?|thank you|thx|ty|asap|please|pls|plz|cheers|urgent)"
    r"|[^\w\s,，.。!！?？~～、:：…)）”\"'%％℃°])$"
)


def bare(text: str) -> str:
    """What is left of a question, folded; the whole, where nothing else is."""
    shorter = whole = collapse_spaces(fold(text))
    while True:
        cut = _AFTER.sub("", _BEFORE.sub("", shorter)).strip()
        if not cut:
            return shorter or whole
        if cut == shorter:
            return cut
        shorter = cut
