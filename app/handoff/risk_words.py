"""Words that name a risk which a person has to deal with, by topic: patterns for zh and en.

They are matched on text that was case-folded. Each names something that happened or is threatened, not a product: 过敏
alone is a question about ingredients, 过敏了 is an injury.
"""

from __future__ import annotations

from collections.abc import Mapping

RISK_WORDS: Mapping[str, tuple[str, ...]] = {
    "self_harm": (
        "自杀|轻生|不想活|活不下去|自残|结束(?:自己的)?生命|想死(?!了吗|机)",
        r"\bsuicid\w*|\bkill(?:ing)? myself\b|\bend my life\b|\bself[- ]harm\w*|\bhurt(?:ing)? myself\b",
        r"\bdon'?t want to (?:live|be alive)\b",
    ),
    "injury": (
        "受伤|烫伤|烧伤|割伤|划伤|灼伤|触电|电击|中毒|住院|送医|急诊|[去进]了?医院",
        "(?:被|把我|手|脚|脸|嘴)(?:烫|割|划|烧|夹|砸)(?:伤|破|到|了)",
        "过敏(?:了|反应|住院|性休克)|(?:引起|导致|造成|皮肤|严重)过敏|起了?(?:红)?疹",
        "爆炸|炸了|起火|着火|自燃|冒烟|漏电|吃了?.{0,6}(?:拉肚子|呕吐|上吐下泻)",
        r"\binjur(?:y|ed|ies)\b|\bgot (?:hurt|burn(?:t|ed)|cut|shocked|sick)\b",
        r"\b(?:burn(?:t|ed)|cut|shocked) (?:me|my|her|his|our|their)\b",
        r"\ballergic reaction\b|\b(?:hospital|emergency room|ambulance)\b|\belectric shock\b|\bpoison(?:ed|ing)\b",
        r"\b(?:exploded|explosion|caught fire|on fire|smoking|sparks)\b|\b(?:hurt|harmed|choked) (?:me|my|our)\b",
    ),
    "legal": (
        "律师|起诉|法院|诉讼|告你们|走法律|法律途径|法律责任|仲裁|报警|公安",
        "12315|12345|消协|消费者协会|工商局?投诉|市场监管",
        r"\b(?:lawyer|attorney|solicitor|lawsuit|litigation|small claims)\b|\bsu(?:e|ing) (?:you|your|the)\b",
        r"\b(?:legal action|take (?:you|this) to court|going to court)\b",
        r"\b(?:trading standards|consumer protection|ombudsman|ftc|bbb)\b",
        r"\b(?:call(?:ing)?|go(?:ing)? to|report(?:ing)? (?:you|this) to) the police\b",
    ),
    "media": (
        "曝光(?!度|量|补偿|时间)|记者|媒体(?!播放)|电视台|上热搜|315晚会|挂(?:你们|网上)",
        "发(?:到)?(?:微博|抖音|小红书|朋友圈|网上)",
        r"\b(?:journalist|reporter|newspaper|the press|tv station)\b|\bgo(?:ing)? viral\b|\bexpose you\b",
        r"\bpost(?:ing)? (?:this|about (?:this|you)|it) (?:on|to|all over) \w+",
    ),
    "fraud": (
        "盗刷|被盗|盗用|诈骗|被骗|骗子(?:电话|短信)|冒充|钓鱼(?:网站|链接|短信)|假客服",
        "不是我(?:买|下|付|操作)的?|没有?授权",
        r"\b(?:fraud\w*|scammed|phishing|identity theft|hacked|unauthori[sz]ed)\b",
        r"\b(?:stolen|someone used my) (?:card|account|credit)\w*",
        r"\bi (?:did not|didn'?t|never) (?:make|made|placed?|authori[sz]ed?) (?:this|that|the)\b",
    ),
    "privacy": (
        "(?:信息|隐私|数据|手机号|地址|身份证)(?:被)?(?:你们?|平台|商家|快递)?(?:泄露|泄漏|外泄)",
        "(?:泄露|泄漏)(?:了)?(?:我的)?(?:信息|隐私|数据|手机号|地址)",
        r"\b(?:data breach|leaked my|my data (?:was|has been) leaked|gdpr|privacy violation)\b",
    ),
}
