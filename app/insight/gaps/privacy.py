"""Finding what belongs to one person in the words of customers and agents, so that it never gets into an article.

Errs on the side of finding: a masked word in a draft is seen by whoever reviews it, a published telephone number is not
taken back.
"""

from __future__ import annotations

import re

from index.text.belonging import NUMBERS_AND_ACCOUNTS
from index.text.language import HAN

MASK = "[…]"

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范"
    "金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤欧"
)
_TITLES_ZH = "先生|女士|小姐|太太|同学|老师|阿姨|叔叔|大哥|大姐|总"
_PATTERNS = (
    *NUMBERS_AND_ACCOUNTS,
    r"https?://\S*[?=&]\S+",  # a link that carries something
    r"\b[A-Z]{2,4}-?\d{5,}[\w-]*",
    rf"[{_SURNAMES}][{HAN}]{{0,2}}(?:{_TITLES_ZH})",
    rf"(?:我(?:的名字)?叫|我姓|收货人(?:是|[:：])?|收件人(?:是|[:：])?|姓名(?:是|[:：])|户名(?:是|[:：])|客服|工号)\s?(?:[{_SURNAMES}][{HAN}]{{1,2}}(?![{HAN}]{{3}})|\d{{3,}})",
    r"\b(?:mr|mrs|ms|miss|dr)\.?\s(?-i:[A-Z])[\w'’-]+(?:\s(?-i:[A-Z])[\w'’-]+)?",
    r"\b(?:dear|hi|hello|hey|thanks|thank you|sorry),?\s(?-i:[A-Z][a-z]+)(?:\s(?-i:[A-Z][a-z]+))?(?=\s*[,!.:，！])",
    r"\b(?:my name is|this is|i am|i'm)\s(?-i:[A-Z][a-z]+)(?:\s(?-i:[A-Z][a-z]+))?",
    rf"[{HAN}]{{1,8}}(?:省|市|区|县)[{HAN}\w]{{1,20}}(?:路|街|道|巷|弄|村|小区|大厦|花园)[{HAN}\w]{{0,12}}?\d+(?:号|室|栋|单元|弄|楼)[\w{HAN}-]{{0,10}}",
    rf"[{HAN}\w]{{1,12}}(?:路|街|巷|弄|小区|大厦|花园)\d+(?:号|室|栋|单元|弄|楼)[\w-]{{0,10}}",
    r"\b\d+\s(?:(?-i:[A-Z])\w+\s){1,3}(?:street|st|road|rd|avenue|ave|lane|drive|dr)\b\.?",
)
_PERSONAL = re.compile("|".join(f"(?:{pattern})" for pattern in _PATTERNS), re.IGNORECASE)


def is_personal(text: str) -> bool:
    """Whether there may be a number of a phone, an order or a person, an address, an account or a name in it."""
    return _PERSONAL.search(text) is not None


def without_personal(text: str) -> str:
    """The text with a mask in place of each such span."""
    return _PERSONAL.sub(MASK, text)
