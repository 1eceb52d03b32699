"""What a sentence or a heading says about the days on which something applies.

By rules, and careful: an effect is read only where the words say so (施行, 有效期至, effective from, superseded on …)
and of something that is meant to be the text itself or its section. When an event happened, or until when a customer
must do something, is no validity.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from index.text.dates import NamedDay, NamedPeriod, named_periods
from index.text.normalize import fold
from ingest.validity.sale_periods import SalePeriod, SalePeriods

Place = Literal["document", "section", "anywhere"]
"""Where a sentence stands: where documents speak of themselves, first in its section, or elsewhere."""
_Meaning = Literal["from", "to", "before", "after", "period"]

_LONGEST_QUOTE = 200
_MARKS = re.compile(r"[*_`#>\ue000-\uf8ff]+")
_T, _P, _S = r"[\ue000-\ue3ff]", r"[\ue400-\ue7ff]", r"[\ue800-\uebff]"
_X = r"[\ue400-\uebff]"
"""In the text that is matched, each day (T), period (P) and named sale (S) is a single character; X is P or S."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Days on which something applies, as a text says it."""

    valid_from: date | None
    valid_to: date | None
    is_of_section: bool
    """Of the section alone, not of the whole document."""
    quote: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """A statement that cannot be taken, and why."""

    quote: str
    reason: str


def _compiled(rules: Sequence[tuple[str, _Meaning]]) -> list[tuple[re.Pattern[str], _Meaning]]:
    return [(re.compile(pattern), meaning) for pattern, meaning in rules]


_EFFECT = r"(?:施行|实施|生效|执行|启用|试行|起用)"
_SINCE = r"(?:起|之日起|日起|开始|始)"
_EN = r"(?:effective|in force|in effect|valid|applicable|appl(?:ies|y))"
_ORDERS = r"(?:\sonly)?(?:\sto\s(?:all\s)?(?:orders?|purchases?)(?:\s(?:placed|received|made|paid))?)?"

_RULES = _compiled(
    [
        # Superseded and repealed: the day named is the first on which it no longer applies.
        (rf"(?:由|被)\s?自?\s?{_T}\s?{_SINCE}?(?:正式)?(?:{_EFFECT})?的?[^,;。]{{0,20}}?(?:替代|取代|代替)", "before"),
        (rf"(?:自|从|于)?\s?{_T}\s?{_SINCE}?(?:已|将|即)?(?:由|被)[^,;。]{{0,30}}?(?:替代|取代|代替)", "before"),
        (
            rf"(?:自|从|将?于|已于)?\s?{_T}\s?{_SINCE}?(?:正式|将|即|全部|予以)*"
            r"(?:废止|失效|作废|停止(?:施行|执行|使用|实施|生效|适用)|终止(?:执行|施行)?)(?!的)",
            "before",
        ),
        (rf"(?:废止|失效|终止)(?:日期|时间|日)(?:为|是|:)\s?{_T}", "before"),
        (
            rf"\b(?:superseded|replaced)\b[^.;]{{0,60}}?\b(?:on|from|as of|as from|effective(?:\sfrom)?|in)\s"
            rf"(?:the\s)?{_T}",
            "before",
        ),
        (
            r"\b(?:withdrawn|repealed|revoked|discontinued|no longer (?:valid|appl(?:ies|y)|applicable|in force)"
            rf"|ceases? to (?:apply|be valid|have effect))\s(?:on|from|as of|as from|with effect from)\s{_T}",
            "before",
        ),
        (rf"\bno longer (?:valid|appl(?:ies|y)|applicable|in force)\safter\s{_T}", "to"),
        # From … to …
        (
            r"(?:施行|有效|适用|执行|生效|实施|活动|试行)(?:的)?(?:期间|期限|起止时间|时间|日期|期)(?:为|是|自|从|:|\s)*"
            rf"{_X}",
            "period",
        ),
        (rf"(?:仅|只)?适用于?(?:在|自|从)?\s?{_X}", "period"),
        (rf"(?:自|从|于|在)?\s?{_X}\s?(?:期间|止|内|为止)*(?:内|均|仅|只)*(?:{_EFFECT}|有效|适用)(?!的)", "period"),
        (
            rf"\b(?:{_EN}|validity|(?:sale|promotion|offer|campaign|policy|validity)\speriod){_ORDERS}"
            rf"(?:\s(?:from|between|during|for|in))?:?\s(?:from\s|between\s)?{_X}",
            "period",
        ),
        # From …
        (rf"(?:自|从|将?于|已于)?\s?{_T}\s?{_SINCE}?(?:正式|全面|开始|起)*{_EFFECT}(?!的|期)", "from"),
        (rf"(?:自|从)\s?{_T}\s?{_SINCE}?(?:正式|全面|开始|起)*(?:有效|适用)(?!的|期)", "from"),
        (rf"(?:{_EFFECT}|有效期起始)(?:日期|时间|日)?(?:为|是|:)\s?(?:自|从)?{_T}", "from"),
        (rf"\beffective(?:\sdate)?(?:\s(?:from|as of|as from|on|since|starting)|\s?:)?\s(?:the\s)?{_T}", "from"),
        (rf"\b{_EN}{_ORDERS}\s(?:from|as of|as from|since|starting(?:\son|\sfrom)?|beginning)\s{_T}", "from"),
        (rf"\b(?:takes?|took|comes?\sinto|came\sinto|enters?\sinto)\s(?:effect|force)\s(?:on\s|from\s)?{_T}", "from"),
        (rf"\bwith\seffect\sfrom\s{_T}", "from"),
        # Until …
        (rf"有效期?限?(?:截止|截至|延续|持续|延长)?(?:日期|时间)?(?:至|到|为|:|\s)+{_T}\s?(?:止|为止)?", "to"),
        (rf"(?:施行|适用|执行|实施)(?:至|到)\s?{_T}\s?(?:止|为止)?", "to"),
        (
            rf"\b{_EN}{_ORDERS}\s(?:until|till|through|up to)\s(?:and including\s|the end of\s)?{_T}",
            "to",
        ),
        (rf"\b(?:expires?(?:\son)?|(?:expiry|expiration|end)\sdate\s?:?)\s{_T}", "to"),
    ]
)

