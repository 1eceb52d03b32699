"""How well a title names a subject."""

import numpy as np
import pytest

from app.assistant.named_subject import named_features


class Tokens:
    """One direction a word."""

    def __init__(self) -> None:
        self._known: list[str] = []

    def query_tokens(self, text):
        rows = np.zeros((len(text.split()), 16), np.float32)
        for row, word in zip(rows, text.lower().split(), strict=True):
            if word not in self._known:
                self._known.append(word)
            row[self._known.index(word)] = 1.0
        return rows


class NoTokens:
    def query_tokens(self, text):
        return np.zeros((0, 4), np.float32)


@pytest.mark.parametrize(
    ("words", "title"),
    [
        (("return",), "International returns"),
        (("gift", "cards"), "礼品卡章程"),
        (("保修",), "质保服务条款"),
        (("退货",), "七日无理由退货规则"),
        (("退换货",), "七日无理由退货规则"),
        (("会员",), "Membership and points"),
        (("运费",), "Shipping fee and times"),
    ],
)
def test_a_word_is_named_as_it_is_in_the_other_language_and_by_one_that_means_the_same(words, title):
    assert named_features(words, title, NoTokens())["least_named"] == 1.0


@pytest.mark.parametrize(
    ("words", "title"), [(("环保",), "Price protection"), (("pets",), "Gift cards"), (("加盟",), "会员等级与权益")]
)
def test_a_part_of_a_translation_names_nothing(words, title):
    assert named_features(words, title, NoTokens()) is None


def test_the_word_that_is_not_named_counts():
    features = named_features(("student", "loan"), "Student discount", Tokens())

    assert (features["named"], features["least_named"]) == (0.5, 0.0)
    assert features["least_near"] == 0.0


def test_a_code_is_named_by_itself_alone():
    assert named_features(("r8", "vacuum"), "Clearzone R8 robot vacuum", NoTokens()) is not None
    assert named_features(("r8", "e3"), "Clearzone R8 robot vacuum", NoTokens()) is None
