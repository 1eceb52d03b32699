"""Web pages: the article, without what surrounds it."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from ingest.blocks import Extracted, Metadata, Outline
from ingest.cleaning import clean_line
from ingest.encodings import decode
from ingest.front_matter import language_of, metadata_of
from ingest.limits import Limits
from ingest.tables import add_table

_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"""\A\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9_.-]{2,40})""")
_DROPPED_NAMES = (
    "script style noscript template nav footer aside form button select svg math iframe object embed canvas audio "
    "video head title dialog menu"
)
_DROPPED = frozenset(_DROPPED_NAMES.split())
_BLOCK_NAMES = (
    "address article blockquote body center dd details div dl dt fieldset figcaption figure header hgroup hr html main "
    "p section summary caption search"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_SURROUNDINGS = re.compile(
    r"(?:^|[\s_-])(?:breadcrumbs?|foot|footer|copyright|topbar|nav|menu|cookie\w*|navbar|sidebar|site-nav|share|social|advert\w*|pagination|skip-link|toc)(?:$|[\s_-])",
    re.IGNORECASE,
)
_ROLES = frozenset(["navigation", "contentinfo", "banner", "search", "complementary", "dialog", "alertdialog"])
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em|rem|%)?\s*(?:;|$)", re.IGNORECASE
)
_LEAST_MAIN = 40
"""Characters from which a <main> or <article> is taken for the article; an empty shell is not."""
_WIDEST_SPAN = 100
_SITE_NAME = re.compile(r"\s+[-–—|_·]\s+|[|｜_]")


def load(data: bytes, _: Limits) -> Extracted:
    """Read a page; title from its only <h1> or <title>, validity and access from meta tags of those names."""
    declared = _META_CHARSET.search(data[:4096]) or _XML_ENCODING.search(data[:200])
    decoded = decode(data, declared=declared.group(1).decode("ascii") if declared else None)
    tree = LexborHTMLParser(decoded.text)
    outline = Outline()
    for warning in decoded.warnings:
        outline.warn(warning)
    _Walker(outline).walk(_article(tree))
    return outline.finish(_metadata(tree))


def add_html(outline: Outline, text: str) -> None:
    """Add a fragment of HTML (a block inside Markdown) to `outline`."""
    body = LexborHTMLParser(text).body
    if body is not None:
        _Walker(outline).walk(body)


def is_break(tag: str) -> bool:
    """Whether inline HTML is a line break."""
    return tag.lower().replace(" ", "") in ("<br>", "<br/>")


def _article(tree: LexborHTMLParser) -> LexborNode:
    for selector in ("main", "[role=main]", "article"):
        found = tree.css(selector)
        if len(found) == 1 and len(clean_line(found[0].text())) >= _LEAST_MAIN:
            return found[0]
    body = tree.body or tree.root
    assert body is not None
    return body


def _metadata(tree: LexborHTMLParser) -> Metadata:
    values: dict[str, str] = {}
    for meta in tree.css("meta[name][content]"):
        name = (meta.attributes.get("name") or "").strip().lower().replace("-", "_").removeprefix("kefu_")
        if name in ("valid_from", "valid_to", "access", "language"):
            values[name] = meta.attributes.get("content") or ""
    about = metadata_of(values)
    root = tree.css_first("html")
    language = about.language or language_of((root.attributes.get("lang") or "") if root else "")
    return Metadata(_title(tree), language, about.valid_from, about.valid_to, about.access)


def _title(tree: LexborHTMLParser) -> str:
    headings = tree.css("h1")
    if len(headings) == 1 and clean_line(headings[0].text()):
        return clean_line(headings[0].text())
    node = tree.css_first("title")
    title = clean_line(node.text()) if node is not None else ""
    # "Returns | Spruce Lane Help": the page's own name comes first.
    return _SITE_NAME.split(title)[0].strip() or title


class _Walker:
    """Collects inline text until a block begins or ends, and hands blocks to the outline."""

    def __init__(self, outline: Outline) -> None:
        self._outline = outline
        self._inline: list[str] = []
        self._lists: list[int | None] = []
        self._marker = ""

    def walk(self, node: LexborNode) -> None:
        """Add the contents of `node`."""
        self._children(node)
        self._flush()

    def _children(self, node: LexborNode) -> None:
        child = node.child
        while child is not None:
            self._node(child)
            child = child.next

    def _node(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag == "-text":
            self._inline.append(re.sub(r"\s+", " ", node.text_content or ""))
        elif tag == "br":
            self._inline.append("\n")
        elif _is_dropped(node, tag):
            return
        elif tag in _HEADINGS:
            self._flush()
            self._outline.heading(_HEADINGS[tag], node.text())
        elif tag in ("ul", "ol"):
            self._list(node, ordered=tag == "ol")
        elif tag == "li":
            self._item(node)
        elif tag == "table":
            self._flush()
            self._table(node)
        elif tag == "pre":
            self._flush()
            self._inline.append(node.text())
            self._flush()
        elif tag in _BLOCKS:
            self._flush()
            self._children(node)
            self._flush()
        else:
            self._children(node)

    def _list(self, node: LexborNode, *, ordered: bool) -> None:
        self._flush()
        start = node.attributes.get("start") or "1"
        self._lists.append((int(start) if start.isdigit() else 1) if ordered else None)
        self._children(node)
        self._flush()
        self._lists.pop()

    def _item(self, node: LexborNode) -> None:
        self._flush()
        number = self._lists[-1] if self._lists else None
        if number is not None:
            self._marker = f"{number}."
            self._lists[-1] = number + 1
        self._children(node)
        self._flush()
        self._marker = ""

    def _flush(self) -> None:
        text = "".join(self._inline).strip()
        self._inline.clear()
        if not text:
            return
        if self._lists:
            self._outline.item(text, depth=len(self._lists) - 1, marker=self._marker)
            self._marker = ""
        else:
            self._outline.paragraph(text)

    def _table(self, node: LexborNode) -> None:
        if node.css_first("table table, td h1, td h2, td h3, td p + p") is not None and not node.css("th"):
            # A table that lays out the page.
            for cell in node.css("td"):
                if cell.css_first("table") is None:
                    self._children(cell)
                    self._flush()
            return
        caption = node.css_first("caption")
        lead = clean_line(caption.text()) if caption is not None else ""
        if lead:
            self._outline.paragraph(lead)
        rows = node.css("tr")
        grid = _grid(rows)
        first = rows[0] if rows else None
        is_head = first is not None and bool(first.css("th")) and not first.css("td")
        add_table(self._outline, grid, header=is_head or None, lead=lead or None)


def _grid(rows: list[LexborNode]) -> list[list[str]]:
    """Cell texts by row and column; a cell that spans several is repeated in each."""
    grid: list[list[str]] = []
    below: dict[int, tuple[int, str]] = {}
    for row in rows:
        line: list[str] = []
        for cell in row.css("td, th"):
            while len(line) in below:
                line.append(_carried(below, len(line)))
            text = clean_line(cell.text(separator=" ") if cell.css_first("br, p, li, div") else cell.text())
            for _ in range(_span(cell, "colspan")):
                if _span(cell, "rowspan") > 1:
                    below[len(line)] = (_span(cell, "rowspan") - 1, text)
                line.append(text)
        while len(line) in below:
            line.append(_carried(below, len(line)))
        grid.append(line)
    return grid


def _carried(below: dict[int, tuple[int, str]], column: int) -> str:
    left, text = below.pop(column)
    if left > 1:
        below[column] = (left - 1, text)
    return text


def _span(cell: LexborNode, name: str) -> int:
    value = cell.attributes.get(name) or "1"
    return min(max(int(value), 1), _WIDEST_SPAN) if value.isdigit() and len(value) < 6 else 1


def _is_dropped(node: LexborNode, tag: str) -> bool:
    if tag in _DROPPED or tag.startswith(("-", "!")):
        return True
    if tag == "header" and node.css_first("nav") is not None:
        return True
    attributes = node.attributes
    if not attributes:
        return False
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    if attributes.get("role") in _ROLES or _HIDDEN.search(attributes.get("style") or ""):
        return True
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    return bool(_SURROUNDINGS.search(names))
