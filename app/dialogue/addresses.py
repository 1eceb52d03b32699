"""An address as customers write it on one line, taken apart as far as its form allows."""

from __future__ import annotations

import re
from typing import Any

from index.text.language import HAN

_POSTCODE_ZH = re.compile(r"(?<!\d)\d{6}(?!\d)")
_PHONE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d{9}(?!\d)|\+\d[\d ()-]{7,}\d")
_ZH = re.compile(
    rf"^(?P<region>[{HAN}]{{2,8}}?(?:省|自治区|特别行政区))?"
    rf"(?P<city>[{HAN}]{{2,8}}?(?:市|自治州|地区|盟))?(?P<street>.+)$"
)
_SELF_GOVERNED = ("北京", "上海", "天津", "重庆")
_RECIPIENT_ZH = re.compile(rf"(?:收件人|收货人|联系人)\s*[:：]?\s*([{HAN}·]{{2,8}}|[A-Za-z][A-Za-z .]{{1,40}})")
_STATE_ZIP = re.compile(r"^(?P<state>[A-Z]{2}|[A-Za-z .]{4,20})\s+(?P<zip>\d{5}(?:-\d{4})?)$")
_ZIP = re.compile(r"^\d{5}(?:-\d{4})?$")
_COUNTRIES = {
    "us": "US", "usa": "US", "united states": "US", "uk": "GB", "united kingdom": "GB", "canada": "CA", "china": "CN",
    "australia": "AU", "germany": "DE", "france": "FR", "singapore": "SG", "japan": "JP",
}  # fmt: skip


def address_of(text: str) -> dict[str, Any]:
    """Its parts: recipient, lines, city, region, country (two letters), postcode, phone; those that were not found are
    left out, and what cannot be told apart stays in `lines`."""
    return _chinese(text) if re.search(f"[{HAN}]", text) else _western(text)


def _chinese(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {"country": "CN"}
    for name, pattern in (("phone", _PHONE), ("recipient", _RECIPIENT_ZH), ("postcode", _POSTCODE_ZH)):
        if match := pattern.search(text):
            found[name] = match[match.lastindex or 0]
            text = text[: match.start()] + " " + text[match.end() :]
    text = re.sub(r"(?:手机|电话|邮编|地址)\s*[:：]?\s*", " ", text)
    bare = re.sub(r"[\s,，;；。、]+", "", text)
    match = _ZH.match(bare)
    if match is None:
        return found
    city = next((name for name in _SELF_GOVERNED if bare.startswith(name)), None)
    if city is not None:
        street = re.sub(rf"^(?:{city}市?){{1,2}}", "", bare)
        return {**found, "region": f"{city}市", "city": f"{city}市", "lines": [street] if street else []}
    if match["region"]:
        found["region"] = match["region"]
    if match["city"]:
        found["city"] = match["city"]
    return {**found, "lines": [match["street"]]}


def _western(text: str) -> dict[str, Any]:
    parts = [part.strip() for part in re.split(r"[,\n]", text) if part.strip()]
    found: dict[str, Any] = {}
    if parts and (country := _COUNTRIES.get(parts[-1].lower().rstrip("."))):
        found["country"] = country
        parts.pop()
    if parts and (match := _STATE_ZIP.match(parts[-1].rstrip("."))):
        found |= {"region": match["state"], "postcode": match["zip"], "country": found.get("country", "US")}
        parts.pop()
    elif len(parts) > 1 and _ZIP.match(parts[-1]):
        found |= {"postcode": parts.pop(), "region": parts.pop(), "country": found.get("country", "US")}
    if len(parts) > 1:
        found["city"] = parts.pop()
    return {**found, "lines": parts}
