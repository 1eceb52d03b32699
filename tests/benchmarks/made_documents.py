"""Folders of Markdown that read like a company's rules: sentences of the sample company, put together anew."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

from index.text.sentences import split_sentences

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"
SECTIONS = 10
"""Of a document; each is one passage."""


@cache
def sentences() -> tuple[str, ...]:
    """Sentences of the sample company's Markdown files, Chinese and English; no headings, tables or metadata."""
    found: list[str] = []
    for path in sorted(KNOWLEDGE.rglob("*.md")):
        lines = path.read_text("utf-8").splitlines()
        body = [line.lstrip("- 0123456789.") for line in lines if line.strip() and line[0] not in "#|>"]
        text = "\n".join(line for line in body if ": " not in line[:24])
        found += [text[start:end] for start, end in split_sentences(text) if 12 <= end - start <= 120]
    return tuple(dict.fromkeys(" ".join(one.split()) for one in found))


def write_document(folder: Path, number: int, *, version: int = 0) -> Path:
    """One Markdown file: a title and sections of one to three sentences; another version has other sentences."""
    chance = random.Random(number * 1000 + version)
    lines = [f"# 规定{number}"]
    for section in range(SECTIONS):
        lines += ["", f"## 第{number}-{section}节", "", "".join(chance.sample(sentences(), chance.randint(1, 3)))]
    path = folder / f"{number // 100:03d}" / f"{number:05d}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def write_note(folder: Path, number: int) -> Path:
    """A file of a single short sentence."""
    short = [one for one in sentences() if len(one) <= 40]
    path = folder / f"{number // 1000:03d}" / f"{number:05d}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"通知{number}：{short[number % len(short)]}\n", "utf-8")
    return path
