"""What the reader sees: the question, then the candidate sentences under the headings that they stand below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.types import Span

if TYPE_CHECKING:
    from index.embedding.tokenizer import TextTokenizer

START, PADDING, END = 0, 1, 2
"""Special tokens of the XLM-R vocabulary: <s>, <pad>, </s>."""


@dataclass(frozen=True, slots=True)
class Window:
    """Neighbouring sentences of one passage, with what stands above them."""

    context: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pack:
    """Token ids of one question with its windows, and where each sentence lies among them."""

    ids: list[int]
    sentences: list[list[Span]]
    """For each window, the half-open token range of each sentence; fewer than there were where the pack is full, and
    an empty list for a window that found no room."""


class PackBuilder:
    """Lays out packs of at most `longest` tokens.

    Layout: <s> question </s> context </s> sentence sentence … </s> context </s> …, a context only where it changes.
    Long questions, contexts and sentences are cut, so that one long table row does not push everything else out.
    """

    def __init__(
        self, tokenizer: TextTokenizer, *, longest: int = 256, question: int = 64, context: int = 20, sentence: int = 64
    ) -> None:
        if longest < question + context + sentence + 4:
            raise ValueError(f"Expected room for a question and a sentence, got {longest} tokens.")
        self._tokenizer, self._longest = tokenizer, longest
        self._question, self._context, self._sentence = question, context, sentence

    def build(self, question: str, windows: Sequence[Window]) -> Pack:
        """One pack; windows are taken in order until it is full, a sentence is never cut by the end of the pack."""
        texts = [question]
        for window in windows:
            texts += [window.context, *window.sentences]
        # A text is cut before it is tokenised: no token of this vocabulary is longer than 16 characters on average.
        cut = [text[: 16 * self._question] for text in texts]
        encoded = iter(self._tokenizer.ids(cut))
        ids = [START, *next(encoded)[: self._question], END]
        sentences: list[list[Span]] = []
        above: list[int] = []
        for window in windows:
            # The end of a context names the nearest heading; what stands above the window before is not said again.
            context = next(encoded)[-self._context :]
            if context == above:
                context = []
            else:
                above = context
            rows = [next(encoded)[: self._sentence] for _ in window.sentences]
            spans: list[Span] = []
            if rows and len(ids) + len(context) + len(rows[0]) + 2 <= self._longest:
                if context:
                    ids += [*context, END]
                for row in rows:
                    if len(ids) + len(row) + 1 > self._longest:
                        break
                    spans.append((len(ids), len(ids) + len(row)))
                    ids += row
                ids.append(END)
            sentences.append(spans)
        return Pack(ids, sentences)
