"""What is said of the goods: how to hold and pack them, what to do where something is missing, who carries them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.domain.delivery_note import Carrier
from app.warehouse.notes.mention import NOT_EN, NOT_ZH, Mention, either, find_phrases, phrases, words

_HANDLING = phrases(
    "handling",
    {
        "fragile": either(
            r"易碎品?(?:轻放)?",
            r"(?:千万)?轻放",
            r"轻点放",
            r"(?:不要|别|勿|请勿)颠簸",
            r"玻璃瓶\w?",
            r"瓷器",
            r"陶瓷",
            r"(?:小心)?轻拿?轻放",
            r"小心轻放",
            r"怕摔",
            r"怕[碰碎]|易[破损]|经不起(?:摔|碰)",
            r"(?:小心|避免|防止|注意)(?:磕碰|碰撞|摔|搬运|轻放|拿放)",
            r"防摔",
            r"(?:里面?)?(?:是|有|都是|装的?)(?:玻璃|鸡蛋|陶瓷|瓷|水晶|镜子)\w{0,2}",
            r"玻璃的(?=[,。!]|$)",
            r"玻璃制?品",
            r"不要[扔摔]",
            r"别[扔摔]",
            r"勿[扔摔抛]",
            r"暴力\w{0,2}",
            r"\bfragile\b",
            r"\bhandle (?:it )?with care\b",
            r"\bglass(?:ware)? inside\b|\bcontains? (?:glass|china|ceramics|crystal)\b",
            r"\b(?:contents?|it|items?)(?: is| are|'s) (?:glass|china|ceramic|breakable)\b",
            r"\b(?:glass|ceramics?|china|crystal)(?: items?| bottles?)? inside\b",
            r"\bbreakables?\b",
            r"\bdo(?:n'?t| not) (?:throw|drop)(?! (?:it )?off)\b(?: it)?",
            r"\bgentle\b",
            r"\bgently\b",
            r"(?:请|务必|千万|一定|要)(?:要)?小心(?:一?点|些|对待|处理|搬)?(?=$|[,。!;])",
            r"\b(?:contains?|with|full of|has) (?:\w+ ){0,2}?(?:glass\w*|china|ceramics?|crystal|porcelain|pottery|"
            r"bottles)\b",
            r"\b(?:careful|caution)\b[^a-z]{1,4}(?:it'?s )?(?:glass(?:ware)?|china|ceramics?)\b[^,.;]{0,8}",
            r"\bdelicate\b|\bhandle (?:it )?carefully\b",
            r"\b(?:crockery|pottery|eggs|mirror|vase|glass|china)[^,.;]{0,6} inside\b",
        ),
        "upright": either(
            r"(?:不要|别|请?勿|不能|切勿|禁止)(?:倒[置放]|侧[放翻]|横放|颠倒|倒着放?|倒|倾斜|歪)",
            r"(?:保持)?(?:水平|平放|直立|竖直)放?",
            r"正放|立放|竖着放|立着放",
            r"朝上|箭头向上",
            r"(?:别|不要|勿|不能|不可以?)(?:[给把]它)?(?:躺|斜|翻|放倒|倒过来|侧|横)[着放]?",
            r"\barrows? (?:must |should )?(?:be )?(?:point(?:ing)? )?up(?:wards?)?\b",
            r"\b(?:not|never|don'?t) (?:turn |put )?(?:it )?(?:upside down|on its side)\b",
            r"\b(?:this|right) (?:side|way) up\b",
            r"\bkeep (?:it |this |the box )?(?:upright|level|flat|horizontal)\b",
            r"\bupright\b",
            r"\bdo(?:n'?t| not) (?:tip|tilt|lay|turn)\b[^,.;]{0,12}",
        ),
        "cold": either(
            r"冷藏(?:的东西|品)?",
            r"\b(?:keep|store)[^,.;]{0,14} (?:cool|cold|chilled)\b",
            r"冷链(?:配送)?",
            r"冷冻品?|速冻",
            r"(?:放|进|入)(?:到)?冰[箱柜](?:里|保存|的)?",
            r"冻品",
            r"冰鲜",
            r"冷鲜",
            r"保鲜",
            r"(?:保持)?低温",
            r"保冷|\d{1,2}\s?(?:到|至|-|~)\s?\d{1,2}\s?(?:度|℃|°)",
            r"\b(?:stay|remain|be kept|needs? to be|must be) (?:refrigerated|frozen|cold|chilled|cool)\b|"
            r"\bneeds? (?:the |a )?(?:fridge|freezer|refrigerat\w+)\b",
            r"(?:放)?冰袋",
            r"\bkeep (?:it )?(?:refrigerated|frozen|cold|chilled|cool)\b",
            r"\brefrigerated?\b",
            r"\bfrozen\b|\b(?:has|contains?|with|is) (?:some )?ice cream\b",
            r"\b(?:put|straight|goes?)[^,.;]{0,8} (?:in(?:to)? the |in(?:to)? )?(?:fridge|freezer)\b",
            r"\b(?:will|it'?ll) (?:melt|thaw)\b",
            r"\bcold chain\b",
            r"\bchilled\b",
        ),
        "perishable": r"生鲜|鲜花|活鲜|海鲜|易腐|容易坏|\bperishables?\b|\bfresh (?:food|flowers)\b",
        "valuable": r"贵重(?:物品|东西)?|(?:价值|单价)(?:比较|很|较|挺)?(?:高|贵|不菲)|很值钱|名贵|\bvaluables?\b|"
        r"\bhigh[- ]value\b|"
        r"\bexpensive (?!for|but|and|than|to|price)\w+",
        "no_pressure": either(
            r"怕压|(?:不要|别|请?勿|不能|切勿|禁止)(?:对?折|弯)\w{0,2}|\bdo(?:n'?t| not) fold\b",
            r"(?:不要|别|请?勿|不能|切勿|禁止)(?:重?压|挤压|叠放|堆叠)",
            r"(?:别|勿|不要)被?压(?=[,。!]|$)",
            r"上[面头边]?(?:请)?(?:别|不要|勿|不能|禁止)(?:再)?(?:放|压|摞|堆|叠)\w{0,3}|(?:别|不要|勿|"
            r"不能)(?:往)?(?:上面)?(?:压|摞|堆)\w{0,2}",
            r"\bdo(?:n'?t| not) (?:stack|crush|squash|squeeze|bend)\b[^,.;]{0,24}",
            r"\bnothing (?:heavy )?on top\b|\b(?:do not|don'?t|never)(?: \w{1,8}){1,3} on top\b(?: of \w+(?: \w+)?)?|"
            r"\bno stacking\b",
        ),
        "dry": either(
            r"防[潮水雨]",
            r"怕[水湿潮雨]",
            r"(?:别|不要|勿|不能)[^,。.;]{0,3}(?:淋到?雨|淋湿|打湿|弄湿|淋|受潮|沾水)",
            r"\bkeep (?:it )?(?:dry|away from (?:rain|water|moisture))\b",
            r"\b(?:do(?:n'?t| not)|(?:must|should)(?:n'?t| not)|never|avoid) (?:get(?:ting)? (?:it )?wet|"
            r"leave (?:it )?in the rain)\b",
            r"\bout of the rain\b|\bwater ?proof (?:bag|wrap\w*|cover)\b|\bprotect (?:it )?from (?:rain|water|"
            r"moisture)\b",
            r"(?:套|裹|包|盖)(?:上|个|一?层|好)*(?:塑料袋|防水袋|塑料膜|雨布)",
        ),
        "heavy": either(
            r"(?:东西|箱子|货)?(?<!敲)(?:很|太|特别|比较|有点|超|挺|非常|蛮|死|贼)[重沉](?:了|"
            r"的)?(?:死[重沉]的)?(?:要两个人抬)?|搬不动",
            r"重物",
            r"要?两个?(?:人|师傅)[抬搬]",
            r"(?:\bvery |\bquite |\breally )?\bheavy\b(?! rain| traffic)",
            r"\b(?:needs? two people|two[- ](?:man|person|people)(?: (?:lift|job))?|weighs? (?:a ton|loads|"
            r"\d+ ?kgs?))\b",
        ),
    },
)
_PACKAGING = phrases(
    "packaging",
    {
        "no_receipt": either(
            r"(?:价签|标签|吊牌|小票)(?:请|帮忙?)?(?:撕|去|拿|剪)掉",
            r"(?:小票|价格单?|价签|清单)(?=(?:[和跟及、与](?:发票|价签|小票))?(?:都|也|就|请|统统|千万|一定)*(?:不要|"
            r"别|"
            r"不用|不需要|勿|不放))",
            r"(?:千万|请)?(?:不要|别|勿|不用|不放|无需)\s?(?:随单|随货|往里)?(?:放|带|附|给|写|"
            r"贴)?(?:购物)?(?:小票|价格单?(?:标签)?|价签|清单|单据|receipt)",
            r"\b(?:no|without(?: a)?|(?:don'?t|do not) (?:include|send|put|add)(?: the| a)?|remove(?: the)?|"
            r"hide(?: the)?|leave out(?: the)?|omit(?: the| any)?|skip(?: the)?|exclude(?: the)?|"
            r"take out(?: the)?)\s?(?:receipts?|prices?(?: (?:info|information|labels?|tags?))?|packing slips?|"
            r"price tags?)\b(?: inside)?",
            r"\b(?:leave|keep|take) (?:the |any )?(?:receipts?|prices?|packing slips?|price tags?) (?:out|off)\b",
        ),
        "no_invoice": either(
            r"发票(?=(?:[和跟及、与](?:小票|清单|价签))?(?:都|也|就|请|统统)*(?:不要|别|不用|不必|无需|不需要|勿|"
            r"不放))",
            r"(?:不要|别|勿|不用|不放|无需|不需要?)\s?(?:放|开|带|寄|附)?(?:纸质)?(?:发票|invoice)",
            r"\b(?:no|without(?: an)?|(?:don'?t|do not) (?:include|send|put|add)(?: the|"
            r" an)?) invoices?\b(?: inside)?",
        ),
        "invoice": either(
            r"发票(?:跟|随|和|与)?(?:货|包裹|商品)?(?:一起|一块|随货)(?:寄|发|放|送)",
            r"发票随货",
            r"发票(?:请)?(?:开|抬头)[^,。.;]{0,8}",
            r"抬头(?:是|:|开|写)[^,。.;]{0,8}|税号",
            r"(?:要|需要?|请|麻烦|帮我?|带上?|附上?)?(?:开|要|附)(?:一?张)?(?:专用?|电子|纸质|增值税|"
            r"普通)?(?:发?票)(?!了吗)",
            r"(?:需要?|带上?|附上?|要)(?:增值税)?(?:专用|电子|纸质|普通)?发票(?!了吗)",
            r"\b(?:include|need|add|with|send)(?: me)?(?: an| the| a)?(?: vat| tax)? invoice\b",
            r"\b(?:vat|tax) invoice\b|\binvoice (?:is )?(?:needed|required|please)\b",
        ),
        "gift_wrap": either(
            r"(?:礼[品物]盒?|精美|好看)(?:的)?包装",
            r"包装(?:得|的)?(?:好看|漂亮|精美|礼盒)(?:点|一点|些)?",
            r"包成礼物|礼[品物]袋|(?:丝|彩)带|蝴蝶结",
            r"(?:帮忙?|麻烦|请|给)?(?:我)?[打]?包(?:装)?(?:得|的)?(?:好看|漂亮|精美|精致|体面|喜庆)(?:一?点|些)?",
            r"(?:帮忙?|麻烦|请)(?:给我)?包装?一下",
            r"包装[^,。.;]{0,5}(?:好看|漂亮|精美|用心)(?:点|一点|些)?",
            r"\bwrapped as a (?:gift|present)\b",
            r"\bgift[- ]?wrap(?:ped|ping)?\b",
            r"\bwrap (?:it )?(?:as a gift|nicely)\b",
            r"(?<!bubble )\bwrap (?:it|this|them)(?: up)?(?=$|[,.;!]| please| for me)|\bgift (?:bag|box)\b|\bribbon\b",
        ),
        "card": either(
            r"(?:写|附|放|加|塞|夹)(?:上)?(?:一?[张个])?(?:贺|生日|祝福)?卡片?(?!通)",
            r"卡片?(?:上)?(?:请|帮我)?写",
            r"贺卡",
            r"\b(?:birthday|greeting|thank you|gift) card\b",
            r"\b(?:add|include|write|with|enclose|attach|put in|slip in|pop in)(?: a)? (?:gift |greeting |birthday |"
            r"little |small )?(?:card|note saying|message card)\b",
            r"\bwrite\b[^,.;]{0,30} on (?:the|a) (?:gift |greeting )?(?:card|note|tag)\b|\b(?:gift|personal) (?:note|"
            r"message)\b",
            r"\bcard (?:saying|that says|should (?:say|read)|to say|reading)\b",
        ),
        "discreet": either(
            r"(?:用|拿)?(?:黑色?|不透明)(?:的)?(?:塑料)?袋子?(?:包?装)?",
            r"保密(?:发货|包装)",
            r"隐私(?:发货|包装)",
            r"(?:不要|别|勿)(?:贴|印|有)[^,。.;]{0,4}(?:标签|logo|标志|字样)",
            r"\b(?:no|without) (?:branding|logos?|labels?)\b(?: on the box)?",
            r"\bunbranded\b",
            r"(?:不要|别|勿)写(?:品名|商品名|物品名?|内容|名称|是什么)",
            r"(?:外面|外包装|箱子上|包裹上?|面单)(?:上)?(?:请)?(?:别|不要|勿|不)(?:写|印|贴|显示|标)[^,。.;]{0,8}|"
            r"(?:外面|外包装|包裹)[^,。.;]{0,2}保密|别让人看出[^,。.;]{0,6}",
            r"\b(?:plain|discreet|unmarked|black) (?:packaging|package|box|bag|wrapping|packing)\b",
            r"\bdiscreetly\b|\bnothing (?:written )?on the (?:outside|box)\b(?: saying what it is)?|\bnondescript\b",
            r"\bdon'?t (?:write|show|put)[^,.;]{0,14} on the (?:outside|box|label)\b",
        ),
        "padded": either(
            r"(?:多|加)[裹包缠加放给]?(?:点|几|一|两|些)?(?:给|放|加|裹)?[层些点]?(?:气泡膜?|泡沫|防震|防撞|"
            r"缓冲|填充物?)",
            r"气泡膜|泡泡纸|[多再加](?:裹|包|垫|缠|填|塞|放)[^,。.;]{0,5}(?:泡沫|气泡|泡泡|报纸|海绵)\w?",
            r"包装?(?:得|的|要)?(?:严实|结实|厚|牢固?|好一?)(?:一?点|些)",
            r"加固",
            r"\b(?:extra|more|plenty of|lots of) (?:padding|bubble wrap|protection|protective|cushion\w*)\b|"
            r"\bdouble[- ]box\b",
            r"\bbubble wrap\b",
            r"\bpack(?:age)? (?:it |them |everything )?(?:really |very )?(?:well|carefully|securely)\b",
        ),
        "minimal": either(
            r"包装(?:简单|简洁|简易|少)(?:点|一点|些)?",
            r"(?:少用|不要过度|减少|别用太多|少点)(?:点|些)?[^,。.;]{0,3}(?:塑料|包装|胶带)(?:塑料|胶带|袋)?",
            r"简装",
            r"环保包装",
            r"\b(?:less|no|minimal|minimum|as little) (?:plastic|packaging)\b|\beco[- ]friendly packag\w+|\b(?:avoid|"
            r"skip|without) (?:the )?(?:excess |extra )?(?:plastic|packaging)\b",
        ),
        "gift": either(
            r"(?:是)?送(?:人|礼|朋友|长辈|客户|女友|男友|女朋友|男朋友|同事|老师|妈妈|爸爸)的",
            r"(?:是|当)?(?:生日|新婚|圣诞)?礼物",
            r"(?:送)?给(?:我|未来)?(?:丈母娘|婆婆|岳[父母]|爸妈?|妈|奶奶|爷爷|老婆|老公|女朋友|男朋友|闺蜜|朋友|客户|"
            r"老师|领导)(?:准备)?的?(?:礼|惊喜)",
            r"送礼(?:用)?",
            r"\bit'?s (?:for )?a (?:birthday |christmas )?(?:gift|present)\b",
            r"\bthis is a (?:gift|present)\b",
            r"\b(?:birthday |christmas )?(?:gift|present)(?! (?:card|wrap|shop))(?: for \w+)?\b",
        ),
    },
)
_GONE = either(
    r"(?:缺货|没货|断码|没有?(?=就|则|,)|(?:少|缺)(?:哪|什么|一)?[样个件款]|[^,。.!?;\n]{1,4}(?:没有|没货|没了)(?=就|"
    r"的?话|,|换)|断货|无货|售罄|卖完|库存不足|(?:如果|要是|若|假如|万一)?(?:没有?(?![人在接电空时办法])|"
    r"缺)(?:了)?[^,。.!?;\n]{0,4}?(?:[码色款号]|的话)|[^,。.!?;\n]{1,3}没有?了|缺[一几两1-9][样件个款])",
)
_GONE_EN = either(
    r"(?:\b(?:if )?(?:it'?s |something'?s |anything is |item is )?(?:out of stock|unavailable|sold out|"
    r"not available|not in stock|missing)\b|\bif (?:you |there'?s |there is )?(?:don'?t have|do not have|"
    r"run out|no|none|can'?t get|haven'?t got)\b[^,.!?;]{0,14})",
)
_THEN = r"[^。.!?;\n]{0,10}?"
_SUBSTITUTION = phrases(
    "substitution",
    {
        "ship_rest": either(
            rf"{_GONE}{_THEN}(?:其他|其它|剩下|别的|有货|其余)的?[^。.!?;\n]{{0,3}}先?发",
            r"先发(?:其他|其它|剩下|别的|有货|其余)的|有(?:现?货)的(?:东西)?先[发来寄送]|剩下的(?:以后|后面)?(?:再|"
            r"补)发",
            rf"{_GONE_EN}[^.!?;]{{0,10}}\b(?:send|ship|deliver) (?:the rest|the others|what)\b",
            r"\b(?:ship|send) (?:me )?(?:the rest|what(?:ever)?(?:'s| is| you)? (?:have |got )?(?:available|in stock|"
            r"have|ready|got))\b",
        ),
        "contact_first": either(
            rf"{_GONE}{_THEN}(?:联系|告知|通知|打电话|告诉|问我|先问|问一下|跟我说|说一声)\w{{0,2}}",
            rf"{_GONE_EN}[^.!;]{{0,10}}\b(?:contact|call|ask|tell|let me know|message|text|"
            rf"email)\b(?: me)?(?: first)?",
            r"\b(?:check|ask|contact|call|email|consult|confirm|text)(?: with)?(?: me|"
            r" us)?(?: first)? before (?:you )?(?:swap|substitut|replac|chang)\w*(?: anything)?\b",
            r"\b(?:contact|ask|call) me (?:if|before)[^.!?;]{0,16}(?:out of stock|unavailable|substitut\w+|"
            r"replac\w+)\b",
        ),
        "refund": either(
            rf"{_GONE}(?:(?!别|不[用要必想]?退)[^。.!?;\n]){{0,10}}?退(?:[款钱掉了]|就行|$|(?=[,。!]))",
            rf"{_GONE}(?:的话|就|直接|请|帮我|,)*取消\w{{0,2}}",
            rf"{_GONE_EN}[^.!?;]{{0,36}}\brefund\b(?: me)?",
            r"\b(?:cancel|refund) (?:me for )?(?:anything|whatever|items?|what)[^,.;]{0,14}(?:haven'?t got|"
            r"don'?t have|out of stock|unavailable|missing)\b",
            r"\brefund (?:me )?if (?:out of stock|unavailable|sold out)\b",
        ),
        "wait": either(
            rf"{_GONE}{_THEN}(?:可以等|等到货|等补货|等有货|到货再发|等等|愿意等|慢慢等)",
            r"\b(?:happy|willing|fine|prefer|ok|don'?t mind)(?: to)? wait(?:ing)?\b|\b(?:can|will|i'?ll) wait (?:for|"
            r"until|if)[^,.;]{0,16}(?:stock|restock\w*|available|back)",
            rf"{_GONE_EN}[^.!?;]{{0,8}}\b(?:i can wait|wait for|i'?ll wait)\b",
        ),
        "none": either(
            r"(?:别|不要|不许|不得|不准|禁止|不|请勿|勿|不接受|拒绝|不能|不可以)(?:随便|乱|给我|擅自|任何|"
            r"缺货)?(?:换货?|替换|"
            r"调换|代替|替代)(?:成)?(?:其他|别的|其它|货|款|商品|颜色)?的?(?:牌子|品牌|款式?|颜色|东西)?",
            r"\bno (?:substitut(?:ion|e)s?|subs|replacements?|swaps|alternatives)\b",
            r"\bdo(?:n'?t| not) (?:substitute|replace|swap)\b(?: anything)?",
        ),
        "allowed": either(
            rf"{_GONE}(?:的话|就|时|可以?|请|给我|帮我|,|直接)*(?:换|发|用|改)[^,。.!?;\n]{{1,6}}",
            r"(?:可以?|能|接受)(?:换|替换|代替)(?:成)?(?:同款|类似|其他|别的|相近)\w{0,4}",
            rf"{_GONE_EN},? ?(?:just |please |you can )*(?:send|use|give|swap|replace|substitute)\b[^,.!?;]{{0,16}}",
            r"\b(?:swap|substitute|replace|switch|change)[^,.;]{0,18} if [^,.;]{0,14}(?:gone|out(?: of stock)?|"
            r"unavailable|sold out|not available|finished)\b",
            r"没有?(?![人在接电空时办法])[^,。.!?;\n]{1,6}(?:的话|就)?,?[^,。.!?;\n]{1,5}(?:也行|也可以?|都行|都可以)",
            r"\b(?:closest|nearest|next best|similar|equivalent) (?:alternative|match|substitute|equivalent|item|"
            r"product)s?\b",
            r"(?:[^,。.!?;\n]{1,3}(?:没有|没了|没货|断货|卖完))(?:了|的话|就|可以|,)*(?:换|发|拿|给)[^,。.!?;\n]{1,6}",
            r"\bsubstitut(?:e|ions?) (?:with|is|are|by|ok|allowed|welcome|fine)\b[^,.!?;]{0,16}",
            r"\b(?:similar|another|any)(?: other| similar)? (?:item|one|colou?r|brand|flavou?r)s? (?:is |are |"
            r"will )?(?:fine|ok|do|works?|good)\b",
            r"(?:颜色|款式|口味)随(?:机|便)|随机发",
        ),
    },
)
_SHIPPING = phrases(
    "shipping",
    {
        "separate": either(
            r"分(?:开|两个?包裹?|批|别)(?:包裹)?(?:发|寄|送|打包)(?:货)?",
            r"分(?:两|几)个包裹(?:寄|发)?",
            r"\b(?:ship|sen[dt]|come|arrive|deliver)(?:ped|ed)? (?:them )?(?:separately|in (?:two|several|separate|"
            r"different) (?:boxes|parcels|deliveries|packages|shipments))\b",
            r"分(?:开|批|两次|几次)(?:发|寄|送|到)?(?:也行|也可以|都行)|\bsplit (?:the )?(?:order|shipment|"
            r"delivery)\b|\brest later\b",
            r"\bseparate (?:parcels|boxes|packages|shipments)\b",
        ),
        "together": either(
            r"(?:两个|几个|所有|全部)?(?:订单|东西|包裹)?(?:一起|合并|一块儿?|合并成一个|凑齐了?(?:一起|"
            r"一块儿?)?)(?:再)?(?:发|寄|送|打包)(?:货|出)?",
            r"合[成并]一?(?:单|个包裹|起)(?:发|寄|送)?",
            r"合并(?:订单|包裹)|(?:不要|别|请?勿|不)(?:拆单|分开|分批)(?:发|寄|送)?|等?[齐全]了(?:再|一起|"
            r"一块儿?)(?:发|寄|送)\w?",
            r"\b(?:do(?:n'?t| not)|never) split\b|\b(?:all|everything) (?:at once|in one go|in one (?:box|parcel|"
            r"delivery))\b",
            r"\b(?:ship|send|deliver)(?: them| it| everything| all| both| orders| items| parcels| of them)* together\b",
            r"\b(?:one|same|single) (?:parcel|box|shipment|package)\b",
            r"\bcombine (?:the |my |both )?(?:orders|shipments|parcels)\b",
        ),
    },
)
_CARRIERS: dict[str, str] = {
    "sf": r"顺[丰风]|\bsf(?: express)?\b", "yto": r"圆通|\byto\b", "zto": r"中通|\bzto\b", "sto": r"申通|\bsto\b",
    "yunda": either(
        r"韵达",
        r"\byunda\b",
    ), "jd": r"京东(?:快递|物流)?|\bjd\b", "ems": r"(?:中国)?邮政(?:快递|ems)?|\bems\b", "jt": r"极兔|\bj&t\b",
    "deppon": r"德邦", "best": r"百世", "cainiao": r"菜鸟(?:速递|裹裹)",
    "fedex": r"\bfedex\b", "ups": r"\bups\b", "dhl": r"\bdhl\b", "usps": r"\busps\b", "royal_mail": r"\broyal mail\b",
    "dpd": r"\bdpd\b", "evri": r"\b(?:evri|hermes)\b", "amazon": r"\bamazon logistics\b",
}  # fmt: skip
_CARRIER = "(?:" + "|".join(f"(?P<{name}>{spelling})" for name, spelling in _CARRIERS.items()) + ")"
_CARRIER_WISH = words(
    rf"(?P<not>(?:{NOT_ZH}|{NOT_EN}|\banything but|\bno \w{{2,10}}(?: n?or|/)|\bavoid|\bexcept|"
    rf"除了?)\s?)?(?P<verb>(?:只能?|只有|请|最好|指定|"
    rf"麻烦|必须)?(?:发|走|用|寄|选|认准|首选|优先|指定|换成?|只要|只认|拒收)|\b(?:use|using|with|via|by|choose|pick|"
    rf"ship(?:ped)?(?: with|"
    rf" via| by)?|send (?:with|via|by)|prefer|through)\b)?\s?{_CARRIER}(?:快递|速运|express)?",
)
_CARRIER_MORE = words(rf"\s?(?:或者?|、|和|,? ?or|/|和者)\s?{_CARRIER}")
_CARRIER_SAID = words(
    r"\s?(?:快递)?(?:都|也|就|统统)*(?:不要|不行|别发|不用|不收|不派送|送不到|能到|能送|才能|可以|最好|优先|首选|"
    r"就行|吧)",
)
_CARRIER_REFUSED = words(r"\s?(?:快递)?(?:都|也|就|统统)*(?:不要|不行|别发|不用|不收|不派送|送不到)")


def find_substitutions(text: str) -> Iterator[Mention]:
    """What to do where something is sold out; before calls and refunds, which are part of what it says."""
    yield from find_phrases(text, _SUBSTITUTION)


def find_goods(text: str) -> Iterator[Mention]:
    """Papers left out before presents."""
    yield from _carriers(text)
    yield from find_phrases(text, _PACKAGING)
    yield from find_phrases(text, _SHIPPING)
    yield from find_phrases(text, _HANDLING)


def _carriers(text: str) -> Iterator[Mention]:
    done = 0
    for match in _CARRIER_WISH.finditer(text):
        if match.start() < done:
            continue  # one of a list that was read with its first
        more = list(_listed(text, match.end()))
        done = more[-1].end() if more else match.end()
        is_refused = match["not"] is not None or (match["verb"] or "").endswith("拒收")
        is_refused = is_refused or _CARRIER_REFUSED.match(text, done) is not None
        is_wish = is_refused or match["verb"] is not None or _CARRIER_SAID.match(text, done) is not None
        if not is_wish and not _stands_alone(text, match):
            continue
        for named in (match, *more):
            yield Mention("carrier", Carrier(_name(named), not is_refused), *named.span(), 0.92)


def _listed(text: str, at: int) -> Iterator[re.Match[str]]:
    while more := _CARRIER_MORE.match(text, at):
        at = more.end()
        yield more


def _stands_alone(text: str, match: re.Match[str]) -> bool:
    """Whether nothing else is said but the name."""
    before = re.split(r"[,。.;!?\n ]", text[: match.start()])[-1]
    after = re.split(r"[,。.;!?\n ]", text[match.end() :], maxsplit=1)[0]
    return not before.strip() and not after.strip()


def _name(match: re.Match[str]) -> str:
    return next(name for name in _CARRIERS if match[name] is not None)
