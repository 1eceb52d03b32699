"""A long row that seems to answer is read again, cell by cell."""

import itertools
from dataclasses import replace

import pytest

from app.assistant.row_focus import focused
from app.domain import Evidence
from app.retrieval.reading import Reading, ShortAnswer
from app.retrieval.selection import evidence_by_reading
from index.types import Location, Passage

TEXT = "sku: KE-2408；name: 养生壶；brand: 松果；price: 149；stock: 99；power: 800 W；colours: 绿色；origin: 宁波"
CUTS = (0, TEXT.index("price"), TEXT.index("power"), len(TEXT))
ROW = Passage("row", "products.csv", "t", TEXT, "products", "zh", Location(row=2), tuple(itertools.pairwise(CUTS)))
OTHER_ROW = replace(ROW, passage_id="other", text=TEXT.replace("2408", "2499"))
PROSE = Passage("prose", "manual.md", "t", "壶身勿骤冷。", "manual", "zh", Location(), ((0, 6),))


class Reader:
    """Gives a cell the logit of the word that it holds, and notes what it was shown."""

    def __init__(self, logits: dict[str, float], *, has_answers: bool = True) -> None:
        self.logits, self.has_answers = logits, has_answers
        self.shown: list[tuple[str, tuple[str, ...]]] = []
        self.packs: list[list[str]] = []

    def read(self, question, packs):
        self.packs = [[cell.strip("；") for window in pack for cell in window.sentences] for pack in packs]
        windows = [window for pack in packs for window in pack]
        self.shown = [(window.context, window.sentences) for window in windows]
        rows = [[self._logit(text) for text in window.sentences] for window in windows]
        answers = tuple(
            tuple(ShortAnswer(logit, 0, 1, text[:1]) for text, logit in zip(window.sentences, row, strict=True))
            for window, row in zip(windows, rows, strict=True)
        )
        return Reading(max(map(max, rows)) - 1, tuple(map(tuple, rows)), answers if self.has_answers else ())

    def _logit(self, text: str) -> float:
        return next((logit for word, logit in self.logits.items() if word in text), -9.0)


def look(*windows: tuple[Passage, float]) -> tuple[list[Evidence], list[Evidence], Reading]:
    seen = [Evidence(0, passage, 0, 0, 0.0) for passage, _ in windows]
    reading = Reading(1.0, tuple((logit,) for _, logit in windows), tuple((None,) for _ in windows))
    return evidence_by_reading("退款多久到账", seen, reading), seen, reading


def test_the_cell_that_answers_takes_the_place_of_the_names():
    reader = Reader({"power": 1.5, "colours": -3.0})

    closer = focused("养生壶功率多大", *look((ROW, 2.0), (PROSE, -4.0)), reader)

    assert closer is not None
    windows, reading = closer
    assert [item.quote for item in windows] == ["壶身勿骤冷。", "power: 800 W；"]
    assert reading.sentences == ((-4.0,), (1.5,))
    assert reading.answers == ((None,), (ShortAnswer(1.5, 0, 1, "p"),))
    assert reading.answerable == 0.5
    assert windows[1].row_name == "sku: KE-2408；name: 养生壶；"
    assert all("养生壶" in context for context, _ in reader.shown)
    assert not any("sku" in text for _, cells in reader.shown for text in cells)


def test_what_another_cell_says_in_the_question_s_language_is_not_read_twice():
    text = "sku: KE-2408；name: 养生壶；lid_zh: 玻璃；lid_en: glass；base_en: steel；price: 1；box_en: card；box_zh: 纸"
    cuts = (0, text.index("lid_en"), text.index("price"), len(text))
    row = replace(ROW, text=text, sentences=tuple(itertools.pairwise(cuts)))
    shown = []
    for question in ("壶盖是什么材质", "what is the lid made of"):
        reader = Reader({"lid": 2.0})
        focused(question, *look((row, 2.0)), reader)
        shown.append([cell.strip("；") for _, cells in reader.shown for cell in cells])

    assert shown[0] == ["lid_zh: 玻璃", "base_en: steel", "price: 1", "box_zh: 纸"]
    assert shown[1] == ["lid_en: glass", "base_en: steel", "price: 1", "box_en: card"]


def test_cells_apart_are_read_together_while_there_is_room():
    long = "很长的说明" * 40
    text = f"sku: KE-2408；name: 养生壶；lid_zh: 玻璃；lid_en: glass；base: 钢；notes: {long}；price: 1"
    cuts = (0, text.index("lid_en"), text.index("notes"), len(text))
    row = replace(ROW, text=text, sentences=tuple(itertools.pairwise(cuts)))
    reader = Reader({"lid": 2.0})

    closer = focused("壶盖是什么材质", *look((row, 2.0)), reader)

    assert reader.packs == [["lid_zh: 玻璃", "base: 钢"], [f"notes: {long}"], ["price: 1"]]
    assert closer is not None
    assert [item.quote for item in closer[0]] == ["lid_zh: 玻璃；"]


def test_two_articles_that_may_be_meant_are_both_read_and_a_third_is_not():
    third = replace(ROW, passage_id="third")

    closer = focused("养生壶多少钱", *look((ROW, 2.0), (OTHER_ROW, 1.8), (third, 1.7)), Reader({"price": 3.0}))

    assert closer is not None
    assert sorted(item.passage.passage_id for item in closer[0]) == ["other", "row"]


@pytest.mark.parametrize(
    ("question", "windows"),
    [
        ("有没有养生壶", [(ROW, 2.0)]),
        ("壶身能骤冷吗", [(PROSE, 2.0), (ROW, -2.0)]),
    ],
    ids=["looks for articles", "prose answers"],
)
def test_what_does_not_ask_for_something_of_an_article_is_read_once(question, windows):
    reader = Reader({})

    assert focused(question, *look(*windows), reader) is None
    assert reader.shown == []


def test_a_reader_without_short_answers_has_none_of_the_cells():
    evidence, windows, reading = look((ROW, 2.0))

    closer = focused(
        "养生壶多少钱", evidence, windows, replace(reading, answers=()), Reader({"price": 3.0}, has_answers=False)
    )

    assert closer is not None
    assert closer[1].answers == ()
