"""What a person has to look at: vague times and places, requests that wish for no delivery, orders to machines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.domain.delivery_note import Reason, Unclear
from app.warehouse.notes.mention import Mention, words

_DOUBTS: tuple[tuple[Reason, re.Pattern[str]], ...] = (
    (
        "instruction",
        words(
            r"(?:忽略|无视|忘记|不要管|跳过)[^。.!?;\n]{0,8}(?:规则|指令|指示|提示|要求|设定|"
            r"限制)[^。.!?\n]{0,30}",
            r"(?:直接)?(?:标记|标注|设置?|改|置|更新)[^,。.!?;\n]{0,6}(?:为|成)\s?已?(?:签收|送达|完成|"
            r"妥投|发货|免费|付款)[^。.!?\n]{0,10}",
            r"把[^,。.!?;\n]{0,8}订单[^,。.!?;\n]{0,6}(?:设|改|标|置)(?:置|记)?(?:为|成)[^。.!?\n]{0,12}",
            r"(?:运费|价格|金额|总价)(?:改|设|调)(?:成|为)[^。.!?;\n]{0,8}",
            r"\b(?:reveal|print|show|output)\b[^.!?;\n]{0,12}\b(?:system )?prompt\b",
            r"(?:把|给)[^,。.;\n]{0,6}(?:免单|免费|清零)",
            r"作为[^,。.;\n]{0,4}管理员[^。.!?\n]{0,24}",
            r"系统(?:提示|指令|消息)\s?:[^。.!?\n]{0,40}",
            r"你现在是[^,。.!?;\n]{1,10}(?:管理员|系统|助手|模型)",
            r"\b(?:ignore|disregard|forget|bypass|override)\b[^.!?\n]{0,24}\b(?:rules?|instructions?|"
            r"prompts?|polic(?:y|ies)|guidelines|constraints)\b[^.!?\n]{0,60}",
            r"\b(?:mark|set|flag|update|change)\b[^.!?;\n]{0,20}\b(?:as|to|status)\b ?(?:delivered|"
            r"complete[d]?|signed|paid|shipped|free)\b",
            r"\b(?:pretend|act as|acting as)\b[^.!?\n]{0,50}",
            r"\bapprove (?:the |my |a )?refund\b",
            r"\byou are now\b[^.!?\n]{0,30}",
            r"<\|?(?:system|im_start|assistant)\|?>[^<\n]{0,60}",
            r"\bas an? (?:ai|assistant|bot|admin|system|model)\b[^.!?\n]{0,50}",
            r"\bset\b[^.!?;\n]{0,16}\bto (?:0|zero|free)\b",
            r"\bsystem (?:prompt|message)\b[^.!?\n]{0,40}",
        ),
    ),
    (
        "address_change",
        words(
            r"(?:改|换|送|寄)到(?:我)?[^,。.!?;\n\d]{0,3}(?:妈|爸|姐|弟|妹|哥|婆婆|朋友|单位|公司|学校|"
            r"老家)\w?[^。.!?;\n]{0,3}(?=,?[^。;\n]{0,4}地址)",
            r"改到[^,。.!?;\n\d周上下明后]{0,4}(?:家|公司|单位|地址)",
            r"地址(?:写|填)错了?[^。.!?;\n]{0,20}",
            r"地址应该?是[^,。.!?;\n]{0,20}",
            r"(?:收[件货]人|联系人)(?:请)?(?:改|换)[成为到][^,。.!?;\n]{0,12}",
            r"地址(?:请)?(?:改|换|变更|更[改正新])(?:为|成|到|至)?[^,。.!?;\n]{0,20}",
            r"(?:改|换)(?:送|寄|派|投)(?:到|去|至)?[^,。.!?;\n]{0,20}",
            r"地址(?:换|变|改|搬)了[^。.!?;\n]{0,20}|(?:已经|刚|最近|我们?)?搬(?:家|走)了[^。.!?;\n]{0,20}",
            r"(?:改|换|变更|修改)(?:一下|个|下)?(?:收货|收件|配送)?地址[^,。.!?;\n]{0,20}",
            r"\b(?:deliver|ship|send)(?: it| this)? to (?:my |our |the )?[^.!?;\n]{1,30} instead\b",
            r"\b(?:deliver|ship|send)(?: it| this)? to\b[^.!?;\n]{0,24}\b(?:new|other|different) address\b",
            r"\b(?:wrong|mistake)[^.!?;\n]{0,12}address, (?:it|should)[^.!?;\n]{0,30}",
            r"\b(?:change|switch|redirect|forward|divert)(?: the| my| this)?(?: delivery| shipping| parcel| package|"
            r" it)?(?: address)? to (?:my|our|a|the|\d)\b[^.!?;\n]{0,30}",
            r"\b(?:new|different|change (?:of|my|the|delivery)|another) address\b[^.!?;\n]{0,30}",
            r"\b(?:i'?ve |we'?ve |i |we )?moved to\b[^.!?;\n]{0,30}",
            r"\b(?:i'?ve|we'?ve|i have|we have) (?:just |recently )?moved\b[^.?;\n]{0,30}",
        ),
    ),
    (
        "other_request",
        words(
            r"(?:取消|撤销)[^,。.!?;\n]{0,8}(?:订单|单子|这单)",
            r"把[^,。.!?;\n]{0,10}订单取消",
            r"(?:帮我|给我|请|要求|申请|我要|麻烦)?退(?:款|货|钱|差价)",
            r"到付(?:的)?(?:不要|拒收)",
            r"(?:要|改|能|可以)?货到付款(?!客户)",
            r"赔[偿钱付]",
            r"补差价",
            r"(?:我)?不(?:想)?要了(?:,?退掉)?",
            r"退(?:掉|一件|了吧|换货?)(?:吧)?|换货",
            r"改价",
            r"打个?折",
            r"\b(?:cancel|delete)\b[^.!?;\n]{0,12}\border\b|\bmoney back\b|\breturn (?:it|this|the item)\b",
            r"\b(?:give me |i want |need |issue )?a?(?: full)? ?refund\b(?: me)?",
            r"\bcancel (?:this|it|that|please)\b",
            r"\bdon'?t want (?:it|this|them) any ?more\b",
            r"\b(?:cash on delivery|c\.?o\.?d\.?)\b",
            r"\b(?:discount|compensat\w+|reimburse\w*)\b",
        ),
    ),
    (
        "past",
        words(
            r"(?:请|务必|必须|要|麻烦|希望)(?:在|于)?(?:昨天|前天|昨晚|上周)[^,。.!?;\n买拍下]{0,3}(?:送|寄)(?:到|达)?",
            r"\b(?:deliver|bring)(?: it)? (?:by |on |before )?(?:yesterday|last (?:week|mon|tues|wednes|thurs|fri|"
            r"satur|sun)(?:day)?)\b",
        ),
    ),
    (
        "vague_place",
        words(
            r"老(?:地方|位置|样子)(?:就行)?",
            r"你懂(?:得|的)?(?:那个)?(?:地方|位置)?",
            r"(?:跟|和|照)(?:上次|以前|之前)(?:一样|那样)?(?:放)?",
            r"放那(?:里|儿)?(?:就行|就好)",
            r"那个地方",
            r"(?:之前|上次|以前|原来)(?:放|那)?(?:的)?(?:那[里儿]|那个?地方|地方|位置)",
            r"(?:原来|以前|之前)的?(?:那个)?(?:地方|地儿|地点|位置)|老地儿|照旧",
            r"随便放哪",
            r"你(?:也)?知道(?:的)?(?:地方|位置|放哪)?(?!吗)",
            r"\byou know where\b(?: to \w+(?: it)?)?",
            r"\b(?:the )?(?:usual|normal|regular) (?:spot|place|location)\b|\bwhere you (?:left|put) it (?:last|"
            r"before)\w*\b",
            r"\bsame (?:place|spot|location|as (?:last time|before|usual))\b(?: as (?:last time|before|usual))?",
        ),
    ),
    (
        "vague_time",
        words(
            r"(?:尽量|请|麻烦|能不能|可以)?(?:早点|早些|尽快|尽早|快点|快些|赶紧|赶快|抓紧|加急|急用|急急+|等着急用|"
            r"火速|立刻|立即|马上|"
            r"越快越好)(?:送|发货?|来|到|配送)?(?!铺|摊|说|告|打|联|通|放|拿|下单|进|给我打)",
            r"(?:有空|得空|方便)(?:的)?(?:时候|的话|时)?(?:再|就)?(?:送|来)",
            r"方便的?(?:时候|时)",
            r"晚(?:一)?点再?(?:送|来)",
            r"过(?:几|两|一两|些|一阵|段时间)天?(?:再|吧)",
            r"过几天|改天|回头再|晚些时候",
            r"看着(?:办|送|安排)",
            r"(?:别|不要)太[晚早]",
            r"合适的?(?:时间|时候)(?:再?送)?",
            r"有时间(?:再)?送",
            r"看情况(?:送|再?说)?",
            r"等(?:我|候)?(?:的)?(?:通知|消息|电话)(?:后?再?)(?:发货?|送)?",
            r"等我[^,。.;]{0,6}再(?:发货?|送)",
            r"\basap\b|\bsooner the better\b|\bas fast as\b|\bspeedy\b|\brush\b(?! hour)",
            r"\b(?:as )?(?:soon|quick(?:ly)?|fast|early) as (?:possible|poss|(?:you|u) can)\b|\b(?:right away|"
            r"immediately|pronto|without delay)\b",
            r"\b(?:sometime|some time)\b(?: soon| later| next)?",
            r"\bsoon(?:er)?\b(?! after)",
            r"\b(?:be quick|quickly)\b",
            r"随(?:你|您)(?:什么时候|时间|方便)",
            r"\burgent(?:ly)?\b",
            r"\bin a hurry\b",
            r"\bhurry\b",
            r"\bwhenever\b(?: \w+){0,3}",
            r"\bat your (?:earliest )?convenience\b",
            r"\bwhen(?:ever)? you can\b",
            r"\bwhen (?:it'?s |it is |you(?:'re| are) )?(?:convenient|free|able)\b",
            r"\bearly(?! (?:morning|afternoon|evening))(?:er)? (?:as possible|please|if possible)\b",
        ),
    ),
)
_NOT_ASKED = words(r"(?:不|没|别|勿|不用|不必|不要|no need to|don'?t|not|no) ?$")
_OTHER_THING = words(
    r"(?:fridge|freezer|refrigerat\w+|\bcall|\btext|\bknow|\bopen|\b(?:shut|close)[^,.;]{0,14})(?: (?:it|me|us|"
    r"this))? ?$"
)
"""What is to be done soon, other than bringing the parcel."""
_OPPOSITE = words(r"(?:缺货|没货|断货|无货|破损|坏了|不)[^。.!?;]{0,6}$")


def find_doubts(text: str) -> Iterator[Mention]:
    """All, orders to machines first."""
    for reason, pattern in _DOUBTS:
        for match in pattern.finditer(text):
            before = text[max(0, match.start() - 12) : match.start()]
            if reason in ("vague_time", "other_request") and (_NOT_ASKED.search(before) or _OPPOSITE.search(before)):
                continue
            if reason == "vague_time" and _OTHER_THING.search(before):
                continue
            yield Mention("unclear", Unclear(reason), *match.span(), 0.85)
