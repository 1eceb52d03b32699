import pytest

from app.assistant.coordinated import contrasted, names
from app.assistant.question_parts import question_parts


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        ("多久到账，运费谁出？", ["多久到账？", "运费谁出？"]),
        ("退款多久到账和运费谁出？", ["退款多久到账？", "运费谁出？"]),
        ("怎么申请以及多久审核", ["怎么申请？", "多久审核？"]),
        ("质保几年？还有，电池保不保，坏了找谁", ["质保几年？", "电池保不保，坏了找谁？"]),
        ("退货和换货的流程是什么", ["退货的流程是什么？", "换货的流程是什么？"]),
        ("普通会员和金卡会员的退货期是多久？", ["普通会员的退货期是多久？", "金卡会员的退货期是多久？"]),
        ("这款电饭煲的容量和功率是多少", ["这款电饭煲的容量是多少？", "这款电饭煲的功率是多少？"]),
        ("旗舰店发布会的时间和地点", ["旗舰店发布会的时间？", "旗舰店发布会的地点？"]),
        ("小件和大件的运费", ["小件的运费？", "大件的运费？"]),
        ("夏季杯男单和秋季杯男单冠军是谁", ["夏季杯男单冠军是谁？", "秋季杯男单冠军是谁？"]),
        ("公开赛男女单打冠军是谁", ["公开赛男子单打冠军是谁？", "公开赛女子单打冠军是谁？"]),
        ("专票和普票分别多久能开出来", ["专票多久能开出来？", "普票多久能开出来？"]),
        ("去年2021年和2022年的销量分别是多少？", ["去年2021年的销量是多少？", "去年2022年的销量是多少？"]),
        ("最佳电视剧和最佳电视动画分别是什么", ["最佳电视剧是什么？", "最佳电视动画是什么？"]),
        ("空调和洗衣机安装费各自多少", ["空调安装费多少？", "洗衣机安装费多少？"]),
        ("退货和换货分别怎么弄，要钱吗", ["退货怎么弄？", "换货怎么弄？", "要钱吗？"]),
        ("如果坏了，运费谁承担？另外，发票要寄回吗？", ["如果坏了，运费谁承担？", "如果坏了，发票要寄回吗？"]),
        ("我买了冰箱，多久送到，安装费多少？", ["我买了冰箱，多久送到？", "我买了冰箱，安装费多少？"]),
        ("《心居》的主演有谁，导演是谁？", ["《心居》的主演有谁？", "《心居》的导演是谁？"]),
        ("这款净化器的芯片是什么，起售价多少", ["这款净化器的芯片是什么？", "这款净化器的起售价多少？"]),
        ("净化器坏了的话谁修，费用谁出", ["净化器坏了的话谁修？", "费用谁出？"]),
        ("退货的运费谁出，价格的差额呢", ["退货的运费谁出？", "价格的差额呢？"]),
        ("次日达会额外收费吗，郊县能不能享受", ["次日达会额外收费吗？", "郊县能不能享受？"]),
        (
            "How long is the warranty and does it cover the battery?",
            ["How long is the warranty?", "does it cover the battery?"],
        ),
        ("What is the warranty and how do I claim it?", ["What is the warranty?", "how do I claim it?"]),
        ("Can I cancel? Also, is delivery free?", ["Can I cancel?", "is delivery free?"]),
        ("do you deliver to Spain, how long does it take", ["do you deliver to Spain?", "how long does it take?"]),
    ],
)  # fmt: skip
def test_several_questions_are_taken_apart_each_with_its_scene(message, parts):
    assert question_parts(message) == parts


@pytest.mark.parametrize(
    "message",
    [
        "",
        "？？？",
        "退货",
        "退货，可以吗？",
        "快递丢了，怎么办？",
        "如果我买的东西坏了，怎么退？",
        "为什么要收运费，不是包邮吗？",
        "什么颜色和什么尺码的可以退？",
        "三天还是五天到账？",
        "订单满1,000元有没有优惠",
        "两个订单能不能一起发，运费退一份给我",
        "接到自称客服的电话，是真的吗",
        "您好，请问退款多久到账？谢谢！",
        "还有没有券",
        "会员价和优惠价的区别是什么",
        "收货地址和电话能改吗",
        "怎么修改收货时间和地点",
        "运费和关税由谁承担",
        "优惠券和积分一起用的条件是什么",
        "男女同款的尺寸",
        "和平鸽的价格",
        "分别多久",
        "我和我朋友分别下单能合并发货吗",
        "请把鞋和衣服分别寄到两个地址可以吗",
        "Can I return shoes and socks?",
        "How do I know when and where my parcel arrives?",
        "What if I order on Friday and when I come home nobody is there?",
        "I ordered on Friday and paid by card, can I still cancel?",
        "The box is dented but the pan is fine, is that ok?",
        "You have a 30-day window, right?",
        "Hello! How long does a refund take? Thanks.",
        "If I return one item, who pays?",
    ],
)
def test_a_single_question_is_left_as_it_is(message):
    assert question_parts(message) == [message]


def test_a_flood_of_questions_is_taken_as_it_is():
    message = "多久发货？运费多少？怎么退？谁付？能换吗？"

    assert question_parts(message) == [message]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (["决赛男单冠军是谁？", "决赛女单冠军是谁？"], ("男单", "女单")),
        (["专票多久能开？", "普票多久能开？"], ("专票", "普票")),
        (["新疆的运费？", "西藏的运费？"], ("新疆", "西藏")),
        (["《搜救》的导演是谁？", "《搜救》的主演是谁？"], None),
        (["退款多久到账？", "质量问题的运费谁承担？"], None),
        (["How much?", "How many?"], None),
        (["退款多久到账？"], None),
    ],
)
def test_the_words_in_which_two_questions_differ_alone(parts, expected):
    assert contrasted(parts) == expected


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("女单冠军是孙颖莎", "女子", True),
        ("女单冠军是孙颖莎", "男子", False),
        ("国内定档12月16日", "大陆", True),
        ("香港12月14日公映", "内地", False),
        ("普票三天能开", "专票", False),
        ("专票三天能开", "专票", True),
    ],
)
def test_which_of_two_things_a_text_speaks_of(text, word, expected):
    assert names(text, word) is expected
