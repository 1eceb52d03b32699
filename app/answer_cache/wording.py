"""Words that do not change what is asked, and words that ask the same: the tables behind `meaning`.

All of it reads folded text. Filler counts as such only where it can be nothing else: 打扰顾客 is no greeting.
"""

from __future__ import annotations

import re

_STOP = r"(?=[^\w]|$)"
_TYPOS_ZH = "请闻|清问|情问|请文|请间|你号|您号|泥好|妮好|麻凡(?=问|[^\\w])"
"""As these greetings are mistyped; words of their own are not among them."""
_SHOW_ZH = "(?:一下下?|下)"
_START_ZH = (
    f"你好[啊呀]?(?!评)|您好[啊呀]?|(?:哈喽|嗨|小姐姐|在吗|在不在|有人吗|嗯+|额|哦|哎|诶|啊){_STOP}|{_TYPOS_ZH}"
    f"|亲(?=[^\\w]|请问|我想|麻烦|在吗|你好|您好)|客服(?=[^\\w]|你好|您好|请问)|不好意思|劳驾|打扰(?:{_SHOW_ZH}|您|你)?了?{_STOP}"
    f"|打扰{_SHOW_ZH}|麻烦(?:您|你)?(?:请?问{_SHOW_ZH}?|{_STOP})|请?问{_SHOW_ZH}|请问|请教{_SHOW_ZH}"
    f"|我?想要?(?:请?问|知道|了解|咨询){_SHOW_ZH}?|咨询{_SHOW_ZH}|了解{_SHOW_ZH}|问(?:个|一个)问题"
    f"|(?:能不能|可不可以|能否|可否|能|可以)?(?:告诉我|跟我说|和我说){_SHOW_ZH}?"
)
_END_ZH = (
    "(?:谢谢|谢些|谢射|多谢|感谢|谢了)(?:你|您|你们|亲|哈)?"
    "|(?<=[^\\w])(?:急|在线等|亲|盼复|求解答?|辛苦了?|麻烦(?:您|你)?了|拜托了?)|[呢呀啊哈哦噢嘞呐]"
)
_IF = r"(?:,? (?:if|whether)\b)?"
_START_EN = (
    r"(?:hi|hello|hey|helo|hllo)(?: there| team| all)?\b(?=[^\w-]|$)|good (?:morning|afternoon|evening)\b"
    r"|dear (?:team|support|sir|madam)\b|excuse me\b|sorry(?: to bother(?: you)?)?(?=,)|(?:quick )?question(?=[:,])"
    rf"|so(?=,)|(?:i (?:was|am) (?:just )?wondering|(?:just )?wondering)\b(?! about){_IF}"
    rf"|(?:may|can|could) i (?:just )?ask(?=,| if){_IF}"
    r"|(?:could|can|would|will) (?:you|u|someone|anyone|anybody) (?:please |plz |pls |plese |kindly |possibly )*"
    rf"(?:tell (?:me|us)|let (?:me|us) know|advise me)\b(?! about){_IF}|do(?:es)? (?:you|anyone|anybody) know\b{_IF}"
    rf"|(?:tell me|let me know)\b(?! about){_IF}|i (?:would|should) (?:just )?(?:like|love) to (?:know|ask)\b{_IF}"
    rf"|i (?:just )?(?:want|wanted|need|wish) to (?:know|ask)\b{_IF}"
)
_END_EN = (
    r"\b(?:many )?(?:thanks|thnaks|thansk|thx|tks)(?: (?:a lot|so much|very much|in advance|again))?"
    r"|\b(?:thank|thnak|thakn) you(?: (?:so much|very much|in advance|again))?"
)
FILLER_AT_START = re.compile(rf"^(?:{_START_ZH}|{_START_EN})")
FILLER_AT_END = re.compile(rf"(?:{_END_ZH}|{_END_EN})$")
FILLER_ANYWHERE = re.compile(r"请问|\b(?:please|plese|pleaes|plz|pls|kindly)\b")

