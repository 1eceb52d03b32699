"""What is wrong with a rule file, each with its line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Fault:
    """An error makes the file unusable; a warning is a rule that cannot do what its writer meant."""

    line: int
    """Counted from 1."""
    message: str
    rule_id: str = ""
    severity: Literal["error", "warning"] = "error"

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {"line": self.line, "rule": self.rule_id, "severity": self.severity, "message": self.message}

    def __str__(self) -> str:
        rule = f" rule {self.rule_id}:" if self.rule_id else ""
        return f"line {self.line}:{rule} {self.message}"
