"""Trains the weights of `app.retrieval.reading.claims` on the corpora of `app/training/corpora`.

    python -m app.training.claims --out FILE --corpus FOLDER... [--hold-out FOLDER]... [--start FILE]

The source is `claims.jsonl` and `claims_reworded.jsonl` of each corpus: claims over its documents, half of them
falsified in one way. To these come claims falsified by rule, sentences of the passages themselves and falsified ones,
and claims beside a passage of another document; with `--reading`, claims out of questions. For the corpora held out,
and the passages left out of the others, are printed: the area under the curve, F1 of finding what is unsupported, how
many true claims are doubted, and the `SupportWeights` for `app.generation.check` fitted on them.
`app.training.claim_report` says which rules and faults stand behind these figures.

The shipped weights learnt in the upper six layers first (decision 0020), then in all of them for eleven minutes of a
graphics card (decision 0057): `--corpus` with the retailers and `app/training/general`, `--leave-out 12`, `--reading`
with XQuAD in four pairs, DRCD and SQuAD 2.0, and copied and falsified articles of statutes; `--rate 1.2e-4
--layer-decay 0.95 --batch-tokens 16000`, with and without `--consistency 0.5`. They were four tenths of the mean of
three such runs and six of what these started from. They went on, for twelve minutes of a card shared by four runs, over
all of this, the further claims of `app/training/general` and `--pairs` with VitaminC (decision 0065): three quarters of
the mean of two such runs, one with `--consistency 0.5` and all pairs, one without and with two fifths of them, and one
quarter of what they started from. All were started from a script, so that they can be made again in kind, not bit by
bit. The weights of the sum are fitted on the claims of the retailers that were left out.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.generation.check import SupportWeights
from app.generation.held import missing_quantities
from app.generation.polarity import is_kept
from app.generation.rows import rows_spoken_of
from app.retrieval.reading.claims import ClaimReader, claim_packs, passage_window
from app.retrieval.reading.network import BACKBONE
from app.training.evidence_pairs import evidence_pairs
from app.training.falsify import falsified
from app.training.labelled_claims import CLAIMS, REWORDED, Claim, is_left_out, read_claims
from app.training.network_trainer import NetworkTrainer, add_training_options, flush_tiny_numbers, params_of
from app.training.program import existing_file, existing_folder, run
from app.training.question_claims import question_claims
from app.training.reading_data import ReadingExample
from index.text.language import crosses
from index.text.terms import coverage

_HAN = re.compile(r"[㐀-鿿]")
_SHORTEST = 8
"""Characters of a sentence that is worth falsifying."""


@dataclass(frozen=True, slots=True)
class Shares:
    """How often something is added to a claim."""

    falsified: float = 0.6
    """A true claim made untrue."""
    copied: float = 0.5
    """A sentence of the passage, and the same made untrue."""
    elsewhere: float = 0.1
    """The claim beside a passage of another document."""


def claim_examples(
    claims: Sequence[Claim], chance: random.Random, shares: Shares | None = None
) -> Iterator[ReadingExample]:
    """The claims with what is made of them; see the module's docstring."""
    shares = shares or Shares()
    for claim in claims:
        passage = claim.passage
        yield _of_claim(claim)
        if claim.is_supported and chance.random() < shares.falsified:
            yield from _made_untrue(claim.text, passage, chance)
        if chance.random() < shares.copied:
            sentence = chance.choice(passage_window(passage).sentences)
            if len(sentence) >= _SHORTEST:
                yield _example(sentence, passage, "copied", is_supported=True)
                yield from _made_untrue(sentence, passage, chance)
        other = chance.choice(claims)
        if chance.random() < shares.elsewhere and other.document != claim.document:
            yield _example(claim.text, other.passage, "elsewhere", is_supported=False)


