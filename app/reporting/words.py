"""The words of the report, and how numbers are written in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from app.domain.action import Wording
from app.evaluation.page import shown_value
from app.reporting.fairness import Compared, Group
from app.reporting.report import Line, Week

Language = Literal["zh", "en"]

TITLE = Wording("客服周报", "Service report")
WEEK = Wording("{first} 至 {last}，与前一周对比", "{first} to {last}, against the week before")
HEADS = (
    Wording("指标", "Number"),
    Wording("本周", "This week"),
    Wording("95% 区间", "95 %"),
    Wording("前一周", "Week before"),
    Wording("变化", "Change"),
    Wording("样本", "Over"),
    Wording("走势", "Weeks"),
)
FAIRNESS = Wording("公平性：各语言、各渠道的客户", "Fairness: customers by language and channel")
FAIRNESS_NOTE = Wording(
    "每行检验各组是否相同（按会话计算，全部比较一起校正）；不足 20 个会话的组只列出，不比较。差异也可能来自"
    "所问问题不同。",
    "Each row tests whether the groups are alike (by conversations, corrected over all comparisons); groups of fewer "
    "than 20 conversations are listed and not compared. Groups may differ in what they ask, too.",
)
FAIRNESS_HEADS = (
    Wording("指标", "Number"), Wording("分组", "By"), Wording("各组的值（95% 区间，样本）", "Groups (95 %, over)"),
    Wording("差异", "Difference"),
)  # fmt: skip
NO_FAIRNESS = Wording(
    "本周的客户只有一种语言、一个渠道，无从比较。", "All customers of the week had one language and channel."
)
TOO_FEW = Wording("样本太少", "too few to compare")
DIFFERS = Wording("超出偶然", "more than chance")
ALIKE = Wording("未见差异", "no difference seen")
EXPERIMENTS = Wording("实验", "Experiments")
EVALUATION = Wording("最近一次评测：{name}", "Newest evaluation: {name}")
NO_EVALUATION = Wording("还没有评测结果；运行 kefu eval。", "No evaluation yet; run kefu eval.")
NO_EXPERIMENTS = Wording("这几周没有实验。", "No experiments in these weeks.")
DEFINITIONS = Wording("指标定义", "Definitions")
ROWS = Wording("查看会话", "conversations")
FAULTS = Wording("本周失败的后台任务：{count}", "Jobs that failed in the week: {count}")
LEGEND = Wording(
    "▲▼ 表示变化超出偶然（按会话计算，全部比较一起校正，错标不超过 5%）；其余变化可能只是偶然。",
    "▲▼ mark changes that are more than chance (by conversations, corrected over all comparisons: 5 % of marks are "
    "wrong at most); other changes may be chance alone.",
)
BETTER = Wording("变好", "better")
WORSE = Wording("变差", "worse")
MADE = Wording("生成于 {at}", "Made {at}")


def shown(line: Line, value: float | None, language: Language, *, currency: str) -> str:
    """A value in its unit."""
    if value is None:
        return "–"
    if line.unit == "share":
        return f"{value:.1%}"
    if line.unit in ("conversations", "questions"):
        return f"{value:,.0f}"
    if line.unit == "seconds":
        return f"{value:,.1f}{' 秒' if language == 'zh' else ' s'}"
    if line.unit == "money":
        return f"{value:,.2f} {currency}" if value >= 0.1 or value == 0 else f"{value:.5f} {currency}"
    return f"{value:,.2f}"


def interval(line: Line, week: Week, language: Language, *, currency: str) -> str:
    """Its ends; "" without one."""
    if week.low is None or week.high is None:
        return ""
    low, high = (shown(line, value, language, currency=currency) for value in (week.low, week.high))
    return f"{low} – {high}"


def figure(body: Mapping[str, Any], name: str = "value") -> str:
    """What a figure of an evaluation, as its result holds it, comes to; or an end of its interval, by name."""
    value = body.get(name)
    return shown_value(body["kind"], value) if isinstance(value, int | float) else "–"


def figure_interval(body: Mapping[str, Any]) -> str:
    """The ends of a figure of an evaluation."""
    return f"{figure(body, 'low')} – {figure(body, 'high')}"


def change(line: Line, language: Language, *, currency: str) -> str:
    """This week less the one before, with its mark."""
    before = line.before
    if before is None or before.value is None or line.last.value is None:
        return "–"
    difference = line.last.value - before.value
    points = " 个百分点" if language == "zh" else " points"
    text = f"{100 * difference:+.1f}{points}" if line.unit == "share" else _signed(line, difference, language, currency)
    if not line.is_marked:
        return text
    arrow = "▲" if difference > 0 else "▼"
    verdict = (BETTER if line.is_better else WORSE).in_language(language)
    return f"{arrow} {text} ({verdict})" if language == "en" else f"{arrow} {text}（{verdict}）"


def _signed(line: Line, difference: float, language: Language, currency: str) -> str:
    text = shown(line, abs(difference), language, currency=currency)
    return text if difference == 0 else f"{'+' if difference > 0 else '−'}{text}"


def group_shown(group: Group, language: Language) -> str:
    """A group's share with its interval and rows."""
    name, value = group.name.in_language(language), "–" if group.value is None else f"{group.value:.1%}"
    ends = "" if group.low is None or group.high is None else f"{group.low:.1%} – {group.high:.1%}"
    told = ", ".join(filter(None, [ends, f"n={group.rows:,}"]))
    return f"{name} {value} ({told})" if language == "en" else f"{name} {value}（{told}）"


def difference(item: Compared, language: Language) -> str:
    """What the test of the groups says."""
    if item.p is None:
        return TOO_FEW.in_language(language)
    p = "p < 0.001" if item.p < 0.001 else f"p = {item.p:.3f}"
    verdict = (DIFFERS if item.is_marked else ALIKE).in_language(language)
    return f"{verdict} ({p})" if language == "en" else f"{verdict}（{p}）"
