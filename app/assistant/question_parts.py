"""The parts of a message that asks several things at once.

Careful, because a single question cut in two is answered worse: a part must ask something by itself, with a question
word or an inverted verb of its own, and behind a stop, a comma or a word that adds (以及, 还有, and, also). What only
sets the scene goes with the questions behind it; tags (可以吗, right?) stay with what they are asked of.
"""

from __future__ import annotations

import re

from app.assistant.coordinated import coordinated, of_the_same
from app.assistant.told_apart import told_apart
from index.text.language import detect

_MOST = 4
"""Parts; a message of more is taken as it is."""

_STOPS = re.compile(r"(?<=[。？?！!；;，\n])|(?<=,)(?!\d)")
_ADDS_ZH = re.compile(r"(?<=[^，。？?！!；;\s])(?=(?:以及|还有(?!没有)|另外|并且|顺便问|再问)[^，。]{2})")
_AND_ZH = re.compile(r"(?<=[^，。？?！!；;\s])(?:和|跟)(?=[^，。]{2})")
_LEADING_ZH = re.compile(
    r"^(?:以及|还有|另外|并且|而且|同时|再就是|顺便问(?:一下)?|再问(?:一下)?|那么?|请问|和|跟)[，,\s]*"
)
_ASKS_ZH = re.compile(
    r"多久|多少|多长|多大|几[天个次件点号折年月日周时小岁人位种家层楼级]|什么|哪[里儿些个家天种部款]|在哪|怎么|怎样|如何|咋|谁|为何|为什么|何时"
    r"|吗|是否|有没有|能不能|可不可以|会不会|要不要|需不需要|算不算|用不用|支不支持|包不包|退不退|收不收|能否|可否"
)
_WHO_OR_HOW_MUCH_ZH = re.compile(r"多久|多少|多长|几[天个次件点号折年月日周时岁人位]|谁|怎么|怎样|如何|吗$")
_ANY_ZH = re.compile(r"(?:什么|谁|哪[里儿些个家天种]|多少|怎么|几[天次]).{0,6}(?:都|也(?!要|得))|无论|不管|不论")
_TAG_ZH = re.compile(
    r"^(?:那|这样|请问|我想问一?下?)?(?:对吗|对吧|是吗|是吧|是不是|对不对|可以吗|可以么|行吗|行不行|好吗|好不好|能吗|能不能"
    r"|可不可以|有吗|在吗|怎么办|咋办|怎么回事|为什么|为啥|怎么弄|怎么处理|会怎么样|怎么样|您好|你好|谢谢)[呢啊呀的]*$"
)
_PREMISE_ZH = re.compile(r"^(?:你们|你家|贵司)?(?:不是|难道)|还是")

_OF = r"(?:I|you|we|they|it|he|she|there|this|that|these|those|the|an?|my|your|our|any|someone|anyone)\b"
_STARTS_EN = (
    r"(?:(?:how\s+(?:long|much|many|often|far|soon|do|does|did|can|could|should|is|are|will|would)"
    r"|what(?:'s|\s+(?:is|are|do|does|if|happens|about|kind|time|else|counts))"
    r"|(?:when|where|why)(?:'s|\s+(?:do|does|did|is|are|can|could|should|will|would))"
    r"|which\s+\w+\s+(?:do|does|is|are|can|will)|who(?:'s|\s+\w+))\b"
    r"|(?:can|could|do|does|did|will|would|may|must|should|have|has)\s+" + _OF + r"|(?:is|are)\s+\w+)"
)
_ADDS_EN = re.compile(rf"\s*(?:[,;]?\s*(?:\band\b|\bplus\b|&)(?:\s+also)?|,?\s*\balso\b,?|;)\s+(?={_STARTS_EN})", re.I)
_COMMA_EN = re.compile(rf"(?<!\d),\s+(?={_STARTS_EN})", re.I)
_ENDED_EN = re.compile(r"(?<=[?!;\n])\s*|(?<=\.)\s+")
_ASKS_EN = re.compile(
    rf"^(?:(?:hi|hello|hey|please|so|and|then|well|ok|okay)[,!]?\s+)*{_STARTS_EN}"
    r"|\b(?:know|tell\s+me|wonder(?:ing)?|ask|say|explain)\s+(?:how|what|when|where|who|which|whether|if)\b",
    re.I,
)
_LEADING_EN = re.compile(r"^(?:also|and|plus|then)\b,?\s+", re.I)
_HANGS_EN = re.compile(
    r"(?:^|\s)(?:how|what|when|where|why|who|which|if|whether|both|between|or|not|that|than)$|^(?:if|when|once|after)\b",
    re.I,
)
_TAG_EN = re.compile(
    r"^(?:right|correct|ok|okay|yes|no|is\s+(?:that|it|this)\s+(?:right|correct|ok|okay|possible|true|so|fine)"
    r"|isn't\s+it|don't\s+you|can\s+(?:you|I)|do\s+you|are\s+you|will\s+you|how\s+come|what\s+(?:then|now|do\s+I\s+do))$",
    re.I,
)


