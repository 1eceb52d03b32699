"""What a question is about that asks for nothing in particular: What is your return policy? 介绍一下会员制度。

No sentence of a document answers so wide a question, so that a reader of sentences is never sure of any. What is left
of it without the words that ask is the name of a subject. Words that ask for something in particular stay, and are in
no title.
"""

from __future__ import annotations

import re

from index.text.normalize import fold
from index.text.segment import running_words

_MOST_WORDS = 5
_ASKING = frozenset(
    str.split("""
    a about all an and any anything are at available basic basics be brief condition conditions can could current
    currently d dear describe detail details do documentation does everything exactly explain explanation fill for
    full general get give go going good guide guideline guidelines handle handled has have hear hello help hey hi
    how i idea in info information interested introduce introduction is it know later learn like line ll looking m
    me more my need of offer offered offers ok okay on one option options our outline overview page part please pls
    policies policy procedure procedures process program programme programmes programs provide question questions
    quick re read regarding regulation regulations rule rules run rundown s scheme share shop short show so some
    something store sum summarise summarize summary support system t talk tell term terms thank thanks that the
    there these thing things this through to understand us ve walk want we what whats with work working works would
    you your yours 你们家 你们店 你们 咱们家 咱们 咱家 你家 贵司 贵店 本店 店 店里 店铺 商城 平台 我们 您 你 我 这边
    这里 亲 亲爱 您好 你好 哈喽 嗨 请问 问一下 问下 想问 问问 问 请教 咨询 麻烦 劳驾 帮忙 帮 给 跟 和 为 向 想 了解
    知道 看看 看 介绍 讲 讲讲 说 说说 科普 解释 说明 讲解 普及 聊聊 聊 谈谈 告诉 简单 大概 大致 详细 具体 总体 整体
    基本 主要 一般 现在 目前 最新 现行 关于 有关 相关 方面 这块 这个 那个 一下 下 到底 都 就 可以 要 请 来 把 对 是
    有 提供 支持 怎么 怎样 怎么样 怎么回事 咋样 咋 啥样 啥 如何 什么 什么样 哪些 意思 政策 规则 规定 制度 条款 条例
    须知 流程 细则 办法 事项 章程 说法 概况 概述 要求 标准 体系 机制 计划 内容 资料 情况 问题 注意 注意事项 用法
    运作 运行 的 的话 了 呢 呀 啊 哦 吧 嘛 么 哈 谢谢 吗 呗 使用 用 算 家
    """)
)
_PARTICULAR = re.compile(
    r"谁|多少|多久|多长|几|什么时候|何时|哪[天里儿家种款个]|最[长多少晚高低早]|能不能|是不是|可不可以|怎么办|咋办|怎么赔"
    r"|\b(?:who|whose|when|where|why|which|much|many|long|often|soon|quickly|if)\b"
    r"|(?:^|[.,!]\s*)(?:do(?!\s+you\s+(?:have|offer)\b)|does|should|must|am|is(?!\s+there\b)|are|will|has|have"
    r"|(?:can|could|would|may)(?!\s+(?:you|someone|anyone|somebody|anybody)\b))\b",
    re.IGNORECASE,
)
_YES_OR_NO = re.compile(r"(?:吗|(?<![什怎])么|嘛)[？?。!！\s]*$")
_IS_THERE = re.compile(r"有(?!效|限|关|人)")


def asked_topic(question: str) -> tuple[str, ...]:
    """The words of the subject that a question asks about as a whole; none where it asks for something in particular.

    Whether there is such a thing at all (Do you have a warranty? 有质保吗) is asked as a whole, too.
    """
    if _PARTICULAR.search(question) or (_YES_OR_NO.search(question) and not _IS_THERE.search(question)):
        return ()
    words = [word for word in running_words(fold(question)) if re.search(r"\w", word)]
    left = [word for word in words if word not in _ASKING]
    return tuple(left) if len(left) <= _MOST_WORDS else ()
