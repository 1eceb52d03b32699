"""The words by which the reader knows complaints, denials and suppositions; see `reading`.

Patterns are alternatives. Those of `WIDE` are looked for in whole sentences, for they compare what came with what was
ordered; all others within one clause.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_COUNT = r"[一1两2二三3四4五5六6七7八8九9十几半\d]"
_PIECE = "(?:件|双|条|瓶|包|盒|袋|支|只|套|本|块|片|颗|箱|样|罐|桶|卷|张|把|枚|粒)"
_PARTS = "(?:赠品|配件|零件|附件|说明书|充电器|充电头|数据线|充电线|螺丝|螺钉|电池|遥控器|保修卡|小票|盖子|底座|支架)"
_ACT = "(?:发|寄|送|装|给|配|拿)"
_CAME = "(?:收到|到手|打开|拆开|拿到|送到|送来|到货|开箱|到家|寄到)"
_SOLID = (
    "(?:包装|盒子?|箱子|外箱|纸箱|快递盒|瓶子?|杯子?|盖子?|屏幕|镜头|盘子|碗|锅|罐子?|袋子|玻璃|外壳|内胆|把手|鞋底)"
)

ZH: Mapping[str, Sequence[str]] = {
    "wrong_item": (
        rf"{_ACT}错(?!误|过)|错发|误发|错寄|{_ACT}成(?!功|立)",
        r"(?:商品|货|东西|款式?|型号|颜色|尺码|码数|口味|规格)(?:发|寄|送|给)?(?:的)?(?:不对|错了|不符)(?!劲)",
        r"货不对板|货不对版|张冠李戴",
        r"(?:收到|寄来|发来|给我|送来)的?(?:却|居然|竟然)?(?:不是|和|跟|与)我?(?:们)?(?:买|拍|订|下单|要|定)的"
        r"(?!.{0,4}(?:差不多|一样$|一致))",
        r"(?:和|跟|与)我?(?:们)?(?:买|拍|订|下单|要|选)的(?:完全|根本|那款|这款)?(?:不一样|不同|不符|不是)",
        r"别人的(?:快递|包裹|东西|订单|货)|(?:不是|并非)我的(?:快递|包裹|东西|订单)",
        r"(?:两|2)(?:只|个|边)?都是(?:左|右)",
    ),
    "damaged": (
        "破损|破碎|破了|破裂|破洞|碎了|碎成|碎掉|碎的|都碎|全碎|碎屏|摔坏|摔碎|摔烂|压坏|压扁|压烂|压碎|磕坏|磕碰|磕掉|撞坏",
        "(?:磕|砸|撞|摔|压)(?:了|出了?|得|成)|瘪了|压瘪|有点瘪|裂了|裂开|裂缝|裂纹|裂痕|开裂|断了|断成|折断|断裂",
        "漏液|漏油|漏水|漏气|漏得|漏了(?:一)?(?:袋|桌|地|身|箱|手|瓶)(?:子|里|都|$)|漏的|漏光|漏出|在漏|都漏|全漏|洒了|洒出|撒了一|变形|凹(?:了|陷|进去)|划痕|划花|划伤|刮花|刮痕",
        "脱落|掉下来|掉了(?:一|两)|裂口|掉漆|掉瓷|缺角|缺口|豁口|发霉|霉了|腐烂|烂了|烂掉|烂的|都烂|坏果|臭了|变质|胀袋|胀包|开胶|脱胶|脱线|掉色|起球",
        rf"{_CAME}(?:的?时候?|后|以后|之后|来|一看)?就?(?:是|已经|都|发现)?[^没不未无]{{0,4}}(?:坏|烂|碎|破)(?!处)",
        rf"{_SOLID}[^没不未无]{{0,4}}(?:破|烂|坏|碎|裂)",
    ),
    "missing": (
        rf"少(?:发|寄|送|装|给|配)|漏(?:发|寄|装|送|件)|缺(?:件|配件|零件|少|了|个|{_COUNT})",
        rf"少(?:了|件){_COUNT}?(?:{_PIECE}|个|{_PARTS})?|少(?:{_PARTS}|东西|{_COUNT}(?:{_PIECE}|个))",
        r"(?:数量|件数|个数)(?:不对|不够|不足|少了|对不上)|(?:配件|零件|东西|货|商品|附件)(?:都)?(?:不全|不齐|没齐)",
        rf"(?:只|才|就|仅)(?:收到|来了?|到了?|发了?|寄了?|送了?|给了?){_COUNT}(?:{_PIECE}|个)",
        rf"(?:只|就|才|仅)(?:有|剩)?{_COUNT}{_PIECE}(?!问题|疑问)",
        rf"(?:还)?差(?:了)?{_COUNT}{_PIECE}|(?:没|不)在(?:包裹|箱子?|盒子?|快递)里",
        r"(?:里面|里|盒子里|箱子里|包裹里|包装里)(?:却|居然|竟然)?(?:没有|没|缺)"
        r"(?!问题|破|坏|碎|损|异|事|少|缺|错|漏|裂|任何|什么)",
        rf"{_PARTS}(?:呢)?(?:根本|也|都)?(?:没有|没|不见)(?:了|给|发|寄|送|有|收到|见|看到|来)?",
        rf"(?:没有?|未)(?:收到|见到|看到|给|送|附|配)(?:到)?{_PARTS}|空(?:盒|包裹|箱)(?!子)",
    ),
    "out_of_stock": ("缺货|断货|没货|无货|脱销|售罄|卖完了|卖光了?|没有库存|无库存|库存不足|没库存|买不到|断码|缺码",),
    "defective": (
        "不开机|开不了机|无法开机|打不开机|充不(?:进|了|上)电|无法充电|不通电|不工作|不转了?|不亮|失灵|死机|黑屏|花屏",
        r"没(?:有)?(?:反应|声音|声|信号|图像|显示)|不(?:出声|响|制冷|制热|加热|显示|吸水|出水|吹风)|连不上",
        "(?:用了?|穿了?|戴了?|才|刚)(?:不到|没)?.{0,2}(?:天|次|周|个?月|年|小时|回).{0,3}(?:就|便)?.{0,3}(?:坏|断|裂|不)",
        "用不了|按不动|按不了|自动关(?:机|了)|自己关机|不能用|没法用|无法使用|质量(?:有)?问题|次品|瑕疵|有毛病|故障|坏了",
    ),
}
EN: Mapping[str, Sequence[str]] = {
    "wrong_item": (
        r"\b(?:sent|received|got|delivered|shipped|packed|gave)\b(?:\s+(?:me|us|out|to\s+me))?\s+(?:(?:the|a|an)\s+)?"
        r"(?:completely\s+|totally\s+)?(?:wrong|incorrect)\b",
        r"\b(?:wrong|incorrect)\s+(?:item|product|goods|article|order|model|parcel|thing|one|colou?r|size|shoes?|shirt)"
        r"s?\s+(?:was|were|has\s+been|have\s+been)?\s*"
        r"(?:sent|received|delivered|shipped|arrived|came|in\s+the\s+(?:box|parcel|package))",
        r"\bwrong\s+(?:item|product|goods|article|thing)s?\b",
        r"\b(?:is|was|are|were)(?:n['’]t|\s+not)\s+(?:what|the\s+\w+)\s+(?:that\s+)?(?:I|we)\s+(?:ordered|bought|asked)",
        r"\bnot\s+what\s+(?:I|we)\s+(?:ordered|bought)\b|\bmis-?(?:shipped|shipment|sent)\b",
        r"\b(?:someone|somebody)\s+else['’]s\b|\banother\s+(?:customer|person)['’]s\b|\btwo\s+(?:left|right)\s+(?:shoe|boot|glove)",
        r"\b(?:different|another)\s+(?:item|product|model|one)\s+(?:than|from|to)\s+(?:what|the\s+one)",
    ),
    "damaged": (
        r"\b(?:broken|damaged?|cracks?|cracked|shattered|smashed|dent(?:s|ed)?|scratch(?:es|ed)?|crushed|torn|chipped|bent"
        r"|leak(?:s|ed|ing|y)?|ripped|in\s+pieces|chips?\s+(?:on|in)|spill(?:ed|t)|squashed|mou?ldy|rotten"
        r"|snapped|burst|(?<!\bI )broke)\b",
    ),
    "missing": (
        r"\bmissing\b|\bincomplete\b|\b(?:was|were|is|are)(?:n['’]t|\s+not)\s+(?:included|in(?:side)?\s+the\s+"
        r"(?:box|parcel|package)|there)",
        r"\bonly\s+(?:got|received|sent|one|two|three|\d+)\b"
        r"(?=.{0,30}\b(?:of|instead|out\s+of|arrived|came|in\s+the|when|ordered)\b)",
        r"\b(?:one|two|three|\d+)\s+(?:items?|pieces?|parts?|units?)\s+short\b|\bshort\s+by\s+\w+|\bempty\s+(?:box|parcel|package)\b",
        r"\b(?:forgot|failed)\s+to\s+(?:include|send|pack)\b|\b(?:contents?|items?|parts?)\s+(?:is\s+|are\s+|were\s+)?gone\b",
        r"\bno\s+(?:charger|manual|cable|screws?|instructions|accessories|remote|batter(?:y|ies))\s+"
        r"(?:in(?:side)?|included|came)\b",
        r"\b(?:came|arrived|delivered)\s+without\s+(?:the|its|a|an)\s+(?!single)\w+",
    ),
    "out_of_stock": (
        r"\bout\s+of\s+stock\b|\bsold\s+out\b|\bno\s+(?:more\s+)?stock\b|\b(?:not|n['’]t)\s+in\s+stock\b",
    ),
    "defective": (
        r"\b(?:does|do|did|will|would|is|can|wo)(?:n['’]t|\s+not|not)\s+(?:\w+\s+)?(?:work(?:ing)?|(?:switch|turn|power)\s+on|start"
        r"|charg(?:e|ing)|function(?:ing)?|close|open|light|heat|cool|spin|connect|pair|respond)\b",
        r"\bstopped\s+working\b|\b(?:defective|faulty|malfunction(?:s|ed|ing)?)\b|\bdead\s+on\s+arrival\b",
        r"\bno\s+(?:sound|power|signal|picture)\b",
    ),
}
WIDE: Mapping[str, Sequence[str]] = {
    "wrong_item": (
        r"(?:发|寄|送|收到)(?:来|过来|给我)?的?(?:却|居然|竟然)?(?:是|成|了个|了一)"
        r".{1,12}[，, ]\s*(?:可|但|而)?是?(?:我|明明)+(?:要|买|拍|订|选|下单)的?(?:是|了)?",
        r"(?:我|明明)(?:要|买|拍|订|选|下单)的?(?:是|了)?.{1,12}[，, ]\s*"
        r"(?:你们|结果|怎么|可|但)?(?:却|居然|竟然|是)?(?:给我)?"
        r"(?:发|寄|送|收到|来)(?:来|过来)?(?:了|的是|成|个)(?!.{0,6}(?:没|少|漏|缺))(?![一1两2二三3四4五5六6七7八8九9十几半\d])",
        r"\b(?:received|got|sent|shipped|gave|delivered)\b.{1,40}\b(?:instead\s+of|rather\s+than|but\s+(?:I|we)\s+(?:ordered|bought"
        r"|asked|wanted))\b",
        r"要的.{1,12}(?:结果|却|居然|竟然)(?:来|发|寄|送|收到)|\bordered\s+(?:an?\s+)?[\w-]+,?\s+(?:but\s+)?(?:I\s+)?(?:got|received)\b",
        r"\b(?:ordered|bought)\b.{1,40}\b(?:got|received|came|sent)\b\s+(?:me\s+)?(?:a|an|the)\s+(?:different|other|wrong|size|"
        r"black|white|blue|red|green|gr[ae]y|pink)",
    ),
}
ASKED_FOR: Mapping[str, Sequence[str]] = {
    "out_of_stock": (
        "(?:什么时候|何时|啥时候|几时|多久)(?:才|能|会|可以|再)*(?:有货|补货|上货|来货|有现货)",
        r"\b(?:when|how\s+soon)\b.{0,40}\b(?:back\s+in\s+stock|restock(?:ed)?|available\s+again)",
    ),
}
"""Questions that say it: who asks when there will be some again found none."""

ZH_DENIED = (
    "(?:没有?|并没有?|并未|未|(?<!是)不|无|非|毫无|没什么|没有任何|无任何|并不|(?<!是)不是|从来?没有?|未见|零|有没有)"
    "(?:被|出现|发现|发生|再|一点|一丝|任何|看到|什么|啥|明显|明显的|有|有任何){0,3}$"
)
ZH_SUPPOSED = (
    "如果|要是|万一|假如|假设|倘若|若是|若(?=[^干])|会不会|是否|是不是会|有没有可能|怕|担心|以免|避免|防止|别(?!人)|请勿|勿|不要|不得|注意|小心"
    "|的话|怎么赔|容易|谨防|千万|旧的|老的|原来那|上次那|我自己|我不小心|不小心把|我把|我给(?:摔|弄|打)"
)
ZH_ASKED = "(?:吗|么|呢)[？?]?$"
EN_DENIED = (
    r"(?:\b(?:not|no|never|without|nothing|none|neither|nor|hardly|zero|isn|wasn|aren|weren|didn|doesn|don|hasn|haven)\b"
    r"|n['’]t\b)(?:['’]t)?(?:\s+[\w'’]+){0,3}\s*$"
)
EN_SUPPOSED = (
    r"\b(?:if|in\s+case|what\s+happens|should\s+(?:it|they|the)|would|could|might|may|worried|afraid|concerned|prevent|avoid"
    r"|unless|whether|so\s+(?:that\s+)?it\s+(?:does|is)|do\s+not|don['’]t|please\s+make\s+sure|make\s+sure|easily|fear"
    r"|my\s+(?:old|previous|last))\b"
)
EN_ASKED = r"^\s*(?:what|how|which|who|is|are|will|does|do|can|was|were|has|have)\b.*\?$"
EN_NEGATING = (
    r"(?:no|not|n['’]t|is|was|are|were|do|does|did|wo|will|would|can)\b|(?:does|did|wo|do|ca|is|was|are|were)n['’]t"
)
"""Beginnings of matches that are negations themselves: a second one before them is none."""
