import pytest

from app.assistant.asked_edition import is_of_another


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("2022年中国电影的总票房是多少", "2021年总票房为472.58亿元。"),
        ("第28届颁奖是什么时候", "6月10日举行了第二十七届颁奖礼。"),
        ("双十一2025年的预售什么时候开始", "预售于2024年10月14日晚8点开始。"),
        ("When was the sale in 2025?", "The 2024 sale began on 20 October."),
        ("Who won the 3rd season?", "The 2nd season was won by Li."),
    ],
)
def test_what_names_another_year_or_edition_alone_answers_another_question(question, text):
    assert is_of_another(question, text)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("2022年的票房是多少", "2023年的票房超过2022年的300亿元。"),
        ("2022年的票房是多少", "票房为300亿元。"),
        ("票房是多少", "2021年总票房为472.58亿元。"),
        ("我2024年买的冰箱保修多久", "自2025年3月1日起，保修期为三年。"),
        ("满2000减多少", "满2000元减200元。"),
        ("2000毫安的充电宝能带上飞机吗", "2023年起，充电宝须有3C标志。"),
        ("12期免息吗", "支持3期免息。"),
        ("the order of 2024 is broken", "Since 2025 we repair for free."),
    ],
)
def test_other_numbers_and_what_customers_tell_of_themselves_are_left_alone(question, text):
    assert not is_of_another(question, text)
