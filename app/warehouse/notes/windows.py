"""When a note wants its parcel: days and hours, before and after, only then or never then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from app.domain.delivery_note import DeliveryWindow, Reason, Unclear
from app.warehouse.notes.clock import Clock
from app.warehouse.notes.days import DayReader, Days
from app.warehouse.notes.mention import Clauses, Mention, words
from app.warehouse.notes.pieces import Bound, Piece, grouped, pieces_of

_NEG_ZH = r"(?:请?勿|切勿|不要|不能|不可以?|不是|不想|千万别|别|除了?|除开|避开|拒绝)"
_REFUSED_BEFORE = words(
    rf"(?:{_NEG_ZH}(?:每)?(?:送|在|于|派送)?(?:每)?|不收|\b(?:except|excluding|other than|but not|any ?(?:day|"
    rf"time) (?:but|bar)|"
    rf"apart from|besides|skip|not|never|avoid|no)(?: on| in| at| during| between)?(?: the)?"
    r"|\bno (?:deliver(?:y|ies)|drop-?offs?|parcels?)(?: on| in| at| during| between| before|"
    r" after)?(?: the)?"
    r"|\b(?:do not|don'?t|dont|please don'?t|never|can'?t|cannot|won'?t)(?: \w{1,9}){1,3}(?: on| in| at|"
    r" during| between)?)\s?$",
)
_ABSENT_BEFORE = words(
    r"\b(?:away|out|gone|closed|at work|working|busy|asleep|in (?:a )?meetings?|unavailable|not (?:at )?home|not in|"
    r"not available|not around|can'?t|"
    r"(?:nobody|no one|no-one|noone)(?:'s| is)? (?:at )?(?:home|in|here)|out of town|abroad|travell?ing|"
    r"on leave|on (?:a )?(?:business )?trip|on holiday|on vacation)"
    r"(?: all day| all week| the whole day)?(?: on| in| at| during| all| for| from| between)?(?: the)?\s?$",
)
_REFUSED_AFTER = words(
    r"[^,。.!?;\n]{0,6}?(?:不收|不让|不给|不允许|不能收|收不了|没法收|无法收|(?:午睡|午休|休息|睡觉)?(?:请)?勿扰|别|"
    r"勿|不要|不用|不行|不可以|"
    r"不接|不送|不派|不营业|不能送)",
    r"\s?(?:deliver(?:y|ies)|is|are|do|does)?\s?(?:not possible|won'?t work|doesn'?t work|don'?t work|"
    r"is no good|not ok)",
)
_ABSENT_AFTER = words(
    r"[^,。.!?;\n]{0,5}?(?:不在|没人|无人|没有人|不方便|没空|没时间|出差|外出|不上班|休息|回老家|加班)"
    r"|[^,。.!?;\n]{0,12}?\b(?:not (?:at )?(?:home|here|in)|nobody|no one|away|out of town|closed|unavailable|"
    r"at work|(?:i'?m|am|be|is|are) (?:busy|asleep))\b"
)
_AT_WORK = words(r"(?:我|都|还|一直|会|得|要){1,3}在?(?:公司|上班|单位|外面?|开会|路上|学校|上课|忙)")
"""Behind an hour that is a bound; of a part of the day it tells only."""
_CUE = words(
    r"送",
    r"(?<!付)到(?!付)",
    r"派",
    r"收",
    r"再",
    r"(?<!我还)在家",
    r"有人",
    r"可以",
    r"能(?!不能)",
    r"都?行",
    r"方便",
    r"发货?",
    r"配",
    r"投",
    r"优先|为主|最佳|也[可行好]|首选",
    r"(?<!地址)改(?:约|成|到|为|在)",
    r"(?<!不)(?<!还)在(?=$|[,。;!的])",
    r"约",
    r"取",
    r"最好",
    r"只",
    r"仅",
    r"有空",
    r"全天",
    r"整天",
    r"\bok\b",
    r"\b(?:deliver\w*|home|fine|works?|best|better|only|come|drop|bring|leave|receive|available|free|"
    r"please|pls|plz|thx|preferred|prefer|here|good|send|ship|first thing|suits?|would be|perfect|ideal|"
    r"convenient|if you can|if poss(?:ible)?|poss|opens?|hours|suit|arrive|any ?time|all day|instead|rather|thanks|"
    r"ta|cheers|can do)\b",
)
_FILLER = words(
    r"仅限?",
    r"全天",
    r"整天",
    r"之间",
    r"都",
    r"只有?",
    r"只能",
    r"请于?",
    r"麻烦",
    r"尽量",
    r"一定",
    r"务必",
    r"必须",
    r"收货?",
    r"时间",
    r"就",
    r"吧",
    r"哈",
    r"的",
    r"了",
    r"是",
    r"那?就?谢谢",
    r"\b(?:the|on|in|at|ok|just|is|works)\b",
    r"\W",
)
_TOLD = words(
    r"\bwork(?:ing)? (?:nights?|days|evenings|mornings|late)\b",
    r"生日",
    r"下单",
    r"下的单",
    r"买的",
    r"拍的",
    r"订的",
    r"开会",
    r"搬家",
    r"结婚",
    r"上次",
    r"上班唉",
    r"下次",
    r"回购",
    r"\b(?:order again|next time|will buy|ordered|bought|birthday|paid|purchased|last time|arrived|"
    r"our \w+ order)\b",
)
_HELD = words(
    r"\b(?:hold|wait|keep it|keep them|don'?t (?:deliver|send|ship|come))\b[^,.;]{0,14}$",
)
"""Until then nothing is to come."""
_HOME = words(
    r"\b(?:get|be|am|i'?m|back|come|arrive|finish|off)(?: (?:home|back|work))*(?: from work)?\s?$",
    r"(?:到家|回家|下班)(?:时间)?(?:是|要|得)?\s?$",
)
_WAIT = words(r"等[^,。.;]{0,10}[到(]?$")
_RETURN = words(r"\b(?:back|return(?:ing)?|home again)\b(?: from \w{1,12})?(?: on| by)?\s?$")
_CALLED = words(
    r"(?:的时候|期间|之间|时|,)*(?:再|就|请|不要|别|勿|不能)*(?:打(?:个|我)?电话|来电|电话联系|敲门|按门铃)"
)
"""When to call is not when to come."""
_DELIVERED = words(r"送|到货|寄到|deliver|please|not before")
_GOING_OUT = words(r"[^,。;]{0,2}(?:我|都|还|就)?(?:要|得)(?:出门|离开|走|用|上班|开会|出差)")
"""Behind a part of the day: why it has to come earlier."""
_AND = words(r"\s?(?:和|或者?|以及|跟|、|and|or)\s?")
_STAFF = words(r"(?:物业|门卫|保安|前台|驿站|公司|店里?|单位|reception|concierge|office)[^,。.;]{0,4}$")
_HALF_HOUR = 30
_BACK = 28
"""Characters before a time in which words that deny or turn it may stand."""


@dataclass(frozen=True, slots=True)
class Said:
    """A window, or what is wrong with it, and how it was said."""

    mention: Mention
    is_absence: bool = False
    """Excluded because nobody is in, not because it was asked for."""


class WindowReader:
    """Finds delivery windows in folded text."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.days = DayReader(now.date())

    def find(self, text: str, clauses: Clauses, corrections: Sequence[int]) -> list[Said]:
        """In the order of the text; `corrections` are the places behind words that take something back."""
        groups = grouped(text, pieces_of(text, self.days.find(text)))
        said = []
        for at, group in enumerate(groups):
            limit = groups[at + 1][0].start if at + 1 < len(groups) else len(text)
            behind = max(piece.end for piece in group)
            if at + 1 < len(groups) and _AND.fullmatch(text, behind, limit):  # what follows is said of both
                behind = max(piece.end for piece in groups[at + 1])
                limit = groups[at + 2][0].start if at + 2 < len(groups) else len(text)
            said.extend(self._said(text, clauses, group, behind=behind, limit=limit, corrections=corrections))
        return said

    def _said(
        self, text: str, clauses: Clauses, group: list[Piece], *, behind: int, limit: int, corrections: Sequence[int]
    ) -> list[Said]:
        start, end = group[0].start, max(piece.end for piece in group)
        first, last = clauses.around(start, end)
        before, after = text[max(first, start - _BACK) : start], text[behind : min(last, limit)]
        if _CALLED.match(after) or (all(_is_part(piece.what) for piece in group) and _GOING_OUT.match(after)):
            return []
        denial = _denial(before, after)
        if denial is None and group[-1].bound in ("before", "by") and _AT_WORK.match(after):
            denial = _Denial(0, is_absence=True)
        group = _opened(before, group, is_away=denial is not None and denial.is_absence and denial.lead > 0)
        bounds = {piece.bound for piece in group}
        if denial is not None and "from" in bounds and denial.lead and denial.is_absence:
            denial = None  # away until Friday wishes for what comes after
        has_bound = bool(bounds - {"", "around"})
        if denial is None and not self._is_wish(text, text[first:last], group, corrections, has_bound=has_bound):
            return []
        start -= denial.lead if denial is not None else 0
        window, reason, is_sure = self._window(group)
        if reason is None:
            window = window if denial is None else _turned(replace(window, excluded=True))
            reason = self._fault(window)
        if reason is not None:
            return [Said(Mention("unclear", Unclear(reason), start, end, 0.88))]
        confidence = (0.95 if has_bound or denial is not None else 0.88) - (0 if is_sure else 0.12)
        mention = Mention("delivery_window", window, start, end, confidence)
        return [Said(mention, is_absence=denial is not None and denial.is_absence)]

    def _fault(self, window: DeliveryWindow) -> Reason | None:
        if _is_backwards(window):
            return "contradiction"
        is_over = window.last_day is not None and window.last_day < self.now.date()
        if window.last_day == self.now.date() and window.end is not None:
            is_over = window.end <= self.now.time()
        return "past" if is_over and not window.excluded else None

    def _is_wish(
        self, text: str, clause: str, group: list[Piece], corrections: Sequence[int], *, has_bound: bool
    ) -> bool:
        if _TOLD.search(clause):
            return bool(has_bound and not any(_is_part(piece.what) for piece in group) and _DELIVERED.search(clause))
        if has_bound or any(isinstance(piece.what, Clock) and _is_span(piece.what) for piece in group):
            return True
        start, end = group[0].start, group[-1].end
        if any(0 <= start - place <= 8 for place in corrections):
            return True
        rest = clause.replace(text[start:end], "", 1)
        return _CUE.search(rest) is not None or not _FILLER.sub("", rest)

    def _window(self, group: list[Piece]) -> tuple[DeliveryWindow, Reason | None, bool]:
        """The window, what is wrong with it, and whether its hours were told without doubt."""
        window, is_sure = DeliveryWindow(), True
        for piece in group:
            what = piece.what
            if isinstance(what, Days):
                if not what.exists:
                    return window, "contradiction", True
                window = self._with_days(window, what, piece.bound)
            elif what.minutes_from_now is not None:
                at = self.now + timedelta(minutes=what.minutes_from_now)
                window = replace(
                    window, first_day=at.date(), last_day=at.date(), start=at.time().replace(second=0, microsecond=0)
                )
            else:
                is_sure = is_sure and (what.hour is None or not 1 <= what.hour <= 8)
                first, last = _hours(what, piece.bound)
                window = replace(
                    window,
                    start=window.start if first is None else _time(first),
                    end=window.end if last is None else _time(last),
                )
        return window, None, is_sure

    def _with_days(self, window: DeliveryWindow, days: Days, bound: Bound) -> DeliveryWindow:
        first, last = days.first, days.last
        if bound in ("", "around") and days.weekdays and first is None:
            return replace(window, weekdays=days.weekdays)
        if first is None or last is None:
            first, last = self.days.coming(days.weekdays)
        one = timedelta(days=1)
        ends: dict[Bound, tuple[date | None, date | None]] = {
            "before": (None, last if days.is_inclusive else first - one),
            "by": (None, last),
            "after": (first if days.is_opening else last + one, None),
            "from": (first, None),
        }
        opened = (first, None) if days.is_opening else (first, last)
        begins, ends_at = ends.get(bound, opened)
        weekdays = days.weekdays if days.first is not None and bound == "" else window.weekdays
        return replace(window, first_day=begins, last_day=ends_at, weekdays=weekdays)


