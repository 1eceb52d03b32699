"""Questions with their answers: by the names of columns and fields, and by Q:/A: marks in a text."""

from __future__ import annotations

import re
from collections.abc import Sequence

_QUESTION_NAMES = frozenset(
    "question questions q faq 问题 问 提问 常见问题 标准问题 标准问 用户问题 客户问题 問題 問 常見問題 標準問題".split()  # noqa: SIM905
)
_ANSWER_NAMES = frozenset(
    "answer answers a reply response 答案 答 回答 解答 回复 标准答案 标准回答 参考答案 標準答案 回覆 回復".split()  # noqa: SIM905
)
_QUESTION = re.compile(r"(?:Q(?:uestion)?|问题?|問題?)\s*\d{0,4}\s*[:：.、]\s*(?=\S)", re.IGNORECASE)
_ANSWER = re.compile(r"(?:A(?:nswer)?|答案?|解答)\s*\d{0,4}\s*[:：]\s*(?=\S)", re.IGNORECASE)


def pair_columns(names: Sequence[str]) -> tuple[int, int] | None:
    """Numbers of the question and the answer column, or None when the table is no FAQ."""
    folded = [name.strip().lower().rstrip("：:") for name in names]
    question = next((at for at, name in enumerate(folded) if name in _QUESTION_NAMES), None)
    answer = next((at for at, name in enumerate(folded) if name in _ANSWER_NAMES), None)
    return None if question is None or answer is None else (question, answer)


def question_of(text: str) -> str:
    """The question in a line marked as one ("Q: …", "问：…") without its mark; "" for other text."""
    match = _QUESTION.match(text)
    return text[match.end() :] if match else ""


def answer_of(text: str) -> str:
    """The answer in a text marked as one ("A: …", "答：…") without its mark; "" for other text."""
    match = _ANSWER.match(text)
    return text[match.end() :] if match else ""
