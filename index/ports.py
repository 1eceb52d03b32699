"""What the index needs from outside, as Protocols."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from index.types import EmbeddedPassages, FloatMatrix, Passage, Span

if TYPE_CHECKING:
    from index.embedding.token_codec import TokenCodec


class Embedder(Protocol):
    """Turns text into unit vectors; questions and passages may be treated differently (e5's prefixes)."""

    @property
    def embedder_id(self) -> str:
        """Name and revision; vectors of different ids are never mixed in one index."""

    @property
    def dimension(self) -> int:
        """Length d of a vector."""

    def embed_queries(self, texts: Sequence[str]) -> FloatMatrix:
        """Embed questions: float32, (n, d), rows of unit length; (0, d) for no texts."""

    def embed_passages(self, passages: Sequence[Passage]) -> EmbeddedPassages:
        """Embed passages and their sentences, in the order given.

        An embedder that sees token vectors takes a sentence's vector from the same forward pass (mean over the
        sentence's tokens, in context), so that sentences cost nothing; see `docs/decisions/`.
        """


@runtime_checkable
class TokenEmbedder(Protocol):
    """What an embedder may fulfil besides: token vectors, from the forward pass that gives the vector of the text."""

    @property
    def token_codec(self) -> TokenCodec | None:
        """What made the codes of its passages; None where it makes none."""

    def query_tokens(self, text: str) -> FloatMatrix:
        """The tokens of a question, less their mean: float32, (t, d), rows of unit length.

        (0, d) without a codec, and for a question that is too long to be compared word by word.
        """

    def sentence_tokens(self, passages: Sequence[Passage]) -> Sequence[Sequence[Span]]:
        """For each sentence of each passage the half-open range of its tokens among those of the passage's codes.

        Tokens before the first range are those of what stands above the passage.
        """


def codec_of(embedder: Embedder) -> TokenCodec | None:
    """What makes the token codes of an embedder; None for one that has none."""
    return embedder.token_codec if isinstance(embedder, TokenEmbedder) else None