_HEADING_RULES = _compiled(
    [
        (rf"{_S}", "period"),
        (rf"(?:自|从)?\s?{_T}\s?(?:起|开始)", "from"),
        (rf"\b(?:from|starting|as of|since)\s{_T}", "from"),
        (rf"{_T}\s?(?:前|之前|以前)", "before"),
        (rf"\bbefore\s{_T}", "before"),
        (rf"(?:至|到|截至)\s?{_T}\s?(?:止|为止)?", "to"),
        (rf"\b(?:until|till|up to|through)\s{_T}", "to"),
    ]
)
_HEADING_PERIOD = re.compile(
    r"期间|适用|有效|执行|施行|生效|规则|政策|规定|标准|办法|细则|优惠|收费|运费|价格"
    r"|\b(?:rules?|polic(?:y|ies)|rates?|fees?|prices?|terms|conditions|valid|effective|appl(?:y|ies|icable)|during"
    r"|offer)\b"
)
_EVENT = re.compile(
    r"安排|停发|暂停|放假|假期|休市|闭店|公告|通知|历史|沿革|修订|变更记录|更新记录|区别|对比|预告"
    r"|\b(?:pause|holidays?|closure|closed|schedule|hours|history|changes?|changelog|differences?|compared"
    r"|announcement)\b"
)
_RULE_START = re.compile(
    rf"(?:(?:自|从)?\s?{_T}\s?(?:起|开始)\s?,|(?:自|从|在|于)?\s?{_X}\s?(?:期间|内)*\s?,"
    rf"|(?:from|as of|as from|starting(?:\son|\sfrom)?|with effect from)\s{_T}(?:\sonwards?)?\s?,"
    rf"|(?:from|between)\s{_P}\s?,|{_S}\s?,)"
)
_OTHER_TIME = re.compile(
    r"以前|之前|此前|现行|目前|当前|现在|仍按|原规|原标|旧版"
    r"|\b(?:before|until then|currently|previous(?:ly)?|so far|today|still)\b"
)

