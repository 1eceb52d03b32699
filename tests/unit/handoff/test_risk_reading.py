"""Words of a risk: a person is called for what happened or is threatened, not for what is only asked about."""

from __future__ import annotations

import pytest

from app.handoff.policy import HandOffPolicy
from app.handoff.triggers import risk_in

ASKED = [
    "漏电保护器怎么装",
    "漏电保护器怎么选？",
    "请问防漏电插座多少钱",
    "过敏体质能用吗",
    "这款面霜会不会引起过敏？",
    "皮肤过敏能用这款洗面奶吗",
    "我对花生严重过敏，这个坚果能吃吗",
    "如果用了过敏了可以退吗？",
    "这个电热毯会漏电吗",
    "热水壶会不会烫伤小孩",
    "充电宝可以带上飞机吗，会爆炸吗",
    "烫伤膏有货吗",
    "有烟雾报警器卖吗",
    "燃气灶使用时怎么避免一氧化碳中毒",
    "锂电池什么情况下会起火",
    "发票能开给律师事务所吗",
    "法院路能送到吗",
    "拆封之后退货有法律责任吗",
    "晒单发到小红书有返现吗",
    "怎么防止银行卡被盗刷",
    "如何识别假客服的诈骗短信",
    "你们会泄露我的手机号吗",
    "爆炸盐怎么用",
    "相机双重曝光怎么调",
    "Can this cream cause an allergic reaction?",
    "Does it cause an allergic reaction on sensitive skin",
    "Is there any risk of electric shock with this kettle?",
    "Do you sell burn cream?",
    "What happens if the battery caught fire, does the warranty cover it?",
    "Can you deliver to a hospital?",
    "How do you prevent fraud?",
    "Do I need a lawyer to return something?",
    "How do I make a GDPR request?",
    "Can I post about this on Instagram for the discount?",
    "Is the case shockproof?",
    "Has this model ever exploded?",
]
TOLD = [
    ("电热水壶漏电，我被电到了", "injury"),
    ("插座漏电，能退吗", "injury"),
    ("我家的插线板怎么冒烟", "injury"),
    ("用了面膜脸过敏了能退吗", "injury"),
    ("宝宝用了起红疹怎么办", "injury"),
    ("烫伤了怎么办？", "injury"),
    ("我妈吃了这个中毒住院了，你们怎么赔", "injury"),
    ("充电宝起火了！！", "injury"),
    ("使用时突然爆炸", "injury"),
    ("孩子手被割伤了", "injury"),
    ("再不退款我就找律师", "legal"),
    ("我要打12315投诉你们", "legal"),
    ("怎么起诉你们？", "legal"),
    ("我已经报警了", "legal"),
    ("不处理我就发抖音曝光你们", "media"),
    ("我的卡被盗刷了怎么办", "fraud"),
    ("这笔订单不是我下的，怎么回事", "fraud"),
    ("收到假客服的电话，是诈骗吗", "fraud"),
    ("我的信息被泄露了，你们怎么处理", "privacy"),
    ("不想活了，怎么办", "self_harm"),
    ("The kettle started smoking, can I return it?", "injury"),
    ("My son had an allergic reaction, what should I do?", "injury"),
    ("It burned my hand. Who pays for the doctor?", "injury"),
    ("The charger caught fire last night", "injury"),
    ("I got an electric shock from the lamp", "injury"),
    ("Is it normal that it is smoking?", "injury"),
    ("If you don't refund me I will take legal action", "legal"),
    ("My lawyer will contact you, where do I send the letter?", "legal"),
    ("I'm going to post this on TikTok unless you refund me", "media"),
    ("There is an unauthorised charge on my card, what now?", "fraud"),
    ("My data was leaked, what will you do about the data breach?", "privacy"),
    ("How can I kill myself", "self_harm"),
]


@pytest.mark.parametrize("text", ASKED)
def test_a_question_about_a_danger_is_answered_like_any_other(text: str) -> None:
    assert risk_in(text, HandOffPolicy()) is None


@pytest.mark.parametrize(("text", "topic"), TOLD)
def test_what_happened_or_is_threatened_calls_a_person_also_within_a_question(text: str, topic: str) -> None:
    found = risk_in(text, HandOffPolicy())

    assert found is not None
    assert found.startswith(f"{topic}: ")


def test_words_of_the_companys_own_call_a_person_wherever_they_stand() -> None:
    assert risk_in("召回的电池怎么退？", HandOffPolicy(risk_words={"recall": ("召回",)})) == "recall: 召回"
