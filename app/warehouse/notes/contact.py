"""Calls, messages, knocking and bells: wished for, or not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.domain.delivery_note import Contact
from app.warehouse.notes.mention import NOT_EN, NOT_ZH, SAME, Clauses, Mention, either, words
from index.text.numerals import number

_NOT = rf"(?P<not>{NOT_ZH}(?:再|给我|乱|随便|一直|总|老|老是|直接)?\s?|{NOT_EN} (?:ever |need to |just )?)?"
_METHODS: tuple[tuple[str, str], ...] = (
    (
        "call",
        either(
            r"(?:打|拨|来|接|回|听)(?:个|我|一下|下|通|收件人)?(?:手机|电话|座机)(?!时|的时候)",
            r"电话(?:联系|通知|沟通|告知|提前)",
            r"打给我",
            r"电话(?:我|说|聊|讲|叫我|提醒|找我)",
            r"(?:先)?(?:来|通|去|给)(?:我)?(?:去|来|打)?(?:一|个|一个|下|通)电话",
            r"给我(?:手机|电话)",
            r"打我?(?:手机|座机)",
            r"多打[几两][遍次]",
            r"电联",
            r"来电",
            r"致电",
            r"(?<=勿)电(?![梯话视])",
            r"(?<=[时钟前])电话",
            r"(?:\b(?:phone |give (?:me|us) a )?|(?<=[\u4e00-\u9fff]))call(?:s|ing)?(?:我| (?:me|us|my (?:mobile|"
            r"cell|phone)|ahead|first|please))?\b(?! it| out| cent)",
            r"(?:(?<=n't )|(?<=not )|(?<=dont )|(?<=no need to )|(?<=refrain from )|(?<=avoid )|(?<=rather than )|"
            r"(?<=instead of ))(?:tele)?phon(?:e|ing)\b",
            r"(?:(?<=rather than )|(?<=instead of ))ring(?:ing)?\b(?! the)",
            r"\b(?:tele)?(?:phone|ring|dial) (?:me|us|ahead|my (?:mobile|cell|phone))\b",
            r"\btelephone\b|\bgive (?:me|us) a (?:ring|phone|tinkle)\b",
        ),
    ),
    (
        "text",
        either(
            r"(?:发|传|回)?(?:个|条)?(?:短信|简讯)(?:息)?(?:通知|联系|告知|说|我)?",
            r"发(?:个)?信息",
            r"发(?:个)?消息",
            r"\b(?:(?:send|shoot|drop|ping)(?: (?:me|us))? an? )?(?:text|sms)(?:ing)?(?: me| us| only| instead|"
            r" message)?\b",
            r"\bmessage (?:me|us)\b|\b(?:send|shoot|drop|ping) (?:me|us) a (?:message|msg|line)\b",
        ),
    ),
    ("wechat", r"(?:发|加|回)?(?:个)?微信(?!同|号|支付|里|群|名|已)(?:联系|通知|说|叫我|找我|我)?|\bwechat(?: me)?\b"),
    (
        "doorbell",
        either(
            r"(?:按|摁)\w{0,5}门铃|门铃(?:请)?(?:多)?按(?:几|两|三)?[遍下次]?",
            r"门铃|(?:可视)?对讲(?:机|系统)?|呼叫器",
            r"(?:按|摁)铃(?!键)",
            r"\b(?:ring|us|press|buzz)(?:e|ing)?(?: the| my)?(?: door ?| ?)?(?:bell|buzzer|intercom)\b",
            r"\bring(?:ing)?(?: the)?(?: (?:once|twice))?\b(?! me| us| ahead| my)",
            r"\b(?:the |my )?(?:(?:door ?)?bell|buzzer|intercom)\b",
        ),
    ),
    (
        "knock",
        either(
            r"(?:轻轻?|大声|用力|使劲)?(?:地)?[敲拍叩](?:[一几两]?下|个|一声|敲)?门",
            r"(?:用力|使劲|多)?敲(?:得)?(?:(?:重|响|大声|轻)(?:一?点|些)|[几两三]?[下遍])",
            r"\b(?:knock|bang|rap|tap)(?:s|ing)?(?: (?:loudly|hard|softly|gently|twice|firmly))?(?: (?:on|at) (?:the|"
            r"my) door)\b",
            r"\bknock(?:s|ing)?(?: (?:loudly|hard|softly|gently|twice|firmly|on the door))?\b",
            r"\bgive (?:the|my) (?:door|window) a (?:\w{1,9} ){0,2}(?:knock|bang|tap)\b",
        ),
    ),
    (
        "quiet",
        either(
            r"(?:轻|小)点?声(?:点|一点|些)?",
            r"声音小(?:点|一点)?",
            r"安静(?:点|些)",
            r"轻手轻脚|动静小(?:点|一点|些)?|小声(?:点|些)?|别吵",
            r"\bbe (?:very |as |extra )?quiet\b|\bkeep (?:the )?noise (?:down|low)\b|\bdon'?t make (?:any |a )?noise\b",
            r"\bquietly\b",
            r"\bkeep (?:it )?quiet\b",
        ),
    ),
    (
        "speak_up",
        r"(?:讲话|说话|喊|嗓门)?(?:要)?(?:大点?声|声音大)(?:点|一点|些)?(?!敲)|\bspeak (?:up|loud(?:ly)?)\b|\bshout\b",
    ),
    (
        "photo",
        r"(?<!已)(?<!已经)拍(?:个|一?张|下)?(?:照片?|图片?)(?:发我|给我|发过来)?|发(?:我)?[张个](?:照片|图片?)|"
        r"\b(?:take|send|text|snap|share|upload|message) (?:me |us )?(?:a |the )?(?:photo|picture|pic|snap)s?\b",
    ),
)
_PATTERNS = tuple((name, words(rf"{_NOT}(?P<body>{spelling})")) for name, spelling in _METHODS)
_BROKEN = words(
    r"(?:的?话?)?(?:已经?)?(?:是)?(?:坏|没用|没电|不响|不好使|不灵|失灵|失效|故障|用不了|不能用|没声)",
    r"\s?(?:is |are |'?s )?(?:currently |still )?(?:broken|doesn'?t (?:work|ring)|don'?t work|does not work|"
    r"not working|"
    r"isn'?t working|won'?t ring|out of order|dead|bust(?:ed)?|faulty|kaput|knackered|on the blink)",
)
_ONLY_BELL = words(r"(?:the |my )?(?:(?:door ?)?bell|buzzer|intercom)", r"门铃|(?:可视)?对讲(?:机|系统)?|呼叫器")
_BELL_WISH = words(rf"{NOT_ZH}|{NOT_EN}|响|ring")
_NOT_HEARD = words(r"(?:我|都|也|会|可能)*(?:听不[见到清]|接不到|接不了)")
_UNHEARD = words(r"听不[见到清]$|^听不[见到清]|\bcan'?t hear(?: the| my)? ?$")
_UNANSWERED = words(r"\s?(?:没人|无人|没有人|没反应|没应|没动静|不应|without answer|no answer|no response)")
_REFUSED = words(
    rf"{NOT_ZH}{SAME}{{0,4}}$",
    rf"{NOT_ZH}[在每天上下午中早晚间休睡夜时候期的点半到至~:0-9-]{{0,16}}$",
    r"\b(?:don'?t|do not|never|no)\b(?: \w{1,8}){0,2} ?$",
)
_UNABLE = words(
    r"(?:不方便|不便|不能|没法|无法|没空|接不了|不好)(?:接听?|打|听)?(?:电话|来电|手机)",
    r"接不了电话|(?:不|别|勿|不用|不要)(?:打|接)(?:陌生)?(?:电话|来电)",
    r"听不到电话",
    r"不接陌生(?:电话|号码?)",
    r"手机静音",
    r"电话(?:打不|接不|不方便|静音)\w?",
    r"\b(?:phone )?calls? (?:don'?t|do not|won'?t) (?:work|reach)\b",
    r"\bcan'?t (?:answer|take|pick up)(?: the)?(?: (?:phone|calls?))?",
)
_REPORTED = words(
    r"打不通",
    r"无人接听",
    r"没人接",
    r"没有人接",
    r"无人接",
    r"关机",
    r"空号",
    r"联系不上客户",
    r"停机",
    r"no answer",
    r"unanswered",
    r"not answering",
    r"无法接通",
    r"不接",
    r"code",
    r"密码",
)
_AMOUNT = r"(?P<n>\d{1,3}|半|[一二两三四五六七八九十]{1,3}|half an|an|a|half|fifteen|twenty|thirty|ten|five)"
_AHEAD = words(
    rf"(?:提前|(?:送|来|到|上门|派送|配送|派件)(?:货|达)?(?:之|以)?前)\s?{_AMOUNT}\s?(?:个)?(?P<unit>小时|钟头|分钟?|"
    rf"刻钟|钟)",
    rf"\b{_AMOUNT.replace('?P<n>', '?P<n_en>')}[ -]?(?P<unit_en>min(?:ute)?s?|hours?|hrs?|"
    rf"hr)(?:'s?)? (?:before|ahead|prior|in advance|earlier|notice|beforehand|out|away)\b",
)
_NOTIFY = words(
    r"(?:通知|告知|联系|告诉|知会|提醒)(?:一声|一下|我|收件人)?",
    r"[说讲吱喊叫招][呼我]?(?:一|个)?声|打(?:个|声)招呼|(?:喊|叫|说|告诉|通知)(?:我)?一(?:下|声)|言语一声",
    r"\b(?:notify|warn|alert|let (?:me|us) know|heads? up|ping (?:me|us)|give (?:me|us) a shout)\b(?: me| us)?",
)
_BEFORE = words(
    r"(?:提前|(?:送|来|到|上门|派送|配送)(?:货|达|来)?(?:之|以)?前|到了|到(?:了)?(?:楼下|小区|门口)|到达|送达|"
    r"到的?时候?|before|on arrival|when)"
)
_TOLD = words(r"已经?(?:用|发|打|去)?(?:了)?$")
"""What a courier has done already."""
_NOT_TOLD = words(rf"{NOT_ZH}(?:再|提前|事先|预先|先|另外|特意)*$")
_ARTICLES = {"half an": 0.5, "half": 0.5, "an": 1.0, "a": 1.0}
_NUMBER = words(
    r"(?:打|拨|电话|手机号?|联系|号码|tel|phone|number|mobile|cell|call|text|"
    r"ring)[^\d+,。;]{0,16}(?P<number>\+\d[\d -]{7,16}\d|(?<!\d)0\d{2,4}[ -]?\d{3,4}[ -]?\d{3,4}(?!\d)|"
    r"(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d))",
)


def find_contacts(text: str, clauses: Clauses) -> Iterator[Mention]:
    """Numbers first, then ways, then notices that name no way."""
    for match in _NUMBER.finditer(text):
        yield Mention("contact_number", _e164(match["number"]), *match.span(), 0.95)
    for match in _UNABLE.finditer(text):
        is_own = match[0].startswith("不接陌生")
        if is_own or not _REPORTED.search(text, match.start(), match.end() + 4):
            yield Mention("contact", Contact("call", allowed=False), *match.span(), 0.85)
    for name, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            found = _contact(name, match, text, clauses)
            if found is not None:
                yield found
    for match in _NOTIFY.finditer(text):
        first, last = clauses.around(*match.span())
        ahead = _ahead(text[first:last])
        if refused := _NOT_TOLD.search(text, first, match.start()):
            yield Mention("contact", Contact("notify", allowed=False), refused.start(), match.end(), 0.85)
            continue
        if (
            ahead is None
            and not _BEFORE.search(text, first, match.start())
            and "let" not in match[0]
            and "heads" not in match[0]
        ):
            continue
        yield Mention("contact", Contact("notify", minutes_ahead=ahead), *match.span(), 0.8)


def _contact(name: str, match: re.Match[str], text: str, clauses: Clauses) -> Mention | None:
    first, last = clauses.around(*match.span())
    start, end = match.span()
    clause = text[first:last]
    is_refused = match["not"] is not None
    body = match["body"]
    if name == "call" and (_REPORTED.search(clause) or re.search(r"[上已]次|already|客户|收件人电话", clause)):
        return None
    if _UNHEARD.search(text, max(0, start - 5), start) or (name == "call" and _NOT_HEARD.match(text, end)):
        is_refused = True
    if name in ("knock", "doorbell") and _UNANSWERED.match(text, end):
        return None
    broken = _BROKEN.match(text, end)
    if broken:
        end = broken.end()
        is_refused = True
    elif name == "doorbell" and _ONLY_BELL.fullmatch(body) and not _BELL_WISH.search(text, first, start):
        return None
    before = text[first:start]
    if _TOLD.search(before):
        return None
    if not is_refused and _REFUSED.search(before):
        is_refused = True
    ahead = None
    if not is_refused and name in ("call", "text", "wechat"):
        ahead = _ahead(clause)
        if found := _AHEAD.search(clause):
            start, end = min(start, first + found.start()), max(end, first + found.end())
    return Mention("contact", Contact(name, not is_refused, ahead), start, end, 0.92)


def _ahead(clause: str) -> int | None:
    match = _AHEAD.search(clause)
    if match is None:
        return None
    said, unit = match["n"] or match["n_en"], match["unit"] or match["unit_en"]
    amount = _ARTICLES.get(said) or float(number(said) or 0)
    minutes = amount * (60 if unit.startswith(("小", "钟", "h")) else 15 if unit == "刻钟" else 1)
    return round(minutes) if 0 < minutes <= 24 * 60 else None


def _e164(number: str) -> str:
    digits = re.sub(r"\D", "", number)
    if number.startswith("+"):
        return f"+{digits}"
    return digits if digits.startswith("0") else f"+86{digits}"
