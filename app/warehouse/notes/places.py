"""With whom or where a parcel may be left, and where a courier says that it was left."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.domain.delivery_note import HandOver
from app.warehouse.notes.mention import NOT_EN, NOT_ZH, SAME, Clauses, Mention, either, words

_PLACES: dict[str, str] = {
    "guard": either(
        r"门卫(?:室|处|亭|大爷|师傅|大叔|那里?)?",
        r"(?:保安|安保|警卫)(?:亭|室|岗|处|大[叔哥爷]|小哥|师傅|人员|那[边儿里]?)?",
        r"门房|看门的?(?:大爷|师傅|大叔)?",
        r"传达室",
        r"门?岗亭?(?!位)",
        r"值班室",
        r"(?:security )?guards?(?: ?(?:house|room|post|booth|hut|shack|station))?",
        r"security(?: (?:desk|office|hut|booth|man|guy|team|staff))?",
        r"watch ?m[ae]n|gate ?keeper",
        r"door ?m[ae]n",
        r"gate ?house",
    ),
    "property": either(
        r"物业(?:处|办公室|中心|前台|公司|管家|那[边儿里])?",
        r"管理[室处员]",
        r"(?:楼栋)?管家",
        r"居委会|社区(?:办公室|服务中心)",
        r"宿管(?:阿姨|处)?",
        r"楼管",
        r"leasing office",
        r"(?:building|property|site) (?:management|manager|super(?:intendent)?|office)",
        r"superintendent|caretaker|janitor",
        r"property office",
        r"management office",
    ),
    "locker": either(
        r"丰巢柜?",
        r"蜂巢",
        r"速递易",
        r"(?:快递|智能|自提|储物|寄存|寄件|外卖|快件)?柜子?",
        r"快件箱|格口",
        r"(?:parcel |amazon |package |delivery |smart |inpost )?lockers?|inpost",
    ),
    "station": either(
        r"(?:菜鸟|妈妈|快递|社区)?驿站",
        r"菜鸟",
        r"(?:快递)?代收点",
        r"兔喜",
        r"快递室",
        r"自提点",
        r"(?:代理|代办|取件|自取|合作)点|自提站|快递超市|快递店|营业点|网点",
        r"快递[点站]",
        r"(?:a |the )?(?:pick-?up|collection|drop-?off) (?:point|station|location)s?",
        r"(?:parcel ?shop|access point|post office)",
    ),
    "neighbour": either(
        r"(?:楼上|楼下|对面|隔壁|对门)(?:的)?邻居(?:家)?",
        r"邻居(?:家|\w?阿姨|\w?大[妈爷叔])?",
        r"隔壁(?:家|那家|那户|\w?阿姨|\w?大[妈爷叔])?",
        r"对门(?:家|那家|那户)?",
        r"对面(?:那[户家]|人家|住户|(?=\d{3,4}))",
        r"楼[上下](?:那户|住户)",
        r"(?:my |the |a )?(?:next[- ]door )?neighbou?rs?(?: (?:at|in) (?:no\.? ?|number |flat |apt |unit |"
        r"house |#)?\d{1,4}[a-z]?)?",
        r"next door",
        r"(?:the )?(?:people|folks|family|couple|lady|man|guy) (?:next door|opposite|upstairs|downstairs|(?:at|"
        r"in) (?:no\.? ?|number |flat |apt )?#?\d{1,4}[a-z]?)",
        r"(?<=with )(?:no\.?|number|flat|apt|unit|house) ?#?\d{1,4}[a-z]?\b",
    ),
    "front_desk": either(
        r"(?:公司|大堂|大厅|酒店|一楼|单位)?前台",
        r"总台|接待(?:处|台)",
        r"(?:楼下|一楼)?(?:大堂|大厅)",
        r"服务台",
        r"front ?(?:desk|office)|(?:main|help|info(?:rmation)?) desk",
        r"(?:main )?reception(?:ists?)?(?: desk| area)?",
        r"concierge",
        r"lobby",
    ),
    "mailroom": r"收发室|mail ?room|post ?room|mailing room",
    "mailbox": r"信箱|信报箱|邮箱|邮筒|奶箱|mail ?(?:box|slot)|letter ?(?:box|slot)|post ?box",
    "meter_box": r"[水电]表[箱柜间]|电箱|管道井|水井|meter (?:box|cupboard|closet)",
    "hidden_spot": either(
        r"消[防火]栓(?:里|箱)?|灭火器箱?",
        r"(?:脚|地|门)?(?:垫子?|地毯)(?:的)?(?:底下|下面)(?<!地垫下面)",
        r"花盆(?:的)?(?:后面?|下面?|底下|里|旁边?)",
        r"隐蔽(?:的)?(?:地方|角落|位置|处)?",
        r"(?:behind|under(?:neath)?|beneath|inside) (?:the |my |our |a |that )?(?:\w{1,9} ){0,2}?(?:bins?|"
        r"bush(?:es)?|hedges?|"
        r"(?:plant ?|flower ?)?pots?|planters?|stairs|bench|(?:door ?)?mat|rug|tree|fence|grill|bbq|chair|table|"
        r"trellis|"
        r"tarp|cover|wood ?pile)",
        r"out of sight",
    ),
    "porch": r"(?:front |back )?porch|veranda|verandah",
    "parcel_box": r"(?:parcel|delivery|package|drop) ?box|快递箱|收件箱|包裹箱",
    "yard": r"院子里?|院[里内]|[前后]院|花园|露台|阳台|窗台|(?:back ?|front ?)?yard|patio|balcony|deck|(?:back |"
    r"front )?garden|"
    r"window ?sill",
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
        r"(?:front )?(?:stoop|steps?)",
    ),
    "hallway": r"楼道|走廊|过道|楼梯[间口]|门厅|(?:entry |entrance )?hall(?: ?way)?|corridor|stairwell|foyer|vestibule",
    "garage": r"车库|garage|car ?port|shed|greenhouse|summer ?house|outhouse",
    "shelf": r"(?:快递)?(?:货?架子?)|rack|shelf",
    "shop": r"小卖[部铺]|便利店|小?超市|超商|杂货[店铺]|(?:水果|早餐|奶茶|烟酒|理发|彩票|快餐|五金|蔬菜|小吃|花|药|"
    r"饭|小)店|面馆|"
    r"(?:corner|local|village|coffee|flower|grocery|barber) (?:shop|store)|deli\b|convenience store|newsagent\'?s?|"
    r"pharmacy|cafe|bakery|bodega",
    "colleague": r"(?:我)?同事|(?:my |a )?(?:colleague|co-?worker|workmate)s?",
    "household": either(
        r"家里?人|老爸|老妈|我[爸妈]",
        r"老婆|媳妇|老公|爱人|老伴|妻子|丈夫|对象|[男女](?:朋友|友)",
        r"我?家?(?:儿子|女儿|闺女|弟弟|妹妹|哥哥|姐姐|(?<=我)[弟妹哥姐]|姑姑|舅舅|公公|婆婆|岳[父母]|丈母娘|孩子)",
        r"爸妈",
        r"父母|父亲|母亲|家属|姥[姥爷]|外[公婆]",
        r"爸爸",
        r"妈妈",
        r"奶奶",
        r"爷爷",
        r"[室舍]友|合租(?:的)?",
        r"保姆",
        r"阿姨",
        r"(?:my |our )?(?:wife|husband|partner|mum|mom|dad|mother|father|parents?|son|daughter|brother|sister|"
        r"girlfriend|"
        r"boyfriend|gran|grandma|grandpa|nanny|roommate|flatmate|housemate|family)",
    ),
    "safe_place": r"安全的?(?:地方|位置)|(?:a |the |my )?(?:safe|sheltered) (?:place|spot)|somewhere (?:safe|dry|"
    r"sheltered)",
    "downstairs": either(
        r"楼下(?!的?(?:便利|小卖|小?超|水果|保安|门卫|物业|驿站|前台|大堂|快递|丰巢|菜鸟|邻居|信箱|柜))",
        r"downstairs",
    ),
}  # fmt: skip
_PLACE = "(?:" + "|".join(f"(?P<{name}>{pattern})" for name, pattern in _PLACES.items()) + ")"
_PUT = (
    r"(?:放置?|搁|撂|摆|藏|推|暂[存放]|存放?|寄[存放]|投[递放]?|丢|扔|塞|挂|留|置于|拿|转?交给?|递给|给|转交?|托付?|"
    r"寄|派|入)"
)
_GAP = rf"(?:(?!{NOT_ZH}|密码|电话|打|发|就|送){SAME}){{0,6}}?"
_NOT_AGREED = words(
    r"没(?:有)?(?:同意|让|要求|说|答应)(?:过|你们?)*[^,。;]{0,4}$|(?:邻居|别人|隔壁|人家)[^,。;]{0,6}(?:快递|包裹|"
    r"东西)[^,。;]{0,2}$"
)
"""Somebody else's parcel, or what was done without being asked for: told, not wished."""
_NO_THING = words(r"\bgive (?:the|my) (?:door|window)\b|\b(?:refused|rejected|declined) (?:at|on) (?:the )?\w+")
_ZH = words(
    rf"(?P<done>已经?|刚|暂时?|帮(?!我|忙|咱)\w?)?(?P<not>{NOT_ZH}|放不[了下])?(?:再|给我|帮我|直接|随便|请|你|也|"
    rf"能)?(?P<verb>{_PUT}|送(?P<far>到|去|给|至)?)"
    rf"(?P<after>了)?(?:到|在|至|去|进)?{_GAP}{_PLACE}(?!密码|口?不让|不让|的人)",
    rf"(?P<not2>{NOT_ZH})?(?:可以|可|请|让|由|"
    rf"找)?(?P<whose>{_PLACE.replace('?P<', '?P<t_')})(?:(?![不没别勿拒]){SAME}){{0,3}}?(?:可以?|能|"
    rf"帮忙?)?(?P<has>已经?)?(?P<take>代[收签领]|签?收|自取|自提|转交|代为签收)",
)
_EN_GAP = r"(?: (?:it|them|this|that|parcels?|packages?|box|items?|order|everything|stuff|please|just))*"
_EN = words(
    rf"\b(?P<not>{NOT_EN} )?(?P<verb>leave|leaving|left|put|pop|chuck|stick|throw|toss|tuck|stash|shove|dump|lodge|"
    rf"slip|deposit|drop(?:ped)?(?: off)?|be left|place|deliver(?:ed)?|"
    rf"hand(?:ed)?(?: over)?|give|given|store|hide|bring|send|ok to leave)\b{_EN_GAP}"
    rf"(?: (?:in|at|on|with|w/|to|by|inside|outside|near|off|through|round|around|the back(?! door| gate| porch|"
    rf" yard| garden)))*(?: (?:the|my|our|your|a|an|"
    rf"any))?(?: (?!not|but|and|or|if)\w{{1,12}}){{0,2}}? ?{_PLACE}\b",
    rf"(?P<whose>{_PLACE.replace('?P<', '?P<u_')})(?: at \w{{1,9}}| on the \w{{1,9}} floor| is \d{{1,2}}|"
    rf" who is (?:in|home))?(?:,? (?:and|so|he|she|they))?(?: (?:can|will|could|may|should|is|are|'s|able to|"
    rf"happy to|going to|also|happily|usually|always|normally|gladly)){{0,4}}"
    rf"(?: be (?:in|home|there|around) to)? (?:sign|accept|receive|take|collect|get|hold)s?\b(?: for)?(?: it| them|"
    rf"(?: my| our| the)? (?:parcel|package|deliver(?:y|ie))s?)?",
    rf"\b(?P<not2>{NOT_EN} )?(?:to|at|in|with|w/|on|into)(?: (?:the|my|our|"
    rf"a))? {_PLACE.replace('?P<', '?P<t_')}(?=\s*(?:$|[,.;!?，。]|please|pls|thanks|thx|is fine|ok|only|"
    rf"not))",
    rf"(?:^|(?<=[,.;!?]) ?)(?:please )?(?P<in>in|on|under|behind|inside)(?: (?:the|my|"
    rf"our))? {_PLACE.replace('?P<', '?P<v_')} (?=next to|by |near|beside|behind|under)",
)
_AT_HOME = words(
    rf"(?:{_PLACES['household']})(?:们|都|一直|今天|会){{0,2}}在家?里?[,， ]?(?:可以?|就|直接|请|麻烦)*(?:(?:交|拿|"
    rf"递)?给|让|叫|由)(?:他|她)们?(?:代?[签收拿]收?)?(?:就\w)?",
    rf"\b(?:{_PLACES['household']})(?: is|'s| are| will be)(?: at)? (?:home|in|there)[,;.]? (?:so |and |please |"
    rf"just )*(?:give|hand|leave)"
    r"[^,.;]{0,10} (?:her|him|them)\b",
)
"""Who is in, and that it goes to them."""
_ALONE = words(
    rf"(?:请|麻烦|谢谢|就|\bplease\b|\bthe\b|\bis (?:fine|ok)\b|\bonly\b|只能?|\W)*(?P<place>{_PLACE})(?:就行|"
    rf"就好|也行|都行|也?可以?|没问题|即可|谢谢|吧|里|\bworks\b|\bplz\b|\bwill do\b|\bplease\b|\bonly\b|\bis (?:fine|"
    rf"ok)\b|\bok\b|\W)*",
)
_MORE = words(rf"\s?(?:或者?|、|和|,? ?or|/)\s?(?:放|给|在|with|at|in|the|my|a| )*{_PLACE}")
_MIXED = words(
    rf"\b(?P<not>don'?t )?(?:leave|put|drop|deliver)(?: it)?(?: ?(?:at|in|with|on|到|在|给))? ?{_PLACE}",
    rf"(?P<not2>{NOT_ZH})?放(?:在|到)?\s?{_PLACE.replace('?P<', '?P<t_')}",
    rf"(?P<not3>不要|别|勿|拒绝|不收|拒收|不接受|不同意|不想[去用要]|不去|\b(?:no|not|never|avoid)(?: (?:in|at|to|"
    rf"with|on|by|the|my|a|any)){{0,2}} )\s?{_PLACE.replace('?P<', '?P<u_')}(?=\s*(?:$|[,。.;!?的]|代收|please|"
    rf"thanks|again|this time|because|as ))",
    rf"{_PLACE.replace('?P<', '?P<v_')}(?P<not4>(?:我|都|也|就|一律|统统|什么的)*(?:不要|不行|不同意|不接受|不可以|"
    rf"不考虑|免谈|别)(?=$|[,。!;])|"
    rf" (?:is|are|would be) (?:not (?:ok|okay|fine|acceptable|an option|allowed|suitable)|no good|unacceptable)\b)",
    rf"{_PLACE.replace('?P<', '?P<w_')}(?: opposite| upstairs| downstairs| inside|"
    rf" outside)?(?P<fine>(?:那[里儿边])?(?:就|也|都)?(?:可以|行|ok)(?=$|[,。!;吧哈哦])|"
    rf" (?:is|are|would be|works|will be) (?:also |perfectly |totally |absolutely |completely )?(?:fine|ok(?:ay)?|"
    rf"acceptable|preferred|best)\b)",
)
_NESTED = words(rf"的?{_PLACE}")
_BACK_TO = words(rf"{_PLACE}[^。.!?;\n]{{0,16}}?(?P<not>{NOT_ZH})(?:再)?(?:放|送|存|寄)(?:到)?(?:那[里儿边]?|这[里儿])")
"""A place that is told of before it is refused."""
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
_FOR_SOMEBODY = words(r"(?:的?生日|的(?!手)|买|用|吃|穿|喝|准备|过|订|挑|选|一个|惊喜|打|发|带)")
"""What is bought for somebody is not handed to them."""
_DONE = words(r"了(?=$|[,。.!;\s])")
_TO_DOOR = words(r"\bto\b|^(?:deliver|bring|send)")
_BROUGHT_TO = frozenset({"door", "downstairs", "garage", "back_door", "household", "colleague"})
_LEFT_EN = frozenset({"left", "dropped", "delivered", "handed", "given"})


