"""A document's blocks as passages: pieces that are found, shown and cited as one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from index.text.language import HAN, detect
from index.text.normalize import fold
from index.text.sentences import is_list_mark, split_sentences
from index.types import Document, Language, Location, Passage, Span, union_of
from ingest.blocks import Block, Extracted

_HAN = re.compile(f"[{HAN}]")
_WORD = re.compile(r"[^\W_\d]+|\d+(?:[.,]\d+)*")
_WORD_CHARACTER = re.compile(r"\w")
_LETTER = re.compile(r"[^\W\d_]")
_ARTICLE = re.compile(r"第[一二三四五六七八九十百零\d]{1,6}[条條]")
_SHARING = ("paragraph", "item", "row")
_LONGEST_LEAD = 200
_SOFT_ENDS = "，,、；;：: \n）)]】"


@dataclass(frozen=True, slots=True)
class Chunking:
    """How long passages are, in Han characters; an English word counts as two.

    The defaults give 120–400 characters of Chinese and 60–200 words of English: short enough for one subject, long
    enough for a condition to stand beside its rule, and within the 512 tokens that the embedder reads.
    """

    least: int = 120
    most: int = 400
    longest_sentence: int = 800
    """A sentence beyond this (a text without full stops) is cut at a comma or a space."""
    longest_cells: int = 70
    """Cells of a table row are cited together up to this length."""

    def __post_init__(self) -> None:
        if not 1 <= self.least <= self.most <= self.longest_sentence:
            raise ValueError(
                f"Expected 1 <= least <= most <= longest_sentence, got {self.least}, {self.most}, "
                f"{self.longest_sentence}."
            )


@dataclass(frozen=True, slots=True)
class _Atom:
    """What is never cut: a sentence, or some cells of a row. Offsets are those of the document's text."""

    start: int
    end: int
    size: int
    block: int
    is_first: bool
    """Whether it begins its block."""


