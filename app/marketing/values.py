"""What copy is made of: facts, claims on them, and what the law has against a wording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from app.domain.action import Wording

CopyLanguage = Literal["zh", "en"]
Severity = Literal["forbidden", "unproven", "missing"]
"""forbidden: never; unproven: only with a fact that says so; missing: something that has to be there is not."""
Mode = Literal["template", "llm"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known of a product, or of who is written to."""

    name: str
    """Of the attribute, such as 颜色; "" for a sentence of a description."""
    value: str

    def __str__(self) -> str:
        return f"{self.name}: {self.value}" if self.name else self.value


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something given that is not written, and why."""

    name: str
    value: str
    why: Wording

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {"name": self.name, "value": self.value, "reason": self.why.en, "why": self.why.to_dict()}


@dataclass(frozen=True, slots=True)
class Claim:
    """A part of a text that says something of the product; offsets count code points of the text."""

    text: str
    start: int
    end: int
    facts: tuple[Fact, ...]
    """What it rests on."""
    absent: tuple[str, ...] = ()
    """What it says that is not among the facts."""
    denied: tuple[str, ...] = ()
    """What it denies though it is given."""

    @property
    def is_supported(self) -> bool:
        """Whether facts bear it out."""
        return not self.absent and not self.denied

    @property
    def why(self) -> Wording | None:
        """Why it does not stand; None where it does."""
        if self.is_supported:
            return None
        absent, denied = ", ".join(self.absent), ", ".join(self.denied)
        zh = [f"资料中没有：{absent}"] * bool(absent) + [f"与资料相反：{denied}"] * bool(denied)
        en = [f"not among the facts: {absent}"] * bool(absent) + [f"denied here, but given: {denied}"] * bool(denied)
        return Wording("；".join(zh), "; ".join(en))

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        why = self.why
        return {
            "text": self.text,
            "fact": "; ".join(map(str, self.facts)) or None,
            "supported": self.is_supported,
            "reason": why.en if why is not None else None,
            "why": why.to_dict() if why is not None else None,
            "start": self.start,
            "end": self.end,
        }


@dataclass(frozen=True, slots=True)
class Violation:
    """A wording that the law does not allow, or one that it demands and that is not there (start and end are 0)."""

    rule: str
    article: str
    severity: Severity
    text: str
    start: int
    end: int
    why: Wording

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "rule": self.rule,
            "article": self.article,
            "severity": self.severity,
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "why": self.why.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class Variant:
    """A text with its verdicts."""

    text: str
    claims: tuple[Claim, ...]
    violations: tuple[Violation, ...]
    mode: Mode = "template"
    model: str | None = None
    dropped: tuple[str, ...] = ()
    """Sentences of the language model that did not stand."""
    unused: tuple[str, ...] = ()
    """Names of facts for which there was no room."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "text": self.text,
            "claims": [claim.to_dict() for claim in self.claims],
            "violations": [violation.to_dict() for violation in self.violations],
            "mode": self.mode,
            "model": self.model,
            "dropped": list(self.dropped),
            "unused": list(self.unused),
        }


@dataclass(frozen=True, slots=True)
class Reader:
    """Who is written to."""

    audience: str = ""
    """A segment in words, such as 新客 or "new mothers"."""
    customer_id: str | None = None
    """One customer; asks for their consent to marketing."""


@dataclass(frozen=True, slots=True)
class CopyRequest:
    """What to write."""

    channel: str = "detail"
    language: CopyLanguage | None = None
    """None takes the channel's, else that of the facts."""
    attributes: tuple[Fact, ...] = ()
    facts: tuple[Fact, ...] = ()
    """Further ones, such as sentences that may be said."""
    product_id: str | None = None
    """Of the catalogue; its facts go before those given."""
    reader: Reader = field(default_factory=Reader)
    variants: int = 2


@dataclass(frozen=True, slots=True)
class Copy:
    """The variants for a request."""

    channel: str
    language: CopyLanguage
    variants: tuple[Variant, ...]
    left_out: tuple[LeftOut, ...] = ()
    product_id: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "channel": self.channel,
            "language": self.language,
            "product_id": self.product_id,
            "variants": [variant.to_dict() for variant in self.variants],
            "left_out": [item.to_dict() for item in self.left_out],
        }


def localized(fields: Mapping[str, str]) -> Wording:
    """Both languages of a text in a data file."""
    return Wording(fields["zh"], fields["en"])
