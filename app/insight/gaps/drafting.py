"""What agents say to the questions of a gap, as the draft of an article: their own sentences, those that recur.

Nothing is written that no agent wrote. A sentence is taken when agents said it, or nearly it, in several conversations
on this topic and do not say it everywhere (a greeting); what belongs to one customer is left out.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import numpy as np

from app.insight.gaps.privacy import is_personal
from index.text.language import detect
from index.text.normalize import fold
from index.text.numerals import NUMERAL, number
from index.text.segment import search_bigrams
from index.text.sentences import split_sentences
from index.types import FloatMatrix

DraftLanguage = Literal["zh", "en"]
LANGUAGES: tuple[DraftLanguage, ...] = ("zh", "en")

_GREETING = re.compile(
    r"^(?:亲|您好|你好|在的|好的|hi|hello|dear|good (?:morning|afternoon|evening)|thanks?|thank you|sorry)\b.{0,40}$"
    r"|久等|祝您|愉快|还有什么可以|很高兴为您|感谢您的|麻烦您?给个?好评|have a (?:nice|great|good) |anything else"
    r"|thanks? (?:you )?for (?:your patience|waiting|contacting|reaching)|happy to help|how can i help",
    re.IGNORECASE,
)
_NUMBER = re.compile(NUMERAL, re.IGNORECASE)
_ALIKE = 0.5


@dataclass(frozen=True, slots=True)
class DraftParams:
    """Which sentences are taken."""

    fewest: int = 2
    """Conversations in which a sentence was said."""
    least_share: float = 0.2
    """Of the conversations in that language with a reply."""
    alike: float = _ALIKE
    """Share of the parts of words (Jaccard) from which on two sentences say the same."""
    near: float = 0.955
    """Cosine from which on they do, with few parts of words in common."""
    most: int = 6
    """Sentences of a draft."""
    everywhere: float = 0.5
    """A sentence said in more than this share as many conversations on other topics, counted by rate, is no part of
    the answer."""

    def __post_init__(self) -> None:
        if self.fewest < 1 or self.most < 1 or not 0 <= self.least_share <= 1:
            raise ValueError(f"Expected fewest >= 1, most >= 1 and a share in [0, 1], got {self}.")


@dataclass(frozen=True, slots=True)
class Recurring:
    """A sentence that agents said again and again."""

    text: str
    said: int
    """Conversations in which it, or nearly it, was said."""
    of: int
    """Conversations in this language with a reply."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {"text": self.text, "said": self.said, "of": self.of}


@dataclass(frozen=True, slots=True)
class Extract:
    """What the replies on one topic have in common, by language."""

    sentences: Mapping[DraftLanguage, tuple[Recurring, ...]]
    """In the order in which agents say them."""
    warnings: tuple[str, ...]
    """What a reviewer should look at: agents who name different numbers, a language without replies."""

    def text(self, language: DraftLanguage) -> str:
        """The sentences of a language as one text; "" for none."""
        joiner = "" if language == "zh" else " "
        return joiner.join(item.text for item in self.sentences[language])


@dataclass(frozen=True, slots=True)
class _Said:
    text: str
    conversation: str
    place: float
    """Where in the reply, from 0 to 1."""
    parts: frozenset[str]
    numbers: tuple[Fraction, ...]