@dataclass(frozen=True, slots=True)
class _Denial:
    """Words that make a time one at which not to come."""

    lead: int
    """Characters before the time that they take up; 0 for words behind it."""
    is_absence: bool


def _denial(before: str, after: str) -> _Denial | None:
    if match := _REFUSED_BEFORE.search(before):
        return _Denial(len(before) - match.start(), is_absence=False)
    if _REFUSED_AFTER.match(after) or after.startswith(("外", "以外", "之外")):
        return _Denial(0, is_absence=False)
    if "有人" in after[:6]:
        return None
    if match := _ABSENT_BEFORE.search(before):
        return _Denial(len(before) - match.start(), is_absence=True)
    return _Denial(0, is_absence=True) if _ABSENT_AFTER.match(after) else None


def _opened(before: str, group: list[Piece], *, is_away: bool) -> list[Piece]:
    """With the bounds that come from what is said before: back on Friday is from Friday, away until then as well."""
    is_hours = all(isinstance(piece.what, Clock) for piece in group)
    turned: dict[Bound, Bound]
    if _HELD.search(before) or is_away:
        turned = {"by": "from"}
    elif _RETURN.search(before) or _WAIT.search(before) or (is_hours and _HOME.search(before)):
        turned = {"": "from", "around": "from"}
    elif _STAFF.search(before):
        turned = {"from": "by"}
    else:
        return group
    return [replace(piece, bound=turned.get(piece.bound, piece.bound)) for piece in group]


