"""The words of the console: the same keys in both languages, and none that is used and missing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from app.domain.job import JobKind

STATIC = Path(__file__).parents[3] / "app" / "web" / "static"
CONSOLE = STATIC / "console" / "js"
_USED = re.compile(r'\btr?\(\s*"([\w.]+)"')
_PLACES = re.compile(r"\{(\w+)\}")


def words(language: str) -> dict[str, str]:
    text = (CONSOLE / f"words_{language}.js").read_text(encoding="utf-8")
    found = re.findall(r'^\s+"?([\w.]+)"?:\s*(".*"|\'.*\'),$', text, re.MULTILINE)
    return dict(found)


def test_both_languages_have_the_same_words_with_the_same_places() -> None:
    zh, en = words("zh"), words("en")

    assert zh.keys() == en.keys()
    assert len(zh) > 300
    for key in zh:
        assert set(_PLACES.findall(zh[key])) == set(_PLACES.findall(en[key])), key


def test_every_word_that_is_used_is_there() -> None:
    known = words("en")
    used = {key for file in CONSOLE.rglob("*.js") for key in _USED.findall(file.read_text(encoding="utf-8"))}

    assert len(used) > 200
    assert sorted(used - known.keys()) == []


@pytest.mark.parametrize("page", re.findall(r'name: "(\w+)"', (CONSOLE / "pages.js").read_text(encoding="utf-8")))
def test_every_page_has_a_title_and_says_what_it_is_for(page: str) -> None:
    for language in ("zh", "en"):
        assert {f"{page}.title", f"{page}.about"} <= words(language).keys()


@pytest.mark.parametrize("kind", get_args(JobKind))
def test_every_kind_of_job_has_a_name(kind: str) -> None:
    assert f"job.{kind}" in words("zh")


def test_nothing_in_the_pages_is_inline_or_from_elsewhere() -> None:
    for file in STATIC.rglob("*.html"):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>|\son\w+=|\sstyle=|<style", text), file
        assert not re.search(r'(?:src|href)="(?:https?:)?//', text), file
    for file in (*STATIC.rglob("*.js"), *STATIC.rglob("*.css")):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"\.(?:inner|outer)HTML|insertAdjacentHTML|\beval\(|new Function|@import|url\(", text), (
            file
        )
