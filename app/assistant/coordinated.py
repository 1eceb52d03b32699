"""A Chinese question whose last noun phrase joins two things, without a word that says so: 发布时间和处理器是什么.

Two shapes, told apart by whether both sides name something that can be asked for:

- two attributes of one thing: 艾尔登法环的 | 发售日期 | 和 | 国区价格 | 是什么
- one attribute of two things: 《阿凡达》| 大陆 | 和 | 香港 | 上映日期

What asks how, whether, or for the difference of the two is one question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.assistant.told_apart import alike, halves, side_by_side
from index.text.language import detect
from index.text.segment import running_words

_ATTRIBUTE = (
    r"(?:时间|日期|期限|年份|时长|价格?|售价|单价|票价|费用?|运费|金额|押金|定金|首付|价钱|地[点址]|位置|电话|邮箱|名称|名字|型号"
    r"|尺寸|重量|大小|长度|高度|宽度|容量|功率|颜色|材质|成分|产地|品牌|规格|处理器|芯片|屏幕|电池|内存|像素|续航|产量|销量"
    r"|人数|人次|次数|数量|件数|收入|营收|利润|产值|票房|收视率|评分|[^\s的]?率|冠军|亚军|季军|第一名|得主|导演|编剧|主演|作者|歌手"
    r"|主角|配角|演员|创始人|总裁|校长|首都|面积|人口|原因|条件|流程|步骤|方式|渠道|要求|标准|类型|范围|额度|上限|下限|门槛"
    r"|截止日|有效期|保质期|保修期|质保期|退货期|换货期)"
)
_TAIL = re.compile(
    r"(?:各?(?:是|为|有|在|都是|都有))?(?:什么时候|什么时间|什么|多少钱?|多久|谁|哪[里儿些个天年]?|何时|何地|几[个天年号次]?)?"
    r"(?:呢|啊|呀)?[?？。\s]*$"
)
_ENDS = re.compile(rf"{_ATTRIBUTE}$")
_ONE = re.compile(
    r"怎么|怎样|如何|能|可以|可不|想|要|帮|请|改|查|填|区别|不同|差别|差异|关系|对比|相比|哪个|一起|同时|之间|还是|吗|(?<!什)么$"
)
_OWNER = re.compile(rf".*?[^的]的(?!话|时候)(?=[^的，,。；;]{{0,4}}{_ATTRIBUTE})")
_ALONE = re.compile(rf"(?:最[低高早晚大小]|起|总|净|原)?(?>{_ATTRIBUTE})(?!的)")
_CUTS = re.compile(r"[，,；;。！!\n]|[？?].*\S")
_CONTRAST = 3
"""Characters in which the two things may differ."""
_MAINLAND = ("大陆", "内地", "国内", "中国")
_KNOWN_AS = {"男子": ("男",), "女子": ("女",), **dict.fromkeys(_MAINLAND[:3], _MAINLAND)}
_MEN_AND_WOMEN = re.compile(r"男女(?=[单双]打|子)")


def coordinated(clause: str) -> list[str]:
    """The question of either thing; [clause] where it joins no two."""
    if _ONE.search(clause) or _CUTS.search(clause):
        return [clause]
    if both := _MEN_AND_WOMEN.search(clause):
        return [f"{clause[: both.start()]}{one}子{clause[both.end() :].removeprefix('子')}" for one in "男女"]
    body = _TAIL.sub("", clause, count=1)
    rest = clause[len(body) :]
    left, right = halves(body)
    if len(left) < 2 or len(right) < 2 or not _ENDS.search(right):
        return [clause]
    if _ENDS.search(left):
        return [f"{left}{rest}", f"{_owner(left)}{right}{rest}"]
    return _of_two(left, right, rest) or [clause]


def _owner(left: str) -> str:
    """What the attribute at the end of `left` is of: all up to the last 的 or 》, else all but the last word."""
    for mark in "的》":
        if 0 < (at := left.rfind(mark)) < len(left) - 1:
            return left[: at + 1]
    return left.removesuffix(running_words(left)[-1])


def _of_two(left: str, right: str, rest: str) -> list[str]:
    """One attribute of the thing at the end of `left` and of that at the beginning of `right`."""
    things = side_by_side(left, right)
    if things is None or len(shared := right[len(things[1]) :]) < 2:
        return []
    first, _ = things
    return [f"{left}{shared}{rest}", f"{left[: len(left) - len(first)]}{right}{rest}"]


def of_the_same(part: str, first: str) -> str:
    """A further question that names an attribute alone, of what the first one asks an attribute of.

    导演是谁 behind 《心居》的主演有谁 is 《心居》的导演是谁.
    """
    owner = _OWNER.match(first)
    return f"{owner[0]}{part}" if owner is not None and _ALONE.match(part) else part


def contrasted(parts: Sequence[str]) -> tuple[str, str] | None:
    """The short words in which two questions differ alone, 男单 and 女单; None for others, and for two attributes.

    What speaks of the one and not of the other answers one of the questions.
    """
    if len(parts) != 2 or any(detect(part) == "en" for part in parts):
        return None
    one, other = parts
    start = alike(one, other)
    end = alike(one[start:][::-1], other[start:][::-1])
    ends = [len(part) - end for part in parts]
    if not 1 <= ends[0] - start == ends[1] - start <= _CONTRAST:
        return None
    # A single character says little: it goes with the one behind it, which both have.
    wider = end > 0 and ends[0] - start == 1
    found = (one[start : ends[0] + wider], other[start : ends[1] + wider])
    return None if any(len(word) < 2 or re.fullmatch(_ATTRIBUTE, word) for word in found) else found


def names(text: str, word: str) -> bool:
    """Whether a text speaks of one of `contrasted`; 男子 is also spoken of as 男单 and 男足, 大陆 as 内地."""
    return any(known in text for known in _KNOWN_AS.get(word, (word,)))