class Drafter:
    """Takes drafts out of replies."""

    def __init__(self, embed: Callable[[Sequence[str]], FloatMatrix], *, params: DraftParams | None = None) -> None:
        """Ready to draft.

        Args:
            embed: unit vectors of sentences, float32, (n, d).
            params: which sentences are taken.
        """
        self._embed, self._params = embed, params or DraftParams()

    def extract(
        self, replies: Mapping[str, Sequence[str]], *, elsewhere: Mapping[str, Sequence[str]] | None = None
    ) -> Extract:
        """What recurs in the replies of a topic, by conversation; `elsewhere`: those on other topics."""
        own, other = _spoken(replies), _spoken(elsewhere or {})
        found: dict[DraftLanguage, tuple[Recurring, ...]] = {}
        warnings: list[str] = []
        for language in LANGUAGES:
            found[language] = self._recurring(own[language], other[language], warnings)
            if not found[language]:
                warnings.append(f"{language}: no sentence recurs in the replies; write the answer, or leave it out")
        return Extract(found, tuple(warnings))

    def _recurring(self, said: Sequence[_Said], other: Sequence[_Said], warnings: list[str]) -> tuple[Recurring, ...]:
        total = len({item.conversation for item in said})
        kept: list[tuple[float, Recurring]] = []
        for group in self._groups(said):
            conversations = {item.conversation for item in group}
            if len(conversations) < self._params.fewest or len(conversations) < self._params.least_share * total:
                continue
            if self._is_everywhere(group, len(conversations) / total, other):
                continue
            agreed = _with_agreed_numbers(group, warnings)
            spoken = Counter(item.text for item in agreed)
            # The wording said most often; of equals the shorter, which holds less of one customer's case.
            text = min(spoken, key=lambda wording: (-spoken[wording], len(wording), wording))
            place = float(np.mean([item.place for item in agreed]))
            kept.append((place, Recurring(text, len(conversations), total)))
        best = sorted(kept, key=lambda pair: (-pair[1].said, pair[0]))[: self._params.most]
        return tuple(item for _, item in sorted(best, key=lambda pair: pair[0]))

    def _groups(self, said: Sequence[_Said]) -> Iterable[list[_Said]]:
        """Sentences that say the same, each put to the first group whose first sentence it is like."""
        distinct = list(dict.fromkeys(item.text for item in said))
        vectors = self._embed(distinct)
        row_of = {text: row for row, text in enumerate(distinct)}
        groups: list[list[_Said]] = []
        for item in sorted(said, key=lambda one: one.text):
            home = next((group for group in groups if self._says_the_same(item, group[0], vectors, row_of)), None)
            if home is None:
                groups.append([item])
            else:
                home.append(item)
        return groups

    def _says_the_same(self, one: _Said, other: _Said, vectors: FloatMatrix, row_of: Mapping[str, int]) -> bool:
        if one.text == other.text or _jaccard(one.parts, other.parts) >= self._params.alike:
            return True
        return float(vectors[row_of[one.text]] @ vectors[row_of[other.text]]) >= self._params.near

    def _is_everywhere(self, group: Sequence[_Said], rate: float, other: Sequence[_Said]) -> bool:
        """Whether it is said on other topics about as often."""
        total = len({item.conversation for item in other})
        if not total:
            return False
        first = group[0]
        like = {item.conversation for item in other if _jaccard(item.parts, first.parts) >= self._params.alike}
        return len(like) / total > self._params.everywhere * rate


def common_sentences(replies: Mapping[str, Sequence[str]], *, limit: int) -> list[str]:
    """Sentences of replies that state something and belong to nobody, those said in most conversations first."""
    conversations: defaultdict[str, set[str]] = defaultdict(set)
    for conversation, texts in replies.items():
        for text, _ in _statements(texts):
            conversations[text].add(conversation)
    return sorted(conversations, key=lambda text: (-len(conversations[text]), text))[:limit]


def alike_made_equal(said: Sequence[frozenset[str]], *, alike: float = _ALIKE) -> list[frozenset[str]]:
    """The same sets with one wording for all sentences that share so many parts of words."""
    first: dict[str, str] = {}
    wordings: list[tuple[str, frozenset[str]]] = []
    for text in sorted(set().union(*said)):
        parts = _parts(text)
        first[text] = next((known for known, other in wordings if _jaccard(parts, other) >= alike), text)
        if first[text] == text:
            wordings.append((text, parts))
    return [frozenset(first[text] for text in texts) for texts in said]


def _spoken(replies: Mapping[str, Sequence[str]]) -> Mapping[DraftLanguage, list[_Said]]:
    """Sentences that could stand in an article, by language."""
    found: defaultdict[DraftLanguage, list[_Said]] = defaultdict(list)
    for conversation, texts in replies.items():
        for text, place in _statements(texts):
            language: DraftLanguage = "en" if detect(text) == "en" else "zh"
            found[language].append(_Said(text, conversation, place, _parts(text), numbers_in(text)))
    return found


def _statements(replies: Sequence[str]) -> Iterator[tuple[str, float]]:
    """Sentences of a conversation's replies that state something and belong to nobody; where they stand, 0 to 1."""
    whole = "\n".join(replies)
    spans = split_sentences(whole)
    for at, (start, end) in enumerate(spans):
        text = whole[start:end].strip()
        if not (len(text) < 4 or is_personal(text) or _GREETING.search(text) or text.endswith(("?", "？"))):
            yield text, at / max(1, len(spans) - 1)


def numbers_in(text: str) -> tuple[Fraction, ...]:
    """The numbers of a text, in digits or in words, in order."""
    values = (number(word) for word in _NUMBER.findall(fold(text)))
    return tuple(value for value in values if value is not None)


def _with_agreed_numbers(group: Sequence[_Said], warnings: list[str]) -> list[_Said]:
    """Those with the numbers that most conversations name; where agents differ, the reviewer is told."""
    by_numbers: defaultdict[tuple[Fraction, ...], list[_Said]] = defaultdict(list)
    for item in group:
        by_numbers[tuple(sorted(item.numbers))].append(item)
    ranked = sorted(by_numbers.values(), key=lambda items: (-len({item.conversation for item in items}), items[0].text))
    if len(ranked) > 1:
        told = " / ".join(f"“{items[0].text}” ({len({item.conversation for item in items})})" for items in ranked[:3])
        warnings.append(f"agents name different numbers: {told}")
    return ranked[0]


def _parts(text: str) -> frozenset[str]:
    return frozenset(part for part in search_bigrams(text) if not part[0].isdigit())


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    union = len(one | other)
    return len(one & other) / union if union else 0.0