def _is_part(what: Days | Clock) -> bool:
    return isinstance(what, Clock) and what.is_part


def _is_span(clock: Clock) -> bool:
    """Whether it is from one hour to another, or open by its own words (after lunch)."""
    return not clock.is_moment and (not clock.is_part or clock.last is None or clock.first is None)


def _hours(clock: Clock, bound: Bound) -> tuple[int | None, int | None]:
    first, last = clock.first, clock.last
    if clock.first is None or clock.last is None:
        return clock.first, clock.last
    if bound in ("before", "by"):
        return None, first if clock.is_part and bound == "before" else last
    if bound in ("after", "from"):
        return (last if clock.is_part and bound == "after" and last is not None else first), None
    if clock.is_moment and first is not None:
        return max(0, first - _HALF_HOUR), min(1439, first + _HALF_HOUR)
    return first, last


def _turned(window: DeliveryWindow) -> DeliveryWindow:
    """Not before nine as from nine: what excludes all on one side as what is left."""
    if window.has_hours and not window.has_days and (window.start is None or window.end is None):
        return DeliveryWindow(start=window.end, end=window.start)
    if not window.has_days and window.start is not None and window.end is not None and window.start > window.end:
        return DeliveryWindow(start=window.end, end=window.start)  # not from ten at night to eight in the morning
    if not window.has_hours and not window.weekdays and (window.first_day is None) != (window.last_day is None):
        one = timedelta(days=1)
        return DeliveryWindow(
            first_day=window.last_day and window.last_day + one, last_day=window.first_day and window.first_day - one
        )
    return window


def _is_backwards(window: DeliveryWindow) -> bool:
    if window.start is not None and window.end is not None and window.start >= window.end:
        return True
    return window.first_day is not None and window.last_day is not None and window.first_day > window.last_day


def _time(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)
