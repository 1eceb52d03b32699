"""The facts of one text, laid out: what the product is called, its attributes by kind, its sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.domain.action import Wording
from app.marketing.phrases import Phrases
from app.marketing.values import CopyLanguage, Fact, LeftOut
from app.marketing.vocabulary import Vocabulary
from index.text.language import detect

_GENERIC = {
    "裙": ("裙子", "条"),
    "裤": ("裤子", "条"),
    "鞋": ("鞋子", "双"),
    "包": ("包", "只"),
    "帽": ("帽子", "顶"),
    "袜": ("袜子", "双"),
}
_MEASURES = (("裙裤", "条"), ("鞋靴袜", "双"), ("衣衫装服套恤甲袍领", "件"), ("帽", "顶"))
_UNTRANSLATED = {
    "zh": Wording("不知道中文怎么说", "its words in Chinese are not known"),
    "en": Wording("不知道英文怎么说", "its words in English are not known"),
}
_BRAND = frozenset({"品牌", "brand"})
_GARMENT_KINDS = frozenset({"collar", "sleeve", "sleeve_length", "waist", "hem", "placket", "fit"})


@dataclass(frozen=True, slots=True)
class Attribute:
    """The values that go under one name."""

    kind: str
    name: str
    """As it is said in the text's language."""
    values: tuple[str, ...]
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a writer works from; every text in it is of one language."""

    language: CopyLanguage
    noun: str
    """What the product is called."""
    measure: str
    """The Chinese measure word behind 这."""
    has_name: bool
    """Whether `noun` is a name of its own, which takes no 这款 before it."""
    is_garment: bool
    attributes: tuple[Attribute, ...]
    """Without what the noun says already."""
    sentences: tuple[Fact, ...]
    facts: tuple[Fact, ...]
    """All that may be said, in the words in which it is said."""
    price: Fact | None = None
    brand: str = ""
    greeting_name: str = ""
    owned_size: str = ""


@dataclass(slots=True)
class _Words:
    """Facts in the language of the text."""

    attributes: list[tuple[str, str, str, Fact]] = field(default_factory=list)
    """Kind, name, value, as given."""
    sentences: list[Fact] = field(default_factory=list)
    left: list[LeftOut] = field(default_factory=list)


def lay_out(
    facts: Sequence[Fact],
    language: CopyLanguage,
    vocabulary: Vocabulary,
    *,
    name: str = "",
    brand: str = "",
    price: Fact | None = None,
    greeting_name: str = "",
    owned_size: str = "",
) -> tuple[Sheet, list[LeftOut]]:
    """A sheet, and the facts that cannot be said in its language because nothing here knows their words in it."""
    said_by_name = [fact for fact in facts if not (name and fact.name in _BRAND and fact.value in name)]
    words = _in_language(said_by_name, language, vocabulary)
    noun, measure, used = _noun(words.attributes, language) if not name else (name, "", frozenset[str]())
    grouped: dict[str, list[tuple[str, str, Fact]]] = {}
    kinds: dict[str, str] = {}
    for kind, label, value, fact in words.attributes:
        if kind == "type" and value in used:
            continue
        if kind in ("length", "form") and value in used:
            continue
        grouped.setdefault(label, []).append((label, value, fact))
        kinds[label] = kind
    order = Phrases.shipped().order
    attributes = [
        Attribute(
            kinds[label], label, tuple(dict.fromkeys(value for _, value, _ in group)), tuple(fact for *_, fact in group)
        )
        for label, group in grouped.items()
    ]
    attributes.sort(key=lambda item: order.index(item.kind))
    said = [Fact(label, value) for _, label, value, _ in words.attributes] + words.sentences
    extra = [price] if price is not None else []
    extra += [Fact("称呼" if language == "zh" else "name", greeting_name)] if greeting_name else []
    extra += [Fact("常选尺码" if language == "zh" else "usual size", owned_size)] if owned_size else []
    named = [Fact("名称" if language == "zh" else "name", name)] if name else []
    sheet = Sheet(
        language=language,
        noun=noun or Phrases.shipped().line(language, "fallback_noun"),
        measure=measure or "款",
        has_name=bool(name),
        is_garment=any(item.kind in _GARMENT_KINDS for item in attributes),
        attributes=tuple(attributes),
        sentences=tuple(words.sentences),
        facts=tuple(dict.fromkeys([*named, *said, *extra])),
        price=price,
        brand=brand,
        greeting_name=greeting_name,
        owned_size=owned_size,
    )
    return sheet, words.left


def _in_language(facts: Sequence[Fact], language: CopyLanguage, vocabulary: Vocabulary) -> _Words:
    words = _Words()
    labels = Phrases.shipped().labels(language)
    for fact in facts:
        if not fact.name:
            if _fits(fact.value, language):
                words.sentences.append(fact)
            else:
                words.left.append(LeftOut("", fact.value, Wording("是另一种语言", "it is in another language")))
            continue
        kind = vocabulary.kind_of(fact.name)
        name = fact.name if _fits(fact.name, language) else labels.get(kind)
        value = fact.value if _fits(fact.value, language) else vocabulary.translated(fact.value, language)
        if name is None or value is None:
            words.left.append(LeftOut(fact.name, fact.value, _UNTRANSLATED[language]))
        else:
            words.attributes.append((kind, name, value, fact))
    return words


def _fits(text: str, language: CopyLanguage) -> bool:
    """Whether a text can stand in a language: figures, codes and short Latin names can in both."""
    found = detect(text)
    if found == "mixed":
        return language == "zh"
    if language == "en":
        return found == "en" and not any("\u4e00" <= char <= "\u9fff" for char in text)
    return found == "zh" or not any(len(word) > 4 for word in text.split() if word.isalpha() and word.isascii())


def _noun(attributes: Sequence[tuple[str, str, str, Fact]], language: CopyLanguage) -> tuple[str, str, frozenset[str]]:
    """What to call it by its type and forms, its measure word, and the values that the noun says."""
    types = [value for kind, _, value, _ in attributes if kind == "type"]
    if language == "en":
        forms = [
            value for kind, _, value, fact in attributes if kind in ("length", "form") and fact.value[-1:] in "裙裤"
        ]
        noun = (forms or types or [""])[0]
        return noun, "", frozenset({noun, *types[:1]})
    own = types[0] if types else ""
    by_kind = {kind: [value for other, _, value, _ in attributes if other == kind] for kind in ("length", "form")}
    forms = [
        value for kind in ("length", "form") for value in by_kind[kind] if own and value.endswith(own) and value != own
    ]
    noun = forms[0] if forms else _GENERIC.get(own, (own, ""))[0]
    return noun, _measure(noun, own), frozenset({own, *forms[:1]})


def _measure(noun: str, own: str) -> str:
    if own in _GENERIC:
        return _GENERIC[own][1]
    return next((word for endings, word in _MEASURES if noun[-1:] and noun[-1] in endings), "款")
