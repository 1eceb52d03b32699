"""What belongs to one person in a text, as regular expressions over folded or plain text, case not counted.

Whoever keeps or publishes what people wrote looks for these: kept answers and drafts of articles, each with names and
addresses of their own strictness beside them. They err on the side of finding.
"""

from __future__ import annotations

E_MAIL = r"[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+"
LONG_NUMBER = r"(?<!\d)(?<!\d\.)\+?(?:\d[\s().-]{0,2}){6,}\d(?!\.?\d)"
"""Of a phone, an order, a card or an identity: seven digits or more, however divided, and no decimal fraction."""
SPOKEN_NUMBER = r"[零〇一二三四五六七八九幺]{7,}"
NAMED_NUMBER_ZH = (
    r"(?:订单|单号|运单|快递单|流水号|会员号|卡号|账号|工单|取件码|验证码)(?:编?号码?)?\s?(?:是|为|号|[:：#（(])?\s?"
    r"[A-Za-z]{0,6}[-_]?\d{3,}[\w-]*"
)
NAMED_NUMBER_EN = (
    r"(?:order|tracking|invoice|ticket|account|case|card|member(?:ship)?|parcel|return)\s?(?:number|no\.?|id|#|:)?\s?"
    r"(?:is|:|#)?\s?#?(?:[a-z]{0,6}[-_]?)\d{4,}[\w-]*"
)
TAGGED_NUMBER = r"#\s?[A-Za-z0-9-]*\d{4,}"
CODE = r"\b[A-Za-z]{1,4}\d{7,}\w*"
MESSENGER = r"(?:微信|wechat|qq|whatsapp|telegram)(?:号|id)?\s?(?:是|为|[:：]|is)?\s?[a-z0-9_-]{5,}"

NUMBERS_AND_ACCOUNTS = (
    E_MAIL, LONG_NUMBER, SPOKEN_NUMBER, NAMED_NUMBER_ZH, NAMED_NUMBER_EN, TAGGED_NUMBER, CODE, MESSENGER,
)  # fmt: skip