def size_of(text: str) -> int:
    """Length of a text in Han characters, an English word or a number as two; at least an eighth of its characters."""
    words = len(_HAN.findall(text)) + 2 * len(_WORD.findall(_HAN.sub(" ", text)))
    return max(words, len(text) // 8)


DaysAt = Callable[[int], tuple[date | None, date | None]]
"""First and last day of validity of what stands at an offset of the text."""


def passages_of(
    document: Document, extracted: Extracted, chunking: Chunking, *, days_at: DaysAt | None = None
) -> list[Passage]:
    """Passages in reading order; [] for a document without text.

    A passage is a slice of the extracted text below one heading. Records and question pairs stand alone; list items
    and table rows that are parted from the line which introduces them carry it in their context. A heading that has
    nothing below it (a slide with a title only) is a passage itself. Days of validity are the document's, or those of
    `days_at` where a passage begins.
    """
    passages: list[Passage] = []
    seen: Counter[str] = Counter()
    main_language = document.language
    for blocks in _sections(extracted.blocks, extracted.metadata.title):
        atoms = _with_list_marks(
            [atom for number, block in enumerate(blocks) for atom in _atoms(block, number, chunking)], extracted.text
        )
        for first, last in _cut(atoms, blocks, chunking):
            passage = _passage(document, extracted, blocks, atoms[first:last], main_language)
            if days_at is not None:
                valid_from, valid_to = days_at(passage.location.start)
                passage = replace(passage, valid_from=valid_from, valid_to=valid_to)
            content = passage.content_hash
            seen[content] += 1
            suffix = f"-{seen[content]}" if seen[content] > 1 else ""
            passages.append(replace(passage, passage_id=f"{document.document_id}#{content[:12]}{suffix}"))
    return passages


def _sections(blocks: Sequence[Block], title: str) -> Iterator[list[Block]]:
    """Runs of blocks that may share a passage; a record, a question pair and a bare heading are runs of their own."""
    bare = _bare_headings(blocks, title)
    run: list[Block] = []
    for number, block in enumerate(blocks):
        shares = block.kind in _SHARING
        if run and not (shares and block.headings == run[0].headings and block.sheet == run[0].sheet):
            yield run
            run = []
        if shares:
            run.append(block)
        elif block.kind != "heading" or number in bare:
            yield [block]
    if run:
        yield run


def _bare_headings(blocks: Sequence[Block], title: str) -> set[int]:
    """Numbers of headings with nothing below them; a table of contents and a repeated title are not among them."""
    bare: set[int] = set()
    said = {_folded(title)} if any(block.kind != "heading" for block in blocks) else set()
    for number, block in enumerate(blocks):
        if block.kind != "heading":
            continue
        following = blocks[number + 1] if number + 1 < len(blocks) else None
        below = (*block.headings, block.text)
        if following is None or following.headings[: len(below)] != below:
            bare.add(number)
        else:
            said.add(_folded(block.text))
    return {number for number in bare if _folded(blocks[number].text) not in said}


def _folded(heading: str) -> str:
    return "".join(fold(heading).split())


def _atoms(block: Block, number: int, chunking: Chunking) -> list[_Atom]:
    spans = _cells(block, chunking) if block.units else split_sentences(block.text)
    atoms: list[_Atom] = []
    for span in spans:
        for start, end in _soft_cut(block.text, span, chunking.longest_sentence):
            size = size_of(block.text[start:end])
            atoms.append(_Atom(block.start + start, block.start + end, size, number, not atoms))
    return atoms


def _with_list_marks(atoms: Sequence[_Atom], text: str) -> list[_Atom]:
    """A list mark that stands in a paragraph of its own ("7.") is part of the sentence behind it."""
    whole: list[_Atom] = []
    for atom in atoms:
        if whole and is_list_mark(text, whole[-1].start, whole[-1].end):
            mark = whole.pop()
            atom = replace(mark, end=atom.end, size=mark.size + atom.size)
        whole.append(atom)
    return whole


def _cells(block: Block, chunking: Chunking) -> list[Span]:
    """Neighbouring cells together, up to a length; a cell that is a text by itself falls into its sentences."""
    spans: list[Span] = []
    is_open = False
    for start, end in block.units:
        size = size_of(block.text[start:end])
        if size > chunking.longest_cells:
            spans.extend((start + first, start + last) for first, last in split_sentences(block.text[start:end]))
            is_open = False
        elif is_open and size_of(block.text[spans[-1][0] : end]) <= chunking.longest_cells:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
            is_open = True
    return spans


def _soft_cut(text: str, span: Span, longest: int) -> Iterator[Span]:
    """`span` itself, or pieces of at most `longest` characters that end at a comma, a space, or anywhere at worst."""
    start, end = span
    # A Latin letter weighs less than a Han character, hence the factor.
    limit = longest if _HAN.search(text, start, end) else 4 * longest
    while end - start > limit:
        piece = text[start : start + limit]
        at = max(piece.rfind(char) for char in _SOFT_ENDS) + 1
        cut = start + (at if at > limit // 2 else limit)
        last = cut
        while last > start and text[last - 1].isspace():
            last -= 1
        if last > start:
            yield start, last
        start = cut
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        yield start, end


def _cut(atoms: Sequence[_Atom], blocks: Sequence[Block], chunking: Chunking) -> list[Span]:
    """Where passages begin and end among the atoms, so that the sum of `_cost` is least (dynamic programming)."""
    count = len(atoms)
    best = [0.0] + [float("inf")] * count
    came_from = [0] * (count + 1)
    for last in range(1, count + 1):
        size = 0
        for first in range(last - 1, -1, -1):
            # At least 1 each, so that signs without words cannot make a passage, or this loop, endless.
            size += max(atoms[first].size, 1)
            if size > chunking.most and first < last - 1:
                break
            cost = best[first] + _cost(size, chunking) + (_break_cost(atoms, first, blocks) if first else 0.0)
            if cost < best[last]:
                best[last], came_from[last] = cost, first
    spans: list[Span] = []
    at = count
    while at > 0:
        spans.append((came_from[at], at))
        at = came_from[at]
    return spans[::-1]


def _cost(size: int, chunking: Chunking) -> float:
    """A passage costs 1, more when it is far from the middle of the wanted lengths, much more when too short."""
    middle = (chunking.least + chunking.most) / 2
    short = max(0.0, (chunking.least - size) / chunking.least)
    return float(1.0 + ((size - middle) / chunking.most) ** 2 + short)


def _break_cost(atoms: Sequence[_Atom], number: int, blocks: Sequence[Block]) -> float:
    """How bad it is to begin a passage at this atom."""
    atom = atoms[number]
    block = blocks[atom.block]
    if not atom.is_first:
        return 3.0 if block.units else 0.8
    before = blocks[atom.block - 1] if atom.block else None
    if before is None:
        return 0.0
    if block.lead and block.lead in before.text and before.kind == "paragraph":
        return 1.5
    if _ARTICLE.match(block.text):
        return -0.4
    return 0.1 if block.kind == before.kind != "paragraph" else 0.0


def _passage(
    document: Document, extracted: Extracted, blocks: Sequence[Block], atoms: Sequence[_Atom], main: Language
) -> Passage:
    start, end = atoms[0].start, atoms[-1].end
    text = extracted.text[start:end]
    block = blocks[atoms[0].block]
    lead = block.lead
    if block.kind == "faq" and not atoms[0].is_first:
        lead = "\n".join(filter(None, (lead, block.text.split("\n", 1)[0])))
    headings = (*block.headings, block.text) if block.kind == "heading" else block.headings
    parts = [blocks[number] for number in sorted({atom.block for atom in atoms})]
    box = union_of([part.box for part in parts if part.page == block.page])
    language = detect(text)
    if language == "mixed" or not _LETTER.search(text):
        language = main
    return Passage(
        passage_id="",
        document_id=document.document_id,
        title=document.title,
        text=text,
        context=_context(extracted.metadata.title, block.headings, lead if lead not in text else ""),
        language=language,
        location=Location(start, end, block.page, block.sheet, block.row, " > ".join(headings) or None, box),
        sentences=_joined([(atom.start - start, atom.end - start) for atom in atoms], text),
        valid_from=document.valid_from,
        valid_to=document.valid_to,
        access=document.access,
    )


def _joined(spans: list[Span], text: str) -> tuple[Span, ...]:
    """A span without any word (a line of dashes) belongs to the sentence before it, or to the one after."""
    joined: list[Span] = []
    for start, end in spans:
        if joined and not (_WORD_CHARACTER.search(text, start, end) and _WORD_CHARACTER.search(text, *joined[-1])):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(joined)


def _context(title: str, headings: Sequence[str], lead: str) -> str:
    """Title and headings as a path (a first heading that says no more than the title left out), the lead below."""
    path = [title] if title else []
    says_the_title = bool(headings) and fold(title).startswith(fold(headings[0]))
    path += headings[1:] if says_the_title else headings
    return "\n".join(line for line in (" > ".join(path), lead[:_LONGEST_LEAD]) if line)
