"""Where copy goes, and how much of it there may be."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

from app.domain.action import Wording
from app.marketing.errors import ChannelUnknown
from app.marketing.values import CopyLanguage
from index.text.normalize import fold


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a text may be."""

    zh: int
    en: int
    is_width: bool = False
    """Counted in half-width columns, a Chinese character for two, as marketplaces count titles."""

    def of(self, language: CopyLanguage) -> int:
        """In a language."""
        return self.zh if language == "zh" else self.en

    def length(self, text: str) -> int:
        """Of a text, as this limit counts it."""
        if not self.is_width:
            return len(text)
        return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)

    def holds(self, text: str, language: CopyLanguage) -> bool:
        """Whether the text is short enough."""
        return self.length(text) <= self.of(language)


@dataclass(frozen=True, slots=True)
class Channel:
    """A place where copy is shown or sent."""

    name: str
    title: Wording
    text: Limit
    """Of the whole text."""
    head: Limit | None = None
    """Of its first line, where that is a title or a subject."""
    language: CopyLanguage | None = None
    """The only one that it is written in."""
    is_sent: bool = False
    """To people who did not ask for it at that moment: to one customer only with their consent to marketing."""
    aliases: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "channel": self.name,
            "title": self.title.to_dict(),
            "limit": {"zh": self.text.zh, "en": self.text.en, "counts": "width" if self.text.is_width else "chars"},
            "head_limit": None if self.head is None else {"zh": self.head.zh, "en": self.head.en},
            "language": self.language,
            "is_sent": self.is_sent,
        }


CHANNELS = {
    channel.name: channel
    for channel in (
        Channel(
            "title",
            Wording("商品标题", "Listing title"),
            Limit(60, 150, is_width=True),
            aliases=("listing_title", "listing title", "标题", "商品标题", "product_title", "headline"),
        ),
        Channel(
            "detail",
            Wording("详情页", "Detail page"),
            Limit(600, 1500),
            aliases=("detail_page", "product_page", "product page", "detail page", "详情", "详情页", "商品详情",
                     "description", "product_description", "web", "listing", "default", "ecommerce"),
        ),
        Channel(
            "note",
            Wording("种草笔记", "Social note"),
            Limit(1000, 1500),
            head=Limit(20, 60),
            aliases=("xiaohongshu", "xhs", "rednote", "小红书", "小红书笔记", "笔记", "种草", "social", "post"),
        ),
        Channel(
            "sms",
            Wording("短信", "Text message"),
            Limit(70, 160),
            is_sent=True,
            aliases=("短信", "text_message", "text message"),
        ),
        Channel(
            "push",
            Wording("推送", "Push notification"),
            Limit(80, 180),
            head=Limit(20, 50),
            is_sent=True,
            aliases=("推送", "通知", "notification", "push_notification", "app_push"),
        ),
        Channel(
            "email",
            Wording("邮件", "E-mail"),
            Limit(1200, 2500),
            head=Limit(50, 78),
            is_sent=True,
            aliases=("邮件", "电子邮件", "e-mail", "mail", "newsletter", "edm"),
        ),
        Channel(
            "listing_en",
            Wording("英文商品页", "English listing"),
            Limit(2000, 2000),
            head=Limit(200, 200),
            language="en",
            aliases=("english_listing", "english listing", "amazon", "英文listing", "英文标题", "英文商品页"),
        ),
    )
}  # fmt: skip
_BY_NAME = {fold(name): channel for channel in CHANNELS.values() for name in (channel.name, *channel.aliases)}


def channel_of(name: str) -> Channel:
    """By its name or another one that it goes by. Raises `ChannelUnknown`."""
    found = _BY_NAME.get(fold(name).strip())
    if found is None:
        shown = " ".join(name.split())[:40]
        raise ChannelUnknown(f"There is no channel {shown!r}; there are {', '.join(CHANNELS)}.")
    return found
