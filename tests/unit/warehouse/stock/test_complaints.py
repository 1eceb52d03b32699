import pytest

from app.warehouse.stock.signals import read_complaints

COMPLAINTS = [
    ("发错货了", ["wrong_item"]),
    ("我买的是黑色，你们寄错颜色了", ["wrong_item"]),
    ("收到的不是我拍的那款", ["wrong_item"]),
    ("错发成了另一个型号", ["wrong_item"]),
    ("货不对板，差评", ["wrong_item"]),
    ("和我买的完全不一样", ["wrong_item"]),
    ("收到就坏了", ["damaged"]),
    ("杯子碎了，箱子也压扁了", ["damaged", "damaged"]),
    ("打开一看全烂了", ["damaged"]),
    ("有划痕", ["damaged"]),
    ("外包装破损严重", ["damaged"]),
    ("瓶盖没拧紧，漏液了", ["damaged"]),
    ("苹果有两个坏果", ["damaged"]),
    ("少配件", ["missing"]),
    ("少发了一件", ["missing"]),
    ("漏发赠品", ["missing"]),
    ("我买了两双，只收到一双", ["missing"]),
    ("数量不对，应该是十包", ["missing"]),
    ("充电器没给", ["missing"]),
    ("盒子里没有说明书", ["missing"]),
    ("一直缺货，等了三周", ["out_of_stock"]),
    ("想买的尺码断货了", ["out_of_stock"]),
    ("用了两天不开机", ["defective"]),
    ("东西不错，但是杯盖裂了", ["damaged"]),
    ("没少东西，就是发错颜色了", ["wrong_item"]),
    ("wrong item sent", ["wrong_item"]),
    ("You sent me the wrong colour", ["wrong_item"]),
    ("This is not what I ordered.", ["wrong_item"]),
    ("I received the wrong size, please help", ["wrong_item"]),
    ("arrived broken", ["damaged"]),
    ("The screen is cracked and the box was crushed", ["damaged"]),
    ("scratched", ["damaged"]),
    ("the bottle leaked all over", ["damaged"]),
    ("parts missing", ["missing"]),
    ("The charger was not included", ["missing"]),
    ("I only received one of the two shirts", ["missing"]),
    ("empty box!", ["missing"]),
    ("It has been out of stock for weeks", ["out_of_stock"]),
    ("does not switch on", ["defective"]),
    ("It won't charge", ["defective"]),
    ("Great colour, but one handle is broken", ["damaged"]),
    ("Nothing was missing, but the lid is cracked", ["damaged"]),
    ("箱子 broken 了，还 missing 一个配件", ["damaged", "missing"]),
]
SILENT = [
    "", "   ", "？！", "没有破损，很满意", "没发错，谢谢", "不缺货吧", "完好无损", "没有任何划痕", "未发现破损",
    "如果收到破损怎么办", "万一碎了谁赔？", "会不会漏液？", "怕摔坏，多包一层", "请别发错了", "易碎，轻放", "不要少发",
    "这款缺货吗？", "尺码不合适", "和图片颜色不一样", "不喜欢", "买多了", "地址填错了", "我买错了", "防止压坏请加固",
    "数量没有少", "质量很好，没有坏的", "一个都没碎", "包装没有破", "wrong size", "wrong address", "ordered by mistake",
    "not broken at all", "Nothing was missing", "It isn't damaged", "no scratches", "arrived without any damage",
    "What if it arrives broken?", "Is this out of stock?", "make sure it is not damaged", "I'm worried it might leak",
    "if parts are missing can I return it", "colour differs from the picture", "changed my mind", "I like it",
    "Will it be damaged in transit?", "\ufeff\x00", "1" * 500,
]  # fmt: skip


@pytest.mark.parametrize(("text", "kinds"), COMPLAINTS)
def test_complaints_are_read_with_the_clause_that_says_so(text, kinds):
    found = read_complaints(text)

    assert [one.kind for one in found] == kinds
    assert all(text[one.start : one.end] == one.quote for one in found)


@pytest.mark.parametrize("text", SILENT)
def test_what_is_denied_supposed_asked_or_of_another_matter_is_no_complaint(text):
    assert read_complaints(text) == []
