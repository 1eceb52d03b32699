"""What one check found, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from app.domain.action import Wording
from index.types import Language

NOTHING = Wording("", "")
_PARTS = {
    "disk": "磁盘",
    "store": "索引",
    "embedder": "向量模型",
    "language model": "语言模型",
    "voice": "语音",
    "calibration": "校准",
    "policy": "规则",
    "databases": "数据库",
    "shop": "店铺数据",
    "desk": "人工坐席",
    "retention": "数据保留",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    what: str
    state: Literal["ok", "note", "fail"]
    """note: it works, but not all of it; fail: questions cannot be answered."""
    found: Wording
    todo: Wording = NOTHING

    def what_in(self, language: Language) -> str:
        """What was looked at, for people."""
        return self.what if language == "en" else _PARTS.get(self.what, self.what)

    def to_dict(self) -> dict[str, Any]:
        """As JSON: in English, and in Chinese under `zh`."""
        zh = {"what": self.what_in("zh"), "found": self.found.zh, "todo": self.todo.zh}
        return {"what": self.what, "state": self.state, "found": self.found.en, "todo": self.todo.en, "zh": zh}


def same(text: str) -> Wording:
    """What reads the same in both languages: names, addresses, and messages of errors, which are in English alone."""
    return Wording(text, text)


def run(command: str) -> Wording:
    """That a command is to be run."""
    return Wording(f"请运行：{command}", f"Run: {command}")
