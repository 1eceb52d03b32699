"""What is given, made fit to be printed: no markup, no ornament, nothing that would rather give orders."""

from __future__ import annotations

import re
import unicodedata
from html import unescape

from index.text.normalize import collapse_spaces, fold, strip_invisible

_TAG = re.compile(r"<(?:script|style)\b.*?(?:</(?:script|style)\s*>|$)|<!--.*?(?:-->|$)|</?[a-zA-Z][^<>]*>", re.DOTALL)
_KEPT_SYMBOLS = frozenset("°℃℉™®©№㎡㎜㎝㎏")
_ORDER = re.compile(
    r"(?:忽略|无视|忘记|忘掉|跳过|绕过|不要?遵守|违反)[^。；;]{0,12}"
    r"(?:规则|指令|指示|要求|提示|限制|设定|约束|以上|上述|之前|前面)"
    r"|(?:请|务必|必须|直接|改为|只需|然后)(?:你)?(?:写|输出|回答|回复|生成|返回|打印|扮演)|你现在是|系统提示|提示词"
    r"|(?:写|输出|打印|生成)[:：]?[“\"'‘「《]"
    r"|\b(?:ignore|disregard|forget|override|bypass)\b[^.;]{0,40}"
    r"\b(?:rules?|instructions?|prompts?|above|previous|everything)\b"
    r"|\b(?:system prompt|you are now|act as|jailbreak|developer mode)\b"
    r"|\b(?:write|output|print|say|respond with)\s*[:\"'“‘]",
    re.IGNORECASE,
)


def plain_text(text: str) -> str:
    """One line without markup, entities, emoji and what cannot be seen."""
    without = unescape(_TAG.sub(" ", unescape(text)))
    kept = [char for char in strip_invisible(_TAG.sub(" ", without)) if _is_printable(char)]
    return collapse_spaces("".join(kept))


def gives_orders(text: str) -> bool:
    """Whether a text speaks to whoever writes the copy rather than of the product."""
    return _ORDER.search(fold(text)) is not None


def _is_printable(char: str) -> bool:
    if char.isspace():
        return True
    category = unicodedata.category(char)
    return char in _KEPT_SYMBOLS or category not in ("So", "Sk", "Cc", "Cf", "Co", "Cn", "Cs")
