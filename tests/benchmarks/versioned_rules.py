"""A folder of rules of which every sentence names its version: what is half old and half new is seen at once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

SUBJECTS = ["退货", "退款", "换货", "发票", "运费", "优惠券", "会员积分", "礼品卡", "保修", "上门安装"]
_VERSION = re.compile(r"第(\d+)版")


def write_rules(folder: Path, version: int, *, documents: int) -> None:
    """Write all documents anew."""
    folder.mkdir(exist_ok=True)
    for number in range(documents):
        subject = f"{SUBJECTS[number % len(SUBJECTS)]}{number // len(SUBJECTS) + 1}类"
        text = (
            f"# {subject}规定\n\n按第{version}版规定，{subject}申请须在{number + version}日内提交。"
            f"按第{version}版规定，{subject}费用为{10 * version + number}元，由申请人承担。\n"
        )
        (folder / f"{number:04d}.md").write_text(text, "utf-8")


def question(number: int) -> str:
    """About one of the rules."""
    subject = f"{SUBJECTS[number % len(SUBJECTS)]}{number // len(SUBJECTS) + 1}类"
    return f"{subject}申请几日内提交？" if number % 2 else f"{subject}费用是多少元？"


def versions_in(texts: Iterable[str]) -> set[int]:
    """The versions that the texts name."""
    return {int(found) for text in texts for found in _VERSION.findall(text)}
