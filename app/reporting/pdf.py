"""The report as PDF, with its own letters, so that it looks the same wherever it is opened."""

from __future__ import annotations

from importlib.resources import as_file, files
from io import BytesIO
from typing import TYPE_CHECKING

from app.reporting import words
from app.reporting.plot import sparkline
from app.reporting.report import Report, Section
from app.reporting.words import Language

if TYPE_CHECKING:
    from fpdf import FPDF

_FONT = "report"
_LINE = (223, 226, 224)
_INK, _SOFT, _GOOD, _BAD = (29, 33, 38), (92, 101, 111), (29, 122, 76), (179, 64, 46)
_WIDTHS = (48, 32, 58, 32, 48, 17, 40)
"""Millimetres of the columns; the last holds the picture."""
_ROW = 8.0


def pdf_of(report: Report, language: Language, *, console: str) -> bytes:
    """The whole file; links to conversations begin with `console`, which is then a full address."""
    from fpdf import FPDF

    pdf = FPDF(orientation="landscape", format="A4")
    with as_file(files("app.reporting").joinpath("fonts", "report.otf")) as font:
        pdf.add_font(_FONT, "", font)
    pdf.set_title(f"{words.TITLE.in_language(language)} {report.name}")
    pdf.set_lang("zh-CN" if language == "zh" else "en")
    pdf.set_creation_date(report.made_at)
    pdf.set_auto_page_break(True, margin=14)
    pdf.add_page()
    definitions = {line.name: pdf.add_link() for section in report.sections for line in section.lines}
    _text(pdf, f"{words.TITLE.in_language(language)} {report.name}", size=18)
    _text(pdf, words.WEEK.in_language(language).format(first=report.first, last=report.last), color=_SOFT)
    _text(pdf, words.LEGEND.in_language(language), size=8, color=_SOFT)
    for section in report.sections:
        _section(pdf, section, report, language, definitions, console)
    if report.faults is not None:
        _text(pdf, words.FAULTS.in_language(language).format(count=report.faults))
    _fairness(pdf, report, language)
    _evaluation(pdf, report, language)
    _text(pdf, words.EXPERIMENTS.in_language(language), size=13, before=4)
    if not report.experiments:
        _text(pdf, words.NO_EXPERIMENTS.in_language(language), color=_SOFT)
    for look in report.experiments:
        _text(pdf, str(look["experiment_id"]), size=10, before=2)
        _text(pdf, str(look["words"][language]))
    _definitions(pdf, report, language, definitions)
    return bytes(pdf.output())


def _text(pdf: FPDF, text: str, *, size: float = 9, color: tuple[int, int, int] = _INK, before: float = 0.0) -> None:
    pdf.ln(before)
    pdf.set_font(_FONT, size=size)
    pdf.set_text_color(*color)
    pdf.multi_cell(0, size * 0.55, text, new_x="LMARGIN", new_y="NEXT")
    pdf.ln(1)


def _section(
    pdf: FPDF, section: Section, report: Report, language: Language, definitions: dict[str, int], console: str
) -> None:
    from fpdf.enums import TableBordersLayout
    from fpdf.fonts import FontFace

    if pdf.will_page_break(14 + _ROW * (len(section.lines) + 1)):
        pdf.add_page()
    _text(pdf, section.title.in_language(language), size=13, before=3)
    pdf.set_font(_FONT, size=9)
    pdf.set_text_color(*_INK)
    pdf.set_draw_color(*_LINE)
    plain = FontFace(emphasis="", color=_SOFT)
    currency, top = report.currency, pdf.get_y()
    with pdf.table(
        col_widths=_WIDTHS,
        width=sum(_WIDTHS),
        align="LEFT",
        text_align=("LEFT", *["RIGHT"] * 5, "LEFT"),
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        headings_style=plain,
        line_height=_ROW,
    ) as table:
        head = table.row()
        for word in words.HEADS:
            head.cell(word.in_language(language))
        for line in section.lines:
            last, before = line.last, line.before
            tone = FontFace(color=_GOOD if line.is_better else _BAD) if line.is_marked else None
            row = table.row()
            row.cell(line.title.in_language(language), link=definitions[line.name])
            row.cell(words.shown(line, last.value, language, currency=currency))
            row.cell(words.interval(line, last, language, currency=currency))
            row.cell(words.shown(line, before.value, language, currency=currency) if before else "–")
            row.cell(words.change(line, language, currency=currency), style=tone)
            row.cell(f"{last.rows:,}", link=report.rows_at(line, console=console) if line.has_rows else None)
            row.cell("")
    _pictures(pdf, section, top)


def _pictures(pdf: FPDF, section: Section, top: float) -> None:
    """Into the last column; the section stands on one page, its rows of one height."""
    height = (pdf.get_y() - top) / (len(section.lines) + 1)
    below = pdf.get_y()
    for number, line in enumerate(section.lines, start=1):
        picture = sparkline(line)
        if picture:
            x, y = pdf.l_margin + sum(_WIDTHS[:-1]) + 1, top + number * height + 0.8
            pdf.image(BytesIO(picture.encode()), x=x, y=y, w=_WIDTHS[-1] - 2, h=height - 1.6)
    pdf.set_xy(pdf.l_margin, below)


def _fairness(pdf: FPDF, report: Report, language: Language) -> None:
    _text(pdf, words.FAIRNESS.in_language(language), size=13, before=4)
    if not report.fairness:
        _text(pdf, words.NO_FAIRNESS.in_language(language), color=_SOFT)
        return
    _text(pdf, words.FAIRNESS_NOTE.in_language(language), size=8, color=_SOFT)
    for item in report.fairness:
        title = f"{item.title.in_language(language)} · {item.by.in_language(language)}"
        tone = _BAD if item.is_marked else _INK
        _text(pdf, f"{title}: {words.difference(item, language)}", size=9, before=1, color=tone)
        for group in item.groups:
            _text(pdf, words.group_shown(group, language), size=8, color=_SOFT)


def _evaluation(pdf: FPDF, report: Report, language: Language) -> None:
    run = report.evaluation
    if run is None:
        _text(pdf, words.NO_EVALUATION.in_language(language), color=_SOFT)
        return
    _text(pdf, words.EVALUATION.in_language(language).format(name=run["name"]), size=13, before=4)
    for section in run["sections"]:
        for figure in section["figures"]:
            _text(pdf, f"{figure['name']}: {words.figure(figure)} ({words.figure_interval(figure)})")


def _definitions(pdf: FPDF, report: Report, language: Language, definitions: dict[str, int]) -> None:
    pdf.add_page()
    _text(pdf, words.DEFINITIONS.in_language(language), size=13)
    for section in report.sections:
        for line in section.lines:
            pdf.set_link(definitions[line.name], y=pdf.get_y(), page=pdf.page)
            _text(pdf, line.title.in_language(language), size=10, before=1)
            for meaning in line.meaning:
                _text(pdf, meaning.in_language(language), size=8, color=_SOFT)
