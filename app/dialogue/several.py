"""The pieces of a message that wishes for several things: 帮我查下物流，另外把地址改了; "track it, and also …".

Cut only before a word that adds (另外, 顺便, also, by the way), never at a plain comma or 和: what stands there
mostly says more of the same thing. Whether the pieces are wishes is for others to say.
"""

from __future__ import annotations

import re

_MOST = 3
"""Pieces; a message of more is taken as it is."""
_ADDS_ZH = (
    r"(?:另外|此外|顺便|顺带|对了[，,]|同时(?=[也再帮给请把])"
    r"|(?<=[，,。；;！!？?\s])(?:还有(?=[，,我帮请想要能麻个一])|还要|还想|再(?=[帮给把查看来])))"
)
_ADDS_EN = (
    r"(?:\b(?:and|but|then)\s+also\b|\bby the way\b|\bbtw\b|\bin addition\b|\badditionally\b|\bone more thing\b"
    r"|\bon top of that\b|\bwhile you(?:'re|\s+are) at it\b|(?<=[,.;!?])\s*\b(?:also|plus|secondly)\b"
    r"|(?<=[,.;!?])\s*(?:and\s+)?(?=i(?:'d| would)? also\b))"
)
_CUT = re.compile(rf"(?:{_ADDS_ZH}|{_ADDS_EN})[\s，,：:]*", re.IGNORECASE)
_ENDS = " \t\n，,。.；;！!、"
_WORDS = re.compile(r"\w")


def pieces(message: str) -> list[str]:
    """What is said one beside the other, without the words between; [message] where nothing is added."""
    found = [piece.strip(_ENDS) for piece in _CUT.split(message)]
    found = [piece for piece in found if _WORDS.search(piece)]
    return found if 1 < len(found) <= _MOST else [message]
