"""With whom or where a parcel may be left, and where a courier says that it was left."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.domain.delivery_note import HandOver
from app.warehouse.notes.mention import NOT_EN, NOT_ZH, SAME, Clauses, Mention, either, words

_PLACES: dict[str, str] = {
    "guard": either(
        r"门卫(?:室|处|亭|大爷|师傅|大叔|那里?)?",
        r"保安(?:亭|室|岗|处|大叔|那里?)?",
        r"传达室",
        r"岗亭",
        r"门岗",
        r"值班室",
        r"岗亭",
        r"(?:security )?guard(?: ?(?:house|room|post|s))?",
        r"security(?: desk)?",
        r"door ?m[ae]n",
        r"gate ?house",
    ),
    "property": either(
        r"物业(?:处|办公室|中心|前台)?",
        r"管理[室处]",
        r"管家",
        r"宿管(?:阿姨|处)?",
        r"楼管",
        r"leasing office",
        r"(?:building|property) (?:management|manager)",
        r"property office",
        r"management office",
    ),
    "locker": either(
        r"丰巢柜?",
        r"蜂巢",
        r"速递易",
        r"(?:快递|智能|自提|储物|寄存|寄件)?柜子?",
        r"(?:parcel |amazon |package |delivery )?lockers?",
    ),
    "station": either(
        r"(?:菜鸟|妈妈|快递|社区)?驿站",
        r"菜鸟",
        r"(?:快递)?代收点",
        r"兔喜",
        r"快递室",
        r"自提点",
        r"代理点",
        r"快递[点站]",
        r"(?:a |the )?(?:pick-?up|collection|drop-?off) (?:point|station|location)s?",
        r"parcel shop",
    ),
    "neighbour": either(
        r"邻居(?:家)?",
        r"隔壁(?:家|邻居)?",
        r"对门(?:家)?",
        r"(?:my |the |a )?(?:next[- ]door )?neighbou?rs?(?: (?:at|in) (?:no\.? ?|number |flat |apt |unit |"
        r"house |#)?\d{1,4}[a-z]?)?",
        r"next door",
        r"(?<=with )(?:no\.?|number|flat|apt|unit|house) ?#?\d{1,4}[a-z]?\b",
    ),
    "front_desk": either(
        r"(?:公司|大堂|酒店|一楼|单位)?前台",
        r"(?:楼下|一楼)?大堂",
        r"服务台",
        r"front ?desk",
        r"reception(?:ist)?",
        r"concierge",
        r"lobby",
    ),
    "mailroom": r"收发室|mail ?room|post ?room",
    "mailbox": r"信箱|信报箱|邮箱|奶箱|mail ?box|letter ?box|post ?box",
    "meter_box": r"[水电]表[箱柜]|meter (?:box|cupboard)",
    "hidden_spot": either(
        r"消[防火]栓(?:里|箱)?",
        r"(?:behind|under|beneath|inside) the (?:bins?|bushe?s?|plant ?pots?|planters?|stairs|bench|mat|"
        r"doormat|pots?)",
        r"out of sight",
    ),
    "porch": r"(?:front |back )?porch|veranda",
    "parcel_box": r"(?:parcel|delivery|package|drop) ?box|快递箱|收件箱|包裹箱",
    "yard": r"院子里?|后院|阳台|窗台|back ?yard|patio|balcony|deck|garden|window ?sill",
    "side_door": r"侧门|side door",
    "back_door": r"后门口?|back ?door|rear door",
    "door": either(
        r"(?:我?家|房|大|屋|宿舍|办公室)?门口?[前外边囗](?:面|边)?",
        r"(?:我?家|房|大|屋|宿舍|办公室)?门口",
        r"鞋[柜架](?:上面?|里)?",
        r"地垫(?:下面?)?",
        r"门把手?上?",
        r"门上",
        r"门边",
        r"门旁",
        r"玄关",
        r"(?:my |the )?(?:front )?door ?(?:step|mat)?",
    ),
    "hallway": r"楼道|走廊|过道|hall ?way|corridor|stairwell",
    "garage": r"车库|garage|carport|shed",
    "shelf": r"(?:快递)?(?:货?架子?)|rack|shelf",
    "shop": r"小卖[部铺]|便利店|小?超市|水果店|小店|corner (?:shop|store)|deli\b|convenience store",
    "colleague": r"(?:我)?同事|(?:my |a )?(?:colleague|co-?worker)s?",
    "household": either(
        r"家里?人|老爸|老妈|我[爸妈]",
        r"老婆",
        r"老公",
        r"爱人",
        r"爸妈",
        r"父母",
        r"爸爸",
        r"妈妈",
        r"奶奶",
        r"爷爷",
        r"室友",
        r"保姆",
        r"阿姨",
        r"(?:my )?(?:wife|husband|partner|mum|mom|dad|parents?|son|daughter|roommate|flatmate|housemate|family)",
    ),
    "safe_place": r"安全的?地方|(?:a |the |my )?safe (?:place|spot)",
    "downstairs": either(
        r"楼下(?!的?(?:便利|小卖|小?超|水果|保安|门卫|物业|驿站|前台|大堂|快递|丰巢|菜鸟|邻居|信箱|柜))",
        r"downstairs",
    ),
}  # fmt: skip
_PLACE = "(?:" + "|".join(f"(?P<{name}>{pattern})" for name, pattern in _PLACES.items()) + ")"
_PUT = r"(?:放置?|搁|存放?|寄[存放]|投[递放]?|丢|扔|塞|挂|留|置于|拿|交给?|给|转交?|寄|派|入)"
_GAP = rf"(?:(?!{NOT_ZH}|密码|电话|打|发|就|送){SAME}){{0,6}}?"
_ZH = words(
    rf"(?P<done>已经?|刚|暂时?|帮\w?)?(?P<not>{NOT_ZH}|放不[了下])?(?:再|给我|帮我|直接|随便|请|你|也|"
    rf"能)?(?P<verb>{_PUT}|送(?P<far>到|去|给|至)?)"
    rf"(?P<after>了)?(?:到|在|至|去|进)?{_GAP}{_PLACE}(?!密码|口?不让|不让|的人)",
    rf"(?P<not2>{NOT_ZH})?(?:可以|可|请|让|由|"
    rf"找)?(?P<whose>{_PLACE.replace('?P<', '?P<t_')}){SAME}{{0,3}}?(?:可以?|能|"
    rf"帮忙?)?(?P<has>已经?)?(?P<take>代[收签领]|签?收|自取|自提|转交|代为签收)",
)
_EN_GAP = r"(?: (?:it|them|this|that|parcels?|packages?|box|items?|order|everything|stuff|please|just))*"
_EN = words(
    rf"\b(?P<not>{NOT_EN} )?(?P<verb>leave|left|put|drop(?:ped)?(?: off)?|be left|place|deliver(?:ed)?|"
    rf"hand(?:ed)?(?: over)?|give|given|store|hide|bring|send|pop|ok to leave)\b{_EN_GAP}"
    rf"(?: (?:in|at|on|with|w/|to|by|inside|outside|near|off|through))*(?: (?:the|my|our|your|a|an|"
    rf"any))?(?: (?!not|but|and|or|if)\w{{1,12}}){{0,2}}? ?{_PLACE}\b",
    rf"(?P<whose>{_PLACE.replace('?P<', '?P<u_')})(?: at \w{{1,9}})? (?:can|will|could|may|"
    rf"is able to)(?: also| happily)? (?:sign|accept|receive|take|collect|get)\b(?: for)?(?: it| them)?",
    rf"\b(?P<not2>{NOT_EN} )?(?:to|at|in|with|w/|on|into)(?: (?:the|my|our|"
    rf"a))? {_PLACE.replace('?P<', '?P<t_')}(?=\s*(?:$|[,.;!?，。]|please|pls|thanks|thx|is fine|ok|only|"
    rf"not))",
)
_ALONE = words(
    rf"(?:请|麻烦|谢谢|就|\bplease\b|\bthe\b|\bis (?:fine|ok)\b|\bonly\b|只能?|\W)*(?P<place>{_PLACE})(?:就行|"
    rf"就好|即可|谢谢|吧|里|\bplease\b|\bonly\b|\bis (?:fine|ok)\b|\bok\b|\W)*",
)
_MORE = words(rf"\s?(?:或者?|、|和|,? ?or|/)\s?(?:放|给|在|with|at|in|the|my|a| )*{_PLACE}")
_MIXED = words(
    rf"\b(?P<not>don'?t )?(?:leave|put|drop|deliver)(?: it)?(?: ?(?:at|in|with|on|到|在|给))? ?{_PLACE}",
    rf"(?P<not2>{NOT_ZH})?放(?:在|到)?\s?{_PLACE.replace('?P<', '?P<t_')}",
    rf"(?P<not3>不要|别|勿|拒绝|\bno )\s?{_PLACE.replace('?P<', '?P<u_')}(?=\s*(?:$|[,。.;!?]|please|thanks))",
)
_NESTED = words(rf"的?{_PLACE}")
_IF_ABSENT = words(
    r"(?:没有?人|无人|不在家?|没接|不接|没应答?|不应|没回应|无应答|打不通|"
    r"联系不上)[^。!?;,\n]{0,8}?[, ]?(?:就|可以|可|请|麻烦|直接|帮我|那|的话|时候?)*$",
    r"\b(?:if|when|in case)\b[^,.;!?]{0,12}\b(?:out|not (?:at )?(?:home|in|here)|absent|away|no (?:one|"
    r"answer|reply|response)|nobody|no-one|noone|unavailable|miss me)\b[^.;!?]{0,14}$",
)
_ABSENT_AFTER = words(
    r"[, ]{0,2}(?:if|when|in case)\b[^,.;!?]{0,12}\b(?:out|not (?:home|in|here)|absent|away|no (?:one|answer)|"
    r"nobody|no-one|unavailable)\b(?: is| are|'s)?(?: at)?(?: home| in)?",
)
_TO_DOOR = words(r"\bto\b|^(?:deliver|bring|send)")
_BROUGHT_TO = frozenset({"door", "downstairs", "garage", "back_door", "household", "colleague"})
_LEFT_EN = frozenset({"left", "dropped", "delivered", "handed", "given"})


def find_places(text: str, clauses: Clauses) -> Iterator[Mention]:
    """Wishes and reports, those with a verb first."""
    for pattern in (_ZH, _EN, _MIXED):
        for match in pattern.finditer(text):
            found = _of_match(match, text)
            if found is None:
                continue
            yield found
            if found.type == "hand_over":
                yield from _others(found, text)
    for start, end in _single(clauses):
        if alone := _ALONE.fullmatch(text, start, end):
            name = _name(alone)
            if name != "downstairs":
                begin, stop = alone.span("place")
                yield Mention("hand_over", HandOver(name), begin, stop, 0.8)


def _of_match(match: re.Match[str], text: str) -> Mention | None:
    groups = match.groupdict()
    name = _name(match)
    is_refused = bool(groups.get("not") or groups.get("not2") or groups.get("not3"))
    verb = groups.get("verb") or ""
    start, end = match.span()
    if name == "household" and groups.get("take") == "收" and not groups.get("not2"):
        return None
    if (verb == "送" or groups.get("far")) and name in _BROUGHT_TO and not is_refused:
        return None  # bringing it to the door is a service, not a place to leave it
    if name == "door" and not is_refused and _TO_DOOR.search(match[0]):
        return None
    if (verb == "寄" and name in ("household", "colleague")) or (verb in ("给", "寄", "转", "拿") and name == "door"):
        return None
    if groups.get("take") in ("自取", "自提") and name not in ("station", "locker", "front_desk", "guard", "property"):
        return None
    is_done = (
        bool(groups.get("has"))
        or bool(groups.get("done") and verb)
        or verb.split(" ")[0] in _LEFT_EN
        or bool(groups.get("after"))
    )
    if is_done and not is_refused:
        return Mention("left_at", name, start, end, 0.9)
    nested = _NESTED.match(text, end)
    if nested:  # 小区门口的驿站
        name, end = _name(nested), nested.end()
    before = text[max(0, start - 44) : start]
    is_absent = _IF_ABSENT.search(before) is not None
    if after := _ABSENT_AFTER.match(text, end):
        is_absent, end = True, after.end()
    return Mention("hand_over", HandOver(name, not is_refused, is_absent and not is_refused), start, end, 0.93)


def _others(found: Mention, text: str) -> Iterator[Mention]:
    """放门卫或者丰巢, the guard or the locker."""
    at = found.end
    assert isinstance(found.value, HandOver)
    for _ in range(4):
        more = _MORE.match(text, at)
        if more is None:
            return
        at = more.end()
        value = HandOver(_name(more), found.value.allowed, found.value.if_absent)
        yield Mention("hand_over", value, more.start(), more.end(), 0.9)


def _single(clauses: Clauses) -> Iterator[tuple[int, int]]:
    at = 0
    length = len(clauses.text)
    while at <= length:
        first, last = clauses.around(at, at)
        if last - first <= 24:
            yield first, last
        at = max(last, at) + 1


def _name(match: re.Match[str]) -> str:
    return next(
        name.removeprefix("t_").removeprefix("u_")
        for name, value in match.groupdict().items()
        if value is not None and name.removeprefix("t_").removeprefix("u_") in _PLACES
    )
