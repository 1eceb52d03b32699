"""What the assistant says in its own words: never a fact, only that it has none or where its words come from."""

from __future__ import annotations

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


def declined(language: str) -> str:
    """The polite refusal, with what would help."""
    return _DECLINED["zh" if language == "zh" else "en"]


def foreign_source(language: str) -> str:
    """Introduces a quotation in the other language when nothing can translate it."""
    return _FOREIGN["zh" if language == "zh" else "en"]
