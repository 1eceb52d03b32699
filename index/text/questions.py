"""Telling sentences that ask from sentences that state."""

from __future__ import annotations

import re

from index.types import Passage

_MARKED = re.compile(r"[?？][”’」』）)\]】\"']*\s*$|^\s*(?:q|问|问题|question)\s*[:：]", re.IGNORECASE)
_LONGEST_UNMARKED = 60
_STATED = re.compile(r"[。．；;!！]|\.$|[:：]|无论|不论|不管|任何|没什么|[，,].*[，,]")
_ASKING = re.compile(
    r"(?:吗|呢|嘛|怎么办|怎么回事)$|[\u4e00-\u9fff](?:不|没有?)$"
    r"|能不能|要不要|可不可以|是不是|有没有|会不会|算不算|用不用|该不该"
    r"|怎么|怎样|如何|为什么|为何|是否|什么|多久|多少|多大|多长|多重|多远|多快"
    r"|几(?:个|天|次|件|张|号|点|年|月|位|种|份|层|台|块|条|步|小时|分钟)|哪(?:些|个|里|儿|天|种|家|款)|谁"
    r"|^\s*(?:how|what|when|where|which|who|why)\s+(?:do|does|did|is|are|can|could|will|would|should|much|many|long|often)\b"
    r"|^\s*(?:can|could|do|does|did|is|are|will|would|should|may|must)\s+(?:i|you|we|they|it|the|my|your|this|that|there|an?)\b",
    re.IGNORECASE,
)


def is_question(sentence: str) -> bool:
    """Whether a sentence asks, as the question of an FAQ entry does: it leads to evidence, it is none.

    Many FAQ tables leave the question mark out, so a short line without any mark that closes or parts a statement
    counts as well when it holds a word that asks.
    """
    if _MARKED.search(sentence):
        return True
    bare = sentence.strip()
    return len(bare) <= _LONGEST_UNMARKED and not _STATED.search(bare) and bool(_ASKING.search(bare))


def asks(passage: Passage, number: int) -> bool:
    """Whether sentence `number` of a passage asks.

    The first line of a table row is the question of an FAQ entry when it stands alone above the rest: cells are
    divided by semicolons and carry the names of their columns.
    """
    sentence = passage.sentence_text(number)
    if is_question(sentence):
        return True
    if passage.location.row is None or number != 0 or len(passage.sentences) < 2:
        return False
    between = passage.text[passage.sentences[0][1] : passage.sentences[1][0]]
    return "\n" in between and len(sentence) <= _LONGEST_UNMARKED and not re.search(r"[:：；;]", sentence)
