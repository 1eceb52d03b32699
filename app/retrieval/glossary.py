"""The words of a question as a text in the other language has them.

A small reader knows that 退货 and "return" are near each other, and is not sure. What it reads of the other language is
laid beside the question with those of its words that stand there, looked up: the question as it was asked, a slash, and
the words. Which of several translations is meant is for the text to say; none that does not stand in it is given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from importlib.resources import files

from index.text.language import detect, other_language
from index.text.normalize import fold
from index.text.segment import stem
from index.text.terms import content_terms
from index.types import Language, Passage

_ENGLISH = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_ALIKE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*")
_WITH_DIGITS = re.compile(r"(?<![A-Za-z0-9])(?=[A-Za-z.+-]*\d)[A-Za-z0-9.+-]+")
_LONGEST_ZH = 8
"""Characters of an entry."""
_MOST = 2
"""Translations of one word that are given."""
_APART = " / "
_FEWEST = 2
"""Words from which a statement can be known again."""

_IRREGULAR = {
    form: word
    for word, forms in {
        "break": "broke broken",
        "bring": "brought",
        "buy": "bought",
        "child": "children",
        "choose": "chose chosen",
        "come": "came",
        "do": "did done",
        "fall": "fell fallen",
        "find": "found",
        "foot": "feet",
        "forget": "forgot forgotten",
        "freeze": "froze frozen",
        "get": "got gotten",
        "give": "gave given",
        "go": "went gone",
        "hold": "held",
        "keep": "kept",
        "knife": "knives",
        "leave": "left",
        "lose": "lost",
        "make": "made",
        "man": "men",
        "pay": "paid",
        "see": "saw seen",
        "sell": "sold",
        "send": "sent",
        "shrink": "shrank shrunk",
        "steal": "stole stolen",
        "take": "took taken",
        "tear": "tore torn",
        "tooth": "teeth",
        "wear": "wore worn",
        "woman": "women",
        "write": "wrote written",
    }.items()
    for form in forms.split()
}
Stems = tuple[str, ...]


class Glossary:
    """Pairs of words and short phrases, looked up in either direction."""

    def __init__(self, pairs: Iterable[tuple[str, Sequence[str]]]) -> None:
        """Of Chinese words with what they are in English, the likeliest first."""
        self._english: dict[str, list[tuple[Stems, str]]] = {}
        chinese: dict[Stems, list[str]] = {}
        for word, phrases in pairs:
            entries = {_stems(phrase): phrase for phrase in reversed(phrases)}
            self._english[word] = list(reversed(entries.items()))
            for stems in entries:
                chinese.setdefault(stems, []).append(word)
        self._chinese: dict[str, list[tuple[Stems, list[str]]]] = {}
        for stems, words in chinese.items():
            self._chinese.setdefault(stems[0], []).append((stems, words))
            words.sort(key=lambda word: -len(word))
        for entries_of in self._chinese.values():
            entries_of.sort(key=lambda entry: -len(entry[0]))

    @classmethod
    @lru_cache(maxsize=1)
    def shipped(cls) -> Glossary:
        """The one that comes with kefu."""
        text = files("app.retrieval").joinpath("data", "glossary.tsv").read_text(encoding="utf-8")
        rows = (line.split("\t") for line in text.splitlines())
        return cls((word, phrases.split("|")) for word, phrases in rows)

    def beside(self, question: str, text: str) -> str:
        """The question with those of its words that `text`, in the other language, holds; itself where it has none."""
        found = [*self.translated(question, "en", text), *self.translated(question, "zh", text)] if text else []
        return f"{question}{_APART}{' '.join(dict.fromkeys(found))}" if found else question

    def search_text(self, question: str, into: Language) -> str:
        """What documents in another language are searched with: translations, and what both languages write alike."""
        alike = _ALIKE.findall(question) if into == "en" else _WITH_DIGITS.findall(question)
        return " ".join([*self.translated(question, into), *alike])

    def translated(self, question: str, into: Language, text: str | None = None) -> list[str]:
        """The words of the question in another language, in order: those that `text` holds, or all that are known."""
        found = self._into_english(question, text) if into == "en" else self._into_chinese(question, text)
        return list(dict.fromkeys(found))

    def names(self, word: str, text: str) -> bool:
        """Whether a text holds one whole translation of a word or phrase, in either direction."""
        if entries := self._english.get(fold(word)):
            stands = _standing(f" {' '.join(_stems(text))} ")
            return any(stands(f" {' '.join(stems)} ") for stems, _ in entries)
        stems = _stems(word)
        entries_of = self._chinese.get(stems[0], ()) if stems else ()
        return any(phrase == stems and any(map(_standing(fold(text)), words)) for phrase, words in entries_of)

    def _into_english(self, question: str, text: str | None) -> list[str]:
        stands = _anything if text is None else _standing(f" {' '.join(_stems(text))} ")
        folded, at, found = fold(question), 0, []
        while at < len(folded):
            size = 1
            for longest in range(min(_LONGEST_ZH, len(folded) - at), 0, -1):
                entries = self._english.get(folded[at : at + longest], [])
                standing = [phrase for stems, phrase in entries if stands(f" {' '.join(stems)} ")]
                if standing := standing or _parts(entries, stands):
                    found += standing[:_MOST]
                    size = longest
                    break
            at += size
        return found

    def _into_chinese(self, question: str, text: str | None) -> list[str]:
        stands = _anything if text is None else _standing(fold(text))
        stems, at, found = _stems(question), 0, []
        while at < len(stems):
            size = 1
            for phrase, words in self._chinese.get(stems[at], ()):
                if stems[at : at + len(phrase)] == phrase and (standing := list(filter(stands, words))):
                    found += standing[:_MOST]
                    size = len(phrase)
                    break
            at += size
        return found


def _parts(entries: Sequence[tuple[Stems, str]], stands: Callable[[str], bool]) -> list[str]:
    """The words of the likeliest phrase that stand alone: of "shipping fee" the shipping that a return costs."""
    return [word for word in content_terms(entries[0][1]) if stands(f" {_stem(word)} ")] if entries else []


def stands_across(question: str, passage: Passage) -> bool:
    """Whether question and passage are in different languages; what is mixed stands beside either."""
    return {detect(question), passage.language} == {"zh", "en"}


def terms_across(question: str, passages: Iterable[Passage]) -> tuple[str, ...]:
    """Content words of the question as those of the passages that are in the other language have them."""
    text = "\n".join(f"{item.context}\n{item.text}" for item in passages if stands_across(question, item))
    words = Glossary.shipped().translated(question, other_language(question), text) if text else []
    return content_terms(" ".join(words))


def share_said(statement: str, other: str) -> float:
    """The share of the words of a statement that another one, in the other language, has too; in [0, 1]."""
    words = Glossary.shipped().translated(statement, other_language(statement), other)
    return min(1.0, len(words) / max(_FEWEST, len(content_terms(statement))))


def _standing(text: str) -> Callable[[str], bool]:
    return lambda word: word in text


def _anything(_: str) -> bool:
    return True


def _stems(text: str) -> Stems:
    words = (word.partition("'")[0] for word in _ENGLISH.findall(fold(text)))
    return tuple(_stem(_IRREGULAR.get(word, word)) for word in words)


def _stem(word: str) -> str:
    """As in the index, but with moved and move alike."""
    return stem(word).removesuffix("e")
