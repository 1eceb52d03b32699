"""Quantities that a sentence writes otherwise than its evidence, and others that look alike."""

from __future__ import annotations

import pytest

from app.generation.held import missing_quantities

HELD = [
    # numerals and ranges
    ("一般三四天到。", "3 至 4 天送达。"),
    ("A fair lasts between two and five days.", "We bring a book fair for two to five days."),
    ("净高1米6。", "高度不超过 1.6 米。"),
    ("每公斤加一块五。", "Every kilogram above 20 kg adds 1.5 yuan."),
    ("满三万升长风。", "满 30,000 元升为长风。"),
    ("The 9-ounce cups cost 85 yuan.", "纸杯 9 盎司，85 元"),
    ("珍珠直径7到8毫米。", "淡水珍珠 7-8mm,45cm"),
    ("这台520升冰箱102公斤。", "LF-520,520升十字对开门冰箱,澜鲜,冰箱,4599,18,102,星空灰"),
    # shares
    ("每天收0.05%的违约金。", "每天按逾期金额的万分之五收违约金。"),
    ("按标价的60%扣钱。", "按标价的六成扣款。"),
    ("The deposit is 50%.", "定金为一半。"),
    # times
    ("分店是九点半关门。", "其他分店为 10:00 至 21:30。"),
    ("The video check runs until six in the evening.", "9:00 to 18:00"),
    ("半夜12点解锁。", "The card is blocked until midnight."),
    ("Wait thirty minutes.", "Let it cool for half an hour."),
    ("两周可以换一次。", "试睡满 14 晚可以换一次。"),
    ("Books are cheaper from 20 to 26 April.", "| 世界读书周 | 4月20日至4月26日 |"),
    ("一个月也就是30天内能退。", "30 天内可以退。"),
    ("半个月内能换。", "签收之日起15日内可以换货。"),
    ("客服24小时都有人。", "客服全天都有人。"),
    # a unit alone
    ("一公斤换5元券。", "每公斤得 5 元券。"),
    ("一个人一年26000元。", "26,000 yuan for one person in a calendar year"),
    # counted things
    ("You get two copies a year.", "You may ask for a copy twice a year."),
    ("我们在六个城市有店。", "门店在上海、杭州、南京、苏州、成都和武汉。"),
    # a customer's case within the limit
    ("6,000 yuan orders get 5% off.", "单笔满 5000 元打九五折。"),
    ("A machine of 45 kg is repaired on the spot.", "Goods of 30 kg or more are repaired where they stand."),
    ("晚到40分钟，赔5元券。", "晚到 30 分钟以上，赔 5 元券。"),
    ("700块的单可以到店付。", "Pay-at-collection is offered for orders under 800 yuan."),
    ("A bonded order of 150 yuan costs 12 yuan to ship.", "保税订单满199元包邮，不满收12元。"),
    ("A school order of 6,000 yuan gets 12% off.", "| 5,000 to 19,999 yuan | 12% |"),
]
MISSING = [
    ("一般三五天到。", "3 至 4 天送达。"),
    ("A fair lasts between two and six days.", "We bring a book fair for two to five days."),
    ("净高1米7。", "高度不超过 1.6 米。"),
    ("净重48公斤。", "净重 38 公斤，承重上限 90 公斤。"),
    ("每天收0.5%的违约金。", "每天按逾期金额的万分之五收违约金。"),
    ("按标价的七成扣款。", "按标价的六成扣款。"),
    ("分店是晚上九点关门。", "其他分店为 10:00 至 21:30。"),
    ("早上九点半关门。", "营业到 21:30。"),
    ("Wait ten minutes.", "Let it cool for half an hour."),
    ("一个月内能退。", "30 天内可以退。"),
    ("半个月内能退。", "14 天内可以退。"),
    ("换鞋跟皮要三天。", "换鞋跟皮当天可取，只做三种颜色。"),
    ("一公斤换5元券。", "每斤得 5 元券。"),
    ("我们在七个城市有店。", "门店在上海、杭州、南京、苏州、成都和武汉。"),
    ("5,000 yuan orders get 5% off.", "单笔满 6000 元打九五折。"),
    ("晚到20分钟，赔5元券。", "晚到 30 分钟以上，赔 5 元券。"),
    ("等了30小时没接诊，挂号费退。", "等候超过 30 分钟未接诊的，挂号费退回。"),
    ("领取要付5元。", "免费存放，满 3 元起收。"),
    ("订单30分钟没付款会取消。", "Orders that are not paid within 60 minutes are cancelled."),
]


@pytest.mark.parametrize(("sentence", "evidence"), HELD)
def test_what_is_written_otherwise_is_held(sentence, evidence):
    assert missing_quantities(sentence, evidence, question=None) == []


@pytest.mark.parametrize(("sentence", "evidence"), MISSING)
def test_another_number_is_missing(sentence, evidence):
    assert missing_quantities(sentence, evidence, question=None)


def test_a_model_may_be_named_in_the_headings_alone():
    sentence, evidence = "K5要用16安的插座。", "要用 16 安的插座。"

    assert [item.text for item in missing_quantities(sentence, evidence)] == ["K5"]
    assert missing_quantities(sentence, evidence, around="咖啡机K5说明书") == []


@pytest.mark.parametrize("sentence", ["大陆包邮。", "粗一点买大号。", "陆运要慢一些。", "半夜也行。"])
def test_characters_of_words_are_no_numbers(sentence):
    assert missing_quantities(sentence, "没有数字。", question=None) == []
