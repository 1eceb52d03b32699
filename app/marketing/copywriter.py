"""Writes copy and holds every word of it against the facts and the law; what does not stand does not leave."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from rapidfuzz import fuzz

from app.domain.action import Wording
from app.domain.chat_model import ChatModel
from app.domain.profile import Profile
from app.marketing.catalogue import Catalogue, ProductFacts
from app.marketing.channels import Channel, channel_of
from app.marketing.claims import ClaimChecker, QuantityFaults
from app.marketing.cleaning import plain_text
from app.marketing.errors import CopyInputInvalid, FactsMissing
from app.marketing.intake import MOST_FACTS, Intake
from app.marketing.law import AdvertisingLaw
from app.marketing.prompts import build_prompt
from app.marketing.sheet import Sheet, lay_out
from app.marketing.templates import WITH_BODY, TemplateWriter
from app.marketing.values import (
    Claim,
    Copy,
    CopyLanguage,
    CopyRequest,
    Fact,
    LeftOut,
    Mode,
    Variant,
    Violation,
)
from app.marketing.vocabulary import Vocabulary
from index.errors import KefuError
from index.text.language import detect
from index.text.normalize import fold
from index.text.sentences import split_sentences

logger = logging.getLogger(__name__)

Writing = Literal["auto", "template", "llm"]
"""auto: by the language model where it is ready; llm: the same, and it is waited for; template: never."""
_MOST_VARIANTS = 10
_LONGEST_TEXT = 20_000
_TRIES = 6
"""Drafts for each variant that is wanted, until one differs from those before it and stands."""
_ALIKE = 92.0
"""Per cent of likeness from which two variants are one."""
_LONGEST_AUDIENCE = 30
_TOO_LONG = Wording("太长，不能作为称呼", "it is too long to be addressed")
_PRICED = frozenset({"sms", "push", "email"})
_MAX_TOKENS = 320


@dataclass(frozen=True, slots=True)
class TextCheck:
    """What is wrong with a text."""

    language: CopyLanguage
    claims: tuple[Claim, ...]
    violations: tuple[Violation, ...]
    excess: int = 0
    """Characters (or columns) beyond the channel's limit."""

    @property
    def is_clean(self) -> bool:
        """Whether it may go out."""
        return not self.excess and not self.violations and all(claim.is_supported for claim in self.claims)

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "language": self.language,
            "clean": self.is_clean,
            "claims": [claim.to_dict() for claim in self.claims],
            "violations": [violation.to_dict() for violation in self.violations],
            "excess": self.excess,
        }


@dataclass(frozen=True, slots=True)
class _Brief:
    """A request, made ready."""

    channel: Channel
    sheet: Sheet
    audience: str
    names: tuple[str, ...]
    facts: tuple[Fact, ...]
    """Of the sheet, with what may be said beside it."""
    left_out: tuple[LeftOut, ...]


