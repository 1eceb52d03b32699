"""What the assistant says in its own words: never a fact, only that it has none or where its words come from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from index.text.language import detect
from index.types import Language

_DECLINED = {
    "zh": (
        "抱歉，我在现有资料中没有找到可以回答这个问题的内容。您可以补充订单号、商品名称或具体情况，或者转人工客服处理。"
    ),
    "en": (
        "Sorry, I could not find an answer to this in our documents. You could add the order number, the product or "
        "what exactly happened, or ask for a person to help you."
    ),
}
_FOREIGN = {
    "zh": "相关资料为英文，原文如下：",
    "en": "The source is in Chinese; in its own words:",
}


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_NOT_THEN = {
    "zh": "资料中没有当时的规定，以下为目前有效的规定：",
    "en": "Our documents hold no rule of that day; this is the one in force today:",
}


def day_shown(day: date, language: str) -> str:
    """A day as it is read: 2025年12月1日, 1 December 2025."""
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def rules_of(day: date, language: str) -> str:
    """Introduces rules of another day than today."""
    shown = day_shown(day, language)
    return f"按{shown}有效的规定：" if language == "zh" else f"Under the rules in force on {shown}:"


def not_then(language: str) -> str:
    """Introduces today's rules where those of the day asked about are not known."""
    return _NOT_THEN["zh" if language == "zh" else "en"]


def upcoming(valid_from: date, valid_to: date | None, language: str, *, has_rule_today: bool) -> str:
    """Announces a rule that is not in force yet, beside today's or in place of one."""
    first, last = day_shown(valid_from, language), day_shown(valid_to, language) if valid_to else ""
    if language == "zh":
        days = f"自{first}起{f'至{last}' if last else ''}"
        return f"{days}将适用：" if has_rule_today else f"资料中没有找到目前适用的规定，以下规定{days}才适用："
    days = f"from {first}{f' to {last}' if last else ''}"
    if has_rule_today:
        return f"{days[0].upper()}{days[1:]} this will apply:"
    return f"We found no rule that applies today; the following applies only {days}:"


def differs_at_hand(language: str) -> str:
    """Introduces what another passage that the caller handed in says otherwise."""
    return "另一份资料的说法与此不同：" if language == "zh" else "Another source says otherwise:"


def differs(
    one: tuple[str, date | None, date | None], other: tuple[str, date | None, date | None], language: str
) -> str:
    """Introduces what another document in force says otherwise; each by its title, first and last day."""
    if language == "zh":
        named = "；".join(f"《{title}》{_days_zh(first, last)}" for title, first, last in (one, other))
        return f"另一份有效文件的规定与此不同（{named}）："
    named = "; ".join(f"“{title}”, {_days_en(first, last)}" for title, first, last in (one, other))
    return f"Another document in force says otherwise ({named}):"


def _days_zh(first: date | None, last: date | None) -> str:
    if first is None and last is None:
        return "未注明日期"
    begins = f"自{day_shown(first, 'zh')}起" if first else ""
    ends = f"至{day_shown(last, 'zh')}" if last else ""
    return f"{begins}{ends}有效"


def _days_en(first: date | None, last: date | None) -> str:
    if first is None and last is None:
        return "undated"
    days = [f"from {day_shown(first, 'en')}"] if first else []
    days += [f"until {day_shown(last, 'en')}"] if last else []
    return f"in force {' '.join(days)}"


def corrected(language: str) -> str:
    """Introduces the sentence that contradicts what the customer takes for granted."""
    return "并非如此：" if language == "zh" else "That is not the case:"


def missing(parts: Sequence[str], language: str) -> str:
    """Names the parts of the question that nothing answers, in the customer's words."""
    if language == "zh":
        named = "、".join(f"“{part}”" for part in parts)
        return f"关于{named}，现有资料中没有找到答案，您可以补充具体情况或转人工客服。"
    named = ", ".join(f"“{part}”" for part in parts)
    return f"On {named} our documents hold no answer; you could add details or ask for a person to help you."


def main_points_of(title: str, language: str) -> str:
    """Introduces what a document says first in each of its sections."""
    return f"《{title}》的要点：" if language == "zh" else f"The main points of “{title}”:"


def of_section(heading: str, language: str) -> str:
    """Introduces what stands below a heading."""
    return f"{heading}{'：' if language == 'zh' else ':'}"


def further(titles: Sequence[str], language: str) -> str:
    """Behind an overview: the other documents on the subject, and that more can be asked."""
    if language == "zh":
        named = "".join(f"《{title}》" for title in titles)
        return f"\n{f'另见{named}。' if named else ''}想了解其中哪一点，可以接着问。"
    named = ", ".join(f"“{title}”" for title in titles)
    return f"\n{f'See also {named}. ' if named else ''}Ask about any of these for the details."


def declined(language: str) -> str:
    """The polite refusal, with what would help."""
    return _DECLINED["zh" if language == "zh" else "en"]


def foreign_source(language: str) -> str:
    """Introduces a quotation in the other language when nothing can translate it."""
    return _FOREIGN["zh" if language == "zh" else "en"]


def reply_language(question: str) -> Language:
    """Language of the reply: Chinese as soon as a question of a Chinese speaker may be meant."""
    return "en" if detect(question) == "en" else "zh"