def fit_weights(claims: Sequence[Claim], reader: ClaimReader) -> SupportWeights:
    """How much words, negations and the reader count, by logistic regression over claims that it was not trained on.

    Claims that a rule settles (a number that is not there) are left out: they are not weighed.
    """
    from sklearn.linear_model import LogisticRegression

    rows, labels = [], []
    for claim in claims:
        if missing_quantities(claim.text, claim.passage, question=None):
            continue
        is_crossing = crosses(claim.text, claim.passage)
        rows.append(
            (
                reader.support(claim.text, [rows_spoken_of(claim.text, claim.passage)])[0],
                0.0 if is_crossing else coverage(claim.text, claim.passage),
                float(is_crossing or is_kept(claim.text, claim.passage)),
                float(is_crossing),
            )
        )
        labels.append(claim.is_supported)
    model = LogisticRegression(max_iter=1000).fit(rows, labels)
    return SupportWeights(float(model.intercept_[0]), *(float(weight) for weight in model.coef_[0]))


def _made_untrue(text: str, passage: str, chance: random.Random) -> Iterator[ReadingExample]:
    changed = falsified(text, passage, chance, is_chinese=_HAN.search(text) is not None)
    if changed is not None:
        yield _example(changed, passage, "falsified", is_supported=False)


def _of_claim(claim: Claim) -> ReadingExample:
    return _example(claim.text, claim.passage, "claim", is_supported=claim.is_supported)


def _example(claim: str, passage: str, kind: str, *, is_supported: bool) -> ReadingExample:
    window = passage_window(rows_spoken_of(claim, passage))
    return ReadingExample(claim, (window,), ((is_supported,) * len(window.sentences),), kind)


def main() -> None:
    """Train and write the weights."""
    from app.building.container import Container
    from app.settings import load_settings

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_training_options(parser, epochs=2)
    parser.add_argument("--corpus", type=existing_folder, action="append", default=[])
    parser.add_argument("--hold-out", type=existing_folder, action="append", default=[])
    parser.add_argument(
        "--share", type=float, default=1.0, help=f"of {CLAIMS} that is taken; {REWORDED} is taken whole"
    )
    parser.add_argument(
        "--reading",
        type=existing_file,
        nargs=2,
        action="append",
        default=[],
        metavar=("QUESTIONS", "PARAGRAPHS"),
        help="a reading comprehension set in the layout of SQuAD 2.0, see app.training.question_claims",
    )
    parser.add_argument(
        "--pairs", type=existing_file, action="append", default=[], help="VitaminC, see app.training.evidence_pairs"
    )
    parser.add_argument(
        "--leave-out", type=int, default=0, help="passages of a hundred of each corpus that are held out of it"
    )
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    flush_tiny_numbers()
    container = Container(load_settings())
    trainer = NetworkTrainer(
        container.weights.path(BACKBONE), start=given.start, build_packs=claim_packs, device=given.device
    )
    params = replace(params_of(given), sentence_weight=0.0)
    chance = random.Random(params.seed)
    examples: list[ReadingExample] = []
    held = [claim for folder in given.hold_out for claim in read_claims(folder)]
    for folder in given.corpus:
        claims = read_claims(folder)
        claims = chance.sample(claims, round(given.share * len(claims))) + read_claims(folder, name=REWORDED)
        held += [claim for claim in claims if is_left_out(claim.passage, given.leave_out)]
        claims = [claim for claim in claims if not is_left_out(claim.passage, given.leave_out)]
        examples += claim_examples(claims, chance)
    for asked, passages in given.reading:
        questions, paragraphs = (json.loads(path.read_text("utf-8"))["data"] for path in (asked, passages))
        examples += [_of_claim(claim) for claim in question_claims(questions, paragraphs, chance)]
    examples += [_of_claim(claim) for path in given.pairs for claim in evidence_pairs(path)]
    if examples:
        logging.info("%d examples, %d supported", len(examples), sum(item.is_answerable for item in examples))
        trainer.train(examples, params, given.out)
    if held:
        sys.stdout.write(json.dumps(trainer.evaluate(list(map(_of_claim, held)))) + "\n")
        reader = ClaimReader(container.text_model(container.weights.path(BACKBONE)), weights=given.out)
        sys.stdout.write(f"{fit_weights(held, reader)}\n")


if __name__ == "__main__":
    run(main)
