"""Words, character bigrams and model numbers of Chinese and English text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from index.text.language import HAN
from index.text.normalize import fold

_TOKEN = re.compile(rf"(?P<han>[{HAN}]+)|(?P<code>[^\W_{HAN}]+(?:[-_/.'’·+&][^\W_{HAN}]+)*\+*)")
_CONNECTOR = re.compile(r"[-_/.'’·+&]+")
_PART = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+")
_DECIMAL = re.compile(r"\d+(?:\.\d+)?")


def words(text: str) -> list[str]:
    """Words of `text` in order, folded: Chinese words, English words in lower case, numbers and codes whole."""
    found: list[str] = []
    for han, code in _runs(fold(text)):
        if han:
            found.extend(_cut()(han))
        else:
            found.append(code.rstrip("+"))
    return found


def search_words(text: str) -> list[str]:
    """Tokens under which the words of `text` are indexed and searched, in order, repeats kept.

    Chinese words with the shorter words inside them (cut for search); English words without plural and tense
    endings; a code such as SL-AC-1042 as a whole (without its connectors, "slac1042") and in its parts.
    """
    found: list[str] = []
    for han, code in _runs(fold(text)):
        if han:
            found.extend(_cut_for_search()(han))
        else:
            found.extend(_code_tokens(code))
    return found


def search_bigrams(text: str) -> list[str]:
    """Tokens of the second lexical index: pairs of neighbouring Han characters, and codes and words as above.

    Pairs know no dictionary, so they find names and new words that segmentation cuts wrongly. A lone Han character
    is its own token.
    """
    found: list[str] = []
    for han, code in _runs(fold(text)):
        if not han:
            found.extend(_code_tokens(code))
        elif len(han) == 1:
            found.append(han)
        else:
            found.extend(han[at : at + 2] for at in range(len(han) - 1))
    return found


def running_words(text: str) -> list[str]:
    """The words of a text as they stand; together they are the text."""
    return _cut()(text)


def stem(word: str) -> str:
    """An English word without its plural, -ing or -ed ending; lighter than Porter, so fewer words fall together."""
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith(("sses", "shes", "ches", "xes", "zes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        root = word.removesuffix(ending)
        if root != word and len(root) >= 3 and re.search(r"[aeiouy]", root):
            if root[-1] == root[-2] and root[-1] not in "lsz":
                root = root[:-1]
            return root
    return word[:-1] if word.endswith("e") and len(word) > 4 else word


def _runs(folded: str) -> Iterator[tuple[str, str]]:
    """Runs of Han characters and codes (anything else that is letters and digits), as (han, code)."""
    for match in _TOKEN.finditer(folded):
        yield match["han"] or "", match["code"] or ""


def _code_tokens(code: str) -> list[str]:
    """The tokens of one run of letters and digits: the whole, then its parts where they say something."""
    code = code.rstrip("+")
    if code.isalpha():
        return [stem(code)]
    if _DECIMAL.fullmatch(code):
        return [code]
    pieces = [piece for piece in _CONNECTOR.split(code) if piece]
    tokens = ["".join(pieces)]
    for piece in pieces:
        parts = _PART.findall(piece)
        if len(pieces) > 1:
            parts.append(piece)
        tokens.extend(stem(part) for part in parts if len(part) > 1 or part.isdigit())
    return list(dict.fromkeys(tokens))


@lru_cache(maxsize=1)
def _cut() -> Callable[[str], list[str]]:
    import rjieba  # reads its dictionary when imported

    return rjieba.cut


@lru_cache(maxsize=1)
def _cut_for_search() -> Callable[[str], list[str]]:
    import rjieba

    return rjieba.cut_for_search
