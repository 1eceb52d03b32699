"""Numbers of orders, parcels and cases: nothing personal at the counter, but they lead back to one customer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.text.pii.span import PersonalSpan

_CALLED = re.compile(
    r"(?:订单|定单|运单|快递|物流|包裹|流水|工单|会员|账号|单号|取件码|验证码|退货单|退款单|券码)(?:编?号码?|单号)?\s*(?:是|为|:|#|\()?\s*"
    r"(?P<zh>[A-Za-z]{0,6}[-_]?\d[\dA-Za-z_-]{2,30})"
    r"|\b(?:order|tracking|parcel|waybill|invoice|ticket|case|return|refund|rma|account|member(?:ship)?|customer)\s*"
    r"(?:number|num|no\.?|id|code|#)*\s*(?:is|:|#|=)?\s*(?P<en>[A-Za-z]{0,6}[-_]?\d[\dA-Za-z_-]{3,30})",
    re.IGNORECASE,
)
_SHAPED = re.compile(
    r"(?<![0-9A-Za-z])(?:[A-Z]{1,4}[- ]?\d(?:[ -]?\d){8,18}[A-Z]{0,2}|"
    r"\d(?:[ -]?\d){9,24}|1Z[0-9A-Z]{16}|#\s?[A-Za-z0-9-]{0,6}\d{4,20})(?![0-9A-Za-z])"
)


def find_orders(text: str) -> Iterator[PersonalSpan]:
    """ORDER_NUMBER: what is called one, and every long number."""
    for match in _CALLED.finditer(text):
        yield PersonalSpan(*match.span("zh" if match["zh"] else "en"), "ORDER_NUMBER")
    for match in _SHAPED.finditer(text):
        yield PersonalSpan(match.start(), match.end(), "ORDER_NUMBER")
