"""English addresses: number and street, a box of the post, or whatever follows "ship it to" and holds a number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.text.pii.span import PersonalSpan

_UPPER = "A-Z\u00c0-\u024f"
_STREET = (
    r"(?:street|str|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|court|ct|place|pl|square|sq|terrace|way|close|"
    r"crescent|parkway|pkwy|highway|hwy|circle|cir|row|walk|gardens|gdns|mews|quay|trail|alley)\b\.?"
)
_HOME = (
    r"(?:apt|apartment|suite|ste|unit|flat|floor|fl|room|rm|building|bldg|block|blk|#)(?![a-z])\.?\s?#?\s?"
    r"(?:[A-Za-z]?\d[A-Za-z0-9-]{0,5}|[A-Za-z](?![A-Za-z]))"
)
_TOWN = rf"(?-i:[{_UPPER}][\w'’.-]*(?:\s[{_UPPER}][\w'’.-]*){{0,3}})"
_POSTCODE = (
    r"(?:[A-Z]{2}\s)?(?:\d{5}(?:-\d{4})?|(?-i:[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2})|(?-i:[A-Z]\d[A-Z]\s?\d[A-Z]\d))\b"
)
_MORE = rf"(?:\s*[,\n]?\s*(?:{_HOME}|{_POSTCODE}|(?<=[,\n])\s*{_TOWN}|(?<=[,\n]\s){_TOWN})){{0,6}}"
_FORM = re.compile(
    rf"(?:(?:{_HOME}|\d{{1,6}}[a-z]?)\s*,?\s+){{0,2}}\b\d{{1,6}}[a-z]?,?\s+"
    rf"(?-i:(?:[0-9{_UPPER}][\w'’.-]*\s+){{0,4}}?)[{_UPPER}][\w'’-]{{1,24}}\s+{_STREET}{_MORE}"
    rf"|\b\d{{1,6}}[a-z]?,?\s+(?:[NSEW]\.?\s+)?(?-i:(?:[{_UPPER}][\w'’-]*\s+){{1,4}}?){_STREET}{_MORE}"
    rf"|\bp\.?\s?o\.?\s?box\s?#?\d{{1,7}}{_MORE}"
    rf"|\b\d{{2,6}}\s+{_TOWN}\s\d{{1,4}}\.?(?=\s*(?:,?\s*(?:apt|suite|unit|flat)\b|\n)){_MORE}"
    rf"|{_HOME}\s*,\s*\d{{1,6}}\s+{_TOWN}{_MORE}",
    re.IGNORECASE,
)
_CUE = re.compile(
    r"\b(?:address(?:es)?(?: of [\w .&-]{1,40}?)?\s*"
    r"(?:(?:should |must |will |has to |to )?(?:is|be|to|with|as|:))*\s*:?"
    r"|(?:i|we|she|he|they)(?:'m| am| are|'re)?\s(?:now )?(?:live|lives|living|moved|staying|stay)\s"
    r"(?:at|in|to|on)"
    r"|(?:ship|send|deliver|post|mail|forward|courier|drop|bring)(?:ed)?\s"
    r"(?:it|this|that|them|one|the \w+|my \w+|a \w+ \w+|everything|a new one)?\s?(?:off )?(?:to|at)"
    r"|located at|office is at|are at|meet (?:me|you) at|corner of|stop at)\s+(?P<where>[^?!;]{5,110})",
    re.IGNORECASE,
)
_BEGINS = re.compile(rf"(?:the corner of )?[0-9{_UPPER}]")
_END = re.compile(
    r"\n\s*(?:mobile|phone|tel|desk|fax|e-?mail|cell|office)\b|[.](?=\s+[A-Z][a-z]+\s[a-z])"
    r"|\s(?:for|and my|after|before|because|instead|by|please|thanks?|thx|on (?:mon|tue|wed|thu|fri|sat|sun)|but|so|if|"
    r"when|card)\b"
    r"|[,.]\s*(?:and|please|thanks?|but|my|i|it|the|is|could|can|phone|tel)\b",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")


def find_addresses_en(text: str) -> Iterator[PersonalSpan]:
    """ADDRESS in text of Latin letters."""
    for match in _FORM.finditer(text):
        yield _trimmed(text, match.start(), match.end())
    for match in _CUE.finditer(text):
        start = match.start("where")
        ending = _END.search(text, start, match.end())
        end = ending.start() if ending else match.end()
        if _BEGINS.match(text, start) and _DIGIT.search(text, start, end) and "@" not in text[start:end]:
            yield _trimmed(text, start, end)


def _trimmed(text: str, start: int, end: int) -> PersonalSpan:
    while end > start and (text[end - 1].isspace() or text[end - 1] in ",:;-("):
        end -= 1
    return PersonalSpan(start, end, "ADDRESS")
