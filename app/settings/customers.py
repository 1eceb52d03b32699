"""Settings of what deals with customers: the shop, the rules, conversations, people, pictures and voice."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, field_validator
from pydantic_settings import NoDecode

from app.settings.base import Group, Names, Timezone, listed, mapped


def _shapes(value: Any) -> Any:
    shapes = listed(value)
    for shape in shapes if isinstance(shapes, list | tuple) else ():
        if not isinstance(shape, str) or not re.search(r"[#@]", shape) or len(shape) > 40:
            raise ValueError("wants shapes such as SL##########, with # for a digit and @ for a letter")
    return shapes


Shapes = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_shapes)]


class UnderstandingSettings(Group):
    """How messages are taken: what they ask for, and how the company writes its numbers."""

    intents: Path | None = None
    """Folder of a classifier of your own (`kefu train intents`); empty takes the one that comes with kefu."""
    order_numbers: Annotated[dict[str, str], BeforeValidator(mapped)] = Field(
        default_factory=lambda: {r"SL\d{8,18}": "", r"#?W\d{7}": "#"}
    )
    """Regular expression of an order number, and what its one spelling begins with where customers leave it out."""
    skus: Names = (r"[A-Z]{2,4}-[A-Z]{2,4}-\d{3,5}(?:-[A-Z0-9]{1,4})?",)
    """Regular expressions of an item number."""
    regions: Names = ("CN", "US", "GB")
    """Countries whose telephone numbers are written without a country code, as ISO 3166."""
    currency: str = Field(default="CNY", pattern="^[A-Z]{3}$")
    """Of sums that name none."""

    @field_validator("order_numbers", "skus")
    @classmethod
    def _expressions(cls, patterns: Any) -> Any:
        for pattern in patterns:
            try:
                is_blank = re.compile(pattern).fullmatch("") is not None
            except re.error as error:
                raise ValueError(f"{pattern!r} is no regular expression ({error})") from None
            if is_blank:
                raise ValueError(f"{pattern!r} fits an empty text")
        return patterns


class ShopSettings(Group):
    """Where customers and their orders are: in our own database, or in a shop elsewhere that speaks our JSON."""

    url: str = ""
    """Such as https://shop.example/kefu (docs/shop-api.md); empty takes the records in the database."""
    api_key: SecretStr = SecretStr("")
    timeout_s: float = Field(default=5, gt=0)
    """Of one request; reads are tried three times."""

    @field_validator("url")
    @classmethod
    def _is_http(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and (parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment):
            raise ValueError("is no address such as https://shop.example/kefu")
        return url


class PolicySettings(Group):
    """What may be done for a customer without a person."""

    rules: Path = Path("policies/rules.yaml")
    """The company's rules; `kefu policy check` holds them against the documents."""


class DialogueSettings(Group):
    """Conversations over several turns."""

    enabled: bool = True
    """Whether `/v1/chat` holds conversations; off answers each message from the documents alone."""
    flows: Path | None = None
    """Folder of your own flows, which take the place of shipped ones of the same id; `kefu dialogue check` reads it."""
    max_failures: int = Field(default=2, ge=1)
    """Messages in a row that led nowhere before a person is offered; after twice as many one is called."""


class HandOffSettings(Group):
    """When a person takes over, who, and until when; `app.handoff.policy` says what each is checked for."""

    triggers: Names = ("asked", "failed", "anger", "risk", "money", "vip")
    """What hands a conversation over; take out what should not."""
    max_failures: int = Field(default=3, ge=1)
    """Turns in a row without an answer."""
    money_above: float = Field(default=5000, ge=0)
    """An amount above it is decided by a person; in the currency of the shop."""
    vip_tiers: Names = ()
    """Memberships whose customers get a person at once."""
    risk_words: Annotated[dict[str, str], BeforeValidator(mapped)] = Field(default_factory=dict)
    """Words of your own by topic, beside the built-in ones: legal = "集体诉讼, class action"; "" switches it off."""
    timezone: Timezone = ""
    """Of the business hours, such as Asia/Shanghai; empty takes that of the machine."""
    hours: Annotated[dict[str, str], BeforeValidator(mapped)] = Field(
        default_factory=lambda: {"mon-sun": "09:00-21:00"}
    )
    """Weekdays to hours: mon-fri = "09:00-12:00,13:30-18:00"; none at all means around the clock."""
    holidays: Names = ()
    """Days on which nobody answers: 2026-10-01, or 2026-10-01/2026-10-07."""
    workdays: Names = ()
    """Days at a weekend that are worked like a Monday."""
    first_reply_minutes: Annotated[dict[str, float], BeforeValidator(mapped)] = Field(
        default_factory=lambda: {"urgent": 5.0, "high": 15.0, "normal": 30.0}
    )
    """Business time until a person has answered, by priority."""
    next_reply_minutes: Annotated[dict[str, float], BeforeValidator(mapped)] = Field(
        default_factory=lambda: {"urgent": 5.0, "high": 10.0, "normal": 15.0}
    )
    max_hand_overs: int = Field(default=3, ge=1)
    """A conversation that goes to and fro more often is a supervisor's."""
    away_after_s: int = Field(default=120, ge=5)
    """Without a sign of life of an agent's page their unanswered conversations go to others."""
    reopen_hours: int = Field(default=72, ge=0)
    """A customer who writes so soon after the end reaches a person again."""
    idle_hours: int = Field(default=48, ge=1)
    """A customer who does not answer an agent for so long is taken to be served."""
    auto_assign: bool = True
    """Whether conversations are given to agents who are online; they may take them either way."""
    agents: Annotated[dict[str, str], BeforeValidator(mapped)] = Field(default_factory=dict)
    """Name of an agent's key to skills, languages and how many at a time: li = "returns payments zh 8"."""
    supervisors: Names = ()
    """Names of keys."""
    capacity: int = Field(default=5, ge=1)
    """Conversations at a time that an agent is given, where nothing else is said."""


class WebhookSettings(Group):
    """Other programs that are told what happens; `kefu webhooks add` names them."""

    enabled: bool = True
    """Whether `kefu serve` sends them."""
    allow_private: bool = False
    """Whether they may lie inside this network; off, so that nobody makes the service call what only it can reach."""
    timeout_s: float = Field(default=10, gt=0)


class PictureSettings(Group):
    """Pictures that customers send."""

    enabled: bool = True
    max_mb: int = Field(default=12, ge=1)
    max_megapixels: int = Field(default=60, ge=1)
    timeout_s: float = Field(default=15, gt=0)
    """For reading one."""
    threads: int = Field(default=0, ge=0)
    """0 takes one a core, four at most."""
    order_numbers: Shapes = ("SL##########",)
    """What the company's order numbers look like: # is a digit, @ a letter."""
    skus: Shapes = ("SL-@@-####",)


class VoiceSettings(Group):
    """Recordings that customers send; needs the extra `voice` and its weights."""

    enabled: bool = True
    model: str = "whisper-base"
    """A speech model of `kefu models list`, or another CTranslate2 folder by `models.paths`."""
    max_mb: int = Field(default=25, ge=1)
    max_s: float = Field(default=120, gt=0)
    """Length of one recording."""
    chinese: Literal["simplified", "traditional", "as_heard"] = "simplified"
    threads: int = Field(default=0, ge=0)
    """0 takes one a core, four at most."""


class RetentionSettings(Group):
    """How long words of people are kept; numbers and counts stay."""

    days: int = Field(default=1095, ge=0)
    """Conversations, words of ratings, edits and survey comments that are older go at night; 0 keeps them for good.

    Three years, for which China's E-Commerce Law (article 31) wants the records of a sale kept. Receipts have their own
    `receipts.keep_days`.
    """


class SurveySettings(Group):
    """Asking customers how it was, once a conversation is resolved."""

    enabled: bool = True
    quiet_days: int = Field(default=14, ge=0)
    """Nobody is asked twice within so many days."""
    nps_days: int = Field(default=90, ge=0)
    """Nobody is asked more often whether they would recommend the company; 0 never asks it."""
    open_days: int = Field(default=14, ge=1)
    """How long an answer is taken."""
