"""One question of the report: what was asked, what a right answer holds, what came, and what was retrieved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.evaluation.markup import Markup, element
from app.evaluation.measures import Measure
from app.evaluation.sections import QuestionResult, Shown

_LABELS = {
    "answer": "answer",
    "must_include": "has to hold",
    "must_not_include": "must not hold",
    "documents": "from",
    "falsified": "falsified as",
}


def failure_card(question: QuestionResult, failed: Sequence[Measure]) -> Markup:
    """The question with expectation, answer and search side by side; below one another on a narrow screen."""
    tags = [element("span", measure.name, class_="tag") for measure in failed]
    about = " · ".join(part for part in (question.question_id, question.type, question.language) if part)
    return element(
        "article",
        element("header", element("span", about, class_="soft"), tags),
        element("p", question.text, class_="question"),
        element(
            "div",
            element("div", element("h4", "Expected"), _expected(question.expected)),
            element("div", element("h4", "Answer"), _answer(question)) if question.answer is not None else None,
            element("div", element("h4", "Given or found"), _shown(question.retrieved)),
            class_="columns",
        ),
    )


def _expected(expected: Mapping[str, Any]) -> list[Markup]:
    lines = [element("p", "Declines: nothing answers this.")] if expected.get("decline") else []
    for name, value in expected.items():
        if name in _LABELS:
            lines.append(element("p", element("span", f"{_LABELS[name]}: ", class_="soft"), _listed(value)))
    return lines


def _listed(value: Any) -> Markup | str:
    """Parts one a line, alternatives of a part with strokes between."""
    if not isinstance(value, list):
        return str(value)
    parts = [" / ".join(map(str, part)) if isinstance(part, list) else str(part) for part in value]
    return parts[0] if len(parts) == 1 else element("ul", [element("li", part) for part in parts])


def _answer(question: QuestionResult) -> list[Markup]:
    answer = question.answer or {}
    writer = answer.get("model") or answer.get("mode", "")
    lines = [
        element("p", str(answer.get("text", ""))),
        element("p", f"{answer.get('status', '')} · {answer.get('confidence', '')} · {writer}", class_="soft"),
    ]
    for citation in answer.get("citations", ()):
        place = f"[{citation.get('marker', '')}] {citation.get('document_id', '')}"
        lines.append(
            element("blockquote", element("span", place, class_="soft"), element("br"), str(citation.get("quote", "")))
        )
    return lines + [element("p", fault, class_="fault") for fault in question.faults]


def _shown(found: Sequence[Shown]) -> Markup:
    items = []
    for item in found:
        role = element("span", f" {item.role}", class_=f"role {item.role}") if item.role else None
        title = " · ".join(part for part in (item.document_id, item.title) if part)
        items.append(element("li", title, role, element("br"), element("span", item.text, class_="soft")))
    return element("ol", items) if items else element("p", "nothing", class_="soft")
