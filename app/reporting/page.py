"""The report as one HTML file that needs nothing else."""

from __future__ import annotations

from app.evaluation.markup import Markup, document, element
from app.reporting import words
from app.reporting.plot import sparkline
from app.reporting.report import Line, Report, Section
from app.reporting.words import Language

_OWN_STYLE = ".worse { color: var(--bad); } .better { color: var(--good); } dt { font-weight: 600; margin-top: .6rem; }"


def page_of(report: Report, language: Language, *, console: str) -> str:
    """The whole page; `console` is the address that links to conversations begin with, such as /console/."""
    title = f"{words.TITLE.in_language(language)} {report.name}"
    made = words.MADE.in_language(language).format(at=f"{report.made_at:%Y-%m-%d %H:%M} UTC")
    return document(
        title,
        element("h1", title),
        element("p", words.WEEK.in_language(language).format(first=report.first, last=report.last), class_="soft"),
        element("p", words.LEGEND.in_language(language), class_="soft"),
        [_section(section, report, language, console) for section in report.sections],
        element("p", words.FAULTS.in_language(language).format(count=report.faults))
        if report.faults is not None
        else None,
        _fairness(report, language),
        _evaluation(report, language),
        _experiments(report, language),
        _definitions(report, language),
        element("p", made, class_="soft"),
        language="zh-CN" if language == "zh" else "en",
        style=_OWN_STYLE,
    )


def _section(section: Section, report: Report, language: Language, console: str) -> Markup:
    head = element(
        "tr",
        [
            element("th", word.in_language(language), class_="number" if 0 < number < 6 else None)
            for number, word in enumerate(words.HEADS)
        ],
    )
    rows = [_row(line, report, language, console) for line in section.lines]
    table = element("table", element("thead", head), element("tbody", rows))
    return element(
        "section",
        element("h2", section.title.in_language(language), id=section.name),
        element("div", table, class_="scroll"),
    )


def _row(line: Line, report: Report, language: Language, console: str) -> Markup:
    currency, last, before = report.currency, line.last, line.before
    tone = None if not line.is_marked else "better" if line.is_better else "worse"
    earlier = words.shown(line, before.value, language, currency=currency) if before is not None else "–"
    rows_at = report.rows_at(line, console=console)
    count = element("a", f"{last.rows:,}", href=rows_at, title=words.ROWS.in_language(language))
    return element(
        "tr",
        element("td", element("a", line.title.in_language(language), href=f"#def-{line.name}"), class_="name"),
        element("td", words.shown(line, last.value, language, currency=currency), class_="number"),
        element("td", words.interval(line, last, language, currency=currency), class_="number"),
        element("td", earlier, class_="number"),
        element("td", words.change(line, language, currency=currency), class_=f"number {tone or ''}".strip()),
        element("td", count if line.has_rows else f"{last.rows:,}", class_="number"),
        element("td", Markup(sparkline(line))),
    )


def _fairness(report: Report, language: Language) -> Markup:
    title = element("h2", words.FAIRNESS.in_language(language), id="fairness")
    if not report.fairness:
        return element("section", title, element("p", words.NO_FAIRNESS.in_language(language), class_="soft"))
    head = element("tr", [element("th", word.in_language(language)) for word in words.FAIRNESS_HEADS])
    rows = [
        element(
            "tr",
            element("td", element("a", item.title.in_language(language), href=f"#def-{item.metric}"), class_="name"),
            element("td", item.by.in_language(language)),
            element("td", [element("div", words.group_shown(group, language)) for group in item.groups]),
            element("td", words.difference(item, language), class_="worse" if item.is_marked else None),
        )
        for item in report.fairness
    ]
    table = element("table", element("thead", head), element("tbody", rows))
    note = element("p", words.FAIRNESS_NOTE.in_language(language), class_="soft")
    return element("section", title, note, element("div", table, class_="scroll"))


def _evaluation(report: Report, language: Language) -> Markup:
    run = report.evaluation
    if run is None:
        return element("p", words.NO_EVALUATION.in_language(language), class_="soft")
    figures = [
        element(
            "tr",
            element("td", figure["name"], class_="name"),
            element("td", words.figure(figure), class_="number"),
            element("td", words.figure_interval(figure), class_="number"),
        )
        for section in run["sections"]
        for figure in section["figures"]
    ]
    title = words.EVALUATION.in_language(language).format(name=run["name"])
    return element("section", element("h2", title, id="evaluation"), element("table", element("tbody", figures)))


def _experiments(report: Report, language: Language) -> Markup:
    cards = [
        element(
            "article",
            element("p", str(look["experiment_id"]), class_="question"),
            element("p", str(look["words"][language])),
            element("p", ", ".join(f"{arm} {count:,}" for arm, count in look["units"].items()), class_="soft"),
        )
        for look in report.experiments
    ]
    none = element("p", words.NO_EXPERIMENTS.in_language(language), class_="soft")
    return element("section", element("h2", words.EXPERIMENTS.in_language(language), id="experiments"), cards or none)


def _definitions(report: Report, language: Language) -> Markup:
    entries = []
    for section in report.sections:
        for line in section.lines:
            entries.append(element("dt", line.title.in_language(language), id=f"def-{line.name}"))
            entries += [element("dd", text.in_language(language)) for text in line.meaning]
    title = words.DEFINITIONS.in_language(language)
    return element("section", element("h2", title, id="definitions"), element("dl", entries))
