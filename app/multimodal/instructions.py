"""Sentences in a picture that speak to an assistant instead of to people.

A screenshot may come from somebody else than the customer. What is found here is still shown to people; it only does
not travel with a question. It is a first line and no proof: answers rest on evidence whatever a picture says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from index.text.normalize import collapse_spaces, fold

_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(忽略|无视|忘记|忘掉|不要理会|不要遵守|覆盖|绕过).{0,12}(之前|以上|上面|前面|先前|所有|一切|全部|原有|系统)"
        r".{0,8}(指令|指示|要求|规则|提示|设定|限制|内容|对话)",
        r"(你现在是|从现在起,?你|你将扮演|请你?扮演|假装你是|你的新身份|新的?指令:)",
        r"(系统提示词?|开发者模式|越狱模式|管理员模式)",
        r"(致|对|给|@)\s*(ai|人工智能|智能|机器人)(客服|助手|助理|模型)?\s*[:,]",
        r"(ai|人工智能|智能)(客服|助手|助理|模型),?请(直接|立即|立刻|务必|回复|输出|同意|批准)",
        r"\b(ignore|disregard|forget|override|bypass)\b.{0,40}\b(previous|above|prior|all|earlier|any|your|system)\b"
        r".{0,30}\b(instructions?|prompts?|rules?|directions?|messages?|guidelines?|restrictions?|policy|policies)\b",
        r"\byou are now\b|\bpretend (to be|you are|that you)\b",
        r"\bact as (an?|the) (ai|assistant|system|admin|developer)",
        r"\b(system prompt|developer mode|jailbreak|new instructions?\s*:)",
        r"\b(dear|attention|note to|to the) (ai|assistant|chatbot|language model|llm)\b",
        r"\b(ai|assistant|chatbot)\s*[,:]\s*(please |you must |you should )?"
        r"(reply|respond|answer|output|approve|say|confirm)\b",
        r"^\s*(system|assistant|developer)\s*:",
        r"<\|?\s*(im_start|im_end|system|assistant|endoftext)\b|\[/?inst\]|<</?sys>>|###\s*(system|instruction)",
    )
)

_ENDS = re.compile(r"[.。!?;…]\W*$")
_LONGEST_SENTENCE = 2
"""Rows that a sentence may go on for."""


def instructing(rows: Sequence[str]) -> set[int]:
    """Numbers of the rows that speak to an assistant, also where such a sentence runs over two of them."""
    folded = [collapse_spaces(fold(row)) for row in rows]
    found = {number for number, row in enumerate(folded) if _speaks_to_assistant(row)}
    for (number, one), (_, other) in pairwise(enumerate(folded)):
        if number in found or number + 1 in found:
            continue
        gap = " " if one[-1:].isascii() and other[:1].isascii() else ""
        if _speaks_to_assistant(f"{one}{gap}{other}"):
            found |= {number, number + 1}
    for number in sorted(found):
        # What such a sentence goes on with, to its end.
        for following in range(number, min(number + _LONGEST_SENTENCE, len(folded) - 1)):
            if _ENDS.search(folded[following]):
                break
            found.add(following + 1)
    return found


def _speaks_to_assistant(text: str) -> bool:
    return any(pattern.search(text) for pattern in _PATTERNS)