_BREAK = re.compile(r"[,;:()\[\]。、!?—]")
_OWN_NOUN_ZH = (
    r"(?:政策|规则|规定|办法|条款|细则|通知|公告|制度|标准|协议|活动|版本|版|须知|章程|说明|指引|条例|方案"
    r"|文件|声明|承诺|规范)"
)
_OWN_ZH = rf"(?:本|该|此|这份|本次)[^\s]{{0,16}}?{_OWN_NOUN_ZH}的?"
_OWN_NOUN_EN = (
    r"(?:polic(?:y|ies)|rules?|terms|conditions|notice|version|document|guidelines?|agreement|statement|price\slist"
    r"|programme|program|offer|promotion|sale|campaign)"
)
_OWN_EN = rf"(?:this|these|the\s(?:present|current))\s(?:[a-z-]+\s){{0,4}}?{_OWN_NOUN_EN}(?:\sand\s{_OWN_NOUN_EN})?"
_SECTION_ZH = r"(?:(?:本|该|此)(?:节|条|章|段|部分|项)|(?:以下|下列|下述|上述|以上))[^\s]{0,10}"
_SECTION_EN = (
    r"(?:(?:this|the)\s(?:section|chapter|paragraph|part|table|list)|the\s(?:following|above)(?:\s[a-z]+){0,3}"
    r"|(?:the\s|these\s)(?:[a-z]+\s){0,2}(?:below|above|rates?|fees?|prices?|charges?|limits?|benefits?|discounts?)"
    r"(?:\s(?:below|above|in\sthis\ssection))?)"
)
_ADVERBS = (
    r"(?:(?:现|将|已|仅|只|均|也|并|且|自|于|统一|正式|一律|都|即|开始|继续)*"
    r"|(?:\s?\b(?:is|are|was|were|be|been|shall|will|has|have|now|become|becomes|only|hereby|remains?|stays?|and|it)\b)*)"
)
_NUMBERED = re.compile(r"^.*[a-z0-9][-/.][0-9][0-9a-z./-]*\s")
"""The number of the document, with a space and no other mark behind it."""
_SUBJECTS = [
    ("bare", re.compile(rf"{_ADVERBS}\s?")),
    ("own", re.compile(rf"(?:{_OWN_ZH}|{_OWN_EN})\s?{_ADVERBS}\s?")),
    ("section", re.compile(rf"(?:{_SECTION_ZH}|{_SECTION_EN})\s?{_ADVERBS}\s?")),
]
_ADVERBS_AT_END = re.compile(rf"{_ADVERBS}\s?$")


class StatementReader:
    """Reads statements of validity."""

    def __init__(self, sales: SalePeriods | None = None) -> None:
        self._sales = sales or SalePeriods()

    def sentence(
        self, sentence: str, *, place: Place, year: int | None = None, name: str = "", is_whole: bool = False
    ) -> list[Statement | Doubt]:
        """What a sentence says of its document or section; [] for most sentences.

        Args:
            sentence: as it stands in the text.
            place: decides what it may be about.
            year: that of days which name none.
            name: title of the document, or heading of the section, which may stand as the subject.
            is_whole: whether no other time than the sentence's is spoken of in its section: then a rule that begins
                with its days limits the section.
        """
        marked = _Marked.of(sentence, self._sales)
        found: list[Statement | Doubt] = []
        text = marked.text
        for pattern, meaning in _RULES:
            for match in pattern.finditer(text):
                subject = _subject(text, match.start(), fold(name))
                if subject is None or (place == "anywhere" and subject != "own"):
                    continue
                if place == "document" and subject == "section":
                    continue
                is_of_section = place == "section" and subject != "own"
                found.append(marked.statement(match[0], meaning, year, is_of_section=is_of_section))
                text = text[: match.start()] + "\x00" * len(match[0]) + text[match.end() :]
        if not found and place == "section" and is_whole and not _OTHER_TIME.search(marked.text):
            start = _RULE_START.match(marked.text)
            if start is not None:
                meaning = "from" if re.search(_T, start[0]) else "period"
                found.append(marked.statement(start[0], meaning, year, is_of_section=True))
        return found

    def heading(self, heading: str, *, year: int | None = None) -> list[Statement | Doubt]:
        """What a heading says of what stands below it; [] for most headings."""
        marked = _Marked.of(heading, self._sales)
        text = marked.text
        if _EVENT.search(text):
            return []
        for pattern, meaning in (*_RULES, *_HEADING_RULES):
            match = pattern.search(text)
            if match is not None:
                return [marked.statement(match[0], meaning, year, is_of_section=True)]
        if (period := re.search(_P, text)) and _HEADING_PERIOD.search(text):
            return [marked.statement(period[0], "period", year, is_of_section=True)]
        return []


