from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import numpy as np

from app.assistant.finding import Look
from app.assistant.holding import Holding
from app.retrieval.reading import Reading
from app.retrieval.retriever import Retrieved
from index.types import Hit
from tests.fakes import passage


class Finder:
    """Finds one passage, and reads it as it is told."""

    def __init__(self, cosine: float, answerable: float) -> None:
        found = Retrieved(passage("不支持货到付款。"), Hit("p", 1.0), similarities=np.array([cosine], np.float32))
        self._look = Look([found], (), Reading(answerable, ((0.0,),)))

    def look(self, *_: Any) -> Look:
        return self._look


def scored(text: str, cosine: float, answerable: float) -> float:
    (score,) = Holding(lambda: nullcontext(object()), Finder(cosine, answerable))([text])  # type: ignore[arg-type,return-value]
    return score


def test_what_stands_there_word_for_word_is_held_whatever_the_reader_says() -> None:
    assert scored("不支持货到付款！", 0.5, -9.0) == 5.0


def test_near_sentences_and_a_sure_reader_speak_for_it() -> None:
    assert scored("货到付款我们没有哦", 0.93, 2.0) > 1
    assert scored("宠物可以进店", 0.86, -1.0) < -1


def test_english_sentences_lie_farther_apart_than_chinese_ones() -> None:
    assert scored("We do not offer it", 0.87, 0.0) > 0 > scored("我们没有这个", 0.87, 0.0)