CONTRACTIONS = [
    (re.compile(pattern), sign)
    for pattern, sign in (
        (r"\bcan't\b|\bcannot\b", "can not"),
        (r"\bwon't\b", "will not"),
        (r"\b(do|does|did|is|are|was|were|has|have|had|would|could|should|must)n't\b", r"\1 not"),
        (r"\b(what|how|where|when|who|why|that|there|it)'s\b", r"\1 is"),
        (r"\bi'm\b", "i am"),
        (r"\b(i|we|you|they)'ve\b", r"\1 have"),
        (r"\b(i|we|you|they|it)'ll\b", r"\1 will"),
        (r"\b(i|we|you|they)'d\b", r"\1 would"),
        (r"\b(you|we|they)'re\b", r"\1 are"),
    )
]

_NAMES = ("vitamin", "grade", "plan", "type", "class", "size", "group", "level", "option", "series")
_NAMED = "".join(f"(?<!{name} )" for name in _NAMES)
PHRASES = [
    (re.compile(pattern), f"⟦{sign}⟧")
    for pattern, sign in (
        # Signs are in capitals, which folded text has none of. Longest first.
        (r"怎么样|咋样", "HOWIS"),
        (r"怎么办|咋办", "WHATTODO"),
        (r"为什么|为何|为啥", "WHY"),
        (r"什么时候|啥时候|何时|什么时间", "WHEN"),
        (r"什么地方|哪里|哪儿", "WHERE"),
        (r"(?:要|需要)?(?:多长时间|多少时间|多久)", "HOWLONG"),
        (r"(?<![这那过前好十])(?:要|需要)?(?:几天|多少天)", "HOWLONG"),
        (r"多少钱|多少元|几块钱|什么价(?:格|钱)", "HOWMUCH"),
        (r"(?:是?由)?(?:谁|哪一?方)(?:来(?!自))?", "WHO"),
        (r"怎么|怎样|如何|咋", "HOW"),
        (r"什么|啥", "WHAT"),
        (r"能否|可否|是否可以|是否能够?", "?⟧⟦CAN"),
        (r"是否", "?"),
        (r"(?<![不没未])可以", "CAN"),
        (r"(?<![不没未功智性可节万本只技职产热电核效体动机阳风势储赋官潜])能够?(?![量力耗源效级见手])", "CAN"),
        (r"\bis it possible for me to\b|\bam i (?:able|allowed|permitted) to\b", "CAN⟧ i ⟦-"),
        (r"\bmay(?= (?:i|we|you)\b)|\b(?:can|could)\b", "CAN"),
        (r"\bhow long (?:does|do|will|would) it (?:usually |normally |typically )?take to\b", "HOWLONG⟧ to ⟦-"),
        (r"\bhow long\b", "HOWLONG"),
        (r"\bhow much\b", "HOWMUCH"),
        (r"\bhow many\b", "HOWMANY"),
        (r"\bhow (?:do|should) (?=i\b|we\b)", "HOW⟧⟦CAN"),
        (r"\bwhat time\b", "WHATTIME"),
        (r"\bhow\b", "HOW"),
        (r"\bwhen\b", "WHEN"),
        (r"\bwhy\b", "WHY"),
        (r"\bwho\b", "WHO"),
        (r"\bwhere\b", "WHERE"),
        (r"\bwhich\b", "WHICH"),
        (r"\bwhat\b", "WHAT"),
        # Articles, but not the letter of "vitamin a", "plan a".
        (rf"{_NAMED}\b(?:an?|the|my)(?= [a-z0-9⟦])", "-"),
    )
]

PARTICLES = frozenset({"啊", "呀", "呢", "哦", "噢", "嗯", "哈", "请", "一下", "do", "does", "⟦-⟧"})
"""的 is not among them: 付的钱 is not 付钱. Nor are 了 and 过, which are tenses."""
AUXILIARIES = frozenset(
    {"⟦CAN⟧", "do", "does", "did", "is", "are", "am", "was", "were", "will", "would", "should", "must", "has", "have",
     "had"}
)  # fmt: skip