@dataclass(frozen=True, slots=True)
class _Marked:
    """Folded text in which each day, period and sale is one character."""

    text: str
    quote: str
    meant: dict[str, NamedDay | NamedPeriod | tuple[SalePeriod, int | None]]

    @classmethod
    def of(cls, sentence: str, sales: SalePeriods) -> _Marked:
        quote = " ".join(sentence.split())
        folded = " ".join(_MARKS.sub("", fold(quote)).split())
        pieces: list[tuple[int, int, NamedDay | NamedPeriod | tuple[SalePeriod, int | None]]] = []
        hidden = folded
        for match, sale, year in sales.named(folded):
            if not any(start < match.end() and match.start() < end for start, end, _ in pieces):
                pieces.append((match.start(), match.end(), (sale, year)))
                hidden = hidden[: match.start()] + "\x00" * len(match[0]) + hidden[match.end() :]
        pieces += [(item.start, item.end, item) for item in named_periods(hidden)]
        text, at = "", 0
        meant: dict[str, NamedDay | NamedPeriod | tuple[SalePeriod, int | None]] = {}
        for number, (start, end, item) in enumerate(sorted(pieces, key=lambda piece: piece[0])):
            base = 0xE000 if isinstance(item, NamedDay) else 0xE400 if isinstance(item, NamedPeriod) else 0xE800
            char = chr(base + min(number, 0x3FF))
            meant[char] = item
            text += folded[at:start] + char
            at = end
        text += folded[at:]
        # The days of a sale that is named with them count, not the table's: 双11期间(11月1日-11月11日).
        for sale_at in re.finditer(rf"({_S})\s?\(?\s?({_P})\s?\)?", text):
            named, period = meant[sale_at[1]], meant[sale_at[2]]
            assert isinstance(named, tuple)
            assert isinstance(period, NamedPeriod)
            year = named[1]
            meant[sale_at[1]] = NamedPeriod(period.first.of_year(year), period.last) if year else period
        text = re.sub(rf"({_S})\s?\(?\s?{_P}\s?\)?", r"\1", text)
        return cls(text, quote if len(quote) <= _LONGEST_QUOTE else f"{quote[:_LONGEST_QUOTE]}…", meant)

    def statement(self, words: str, meaning: _Meaning, year: int | None, *, is_of_section: bool) -> Statement | Doubt:
        """The first thing of `words` that has days, as a statement."""
        item = next(self.meant[char] for char in words if char in self.meant)
        if not isinstance(item, tuple) and not item.exists:
            return Doubt(self.quote, "it names a day that the calendar does not have")
        if isinstance(item, NamedDay):
            return self._of_day(item.of_year(year), meaning, is_of_section)
        days = item.days(year) if isinstance(item, NamedPeriod) else _sale_days(item, year)
        if days is None:
            is_yearless = not isinstance(item, NamedPeriod) or (item.first.year or item.last.year or year) is None
            return Doubt(
                self.quote,
                "it names days without a year, and the document is of no certain one"
                if is_yearless
                else "it names a day that the calendar does not have",
            )
        if days[1] < days[0]:
            return Doubt(self.quote, f"it would end ({days[1]}) before it begins ({days[0]})")
        return Statement(days[0], days[1], is_of_section, self.quote)

    def _of_day(self, day: NamedDay, meaning: _Meaning, is_of_section: bool) -> Statement | Doubt:
        first, last = day.first(), day.last()
        if day.year is None:
            return Doubt(self.quote, "it names a day without a year, and the document is of no certain one")
        if first is None or last is None:
            return Doubt(self.quote, "it names a day that the calendar does not have")
        if meaning == "from":
            return Statement(first, None, is_of_section, self.quote)
        return Statement(None, last if meaning == "to" else first - timedelta(days=1), is_of_section, self.quote)


def _sale_days(item: tuple[SalePeriod, int | None], year: int | None) -> tuple[date, date] | None:
    sale, named = item
    chosen = named or year
    return None if chosen is None else sale.days(chosen)


def _subject(text: str, at: int, name: str) -> str | None:
    """What the words before `at` in their clause are about: bare, own, section; None for anything else."""
    before = text[:at]
    breaks = [match.end() for match in _BREAK.finditer(before)]
    clause = before[breaks[-1] :] if breaks else before
    clause = _NUMBERED.sub("", clause).strip()
    for subject, pattern in _SUBJECTS:
        if pattern.fullmatch(clause):
            return subject
    bare = _ADVERBS_AT_END.sub("", clause).removeprefix("the ").strip()
    if bare and name and len(bare) >= 2 and bare in " ".join(name.split()):
        return "bare"
    return None


def years_in(text: str) -> Iterator[int]:
    """The years of this century that a text names."""
    for match in re.finditer(r"(?<!\d)(20\d\d)(?!\d)", fold(text)):
        yield int(match[1])
