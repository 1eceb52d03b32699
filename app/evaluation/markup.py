"""HTML in which every text is escaped unless it is markup already."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from importlib.resources import files
from typing import Union

Child = Union[str, "Markup", None, Iterable["Child"]]
"""What stands in an element: text, markup, nothing, or several of these."""

_VOID = frozenset({"meta", "br"})
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


class Markup:
    """Finished HTML. Only this module and a page's own drawings make it, never the text of a question or document."""

    __slots__ = ("html",)

    def __init__(self, html: str) -> None:
        self.html = html

    def __str__(self) -> str:
        return self.html


def element(tag: str, *children: Child, **attributes: str | None) -> Markup:
    """`element("td", text, class_="figure")`; the text and the attributes are escaped, None attributes left out."""
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(value, quote=True)}"'
        for name, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{tag}{written}>" if tag in _VOID else f"<{tag}{written}>{html_of(children)}</{tag}>")


def html_of(child: Child) -> str:
    """The HTML of text (escaped), markup (as it is), nothing, or several of these."""
    if child is None:
        return ""
    if isinstance(child, Markup):
        return child.html
    if isinstance(child, str):
        return escape(child, quote=True)
    return "".join(html_of(part) for part in child)


def document(title: str, *children: Child, language: str = "en", style: str = "") -> str:
    """A whole page that needs nothing else; `style` is CSS of its own, behind that which all pages have."""
    shared = files("app.evaluation").joinpath("page.css").read_text(encoding="utf-8")
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("style", Markup(shared + style)),
    )
    return f"<!doctype html>\n{element('html', head, element('body', children), lang=language)}\n"
