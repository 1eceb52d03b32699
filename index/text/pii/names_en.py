"""Names in English text: behind the words that lead to one, behind titles, and where a known first name begins one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.resources import files

from index.text.pii.span import PersonalSpan
from index.text.word_lists import word_list

_LETTER = "A-Za-z\u00c0-\u024f"
_CAP = rf"(?-i:[A-Z\u00c0-\u00de\u0100-\u024f](?:[{_LETTER}'’-]*[{_LETTER}])(?![0-9_])|[A-Z]\.)"
_PARTICLE = r"(?:van|von|der|den|de|la|del|di|da|bin|al|el|ten|ter|zu)\b"
_NAME = rf"{_CAP}(?:[ \t](?:{_CAP}|(?-i:[A-Z]\.?)(?=\s)|{_PARTICLE})){{0,3}}"
_RELATIVES = (
    "husband|wife|son|daughter|mother|mum|mom|father|dad|partner|friend|colleague|boss|brother|sister|flatmate|"
    "neighbou?r|roommate|assistant"
)
_FIELDS = (
    "recipient|addressee|receiver|consignee|cardholder|account holder|customer|buyer|name|contact|attn|attention|"
    "signed|regards|sincerely|cheers|best|yours|love"
)
_LED = re.compile(
    r"\b(?:my (?:full |first |last |real |legal )?name(?:'s| is| was|:)"
    r"|name on (?:the |my )?(?:card|account|order|booking)(?: is|:)"
    rf"|(?:{_FIELDS})\s*[,:]\s*(?:user:\s*)?"
    r"|this is|i am|i'm|it's|call me|called|named|under(?: the name| my \w{1,12}'s name)?|c/o|care of"
    rf"|(?:my|our) (?:{_RELATIVES}),?"
    r"|(?:speak|talk|spoke|talked|chatted|chatting|dealing) (?:to|with)|agent|hi|hello|hey|dear|thanks?|thank you|sorry"
    r"|in the name of|on behalf of|for the attention of|addressed to|made out to|belongs to|signed (?:for )?by)\s+"
    rf"(?:(?:mr|mrs|ms|miss|dr|prof)\.?\s)?(?P<name>{_NAME})",
    re.IGNORECASE,
)
_TITLED = re.compile(rf"\b(?:mr|mrs|ms|miss|mx|dr|prof|professor|sir|madam)\.?\s+(?P<name>{_NAME})", re.IGNORECASE)
_CAPITALISED = re.compile(rf"(?<![0-9{_LETTER}@#/.-]){_NAME}(?![0-9{_LETTER}@])")
_COMMON_FIRST, _COMMON_LAST = 1219, 20_000
"""Names that are looked at, commonest first; 1219 is all that the census has of men."""


def find_names_en(text: str) -> Iterator[PersonalSpan]:
    """PERSON in text of Latin letters: led by words that announce a name, or begun by a first name that is known."""
    for pattern in (_LED, _TITLED):
        for match in pattern.finditer(text):
            if span := _kept(text, match.start("name"), match.end("name")):
                yield span
    for match in _CAPITALISED.finditer(text):
        words = list(re.finditer(r"\S+", match[0]))
        for place, word in enumerate(words):
            if _begins_name([part[0] for part in words[place:]]):
                if span := _kept(text, match.start() + word.start(), match.end()):
                    yield span
                break


def _begins_name(words: Sequence[str]) -> bool:
    """Whether capitalised words are a name from the first one on."""
    first, last = _plain(words[0]), _plain(words[-1])
    is_first = first in _first_names()
    if is_first and first not in word_list("not_first_names_en"):
        return len(first) > 2 or (len(words) > 1 and not _is_ordinary(last))
    if len(words) < 2 or any(_is_ordinary(_plain(word)) for word in words):
        return False
    # A first name that is a word as well, before a family name; or letters that English words have not.
    return (is_first and last in _last_names()) or not all(word.isascii() for word in words)


def _kept(text: str, start: int, end: int) -> PersonalSpan | None:
    """The span up to the first ordinary word behind the name, without those before it; None when nothing is left."""
    words = [(match.start() + start, match.end() + start) for match in re.finditer(r"\S+", text[start:end])]
    ordinary = [_is_ordinary(_plain(text[first:last])) for first, last in words]
    begin = next((place for place, is_word in enumerate(ordinary) if not is_word), None)
    if begin is None:
        return None
    stop = next((place for place in range(begin, len(words)) if ordinary[place]), len(words))
    first, last = words[begin][0], words[stop - 1][1]
    if text[first:last].endswith(("'s", "’s")):
        last -= 2
    while last > first and text[last - 1] in ".,":
        last -= 1
    name = text[first:last]
    return None if len(name) < 2 or (name.isupper() and len(name) < 4) else PersonalSpan(first, last, "PERSON")


def _plain(word: str) -> str:
    return word.strip(".,'’").lower()


def _is_ordinary(word: str) -> bool:
    return word in word_list("not_names_en")


@lru_cache(maxsize=1)
def _first_names() -> frozenset[str]:
    """Lower case. Source: United States census of 1990, as the package `names` carries it."""
    return frozenset(_column("dist.male.first", _COMMON_FIRST) | _column("dist.female.first", _COMMON_FIRST))


@lru_cache(maxsize=1)
def _last_names() -> frozenset[str]:
    return frozenset(_column("dist.all.last", _COMMON_LAST))


def _column(name: str, limit: int) -> set[str]:
    lines = files("names").joinpath(name).read_text(encoding="ascii").splitlines()
    return {line.split()[0].lower() for line in lines[:limit]}
