"""Numbers and their definitions as text for files: CSV, and the page of definitions in Markdown."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from app.insight.definitions import METRICS
from app.insight.metrics import Shown
from app.insight.rows import MetricRow

_COLUMNS = ("metric", "group", "value", "low", "high", "numerator", "denominator", "unit")
_ROW_COLUMNS = ("row_id", "at", "value", "conversation_id", "language", "intent", "channel", "receipt_id")
_HEAD = """# Metrics / 指标

What every published number means, and what it is counted from. Written by `kefu metrics list --markdown` from
`app/insight/definitions.py`; a test holds this page to it. All of them are computed from the log of events alone, and
`kefu metrics show NAME --rows` lists the rows behind a number, from which it can be computed again.

Intervals are 95 %: Wilson for shares, percentile bootstrap for means, ranks for medians. Windows that are still open
(7 days for coming back, 48 hours for an order) are left out, so that a row that counts does not change.

每个公布的数字的含义与来源，全部只由事件日志算出；`kefu metrics show NAME --rows` 列出数字背后的每一行，可据此重算。
区间为 95%：比率用 Wilson，均值用自助法，中位数用秩。尚未满期的窗口（再次来访 7 天、下单 48 小时）不计入。
"""


def values_csv(shown: Sequence[Shown]) -> str:
    """A line for each metric, or for each of its groups; the first line names the columns."""
    lines: list[Sequence[object]] = []
    for item in shown:
        groups = item.groups or {"": item.overall}
        for name, value in groups.items():
            body = value.to_dict()
            lines.append([item.metric.name, name, *(body[column] for column in _COLUMNS[2:-1]), item.metric.unit])
    return _csv(_COLUMNS, lines)


def rows_csv(rows: Iterable[MetricRow]) -> str:
    """A line a row; the first line names the columns."""
    bodies = (row.to_dict() for row in rows)
    return _csv(_ROW_COLUMNS, [[body[column] for column in _ROW_COLUMNS] for body in bodies])


def definitions_page() -> str:
    """`docs/metrics.md`."""
    parts = [_HEAD]
    for metric in METRICS.values():
        of_each = "分子" if metric.aggregate in ("share", "count") else "每行"
        sources = ", ".join(f"`{kind}`" for kind in metric.source)
        lines = [
            f"## {metric.title.en} / {metric.title.zh}",
            "",
            f"`{metric.name}` · {metric.unit} · {metric.aggregate} · from {sources}",
            "",
            f"- Denominator: {metric.denominator.en}",
            f"- {'Numerator' if of_each == '分子' else 'Of each'}: {metric.numerator.en}",
            *([f"- {metric.note.en}"] if metric.note.en else []),
            f"- 分母：{metric.denominator.zh}",
            f"- {of_each}：{metric.numerator.zh}",
            *([f"- {metric.note.zh}"] if metric.note.zh else []),
        ]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _csv(columns: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([["" if cell is None else _safe(cell) for cell in line] for line in lines])
    return file.getvalue()


def _safe(cell: object) -> object:
    """A text that a spreadsheet would take for a formula is kept from being one."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
