"""Whether a question holds what belongs to one person: then its answer is not kept. Errs on the side of not keeping."""

from __future__ import annotations

import re

from index.text.belonging import NUMBERS_AND_ACCOUNTS
from index.text.normalize import fold

_OWN = (
    r"身份证号|护照号|passport (?:number|no)",
    r"(?:我(?:的名字)?叫|我姓|收货人(?:是|:)|姓名(?:是|:)|户名(?:是|:))\s?[\u4e00-\u9fff]{1,4}",
    r"\bmy name is\b|(?:地址|住址|住在|寄到|送到)(?:是|:)?.{0,20}\d+\s?(?:号|室|栋|单元|弄|楼)|\bmy address is\b",
    r"\b\d+\s(?:\w+\s){1,3}(?:street|road|avenue|lane|drive)\b",
)
_PERSONAL = re.compile("|".join((*NUMBERS_AND_ACCOUNTS, *_OWN)), re.IGNORECASE)


def is_personal(question: str) -> bool:
    """Whether there may be a number of a phone, an order or a person, an address or a name in it."""
    return bool(_PERSONAL.search(fold(question)))
