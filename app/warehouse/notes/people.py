"""Who takes it and what to beware of: signatures, recipients, animals, and what couriers report."""

from __future__ import annotations

from collections.abc import Iterator

from app.warehouse.notes.mention import IF, Mention, either, find_phrases, phrases, words

_SIGNATURE = phrases(
    "signature",
    {
        "none": either(
            r"(?:不需要|不用|无需|免|不必)(?:我|本人)?(?:签字|签收|签名|签(?=$|[,。!]))",
            r"\bno need (?:to sign|for (?:a |any )?signature)\b",
            r"\b(?:signature|signing) (?:is )?(?:not|un)[ -]?(?:needed|required|necessary)\b",
            r"\bno signature(?: is)?(?: needed| required| necessary)?\b",
            r"\b(?:doesn'?t|does not|don'?t) need (?:a )?(?:signature|to be signed)\b",
            r"\bwaive signature\b",
        ),
        "anyone": either(
            r"(?:谁|任何人|家里人|随便谁|谁都可以)(?:都)?(?:可以|能|可|来)?(?:代)?[签收](?:收|字)?(?:都行|就行|"
            r"都可以|均可)?",
            r"\b(?:signature|signed) by any(?:one|body)\b[^,.;]{0,18}",
            r"\bany(?:one|body)(?: (?:at home|at the (?:house|address|office)|in the (?:house|office)|here|"
            r"who is in))? (?:can|may|could) (?:sign|accept|receive|take)\b[^,.;]{0,12}",
            r"\bwhoever (?:opens|answers|is|comes|'s)\b[^,.;]{0,16}|\bany (?:adult|family member|"
            r"household member)\b[^,.;]{0,14}",
        ),
        "recipient": either(
            r"(?:只收|只给|只交给?)(?:我|本人)",
            r"(?:必须|只能|一定要?|务必|要|得)(?:是|由|让|交给)?我?(?:自己|本人)(?:来|亲自)?(?:签|收|领)?收?",
            r"(?:当面|亲手|亲自)(?:交|给|递)(?:给|到)?我(?:本人|手[里上])?|交到我(?:本人)?手[里上]",
            r"(?:收[件货]人|本人)(?:凭|出示|带)[^,。.;]{0,2}身份证[^,。.;]{0,2}[签收取]收?",
            r"(?:不许|不要|别|勿|不能|禁止|谢绝)(?:让|给|交给)(?:别人|他人|其他人|外人)(?:代?[签收领]收?|拿走?)?",
            r"\b(?:only )?(?:recipient|addressee|i|me|myself|only me|named person) (?:only )?(?:must|can|may|has to|"
            r"should|will) (?:sign|receive|accept)\b",
            r"\bsigned(?: for)? by (?:the )?(?:recipient|addressee|me|named person)(?: only)?\b",
            r"(?:只能|必须|务必|需要?|一定要?|请|仅限?|限)?(?:由)?本人(?:亲自|当面|才能)?(?:签收|签字|签名|签|"
            r"收|sign|取)",
            r"(?:不许|不要|别|勿|不能|禁止|拒绝|谢绝|不得)(?:他人|别人)?代[签收](?!点)",
            r"亲自签收",
            r"\b(?:hand|deliver|give|release)(?: it)? (?:directly )?(?:to )?(?:me|recipient|the recipient|"
            r"addressee)(?: in person)?(?: only)",
            r"\b(?:hand|give|deliver|pass)(?: it| this| them| the (?:box|parcel|package))?(?: over)?(?: directly|"
            r" straight)? to me(?: personally| in person| directly)?\b",
            r"\b(?:hand|give|deliver)[^,.;]{0,14} (?:in person|personally)\b",
            r"\b(?:only to me|in person only|to (?:me|addressee|the recipient|recipient) only|recipient only|"
            r"addressee only)\b",
        ),
        "inspect_first": either(
            r"(?:签收前)?(?:请)?先?(?:验货|开箱验?|检查)(?:再|后)?(?:签收)?",
            r"(?:当面|先|让我)?(?:拆开|打开|开箱|拆箱)[^,。.;]{0,6}?(?:再|才|后)[^,。.;]{0,2}签(?:收|字)?",
            r"\b(?:inspect|check|open|examine|look at|see|test)\b[^,.;]{0,20} before (?:signing|i sign|accepting|"
            r"i accept|i take)\b",
        ),
        "required": either(
            r"(?:需要?|必须|要求?|请|务必)?(?:当面|签字)(?:签收|验收|签字|签名|交接|点清)",
            r"(?:需要?|必须|要求?)(?:签字|签收|签名)",
            r"\b(?:needs?|obtain|collect|ask for) (?:a |my |the )?signature\b|\bsign(?:ature)? on (?:receipt|"
            r"delivery)\b",
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
            r"\b(?:beware|watch out|mind|careful)(?: of| for)?(?: the| my| our)? (?:alsatian|german shepherd|"
            r"rottweiler|bulldog|labrador|"
            r"husky|terrier|pit ?bull|puppy|hound)s?\b",
            r"\b(?:doggo|puppy|pooch|rottweiler|alsatian)s?\b(?: \w+)? (?:in|on|at|is|are|may|will|loose|inside)\b",
            r"(?:家里|家有|屋里|院里|院子里?)[^,。.!?;]{0,4}(?:狗|犬)",
            r"(?:有|养了?|养着)[^,。.!?;]{0,4}(?:狗|犬|金毛|泰迪|哈士奇|二哈|藏獒|dogs?\b)",
            r"(?:[\u4e00-\u9fff]{0,2})狗(?:很|比较|会|有点)?(?:凶|咬|叫)",
            r"小心狗",
            r"\b(?:beware|watch out|mind|careful)(?: of| for)?(?: the| my| our)? dogs?\b",
            r"\b(?:big|large|friendly|guard|aggressive|loud|angry|barking|two|three) dogs?\b",
            r"\bdogs? (?:in|on|at|inside|bites?|may|is|are|barks?|loose)\b(?: the)?(?: yard| garden| property|"
            r" house)?",
            r"\b(?:have|got|has|'ve|there(?:'s| is| are))(?: \w{1,10}){0,4}? dogs?\b(?! (?:food|bed|toy|treat|lead|"
            r"bowl))",
        ),
        "cat": either(
            r"(?:家里|家有|屋里|我家)[^,。.!?;]{0,4}猫",
            r"\b(?:the|my|our) cats? (?:will|may|might|tries|try|could|always)\b[^,.;]{0,16}",
            r"(?:有|养了?)[^,。.!?;]{0,3}(?:猫|cats?\b)",
            r"小心猫",
            r"\b(?:watch out for|mind|beware of|careful of|don'?t let)(?: the| my| our)? cats?\b(?: out)?",
            r"\bcats? (?:may|might|will|could|tries to|try to|likes? to|always) (?:try to )?(?:run|escape|get out|"
            r"bolt)\w*\b",
            r"\b(?:indoor|house) cats?\b",
        ),
        "slippery": either(
            r"(?:台阶|路|地|楼梯|门[口前])(?:面|上)?(?:很|太|比较|有点|会|结冰)?(?:湿?滑|结冰)",
            r"湿滑|结冰|打滑(?!板)",
            r"\b(?:icy|slipp(?:ery|y))(?: steps?| path| driveway| stairs)?\b|\bblack ice\b|\bice on the\b",
        ),
        "construction": either(
            r"(?:门口|楼下|路口|小区|前面)?(?:在|正在)(?:施工|修路|装修)",
            r"(?:门口|楼下|路口|小区)(?:施工|修路|挖路|封路)",
            r"\b(?:under construction|construction (?:site|work|outside)|road ?works?|scaffold(?:ing)?|"
            r"building works?)\b",
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
            r"(?<!电话)(?<!铃)听不[见到清](?!电话|敲门|门铃|铃|手机)",
            r"助听器|听障|重听|\bhearing (?:aids?|loss|problems?)\b",
            r"\b(?:is |i'?m |am )?(?:deaf|hard of hearing|hearing[- ]impaired)\b",
        ),
        "elderly": either(
            r"(?:是|家里是|收件人|只有|有)(?:一?[位个])?(?:老人|老奶奶|老爷爷|老太太|老年人|老大爷)(?:家)?",
            r"(?:老人|奶奶|爷爷|老太太?|老爷子|老两口)[^,。.;买用]{0,3}(?:独居|在家|收件?|签|开门|接)",
            r"老(?:母亲|父亲|爸|妈|娘|爹)[^,。.;买]{0,2}(?:一个人|独自|独居)|独居老人|(?:就|只有|只剩)老两口|"
            r"[六七八九][十]?多?岁(?:的)?(?:老[人太爷奶]|奶奶|爷爷|妈|爸|母|父)\w{0,2}|年纪大了?|岁数大了?|高龄",
            r"\b(?:elderly|old|senior)(?: \w+)? (?:recipient|person|lady|man|woman|mother|father|parents|couple)\b",
            r"\b(?:recipient|customer)(?: is| are)? (?:elderly|old)\b",
            r"\b(?:gran|granny|grandma|grandmother|nan|grandad|grandpa|mum|mom|mother|dad|father|she|he)(?: is|"
            r"'s) (?:over |nearly |almost |in (?:her|his) )?(?:[6-9]\d(?:s|th)?|elderly)\b",
            r"\bpensioners?\b|\belderly\b",
        ),
        "pregnant": r"孕妇|怀孕|有?身孕|待产|挺着大?肚子|\bpregnant\b",
        "disabled": either(
            r"(?:腿脚?|行动|身体|手脚)(?:很|有点)?(?:不太?方便|不便|不好|不利索)",
            r"(?:腿|脚|手|腰|胳膊)(?:断了|受伤|伤了)",
            r"残疾|残障|盲人|视障|失明",
            r"骨折",
            r"拄拐",
            r"(?:坐|用)轮椅",
            r"\b(?:blind|visually impaired|partially sighted)(?! \w*(?:corner|bend))\b",
            r"\b(?:disabled|wheelchair|(?:limited|poor|reduced) mobility|mobility (?:issues|problems)|(?:on|"
            r"using) crutches|"
            r"broken (?:leg|ankle|foot|hip|arm)|walking (?:frame|stick))\b",
        ),
    },
)
_REPORT = phrases(
    "report",
    {
        "refused": either(
            r"(?:客户|收件人|顾客|对方|买家|收货人)?(?:要求)?(?:拒[收签](?:退回)?|拒绝(?:签收|收货|收件)|"
            r"不肯[签收]收?)",
            r"\b(?:refused|rejected)(?: by(?: the)? (?:customer|recipient))?\b",
            r"\b(?:customer|recipient|consignee) (?:refused|rejected)\b[^,.;]{0,10}",
        ),
        "no_answer": either(
            r"(?:电话|手机|号码)?(?:打不通|无人接听|没人接|关机|空号|停机|无法接通|暂停服务)|无法联系(?:客户|收件人)|"
            r"电话不通",
            r"联系不上(?:客户|收件人|对方)?(?!我|就|的话|请|时)",
            r"\bno answer(?: (?:at|on|by)(?: the)? (?:phone|door))?\b",
            r"\b(?:phone|calls?|mobile|number)(?: is| was)? (?:unanswered|not answered|(?:switched |turned )?off|"
            r"disconnected|unreachable|not reachable|dead)\b|\bvoicemail\b",
            r"\bcould(?:n'?t| not) (?:reach|contact)(?: the)?(?: customer| recipient)?\b",
        ),
        "address_wrong": either(
            r"(?:收货)?地址(?:不详|错误|找不到|有误|不对|不清|不全|不存在|查无|无此人)(?:细|楚|了)?",
            r"查无此\w{0,2}",
            r"\b(?:wrong|incorrect|bad) (?:postcode|zip(?: code)?|street|house number|flat number)\b",
            r"(?:门牌号?|楼号|房号|地址)[^,。.;]{0,2}(?:找不到|没有|不存在|不清|模糊|不全|对不上|不符)",
            r"(?:地址)?(?:缺少?|没写|漏写)(?:了)?(?:门牌号?|楼号|房号|楼栋|单元号?)",
            r"找不到(?:地址|门牌|这个?地)\w?",
            r"\b(?:wrong|incorrect|incomplete|bad|insufficient) address\b",
            r"\b(?:couldn'?t|could not|can'?t|cannot|unable to|failed to) (?:find|locate)\b[^,.;]{0,16}\b(?:address|"
            r"house|number|property|flat|building|street)\b(?: number)?",
            r"\bno such (?:address|number|street|person)\b",
            r"\baddress (?:is )?(?:wrong|incorrect|incomplete|not found|does not exist|doesn'?t exist)\b",
        ),
        "absent": either(
            r"(?:客户|收件人|收货人|顾客|买家|对方)(?:今天|都|暂时)?(?:不在家?|出差|没在家?|外出|无人在家)",
            r"(?:敲门|上门|按铃|门铃)(?:无人|没人|无应答|[无没]回应|没反应)(?:应答?|在)?(?![^。.!?;]{0,3}(?:就|可|请|"
            r"放(?![^,。]{0,6}了)))",
            r"\b(?:customer|recipient|addressee|consignee|resident)(?: was| is)? (?:not (?:at )?(?:home|in|"
            r"available|there)|absent|away|out)\b",
            r"\bcard(?:ed)? left\b|\b(?:nobody|no ?one)(?: was)? (?:in|home|there), ?carded\b|\bcarded\b",
            r"\bleft (?:a )?card\b",
            r"\b(?:tried|attempted|attempt)[^.;]{0,16}\b(?:nobody|no one|no-one)\b[^,.;]{0,8}",
            r"\bnobody (?:was )?(?:home|in|there) (?:when|at)\b",
        ),
        "damaged": either(
            r"(?:外包装|外箱|包装|箱子|箱体|纸箱|包裹|货物|快件|内件)[^,。.;]{0,4}?(?:破损|破[了裂]?|压坏|压扁|变形|"
            r"损坏|漏液|"
            r"进水|浸水|受潮|湿了|烂了?|污染|开裂|散架)",
            r"到货破损",
            r"货损",
            r"\b(?:box|parcel|package|item|goods|packaging|contents)(?: was| is| were| has been| arrived|"
            r" got)? (?:damaged|crushed|broken|wet|soaked|torn|ripped|dented|smashed|split|open|leaking)\b[^,.;]{0,12}",
            r"\bdamaged (?:on|upon|in) (?:arrival|transit)\b",
        ),
        "delayed": r"(?:天气|大雪|暴雨|大雨|台风|大雾|交通|爆仓|车辆|道路|封路)[^,。.;]{0,4}(?:延误|延迟|晚到|推迟|"
        r"滞留)|堵车[^,。.;]{0,4}(?:延误|晚到|延迟)?|"
        r"(?:派送|运输|配送|中转|物流)(?:延误|延迟)|\b(?:delayed (?:by|due|because|at|in)|running (?:late|behind)|"
        r"stuck in traffic|van broke down|behind schedule)\b[^,.;]{0,16}",
        "lost": r"(?:包裹|快件|货物|件)(?:已|可能|疑似)?(?:丢失|遗失|丢了)|\b(?:parcel|package|item|shipment) (?:is |"
        r"was |has been |got |went )?(?:lost|missing in transit)\b|\blost in transit\b",
        "closed": either(
            r"(?:门店|店铺|商店|公司|单位|店|学校|仓库|办公室|前台)(?:大门|铁门|卷帘门)?(?:已|都|今天)?(?:放假|关门|"
            r"紧闭|关闭|锁门|闭店|打烊|关着|下班|没开门|未营业|停业|歇业)",
            r"\b(?:shop|store|business|office|premises|warehouse|reception|unit)(?: was| is)? (?:closed|shut|"
            r"shuttered|not open)\b(?! on| after)",
        ),
        "no_access": either(
            r"(?:小区|大门|单元门?|学校|园区|楼)?(?:封闭|封控|门禁|锁着|锁了)?[^,。.!?;]{0,3}(?:快递|派件|"
            r"快递员)?(?:进不去|无法进入|不让进|进不了门)(?!\w?小区)",
            r"封(?:楼|控|闭管理)[^,。.;]{0,2}(?:,?上不去|,?进不去)?",
            r"\b(?:couldn'?t|could not|cannot|can'?t|unable to) (?:get in|gain (?:entry|access)|access|"
            r"enter)(?: the)?(?: building|"
            r" gate| property)?\b",
            r"\b(?:access|gate|entry) code (?:needed|required|missing)\b",
            r"\bno access(?: to (?:building|property))?\b",
            r"\bgate (?:was )?locked\b[^.;]{0,20}(?:get in)?",
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
_BLOCKED_WAY = words(r"车|[东南西北前后侧正]门")
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
        if found.value == "no_access" and (
            _BLOCKED_VEHICLE.search(before) or _BLOCKED_WAY.search(text[found.start : found.end])
        ):
            continue
        yield found
