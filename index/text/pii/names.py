"""Chinese names: by the words before them, by titles behind them, and by the tagger where a surname stands first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from index.text.language import HAN
from index.text.pii.span import PersonalSpan
from index.text.segment import running_words
from index.text.word_lists import word_list

_HAN = re.compile(f"[{HAN}]")
_TITLES = "先生|女士|小姐|太太|同学|老师|阿姨|叔叔|大哥|大姐|师傅|经理|总|医生"
_RELATIVES = "老公|老婆|爸爸?|妈妈?|妻子|丈夫|儿子|女儿|朋友|同事|室友|男朋友|女朋友|哥哥?|姐姐?|弟弟?|妹妹?|家人"
_SURE = (
    r"我(?:的名字|的姓名|的名|本名|全名)?(?:叫做?|是叫|就叫)|我的?名字(?:是|为)|我姓|(?:真实|收货人?|客户|会员|持卡人)?姓名|"
    r"收(?:件|货)人?(?:的?名字?|姓名)?|寄件人|联系人|签收人|取件人|领取人|付款人|购买人|下单人|申请人|投保人|经办人|"
    r"负责人|机主|车主|户名|户主|持卡人|开户名?|开户人|账户名|乘客|旅客|这里是|"
    rf"我(?:{_RELATIVES})(?:的名字)?"
)
"""What hardly anything but a name stands behind."""
_UNSURE = (
    r"应该是|写成了?|改成|改为|换成|更正为|寄给|发给|转给|交给|送给|我是|(?<!我)叫|客户|顾客|买家|会员|用户|主人|本人|"
    r"名字|抬头|他是|她是"
)
"""What may lead to anything: a name only where the tagger says so, or the form leaves little doubt."""
_LINK = (
    r"(?:信息|栏)?(?:就|应该|应|要|请|已|还|需|现在|一栏|写错了|填错了)?(?:是|为|叫|改成|改为|改|换成|写的?|填的?|写|填|:)?"
    r"\s*[“\"「『【(（:]?\s*$"
)
_SURE_CUE = re.compile(rf"(?:{_SURE}){_LINK}")
_UNSURE_CUE = re.compile(rf"(?:{_UNSURE}){_LINK}")
_GREETED = re.compile(r"(?:您好|你好|好的|抱歉|谢谢|感谢|尊敬的|亲爱的)\s*[,，]?\s*$")
"""What an agent says before a name and a stop."""
_CUE_LENGTH = 24
_STOPS = frozenset(
    "的了是在和与及想要说把给有不也都就电手地身收住能请让先还没这那你我他她吗呢吧啊啦很太更最到去来用买退换号码微邮寄发下上对，"
)
"""Characters that seldom end a name but often follow one."""
_DOTTED = re.compile(rf"(?<![{HAN}])[{HAN}]{{2,6}}[·•・][{HAN}]{{1,8}}(?:[·•・][{HAN}]{{1,8}})?")
_TITLED = re.compile(rf"(?P<name>[{HAN}][{HAN}]{{0,2}}?)(?P<title>{_TITLES})(?![务理台])")
_BESIDE = re.compile(
    r"\s*[，,、:;；/|+ ]*\s*(?:收|\(?(?:\+?86)?[ -]?1[3-9]\d|手机|电话|联系方式|tel|身份证|男|女|\d{3,4}-)",
    re.IGNORECASE,
)
"""What stands behind the name on a parcel: 彭英，电话 …, 李雷 收."""
_BEFORE = re.compile(r"(?:\d{3,}(?:号|室)|[室号栋幢楼座户])\s*[，,、:;； ]+$|1[3-9][\d -]{9,12}\s*[，,、:;； ]*$")
"""What stands before it: an address or a telephone."""
_OPEN, _CLOSE = "\n，,、;；:（( ", "\n，,、;；:）)。"


def find_names_zh(text: str) -> Iterator[PersonalSpan]:
    """PERSON in the Chinese parts of a text."""
    if not _HAN.search(text):
        return
    for match in _DOTTED.finditer(text):
        yield PersonalSpan(match.start(), match.end(), "PERSON")
    at = 0
    while titled := _TITLED.search(text, at):
        is_name = titled["name"][0] in word_list("common_surnames_zh") and titled["name"] not in word_list(
            "not_names_zh"
        )
        if is_name:
            yield PersonalSpan(titled.start(), titled.end(), "PERSON")
        at = titled.end() if is_name else titled.start() + 1
    tagged = _tagged(text)
    at = 0
    while at < len(text):
        end = _name_at(text, at, tagged)
        if end:
            yield PersonalSpan(at, end, "PERSON")
        at = end or at + 1


def _name_at(text: str, at: int, tagged: dict[int, int]) -> int:
    """Where the name that begins at `at` ends; 0 where none does."""
    surnames = word_list("surnames_zh")
    is_double = text[at : at + 2] in surnames
    if not is_double and text[at] not in surnames:
        return 0
    surname = 2 if is_double else 1
    end = _ended(text, at, surname, tagged)
    if end == at + surname or any(text[at : at + size] in word_list("not_names_zh") for size in (2, 3, end - at)):
        return 0
    before, behind = text[max(0, at - _CUE_LENGTH) : at], text[end : end + 16]
    is_tagged = tagged.get(at, 0) >= at + surname
    is_common = is_double or text[at] in word_list("common_surnames_zh")
    is_bounded, is_beside = _is_boundary(text, end), _BESIDE.match(behind) is not None
    if _SURE_CUE.search(before):
        return end if is_bounded or is_tagged or is_common else 0
    if _UNSURE_CUE.search(before):
        is_like_one = is_common and is_bounded and (end - at == surname + 2 or is_beside)
        return end if is_like_one or (is_tagged and (is_common or is_bounded)) else 0
    if is_common and _GREETED.search(before) and (end == len(text) or text[end] in _CLOSE):
        return end
    if (is_tagged or is_common) and (is_beside or _BEFORE.search(before)):
        is_begun = at == 0 or not _HAN.match(text[at - 1])
        return end if is_begun or (is_tagged and is_common) else 0
    # With nothing that leads to it: three characters that the tagger takes for a name, or a name alone in its clause.
    is_alone = (at == 0 or text[at - 1] in _OPEN) and (end == len(text) or text[end] in _CLOSE)
    return end if is_tagged and is_common and (end - at > surname + 1 or is_alone) else 0


def _ended(text: str, at: int, surname: int, tagged: dict[int, int]) -> int:
    """The end of a name with the longest given name that fits: two characters, one, or none at all."""
    begin = at + surname
    given = 0
    while given < 2 and _HAN.match(text[begin + given : begin + given + 1]) and text[begin + given] not in _STOPS:
        given += 1
    if given < 2:
        return begin + given
    ends_by_tag = tagged.get(at)
    is_word_behind = _begins_word(text, begin + 1)
    if _is_boundary(text, begin + 2):
        # A word that begins behind the first character of the given name is not cut in two.
        return begin + (1 if ends_by_tag == begin + 1 and is_word_behind else 2)
    return begin + (1 if ends_by_tag == begin + 1 or (ends_by_tag != begin + 2 and is_word_behind) else 2)


def _is_boundary(text: str, at: int) -> bool:
    return at >= len(text) or not _HAN.match(text[at]) or text[at] in _STOPS


def _begins_word(text: str, at: int) -> bool:
    return len(running_words(text[at : at + 4])[0]) >= 2


def _tagged(text: str) -> dict[int, int]:
    """Ends of what the tagger takes for names of people, by where they begin."""
    found: dict[int, int] = {}
    at = 0
    for word, tag in _tagger()(text):
        if tag.startswith("nr") and len(word) <= 4:
            found[at] = at + len(word)
        at += len(word)
    return found


@lru_cache(maxsize=1)
def _tagger() -> Callable[[str], list[tuple[str, str]]]:
    import rjieba  # reads its dictionary when imported

    return rjieba.tag
