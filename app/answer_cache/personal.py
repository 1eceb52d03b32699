"""Whether a question holds what belongs to one person: then its answer is not kept. Errs on the side of not keeping."""

from __future__ import annotations

import re

from index.text.normalize import fold

_PERSONAL = re.compile(
    r"[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+"  # e-mail
    r"|(?:\d[\s().-]{0,2}){6,}\d"  # phone, order, card and identity numbers: seven digits or more, however divided
    r"|[零〇一二三四五六七八九幺]{7,}"
    r"|(?:订单|单号|运单|快递单|流水号|会员号|卡号|账号|工单)(?:编?号码?)?\s?(?:是|为|:|#|号|\()?\s?[a-z]{0,6}[-_]?\d{3,}[\w-]*"
    r"|(?:order|tracking|invoice|ticket|account|case|card|member(?:ship)?)\s?(?:number|no\.?|id|#|:)?\s?(?:is|:|#)?\s?#?(?:[a-z]{0,6}[-_]?)\d{4,}[\w-]*"
    r"|#\s?[a-z0-9-]*\d{4,}|\b[a-z]{1,4}\d{7,}\w*"
    r"|(?:微信|wechat|qq|whatsapp|telegram)(?:号|id)?\s?(?:是|为|:|is)?\s?[a-z0-9_-]{5,}"
    r"|身份证号|护照号|passport (?:number|no)"
    r"|(?:我(?:的名字)?叫|我姓|收货人(?:是|:)|姓名(?:是|:)|户名(?:是|:))\s?[\u4e00-\u9fff]{1,4}"
    r"|\bmy name is\b|(?:地址|住址|住在|寄到|送到)(?:是|:)?.{0,20}\d+\s?(?:号|室|栋|单元|弄|楼)|\bmy address is\b"
    r"|\b\d+\s(?:\w+\s){1,3}(?:street|road|avenue|lane|drive)\b",
)


def is_personal(question: str) -> bool:
    """Whether there may be a number of a phone, an order or a person, an address or a name in it."""
    return bool(_PERSONAL.search(fold(question)))