def find_places(text: str, clauses: Clauses) -> Iterator[Mention]:
    """Wishes and reports, those with a verb first."""
    for match in _AT_HOME.finditer(text):
        yield Mention("hand_over", HandOver("household"), *match.span(), 0.88)
    for match in _BACK_TO.finditer(text):
        yield Mention("hand_over", HandOver(_name(match), allowed=False), *match.span(), 0.88)
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
    is_refused = bool(groups.get("not") or groups.get("not2") or groups.get("not3") or groups.get("not4"))
    verb = groups.get("verb") or ""
    start, end = match.span()
    if _NOT_AGREED.search(text, max(0, start - 20), start) or _NO_THING.search(text, max(0, start - 10), end):
        return None
    if nested := _NESTED.match(text, end):  # 小区门口的驿站
        name, end = _name(nested), nested.end()
    if name == "household" and not is_refused and _FOR_SOMEBODY.match(text, end):
        return None  # 给我妈买的
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
        bool(verb and verb[0] in "放投寄存" and _DONE.match(text, end))
        or bool(groups.get("has"))
        or bool(groups.get("done") and verb)
        or verb.split(" ")[0] in _LEFT_EN
        or bool(groups.get("after"))
    )
    if is_done and not is_refused:
        return Mention("left_at", name, start, end, 0.9)
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
        if last - first <= 40:
            yield first, last
        at = max(last, at) + 1


def _name(match: re.Match[str]) -> str:
    return next(
        _plain(name) for name, value in match.groupdict().items() if value is not None and _plain(name) in _PLACES
    )


def _plain(group: str) -> str:
    """The place of a group; patterns with several lists of places give each list a letter."""
    return group[2:] if group[:2] in ("t_", "u_", "v_", "w_") else group
