from __future__ import annotations

from ingest.blocks import Outline
from ingest.page_layout import add_pages
from ingest.recognition import Recognition, RecognizedLine
from ingest.recognition.reading_order import in_reading_order, page_of


def line(text: str, left: float, top: float, *, height: float = 30, width: float | None = None) -> RecognizedLine:
    box = (left, top, left + (width or 16 * len(text)), top + height)
    return RecognizedLine(text, 0.99, box, box)


def recognition(*lines: RecognizedLine) -> Recognition:
    ordered, rows = in_reading_order(lines)
    return Recognition(800, 1000, tuple(ordered), tuple(rows))


def test_rows_go_down_and_cells_go_right_though_they_are_a_little_askew() -> None:
    found = recognition(
        line("¥299", 600, 103), line("合计", 40, 200), line("外套", 40, 96), line("¥299", 600, 196), line("×1", 400, 99)
    )

    assert found.text == "外套  ×1  ¥299\n合计  ¥299"
    assert found.rows == (0, 0, 0, 1, 1)


def test_nothing_is_in_order() -> None:
    assert in_reading_order([]) == ([], [])
    assert recognition().text == ""


def test_a_chart_with_centred_cells_is_a_table_and_large_letters_are_a_heading() -> None:
    rows = [("尺码", "胸围", "身高"), ("S", "82-86", "155-160"), ("XL", "94-98", "170-175")]
    cells = [
        line(text, 200 * column + 100 - 8 * len(text), 200 + 80 * number)
        for number, row in enumerate(rows)
        for column, text in enumerate(row)
    ]
    found = recognition(line("尺码表", 250, 60, height=60), *cells)

    outline = Outline()
    add_pages(outline, [page_of(found, 1, is_picture=True)])

    blocks = outline.finish().blocks
    assert [(block.kind, block.text) for block in blocks] == [
        ("heading", "尺码表"),
        ("row", "尺码: S；胸围: 82-86；身高: 155-160"),
        ("row", "尺码: XL；胸围: 94-98；身高: 170-175"),
    ]
    assert blocks[0].box == (250 / 800, 0.06, 298 / 800, 0.12)
    assert all(block.page == 1 for block in blocks)


def test_recognition_survives_the_way_between_processes() -> None:
    found = recognition(line("退货", 10, 20), line("refund", 300, 20))

    assert Recognition.from_dict(found.to_dict()) == found
