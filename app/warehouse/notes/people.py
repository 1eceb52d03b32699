"""Who takes it and what to beware of: signatures, recipients, animals, and what couriers report."""

from __future__ import annotations

from collections.abc import Iterator

from app.warehouse.notes.mention import IF, Mention, either, find_phrases, phrases, words

_SIGNATURE = phrases(
    "signature",
    {
        "none": either(
            r"(?:不需要|不用|无需|免|不必)(?:本人)?(?:签字|签收|签名)",
            r"\bno need to sign\b",
            r"\bno signature(?: is)?(?: needed| required| necessary)?\b",
            r"\b(?:doesn'?t|does not|don'?t) need (?:a )?(?:signature|to be signed)\b",
            r"\bwaive signature\b",
        ),
        "anyone": either(
            r"(?:谁|任何人|家里人|谁都可以)(?:都)?(?:可以|能|可)?(?:代)?[签收](?:收|字)?(?:都行|就行)?",
            r"\b(?:signature|signed) by any(?:one|body)\b[^,.;]{0,18}",
            r"\bany(?:one|body)(?: at home)? can sign\b",
        ),
        "recipient": either(
            r"(?:只收|只给)本人",
            r"(?:必须|只能|一定要?|要)我?(?:自己|本人)(?:来|亲自)?签收?",
            r"\b(?:recipient|addressee|i|only me) must sign\b",
            r"(?:只能|必须|务必|需要?|一定要?|请|仅限?|限)?(?:由)?本人(?:亲自|当面|才能)?(?:签收|签字|签名|签|"
            r"收|sign|取)",
            r"(?:不许|不要|别|勿|不能|禁止|拒绝|谢绝|不得)(?:他人|别人)?代[签收](?!点)",
            r"亲自签收",
            r"\b(?:hand|deliver|give|release)(?: it)? (?:directly )?(?:to )?(?:me|recipient|the recipient|"
            r"addressee)(?: in person)?(?: only)",
            r"\b(?:only to me|in person only|to (?:me|addressee|the recipient|recipient) only|recipient only|"
            r"addressee only)\b",
        ),
        "inspect_first": either(
            r"(?:签收前)?(?:请)?先?(?:验货|开箱验?|检查)(?:再|后)?(?:签收)?",
            r"\b(?:inspect|check|open)(?: it| the (?:box|contents))? before (?:signing|i sign|accepting)\b",
        ),
        "required": either(
            r"(?:需要?|必须|要求?|请|务必)?(?:当面|签字)(?:签收|验收|签字|签名|交接|点清)",
            r"(?:需要?|必须|要求?)(?:签字|签收|签名)",
            r"\bneeds? (?:a |my |the )?signature\b",
            r"\bsignature (?:is )?(?:required|needed|on delivery)\b",
            r"\bmust be signed(?: for)?\b",
            r"\b(?:get|need|require) a signature\b",
        ),
    },
)
_HAZARD = phrases(
    "hazard",
    {
        "dog": either(
            r"我家(?:的)?(?:狗|犬)",
            r"\bcaution:? dogs?\b",
            r"\bdog on (?:site|premises)\b",
            r"(?:家里|家有|屋里|院里|院子里?)[^,。.!?;]{0,4}(?:狗|犬)",
            r"(?:有|养了?|养着)[^,。.!?;]{0,4}(?:狗|犬|金毛|泰迪|哈士奇|二哈|藏獒|dogs?\b)",
            r"狗(?:很|比较|会|有点)?(?:凶|咬|叫)",
            r"小心狗",
            r"\b(?:beware|watch out|mind|careful)(?: of| for)?(?: the| my| our)? dogs?\b",
            r"\b(?:big|large|friendly|guard|aggressive|loud|angry|barking|two|three) dogs?\b",
            r"\bdogs? (?:in|on|at|inside|bites?|may|is|are|barks?|loose)\b(?: the)?(?: yard| garden| property|"
            r" house)?",
            r"\b(?:have|got|has)(?: a| two)?(?: big| large)? dogs?\b",
        ),
        "cat": either(
            r"(?:家里|家有|屋里|我家)[^,。.!?;]{0,4}猫",
            r"\b(?:the|my|our) cats? (?:will|may|might|tries|try|could|always)\b[^,.;]{0,16}",
            r"(?:有|养了?)[^,。.!?;]{0,3}(?:猫|cats?\b)",
            r"小心猫",
            r"\b(?:watch out for|mind|beware of|careful of|don'?t let)(?: the| my| our)? cats?\b(?: out)?",
            r"\bcats? (?:may|might|will|could) (?:run|escape|get out)\b",
        ),
        "slippery": either(
            r"(?:台阶|路|地|楼梯|门口)(?:面|上)?(?:很|太|比较|有点|会|结冰)?(?:滑|结冰)",
            r"\b(?:icy|slippery)(?: steps?| path| driveway| stairs)?\b",
        ),
        "construction": either(
            r"(?:门口|楼下|路口|小区|前面)?(?:在|正在)(?:施工|修路|装修)",
            r"(?:门口|楼下|路口)(?:施工|修路)",
            r"\b(?:under construction|construction (?:site|work|outside)|road ?works?)\b",
        ),
    },
)
_RECIPIENT = phrases(
    "recipient",
    {
        "hard_of_hearing": either(
            r"(?:听力|耳朵)(?:不太?好|不行|有问题|背|障碍)",
            r"耳背",
            r"聋[哑人]?",
            r"听不[见到清](?!电话|敲门|门铃|铃|手机)",
            r"\b(?:is |i'?m |am )?(?:deaf|hard of hearing|hearing[- ]impaired)\b",
        ),
        "elderly": either(
            r"(?:是|家里是|收件人|只有|有)(?:一?[位个])?(?:老人|老奶奶|老爷爷|老太太|老年人|老大爷)(?:家)?",
            r"(?:老人|奶奶|爷爷)(?:独居|在家|收件?)",
            r"\b(?:elderly|old|senior)(?: \w+)? (?:recipient|person|lady|man|woman|mother|father|parents|couple)\b",
            r"\b(?:recipient|customer)(?: is| are)? (?:elderly|old)\b",
        ),
        "pregnant": r"孕妇|怀孕|\bpregnant\b",
        "disabled": either(
            r"(?:腿脚|行动|身体)(?:不太?方便|不便)",
            r"残疾|残障",
            r"骨折",
            r"拄拐",
            r"(?:坐|用)轮椅",
            r"\b(?:disabled|wheelchair|limited mobility|on crutches|broken leg)\b",
        ),
    },
)
_REPORT = phrases(
    "report",
    {
        "refused": either(
            r"(?:客户|收件人|顾客|对方|买家|收货人)?(?:要求)?拒[收签](?:退回)?",
            r"\b(?:refused|rejected)(?: by(?: the)? (?:customer|recipient))?\b",
            r"\b(?:customer|recipient) (?:refused|rejected)\b[^,.;]{0,10}",
        ),
        "no_answer": either(
            r"(?:电话|手机|号码)?(?:打不通|无人接听|没人接|关机|空号|停机|无法接通)",
            r"联系不上(?:客户|收件人|对方)?(?!我|就|的话|请|时)",
            r"\bno answer(?: (?:at|on|by)(?: the)? (?:phone|door))?\b",
            r"\b(?:phone|calls?) (?:unanswered|not answered|off|disconnected)\b",
            r"\bcould(?:n'?t| not) (?:reach|contact)(?: the)?(?: customer| recipient)?\b",
        ),
        "address_wrong": either(
            r"(?:收货)?地址(?:不详|错误|找不到|有误|不对|不清|不全|不存在|查无|无此人)(?:细|楚|了)?",
            r"查无此\w{0,2}",
            r"\b(?:wrong|incorrect|bad) (?:postcode|zip(?: code)?|street|house number|flat number)\b",
            r"(?:门牌号?|楼号|房号|地址)[^,。.;]{0,2}(?:找不到|没有|不存在)",
            r"找不到(?:地址|门牌|这个?地)\w?",
            r"\b(?:wrong|incorrect|incomplete|bad|insufficient) address\b",
            r"\baddress (?:is )?(?:wrong|incorrect|incomplete|not found|does not exist|doesn'?t exist)\b",
        ),
        "absent": either(
            r"(?:客户|收件人|收货人|顾客|买家|对方)(?:今天|都|暂时)?(?:不在家?|出差|没在家?|外出|无人在家)",
            r"(?:敲门|上门)(?:无人|没人)(?:应答?|在)?(?![^。.!?;]{0,3}(?:就?放|放))",
            r"\b(?:customer|recipient|addressee|consignee|resident)(?: was| is)? (?:not (?:at )?(?:home|in|"
            r"available|there)|absent|away|out)\b",
            r"\bcard(?:ed)? left\b",
            r"\bleft (?:a )?card\b",
            r"\b(?:tried|attempted|attempt)[^.;]{0,16}\b(?:nobody|no one|no-one)\b[^,.;]{0,8}",
            r"\bnobody (?:was )?(?:home|in|there) (?:when|at)\b",
        ),
        "damaged": either(
            r"(?:外包装|外箱|包装|箱子|包裹|货物|快件)[^,。.;]{0,4}?(?:破损|破了?|压坏|压扁|变形|损坏|漏液|"
            r"进水|浸水|受潮|湿了|烂了?)",
            r"到货破损",
            r"货损",
            r"\b(?:box|parcel|package|item|goods|packaging|contents)(?: was| is| were| has been| arrived|"
            r" got)? (?:damaged|crushed|broken|wet|torn|open|leaking)\b[^,.;]{0,12}",
            r"\bdamaged (?:on|upon|in) (?:arrival|transit)\b",
        ),
        "delayed": r"(?:天气|交通|爆仓|车辆)[^,。.;]{0,4}延误|派送延误|\bdelayed (?:by|due|because)\b[^,.;]{0,16}",
        "lost": r"(?:包裹|快件|货物|件)(?:已|可能)?(?:丢失|遗失|丢了)|\b(?:parcel|package|item) (?:is |was )?lost\b",
        "closed": either(
            r"(?:门店|店铺|商店|公司|单位|店|学校)(?:已|都|今天)?(?:放假|关门|闭店|打烊|关着|下班|没开门|未营业)",
            r"\b(?:shop|store|business|office)(?: was| is)? (?:closed|shut)\b",
        ),
        "no_access": either(
            r"(?:小区|大门|单元门?|学校|园区|楼)?(?:封闭|封控|门禁|锁着|锁了)?[^,。.!?;]{0,3}(?:快递|派件|"
            r"快递员)?(?:进不去|无法进入|不让进|进不了门)(?!\w?小区)",
            r"\b(?:couldn'?t|could not|cannot|can'?t|unable to) (?:get in|access|enter)(?: the)?(?: building|"
            r" gate| property)?\b",
            r"\b(?:access|gate|entry) code (?:needed|required|missing)\b",
            r"\bno access(?: to (?:building|property))?\b",
            r"\bgate (?:was |is )?locked\b[^.;]{0,20}(?:get in)?",
        ),
        "missing": either(
            r"少(?:了|发了?)?(?:一|两|二|1|2|几)?件",
            r"少件",
            r"(?:数量|件数)不[对符足]",
            r"\b(?:one|an|1|2|two) (?:item|piece|box|parcel)s? (?:is |are |was )?(?:missing|short)\b",
            r"\bmissing (?:an? )?(?:item|parcel|piece)s?\b",
        ),
    },
)
_SUPPOSED = words(rf"{IF}[^,。.;]{{0,12}}$|(?:就|会|我|可|直接|当场|一律|都)\s?$|\b(?:i|we|i'?ll|will|can) $")
_SUPPOSED_AFTER = words(r"(?:的话|就|请|时|则)")
_BLOCKED_VEHICLE = words(r"(?:大|货|卡)?车(?:子|辆)?[^,。.;]{0,3}$|外卖|[东南西北前后侧正]门[^,。.;]{0,4}$")


def find_people(text: str) -> Iterator[Mention]:
    """All, of one subject after the other."""
    yield from find_phrases(text, _SIGNATURE)
    yield from find_phrases(text, _HAZARD)
    yield from find_phrases(text, _RECIPIENT)


def find_reports(text: str) -> Iterator[Mention]:
    """What a courier writes; what a customer writes of a case that may come is none."""
    for found in find_phrases(text, _REPORT):
        before = text[max(0, found.start - 20) : found.start]
        if _SUPPOSED.search(before):
            continue
        if _SUPPOSED_AFTER.match(text, found.end):
            continue
        if found.value == "no_access" and _BLOCKED_VEHICLE.search(before):
            continue
        yield found
