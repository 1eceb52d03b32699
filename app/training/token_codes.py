"""Trains the codec of `index.embedding.token_codec` on the corpora of `app/training/corpora`.

    python -m app.training.token_codes --out FILE --corpus FOLDER...

The documents go through the real ingestion and their passages through the embedder. The mean is that of all token
vectors; the centres are found by k-means over 30,000 of them, drawn by seed, 15 rounds. The shipped file took the
twelve corpora there (2,023 passages, 178,000 tokens): three minutes. How near the decoded vectors come to the real
ones, as a cosine, is printed for those not drawn.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from app.training.program import run
from app.training.reading_data import corpora_parser, corpus_container
from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.embedding.token_codec import TokenCodec
from index.types import FloatMatrix

PARTS = 96
"""Bytes a token; with 48 a quarter of what late interaction gains is lost."""
_SAMPLE = 30_000
_ROUNDS = 15
_SEED = 20261124


def token_states(folder: Path, home: Path) -> tuple[str, list[FloatMatrix]]:
    """Id of the embedder, and the token vectors of a corpus, passage by passage; it is taken in under `home`, once.

    Raises `TypeError` when the configured embedder has no tokens.
    """
    container = corpus_container(folder, home)
    embedder = container.embedder
    if not isinstance(embedder, SentenceTransformerEmbedder):
        raise TypeError(f"Expected an embedder with tokens, got {embedder.embedder_id}.")
    with container.serving.borrow() as generation:
        passages = [
            item for document in generation.documents() for item in generation.passages_of(document.document_id)
        ]
    return embedder.embedder_id, embedder.token_states(passages)


def fit(states: Sequence[FloatMatrix], *, embedder_id: str, parts: int = PARTS) -> tuple[TokenCodec, float]:
    """A codec of token vectors (n, d) each, and the mean cosine of those that it did not see, 0 when it saw all."""
    import faiss

    rows = np.concatenate(states)
    mean = rows.mean(axis=0)
    plain = TokenCodec(mean, np.zeros((parts, 256, len(mean) // parts), np.float32), codec_id="", embedder_id="")
    order = np.random.default_rng(_SEED).permutation(len(rows))
    quantizer = faiss.ProductQuantizer(len(mean), parts, 8)
    quantizer.cp.niter, quantizer.cp.seed = _ROUNDS, _SEED
    quantizer.train(plain.centred(rows[order[:_SAMPLE]]))
    centres = faiss.vector_to_array(quantizer.centroids).reshape(parts, 256, -1)
    codec = TokenCodec(mean, centres.astype(np.float16), codec_id="trained", embedder_id=embedder_id)
    return codec, _nearness(codec, rows[order[_SAMPLE:]])


def _nearness(codec: TokenCodec, rows: FloatMatrix) -> float:
    if not len(rows):
        return 0.0
    real, decoded = codec.centred(rows), codec.decode(codec.encode(rows))
    lengths = np.linalg.norm(decoded, axis=1)
    return float(np.mean(np.einsum("ij,ij->i", real, decoded) / np.maximum(lengths, 1e-9)))


def _all(folders: Sequence[Path], home: Path) -> Iterator[tuple[str, list[FloatMatrix]]]:
    for folder in folders:
        found = token_states(folder, home)
        sys.stderr.write(f"{folder.name}: {len(found[1])} passages\n")
        yield found


def main() -> None:
    """Read the corpora, fit, write the file."""
    given = corpora_parser(__doc__).parse_args()
    found = list(_all(given.corpus, given.home))
    codec, nearness = fit([states for _, some in found for states in some], embedder_id=found[0][0])
    codec.save(given.out)
    sys.stdout.write(f"{nearness:.3f} cosine of decoded tokens to the real ones\n")


if __name__ == "__main__":
    run(main)
