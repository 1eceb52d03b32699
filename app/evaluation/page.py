"""The report: one HTML file that needs nothing else, for people to read figures and failures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from app.evaluation.failures import failure_card
from app.evaluation.markup import Markup, document, element
from app.evaluation.measures import Estimate, Kind, Measure
from app.evaluation.result import EvaluationResult
from app.evaluation.sections import Grouping, Section
from index.disk import replace_file

FILE_NAME = "report.html"
_FAILURES = 300
"""Shown of a section; all are in result.json."""


def write_page(result: EvaluationResult, folder: Path) -> Path:
    """Write `report.html` in one step, making the folder; returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE_NAME
    replace_file(path, page_of(result).encode("utf-8", "replace"))
    return path


def page_of(result: EvaluationResult) -> str:
    """The whole page."""
    title = f"Evaluation: {result.set_name}"
    links = [element("a", section.title, href=f"#{section.name}") for section in result.sections]
    return document(
        title,
        element("h1", title),
        element("p", "Values with their 95 % confidence intervals.", class_="soft"),
        _settings(result.settings),
        element("nav", links) if len(links) > 1 else None,
        [_section(section, seed=result.seed) for section in result.sections],
    )


def shown_value(kind: Kind, value: float) -> str:
    """A share or ratio in percent, a mean as it is."""
    return f"{value:.3f}" if kind == "mean" else f"{value:.1%}"


def shown_interval(measure: Measure, found: Estimate) -> str:
    """The interval in the same unit as the value."""
    if measure.kind == "mean":
        return f"{found.low:.3f}–{found.high:.3f}"
    return f"{100 * found.low:.1f}–{100 * found.high:.1f}"


def _settings(settings: Mapping[str, Any]) -> Markup:
    shown = {name: value for name, value in settings.items() if value not in (None, {}, []) and name != "files"}
    return element(
        "dl",
        [
            element("div", element("dt", name.replace("_", " ")), element("dd", _plain(value)))
            for name, value in shown.items()
        ],
        class_="settings",
    )


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {item}" for name, item in value.items())
    return ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)


def _section(section: Section, *, seed: int) -> Markup:
    return element(
        "section",
        element("h2", section.title, id=section.name),
        element("p", f"{len(section.questions)} questions. {' '.join(section.notes)}", class_="soft"),
        _figures(section, seed=seed),
        _breakdown(section, "type", seed=seed),
        _breakdown(section, "language", seed=seed),
        _failures(section),
    )


def _figures(section: Section, *, seed: int) -> Markup:
    estimates = section.estimates(seed=seed)
    rows = []
    for measure in section.measures:
        found = estimates.get(measure.name)
        if found is not None:
            meaning = measure.meaning if measure.is_higher_better else f"{measure.meaning} Lower is better."
            rows.append(
                element(
                    "tr",
                    element("td", measure.name, element("small", meaning), class_="name"),
                    element("td", shown_value(measure.kind, found.value), class_="number"),
                    element("td", shown_interval(measure, found), class_="number"),
                    element("td", _bar(found), class_="wide"),
                    element("td", str(found.count), class_="number"),
                )
            )
    head = element(
        "tr",
        element("th", "figure"),
        element("th", "value", class_="number"),
        element("th", "95 %", class_="number"),
        element("th", "0 to 1", class_="wide"),
        element("th", "over", class_="number"),
    )
    return _table(head, rows)


def _bar(found: Estimate) -> Markup:
    span = f"left: {100 * found.low:.2f}%; width: {100 * (found.high - found.low):.2f}%"
    return element(
        "span", element("i", style=span), element("b", style=f"left: {100 * found.value:.2f}%"), class_="bar"
    )


def _breakdown(section: Section, grouping: Grouping, *, seed: int) -> Markup | None:
    """A table with a row for each type or language; None where all are of one."""
    groups = section.estimates_by(grouping, seed=seed)
    if len(groups) < 2:
        return None
    measures = [m for m in section.measures if any(m.name in found for found in groups.values())]
    rows = []
    for name, found in groups.items():
        cells = [element("td", _cell(measure, found.get(measure.name)), class_="number") for measure in measures]
        rows.append(element("tr", element("td", name or "–", class_="name"), cells))
    heads = [element("th", measure.name.replace("_", " "), class_="number head") for measure in measures]
    return element("div", element("h3", f"By {grouping}"), _table(element("tr", element("th", grouping), heads), rows))


def _cell(measure: Measure, found: Estimate | None) -> list[Markup | str]:
    if found is None:
        return ["–"]
    detail = f"{shown_interval(measure, found)} · {found.count}"
    return [shown_value(measure.kind, found.value), element("br"), element("small", detail, class_="soft")]


def _table(head: Markup, rows: Sequence[Markup]) -> Markup:
    return element("div", element("table", element("thead", head), element("tbody", list(rows))), class_="scroll")


def _failures(section: Section) -> Markup | None:
    failures = section.failures()
    if not failures:
        return None
    more = len(failures) - _FAILURES
    return element(
        "details",
        element("summary", f"To look at: {len(failures)} of {len(section.questions)} questions"),
        [failure_card(question, failed) for question, failed in failures[:_FAILURES]],
        element("p", f"{more} more are in result.json.", class_="soft") if more > 0 else None,
        open="",
    )