class Copywriter:
    """Writes and checks. Safe to share between threads."""

    def __init__(
        self,
        catalogue: Catalogue,
        quantity_faults: QuantityFaults,
        *,
        chat_model: Callable[[], ChatModel | None] = lambda: None,
        profile: Callable[[str], Profile] | None = None,
        sender: str = "",
    ) -> None:
        """Ready to write; advertising rules and vocabulary are read with the first text.

        Args:
            catalogue: of products.
            quantity_faults: finds the quantities of a claim that its facts do not bear out.
            chat_model: the language model, asked for when a text wants it; None for none.
            profile: what may be used of a customer for marketing; raises where they have not agreed to it.
            sender: signs messages; "" takes the product's brand.
        """
        self._catalogue = catalogue
        self._quantity_faults = quantity_faults
        self._chat_model, self._profile = chat_model, profile
        self._writer = TemplateWriter(sender=sender)
        self._sender = sender

    @cached_property
    def _laws(self) -> dict[CopyLanguage, AdvertisingLaw]:
        return {"zh": AdvertisingLaw.shipped("zh"), "en": AdvertisingLaw.shipped("en")}

    @cached_property
    def _checker(self) -> ClaimChecker:
        return ClaimChecker(self._quantity_faults, vocabulary=Vocabulary.shipped())

    @cached_property
    def _intake(self) -> Intake:
        return Intake(list(self._laws.values()), Vocabulary.shipped())

    @property
    def catalogue(self) -> Catalogue:
        """Of products."""
        return self._catalogue

    def write(self, request: CopyRequest, *, mode: Writing = "auto") -> Copy:
        """Variants that stand, at least one and at most as many as are asked for.

        Raises `ChannelUnknown`, `CopyInputInvalid`, `ProductUnknown`, `FactsMissing`, and what `profile` raises.
        """
        if not 1 <= request.variants <= _MOST_VARIANTS:
            raise CopyInputInvalid(f"Expected 1 to {_MOST_VARIANTS} variants, got {request.variants}.")
        brief = self._brief(request)
        model = None if mode == "template" or brief.channel.name not in WITH_BODY else self._ready_model(mode)
        variants: list[Variant] = []
        for variant in self._drafts(brief, request, model):
            if all(fuzz.ratio(fold(variant.text), fold(other.text)) < _ALIKE for other in variants):
                variants.append(variant)
            if len(variants) == request.variants:
                break
        if not variants:
            raise FactsMissing("No text that stands could be made of these facts; give more of them, or simpler ones.")
        language = brief.sheet.language
        return Copy(brief.channel.name, language, tuple(variants), brief.left_out, request.product_id)

    def check(
        self,
        text: str,
        *,
        channel: str | None = None,
        language: CopyLanguage | None = None,
        about: CopyRequest | None = None,
    ) -> TextCheck:
        """Hold any text against the law and, where it is said what it is `about`, against those facts.

        Without facts no claims are judged. Raises `CopyInputInvalid` for an empty or overlong text, and as `write`.
        """
        if not text.strip() or len(text) > _LONGEST_TEXT:
            raise CopyInputInvalid(f"Expected a text of 1 to {_LONGEST_TEXT} characters, got {len(text)}.")
        place = channel_of(channel) if channel is not None else None
        spoken: CopyLanguage = language or (place.language if place else None) or _language_of([text])
        if about is None:
            return self._checked(text, spoken, place, (), ())
        brief = self._brief(replace(about, channel=place.name if place else "detail", language=spoken))
        return self._checked(text, spoken, place, brief.facts, brief.names)

    def _checked(
        self,
        text: str,
        language: CopyLanguage,
        channel: Channel | None,
        facts: Sequence[Fact],
        names: Sequence[str],
        *,
        is_strict: bool = False,
    ) -> TextCheck:
        claims = self._checker.check(text, facts, is_strict=is_strict) if facts else []
        violations = self._violations(text, language, channel, facts, names)
        excess = 0
        if channel is not None and not channel.text.holds(text, language):
            excess = channel.text.length(text) - channel.text.of(language)
        return TextCheck(language, tuple(claims), tuple(violations), excess)

    def _violations(
        self, text: str, language: CopyLanguage, channel: Channel | None, facts: Sequence[Fact], names: Sequence[str]
    ) -> list[Violation]:
        """By the law of the language, and by the other's for words of it that stand in the text."""
        found = []
        for other in sorted(self._laws, key=lambda name: name != language):
            place = channel.name if channel is not None and other == language else None
            found += self._laws[other].check(text, channel=place, facts=facts, names=names)
        return found

    def _drafts(self, brief: _Brief, request: CopyRequest, model: ChatModel | None) -> Iterator[Variant]:
        """Texts that stand, the language model's first."""
        body, dropped = self._written(model, brief) if model is not None else ((), ())
        seed = _seed(request)
        if body and model is not None:
            yield from self._standing(brief, seed, body=body, mode="llm", model=model.name, dropped=dropped)
        for number in range(_TRIES * request.variants):
            yield from self._standing(brief, seed + number, mode="template", dropped=() if body else dropped)

    def _standing(
        self,
        brief: _Brief,
        seed: int,
        *,
        mode: Mode,
        body: Sequence[str] = (),
        model: str | None = None,
        dropped: Sequence[str] = (),
    ) -> Iterator[Variant]:
        draft = self._writer.write(brief.sheet, brief.channel, audience=brief.audience, seed=seed, body=body)
        verdict = self._checked(draft.text, brief.sheet.language, brief.channel, brief.facts, brief.names)
        if verdict.is_clean:
            yield Variant(
                draft.text, verdict.claims, verdict.violations, mode, model, tuple(dropped), tuple(draft.unused)
            )
        else:
            logger.debug("a draft does not stand: %s", verdict.to_dict())

    def _ready_model(self, mode: Writing) -> ChatModel | None:
        model = self._chat_model()
        return model if model is not None and (mode == "llm" or model.is_ready) else None

    def _written(self, model: ChatModel, brief: _Brief) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Sentences of the language model that stand, and those that do not; none where it fails."""
        prompt = build_prompt(brief.sheet, brief.sheet.facts, brief.channel, audience=brief.audience)
        try:
            text = plain_text("".join(model.stream(prompt, max_tokens=_MAX_TOKENS)))
        except KefuError as error:
            logger.warning("the language model did not write, templates do: %s", error.message)
            return (), ()
        kept: list[str] = []
        dropped: list[str] = []
        for start, end in split_sentences(text):
            sentence = text[start:end]
            verdict = self._checked(sentence, brief.sheet.language, None, brief.facts, brief.names, is_strict=True)
            is_fit = verdict.is_clean and sentence[-1:] in "。！？.!?" and detect(sentence) == brief.sheet.language
            (kept if is_fit and sentence not in kept else dropped).append(sentence)
        return tuple(kept), tuple(dropped)

    def _brief(self, request: CopyRequest) -> _Brief:
        channel = channel_of(request.channel)
        given = [*request.attributes, *request.facts]
        if len(given) > MOST_FACTS:
            raise CopyInputInvalid(f"There are {len(given)} attributes and facts; {MOST_FACTS} are the most.")
        reader = request.reader
        profile = self._profile(reader.customer_id) if reader.customer_id and self._profile is not None else None
        told = channel.language or request.language or _profile_language(profile)
        language: CopyLanguage = told or (_language_of([fact.value for fact in given]) if given else "zh")
        product = self._catalogue.product(request.product_id, language) if request.product_id else None
        names = product.names if product is not None else ()
        facts, left = self._intake.taken([*(product.facts if product is not None else ()), *given], names=names)
        audience, objected = self._audience(reader.audience)
        sheet, unsaid = lay_out(
            facts,
            language,
            Vocabulary.shipped(),
            name=product.name if product is not None else "",
            brand=product.brand if product is not None else "",
            price=product.price if product is not None and channel.name in _PRICED else None,
            greeting_name=plain_text(profile.name)[:20] if profile is not None and channel.is_sent else "",
            owned_size=_owned_size(profile, product, facts),
        )
        left_out = (*left, *objected, *unsaid)
        if product is None and not sheet.attributes and not sheet.sentences and not sheet.facts:
            reasons = "; ".join(f"{item.name or item.value}: {item.why.en}" for item in left_out[:3])
            raise FactsMissing(
                f"There is nothing to say{f' ({reasons})' if reasons else ''}. Give attributes or facts."
            )
        beside = [Fact("audience", audience)] if audience else []
        sender = [Fact("sender", self._sender)] if self._sender else []
        known = (*sheet.facts, *facts, *beside, *sender)
        return _Brief(channel, sheet, audience, names, tuple(dict.fromkeys(known)), left_out)

    def _audience(self, audience: str) -> tuple[str, list[LeftOut]]:
        wanted = plain_text(audience)
        if not wanted:
            return "", []
        taken, left = self._intake.taken([Fact("audience", wanted)])
        if len(wanted) > _LONGEST_AUDIENCE:
            return "", [LeftOut("audience", wanted[:_LONGEST_AUDIENCE] + "…", _TOO_LONG)]
        return (wanted, []) if taken else ("", left)


def _language_of(texts: Sequence[str]) -> CopyLanguage:
    return "en" if detect("\n".join(texts)) == "en" else "zh"


def _profile_language(profile: Profile | None) -> CopyLanguage | None:
    if profile is None or profile.language not in ("zh", "en"):
        return None
    return "zh" if profile.language == "zh" else "en"


def _owned_size(profile: Profile | None, product: ProductFacts | None, facts: Sequence[Fact]) -> str:
    """The size that a customer takes in the product's category, where the product comes in it."""
    if profile is None or product is None:
        return ""
    size = profile.size_in(product.category) or ""
    return size if any(fact.value == size for fact in facts if fact.name in ("尺码", "size")) else ""


def _seed(request: CopyRequest) -> int:
    """The same request, the same texts."""
    facts = [str(fact) for fact in (*request.attributes, *request.facts)]
    told = json.dumps([request.product_id, request.channel, request.language, request.reader.audience, facts])
    return int.from_bytes(hashlib.sha256(told.encode("utf-8", "replace")).digest()[:6], "big")
