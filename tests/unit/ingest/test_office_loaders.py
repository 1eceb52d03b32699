"""Word, Excel and PowerPoint, and what is done to them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import docx
import openpyxl
import pptx
import pytest
from docx.oxml import parse_xml
from openpyxl.styles import numbers
from pptx.util import Inches

from ingest.blocks import Extracted
from ingest.errors import DocumentDamaged, DocumentEncrypted, DocumentTooLarge, DocumentTypeMismatch
from ingest.limits import Limits
from ingest.loaders import load
from ingest.numbering import numeral
from ingest.shown_values import shown
from tests.documents import archive, replaced, saved

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def read(format: str, data: bytes, **limits: Any) -> Extracted:
    return load(format, data, Limits(**limits))


def cells_of(table: Any) -> list[Any]:
    return [cell for row in table.rows for cell in row.cells]


def texts(extracted: Extracted) -> list[str]:
    return [block.text for block in extracted.blocks]


class TestDocx:
    def test_headings_lists_and_tables_keep_their_structure(self) -> None:
        document = docx.Document()
        document.core_properties.title = "质保条款"
        document.add_heading("质保", 1)
        document.add_paragraph("以下情况不保修：")
        document.add_paragraph("人为损坏", style="List Bullet")
        document.add_paragraph("申请", style="List Number")
        document.add_paragraph("寄回", style="List Number")
        document.add_heading("期限", 2)
        table = document.add_table(2, 2)
        for cell, text in zip(
            (cell for row in table.rows for cell in row.cells), ["商品", "期限", "空调", "6年"], strict=True
        ):
            cell.text = text

        extracted = read("docx", saved(document))

        assert [(block.kind, block.text) for block in extracted.blocks] == [
            ("heading", "质保"),
            ("paragraph", "以下情况不保修："),
            ("item", "人为损坏"),
            ("item", "1. 申请"),
            ("item", "2. 寄回"),
            ("heading", "期限"),
            ("row", "商品: 空调；期限: 6年"),
        ]
        assert extracted.metadata.title == "质保条款"
        assert extracted.blocks[-1].headings == ("质保", "期限")
        assert extracted.blocks[2].lead == "以下情况不保修："

    def test_deleted_text_is_left_out_and_inserted_text_kept(self) -> None:
        document = docx.Document()
        paragraph = document.add_paragraph("运费")
        paragraph._p.append(parse_xml(f"<w:del {W}><w:r><w:delText>由买家承担</w:delText></w:r></w:del>"))
        paragraph._p.append(parse_xml(f"<w:ins {W}><w:r><w:t>由商家承担</w:t></w:r></w:ins>"))

        assert texts(read("docx", saved(document))) == ["运费由商家承担"]

    def test_merged_cells_are_repeated(self) -> None:
        document = docx.Document()
        table = document.add_table(3, 3)
        for row, line in enumerate(["地区 首重 续重", "华东 8 1", "华北 9 2"]):
            for column, text in enumerate(line.split()):
                table.cell(row, column).text = text
        table.cell(1, 1).merge(table.cell(1, 2)).text = "包邮"

        assert texts(read("docx", saved(document)))[0] == "地区: 华东；首重: 包邮；续重: 包邮"

    def test_content_controls_links_and_breaks_are_read(self) -> None:
        document = docx.Document()
        document.element.body.insert(
            0,
            parse_xml(
                f"<w:sdt {W}><w:sdtContent><w:p><w:hyperlink><w:r><w:t>客服</w:t></w:r></w:hyperlink>"
                "<w:r><w:br/><w:t>热线</w:t></w:r></w:p></w:sdtContent></w:sdt>"
            ),
        )

        assert texts(read("docx", saved(document))) == ["客服\n热线"]


class TestXlsx:
    def book(self) -> Any:
        return openpyxl.Workbook()

    def test_values_are_shown_as_in_the_program(self) -> None:
        book = self.book()
        sheet = book.active
        sheet.title = "运费"
        sheet.append(["地区", "折扣", "起始", "价格", "现货", "空"])
        sheet.append(["华东", 0.15, date(2026, 3, 1), 1299.5, True, None])
        sheet["B2"].number_format = "0%"
        sheet["D2"].number_format = '"¥"#,##0.00'

        extracted = read("xlsx", saved(book))

        assert [(block.kind, block.sheet, block.row, block.text) for block in extracted.blocks] == [
            ("heading", "运费", None, "运费"),
            ("record", "运费", 2, "地区: 华东；折扣: 15%；起始: 2026-03-01；价格: ¥1,299.50；现货: TRUE"),
        ]

    def test_merged_titles_hidden_sheets_and_two_row_headers(self) -> None:
        book = self.book()
        sheet = book.active
        for row in (
            ["收费标准", None, None],
            ["项目", "价格", None],
            [None, "空调", "热水器"],
            ["打孔", 60, 50],
            ["支架", 150, 90],
        ):
            sheet.append(row)
        sheet.merge_cells("A1:C1")
        sheet.merge_cells("A2:A3")
        sheet.merge_cells("B2:C2")
        book.create_sheet("草稿").append(["秘密"])
        book["草稿"].sheet_state = "hidden"

        extracted = read("xlsx", saved(book))

        assert texts(extracted) == [
            "收费标准",
            "项目: 打孔；价格 空调: 60；价格 热水器: 50",
            "项目: 支架；价格 空调: 150；价格 热水器: 90",
        ]
        assert any("草稿" in warning for warning in extracted.warnings)

    def test_formulas_without_a_stored_value_are_reported(self) -> None:
        book = self.book()
        book.active.append(["甲", "乙"])
        book.active.append([1, "=A2*2"])

        assert "1 formula without a stored value" in read("xlsx", saved(book)).warnings[0]

    def test_faq_sheets_become_pairs(self) -> None:
        book = self.book()
        book.active.append(["问题", "答案", "分类"])
        book.active.append(["能退吗", "能。7天内。", "退货"])

        block = read("xlsx", saved(book)).blocks[0]

        assert (block.kind, block.text, block.lead) == ("faq", "能退吗\n能。7天内。", "分类: 退货")

    def test_too_many_rows_are_refused_with_number_and_limit(self) -> None:
        rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="B{n}"><v>1</v></c></row>' for n in range(1, 3001))
        sheet = (
            '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            f'<dimension ref="A1:B2"/><sheetData>{rows}</sheetData></worksheet>'
        )
        data = replaced(saved(self.book()), "xl/worksheets/sheet1.xml", sheet)

        with pytest.raises(DocumentTooLarge, match=r"more than 1,000 rows .*row 1,001"):
            read("xlsx", data, max_rows=1000)
        assert len(read("xlsx", data).blocks) == 3000  # the size that the file claims for itself is not believed

    def test_formatted_rows_without_content_are_no_rows(self) -> None:
        rows = '<row r="1"><c r="A1"><v>5</v></c></row>' + "".join(
            f'<row r="{n}"><c r="A{n}"/></row>' for n in range(2, 3000)
        )
        sheet = (
            '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            f"<sheetData>{rows}</sheetData></worksheet>"
        )

        extracted = read("xlsx", replaced(saved(self.book()), "xl/worksheets/sheet1.xml", sheet), max_rows=10)

        assert texts(extracted) == ["5"]

    @pytest.mark.parametrize(
        ("value", "number_format", "text"),
        [
            (0.075, "0.0%", "7.5%"),
            (1234567, "#,##0", "1,234,567"),
            (12, '0"元"', "12元"),
            (0.1 + 0.2, "General", "0.3"),
            (3.0, "General", "3"),
            (5, "$0.00", "$5.00"),
            (datetime(2026, 3, 1, 9, 30), "yyyy-mm-dd hh:mm", "2026-03-01 09:30"),
            (datetime(2026, 3, 1), 'yyyy"年"m"月"d"日"', "2026年3月1日"),
            (1.5, numbers.FORMAT_NUMBER_00, "1.50"),
            (None, "General", ""),
            ("文", "@", "文"),
            (7, "nonsense", "7"),
        ],
    )
    def test_number_formats(self, value: Any, number_format: str, text: str) -> None:
        assert shown(value, number_format) == text


class TestPptx:
    def test_slides_have_titles_lists_and_tables_in_reading_order(self) -> None:
        presentation = pptx.Presentation()
        slide = presentation.slides.add_slide(presentation.slide_layouts[1])
        slide.shapes.title.text = "以旧换新"
        slide.placeholders[1].text = "手机\n平板"
        low = slide.shapes.add_textbox(Inches(1), Inches(6), Inches(3), Inches(1))
        low.text_frame.text = "最后一行"
        table = slide.shapes.add_table(2, 2, Inches(1), Inches(5), Inches(4), Inches(1)).table
        for cell, text in zip(
            (cell for row in table.rows for cell in row.cells), ["金额", "补贴", "1000元", "5%"], strict=True
        ):
            cell.text = text
        hidden = presentation.slides.add_slide(presentation.slide_layouts[5])
        hidden.shapes.title.text = "草稿"
        hidden._element.set("show", "0")

        extracted = read("pptx", saved(presentation))

        assert [(block.kind, block.page, block.text) for block in extracted.blocks] == [
            ("heading", 1, "以旧换新"),
            ("item", 1, "手机"),
            ("item", 1, "平板"),
            ("row", 1, "金额: 1000元；补贴: 5%"),
            ("paragraph", 1, "最后一行"),
        ]
        assert "1 hidden slide" in extracted.warnings[0]

    def test_notes_are_read_when_asked_for(self) -> None:
        presentation = pptx.Presentation()
        slide = presentation.slides.add_slide(presentation.slide_layouts[5])
        slide.shapes.title.text = "标题"
        slide.notes_slide.notes_text_frame.text = "备注"

        assert texts(read("pptx", saved(presentation))) == ["标题"]
        assert texts(read("pptx", saved(presentation), notes=True)) == ["标题", "备注"]


def word() -> bytes:
    document = docx.Document()
    document.add_paragraph("正文")
    return saved(document)


class TestHostileArchives:
    def test_a_zip_of_something_else_is_a_mismatch(self) -> None:
        for format in ("docx", "xlsx", "pptx"):
            with pytest.raises(DocumentTypeMismatch, match="something else"):
                read(format, archive({"readme.txt": "hello"}))

    def test_truncated_files_are_damaged(self) -> None:
        data = word()
        for length in (30, len(data) // 2, len(data) - 30):
            with pytest.raises(DocumentDamaged):
                read("docx", data[:length])

    def test_bombs_are_refused_before_they_are_unpacked(self) -> None:
        with pytest.raises(DocumentTooLarge, match="unpacks to"):
            read("docx", replaced(word(), "word/media/a.bin", bytes(3_000_000)), max_unpacked_bytes=2_000_000)
        with pytest.raises(DocumentTooLarge, match="zip bomb"):
            read("docx", replaced(word(), "word/extra.bin", bytes(30_000_000)))
        with pytest.raises(DocumentTooLarge, match="parts"):
            read("docx", archive({f"word/{number}.xml": "" for number in range(200)}), max_archive_entries=100)

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    def test_document_types_and_entities_are_refused(self, encoding: str) -> None:
        bomb = (
            '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">'
            f'<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document {W}><w:body><w:p><w:r><w:t>&b;&x;</w:t></w:r></w:p>'
            "</w:body></w:document>"
        )
        with pytest.raises(DocumentDamaged, match="document type"):
            read("docx", replaced(word(), "word/document.xml", bomb.encode(encoding)))

    def test_encrypted_parts_ask_for_a_password(self) -> None:
        data = bytearray(word())
        at = data.index(b"PK\x01\x02")
        data[at + 8] |= 1  # the flag in the central directory
        with pytest.raises(DocumentEncrypted, match="password"):
            read("docx", bytes(data))


@pytest.mark.parametrize(
    ("number", "kind", "text"),
    [
        (4, "decimal", "4"),
        (28, "lowerLetter", "bb"),
        (14, "upperRoman", "XIV"),
        (3, "chineseCounting", "三"),
        (10, "chineseCounting", "十"),
        (25, "chineseCountingThousand", "二十五"),
        (110, "chineseCounting", "一百一十"),
        (105, "chineseCounting", "一百零五"),
        (2, "decimalEnclosedCircle", "②"),
        (7, "no such kind", "7"),
    ],
)
def test_numerals_of_word_processors(number: int, kind: str, text: str) -> None:
    assert numeral(number, kind) == text
