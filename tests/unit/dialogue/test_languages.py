import pytest

from app.dialogue.languages import language_after
from index.text.language import detect


@pytest.mark.parametrize(
    ("before", "message", "after"),
    [
        (None, "我要退货", "zh"),
        (None, "Where is my order?", "en"),
        (None, "12345", "zh"),
        ("zh", "OK", "zh"),
        ("zh", "SL2026112400012", "zh"),
        ("zh", "li@example.com", "zh"),
        ("zh", "change_of_mind", "zh"),
        ("zh", "can we speak English please", "en"),
        ("en", "2", "en"),
        ("en", "还是说中文吧", "zh"),
        ("en", "😀", "en"),
        ("zh", "帮我 cancel 这个 order", "zh"),
    ],
)
def test_the_language_changes_with_sentences_not_with_codes(before, message, after):
    assert language_after(before, message, detect(message)) == after
