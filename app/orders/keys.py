"""How people are found whatever they type: case, width, spaces and punctuation do not count."""

from __future__ import annotations

import unicodedata


def name_key(name: str) -> str:
    """Letters and digits alone, folded: 「Ｍei  Lin」 finds Mei Lin, and 王 小明 finds 王小明."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(char for char in folded if char.isalnum())


def email_key(email: str) -> str:
    """Folded and without spaces around it."""
    return unicodedata.normalize("NFKC", email).strip().casefold()


def phone_key(phone: str) -> str:
    """Digits alone; a number of mainland China with or without +86 is the same."""
    digits = "".join(char for char in unicodedata.normalize("NFKC", phone) if char.isdecimal())
    digits = digits.removeprefix("00")
    return digits[2:] if len(digits) == 13 and digits.startswith("861") else digits


def postcode_key(postcode: str) -> str:
    """Letters and digits alone: sw1a1aa finds SW1A 1AA."""
    return name_key(postcode)
