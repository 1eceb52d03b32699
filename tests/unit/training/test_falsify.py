import random

from app.training.falsify import falsified


def changes(text, passage, *, is_chinese, times=60):
    return {falsified(text, passage, random.Random(seed), is_chinese=is_chinese) for seed in range(times)}


def test_one_thing_changes():
    found = changes("签收后7天内可以退货。", "签收后7天内可以退货，生鲜2天。", is_chinese=True)

    assert "签收后2天内可以退货。" in found
    assert "签收后7天内不可以退货。" in found
    assert "签收后7天内可以退货。" not in found


def test_a_negation_is_not_doubled():
    assert not any("不不" in text for text in changes("拆封后不能退。", "拆封后不能退。", is_chinese=True) if text)


def test_english_words_change_whole():
    found = changes("You can return it within 30 days.", "You can return it within 30 days.", is_chinese=False)

    assert "You cannot return it within 30 days." in found
    assert "You can return it after 30 days." in found


def test_nothing_to_change_gives_nothing():
    assert falsified("谢谢。", "谢谢。", random.Random(1), is_chinese=True) is None