def question_parts(question: str) -> list[str]:
    """The questions that a message holds, each with what sets its scene; the message alone where it holds one.

    A part loses the word that joins it to the one before.
    """
    text = question.strip()
    if detect(text) != "en" and len(both := coordinated(text)) > 1:
        return [_ended(part) for part in both]
    pieces = _pieces_en(text) if detect(text) == "en" else _pieces_zh(text)
    asks = _asks_en if detect(text) == "en" else _asks_zh
    parts: list[str] = []
    scene: list[str] = []
    opening = ""
    for piece in pieces:
        if asks(piece):
            if not parts:
                opening = _joined(scene)
            parts.append(_joined([opening, *(scene if parts else []), piece]))
            scene = []
        else:
            scene.append(piece)
    if not 2 <= len(parts) <= _MOST:
        return [text]
    if scene:
        parts[-1] = _joined([parts[-1], *scene])
    if asks is _asks_zh:
        parts[1:] = [of_the_same(part, parts[0]) for part in parts[1:]]
    return [_ended(part) for part in parts]


def _pieces_zh(text: str) -> list[str]:
    pieces: list[str] = []
    for clause in _STOPS.split(text):
        for found in _ADDS_ZH.split(clause):
            pieces += [one for piece in _at_and_zh(found) for one in told_apart(piece)]
    bare = [_LEADING_ZH.sub("", piece.strip()) for piece in pieces]
    return _with_tags([piece for piece in bare if piece.strip("，。？?！!；;, \n")], _TAG_ZH)


def _at_and_zh(clause: str) -> list[str]:
    """Cut at 和 where both sides ask who, how long or how much; 什么颜色和什么尺码 is one question."""
    for match in _AND_ZH.finditer(clause):
        one, other = clause[: match.start()], clause[match.end() :]
        if all(_WHO_OR_HOW_MUCH_ZH.search(_bare(side)) and len(_bare(side)) >= 4 for side in (one, other)):
            return [one, other]
    return [clause]


def _pieces_en(text: str) -> list[str]:
    pieces: list[str] = []
    for sentence in filter(None, _ENDED_EN.split(text)):
        rest = _LEADING_EN.sub("", sentence.strip())
        start = 0
        cuts = sorted({match.span() for pattern in (_ADDS_EN, _COMMA_EN) for match in pattern.finditer(rest)})
        for begin, end in cuts:
            before = rest[start:begin].strip()
            if begin < start or len(before.split()) < 2 or _HANGS_EN.search(before):
                continue
            pieces.append(before)
            start = end
        pieces.append(rest[start:].strip())
    return _with_tags([piece for piece in pieces if piece.strip("?!.,; ")], _TAG_EN)


def _with_tags(pieces: list[str], tag: re.Pattern[str]) -> list[str]:
    """Tags go with what stands before them."""
    found: list[str] = []
    for piece in pieces:
        if found and tag.search(_bare(piece)):
            found[-1] = _joined([found[-1], piece])
        else:
            found.append(piece)
    return found


def _asks_zh(piece: str) -> bool:
    bare = _bare(piece)
    is_asking = bool(_ASKS_ZH.search(bare)) or (bare.endswith("呢") and len(bare) >= 4)
    return is_asking and not (_ANY_ZH.search(bare) and not bare.endswith("吗")) and not _PREMISE_ZH.search(bare)


def _asks_en(piece: str) -> bool:
    return bool(_ASKS_EN.search(_bare(piece)))


def _bare(piece: str) -> str:
    return piece.strip("，。？?！!；;,.、 \n")


def _joined(pieces: list[str]) -> str:
    found = ""
    for piece in filter(None, (item.strip() for item in pieces)):
        if found and found[-1] not in "，。？?！!；;,.":
            found += ", " if piece[0].isascii() and found[-1].isascii() else "，"
        found += f" {piece}" if found and piece[0].isascii() and found[-1] in "?!.,;" else piece
    return found


def _ended(part: str) -> str:
    """Without the stop that led on to the next part, closed by a question mark."""
    bare = part.rstrip("，。？?！!；;,. \n")
    return f"{bare}{'?' if detect(bare) == 'en' else '？'}"
