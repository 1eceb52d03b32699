"""Why somebody wants something undone, as one of a few reasons that rules can go by."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.understanding.slots.found import Found

_REASONS: tuple[tuple[str, str], ...] = (
    ("ordered_by_mistake", r"[买拍订点]错了?|下错单?了?|误(?:下单|拍|点)|不小心(?:下了?单|拍了?|点了?|买)(?:错)?|重复(?:下单|购买|拍)了?|多拍了|买重了"
     r"|ordered (?:it |this |them |the wrong \w+ )?by (?:mistake|accident)|(?:accidentally|mistakenly) (?:ordered|bought)(?: (?:it|this|twice))?|by mistake|ordered (?:it )?twice|duplicate order|bought the wrong (?:one|thing|item|size)"),
    ("wrong_item", r"发错[了货]*|寄错了?|(?:颜色|尺码|型号|款式|规格|口味)(?:发|寄)错了?|货不对板|不是我(?:买|订|要)的(?:那[个款件])?"
     r"|(?:sent|shipped|received|got) (?:me )?(?:the |a )?wrong (?:item|colou?r|size|one|product|model|thing)|wrong (?:item|product|colou?r) (?:sent|received|delivered)|not what i ordered"),
    ("missing_item", r"(?:少|漏)[发寄]?了(?!解)|[少漏][发寄]|缺(?:少)?(?:配件|零件|件)|配件不全"
     r"|missing (?:parts?|items?|pieces?|accessories)|(?:parts?|items?|pieces?) (?:is|are) missing|incomplete"),
    ("not_as_described", r"(?:跟|和|与)(?:图片|描述|照片|详情|宣传)(?:上的?)?(?:完全)?(?:不一样|不符合?|不同|差(?:太|别)大|差很多)|有?色差(?:太大|严重|大)?|描述不符|货不对版|假货|不是正品"
     r"|not as described|(?:does(?:n't| not)|did(?:n't| not)) match the (?:description|picture|photos?|pictures)|(?:looks )?(?:nothing like|different from) the (?:pictures?|photos?|description)|(?:it'?s |is )?(?:fake|counterfeit)"),
    ("late", r"(?:等(?:得|的)?|物流|快递|发货|送(?:得|货))(?:也)?(?:太|了)(?:久|慢)了?|太慢了?|一直(?:没|不)(?:发货?|到|送)|迟迟(?:没|不)(?:发货?|到|送)|来不及了?|赶不上了?"
     r"|(?:takes?|taking|took) too long|too (?:late|slow)|arrived (?:too )?late|(?:has(?:n't| not)|never) (?:arrived|shipped|come)|(?:it'?s|is) (?:late|delayed)"),
    ("size", r"(?:尺[码寸]|码数|大小)(?:不合适|不对|偏[大小]|太[大小]|[大小]了|选错了?|不合)|(?:太|偏|有点)(?:大|小|长|短|紧|松|肥|瘦)了?|[大小]了一?(?:码|号)?|不合身|不合脚|挤脚|穿不[下上]|穿不了"
     r"|(?:does(?:n't| not)|did(?:n't| not)|do(?:n't| not)) fit(?: me)?|too (?:small|big|large|tight|loose|long|short|wide|narrow)|wrong size|(?:runs|is|are) (?:too )?(?:small|large|big)"),
    ("damaged", r"(?:收到(?:就是|的时候)?就?)?(?:摔|压|磕|砸|撞)(?:坏|碎|烂|变形)了?|碎了|破(?:损|了|裂)|裂(?:了|开了?)|漏[液水油]了?|(?:有)?划痕|烂了|变质了?|开胶了?|有(?:个)?(?:洞|破口|裂痕)"
     r"|(?:arrived |came |was |is |it'?s )?(?:broken|damaged|cracked|smashed|shattered|crushed|scratched|dented|leaking|torn|rotten|spoil(?:ed|t))"),
    ("quality", r"质量(?:有)?(?:问题|(?:太|很|真|非常|特别)?(?:差|烂|不好|不行|不过关))|做工(?:太|很)?(?:差|粗糙)|(?:起球|掉色|褪色|脱线|掉毛)(?:严重|了)?|(?:坏|失灵|短路|死机|黑屏)了|开不了机|不能用|用不了了|不(?:工作|制冷|制热|通电|充电)了?|充不进电|没声音|有(?:瑕疵|毛病|故障|异味)"
     r"|(?:poor|bad|terrible|low) quality|quality (?:issue|problem|is (?:poor|bad|terrible))|defective|faulty|(?:does(?:n't| not)|do(?:n't| not)|did(?:n't| not)) (?:work|turn on|charge|heat|power on)|stopped working|not working|won'?t (?:turn on|charge|start|heat)|malfunction(?:s|ing|ed)?|(?:fell|came) apart"),
    ("price", r"(?:太|有点)贵了?|(?:别家|别处|别的地方|其他店)(?:更|有)?便宜(?:的)?|找到(?:了)?更便宜的|降价了|买贵了"
     r"|too expensive|found (?:it |one )?cheaper(?: elsewhere)?|cheaper (?:elsewhere|somewhere else)|price (?:dropped|went down)|better price"),
    ("no_longer_needed", r"不(?:想|再)?(?:需)?要了|用不(?:上|着)了?|不需要了?|不喜欢了?(?:这个|颜色|款式)?|改(?:变)?主意了?|后悔了|不想买了|买多了|不满意|不好看|已经有了?"
     r"|(?:do(?:n't| not)|no longer) (?:need|want)(?: (?:it|this|them|that))?(?: any ?more)?|(?:do(?:n't| not)|did(?:n't| not)) like (?:it|this|the (?:colou?r|style|look))|changed my mind|(?:i )?regret(?:ted)? (?:it|buying it)|not needed(?: any ?more)?|bought too many|already have one"),
)  # fmt: skip
_PATTERNS = tuple((code, re.compile(rf"(?<![a-z])(?:{pattern})(?![a-z])")) for code, pattern in _REASONS)
REASONS = tuple(code for code, _ in _REASONS)
"""What `normalized` may be."""
_ASKED = re.compile(r"^\s?(?:怎么办理|吗|么|呢|能|可以|还)|^[?？]")


def reasons(text: str) -> Iterator[Found]:
    """All candidates in folded text, in the order of the list above; they may overlap."""
    for code, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if not _ASKED.match(text, match.end()) or code in ("damaged", "quality"):
                yield Found("reason", match.start(), match.end(), code)
