"""`rules.lock`: which text of each document the rules were last held against."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from app.policy.errors import RulesInvalid


def lock_of(rules: Path) -> Path:
    """The lock beside a rule file."""
    return rules.with_suffix(".lock")


def read_lock(path: Path) -> dict[str, str]:
    """Document id to sha256; {} where nothing was accepted yet. Raises `RulesInvalid` for a damaged file."""
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): str(digest) for name, digest in held["documents"].items()}
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RulesInvalid(f"{path} cannot be read: {error}. Remove it and run `kefu policy accept`.") from error


def write_lock(path: Path, documents: Mapping[str, str]) -> None:
    """Keep the present texts as looked at."""
    held = {"documents": dict(sorted(documents.items()))}
    path.write_text(json.dumps(held, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
