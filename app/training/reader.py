"""Trains the reader of `app.retrieval.reading`.

    python -m app.training.reader --out FILE [--squad QUESTIONS PARAGRAPHS]... [--corpus FOLDER]... [--start FILE]

The vocabulary of the embedding model stays as it is; layers (in runs 1 to 7 the upper six) and heads learn two
things at once, which sentences answer and whether any does, and with `--span-weight` a third: in which words. The
shipped weights took twelve runs, each from the one before (two cores, about ten, thirty, twenty-five, forty-five,
twenty, eighty and, on one core, sixty-six minutes; two on a graphics card, seven and four; two cores again, forty-two,
eighteen and thirty-four):

1. `--squad` with XQuAD in its four pairs of zh and en and with CMRC 2018, `--sample 520 --rate 2e-4 --epochs 1`
2. `--corpus` with appliances, crossborder, fashion, furniture, grocery and outdoor, `--rate 1.5e-4 --epochs 2`
3. the sets, `--sample 120`, with these and department, `--rate 1.3e-4 --epochs 1`
4. the sets, `--sample 120`, with all twelve corpora (of the first seven 60 % of the packs), `--rate 1.5e-4 --epochs 1`
5. all twelve, laid out anew by the trained scorer, half of 8,200 packs, `--rate 1.3e-4 --minutes 19`
6. from the mean of 3, 4, 5 (and some indirect questions) in three steps over `app/training/general`, DRCD and SQuAD 2.0
   (see the README there) and a part of all twelve corpora, `--without 0.6 --span-weight 0.5 --bfloat16`
7. from the last step of 6 over more of the same, 20,000 packs, `--rate 1.3e-4 --minutes 75`
8. from the mean of what was there before 6, of its last step and of 7 (decision 0051), over all that is named here but
   CMRC and `--groups app/training/general/groups.jsonl`, in all layers, `--rate 1.2e-4 --layer-decay 0.95
   --batch-tokens 16000`, about two epochs, every pack with other windows in each
9. on from there, `--rate 1e-4 --consistency 0.3`, two epochs more

10. from three quarters of 9 and one of what 8 started from (decision 0057), over the corpora and the groups, with the
    words of the glossary beside the questions: 7,500 packs that are answered in the other language and 6,000 others,
    `--rate 8e-5 --span-weight 0.5 --layer-decay 0.95 --bfloat16`
11. on from there over 1,400 and 4,600 of them, most with an answer in the question's own language beside windows of the
    other, `--rate 6e-5`

12. on from half of 11 and half of what 10 started from (decision 0059), over 370 of the later `snippets` in five
    mixtures each, twice, and 6,000 packs of the rest, `--rate 9e-5 --minutes 34`

13. on from half of 12 and half of what it started from (decision 0061), on a graphics card, over all that is named
    here but CMRC and SQuAD 2.0, seven epochs, every pack with other windows in each, `--rate 1.1e-4 --span-weight 0.5
    --layer-decay 0.95 --consistency 0.3 --batch-tokens 24000`, and three more at `--rate 8e-5`

The shipped weights are the last, the last layers of the heads times 0.6, so that what is set in logits keeps its
meaning (decision 0065). All runs were started from a script that chose its samples with other seeds and, in the second
run, laid the two languages out in packs of their own; so the weights can be made again in kind, not bit by bit.

Progress goes to the standard error stream; FILE is written after each epoch.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import sys
from dataclasses import replace
from pathlib import Path

from app.retrieval.reading.network import BACKBONE
from app.retrieval.reading.reader import asked_beside
from app.training.groups import group_examples
from app.training.network_trainer import (
    NetworkTrainer,
    TrainingParams,
    add_training_options,
    flush_tiny_numbers,
    params_of,
)
from app.training.program import existing_file, existing_folder, run
from app.training.reading_data import ReadingExample, corpus_examples, squad_examples
from app.training.snippets import read_snippets, snippet_examples

logger = logging.getLogger(__name__)


def main() -> None:
    """Read the sources, train, write the weights."""
    from app.building.container import Container
    from app.settings import load_settings

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_training_options(parser, epochs=3)
    parser.add_argument(
        "--squad", type=existing_file, nargs=2, action="append", default=[], metavar=("QUESTIONS", "PARAGRAPHS")
    )
    parser.add_argument("--sample", type=int, default=0, help="packs of each reading comprehension set; 0 takes all")
    parser.add_argument("--corpus", type=existing_folder, action="append", default=[])
    parser.add_argument("--snippets", type=existing_file, action="append", default=[], help="see app.training.snippets")
    parser.add_argument("--groups", type=existing_file, action="append", default=[], help="see app.training.groups")
    parser.add_argument("--share", type=float, default=1.0, help="of the questions of the corpora in one language")
    parser.add_argument("--home", type=Path, default=Path("var/training"), help="where the corpora's indexes are kept")
    parser.add_argument("--without", type=float, default=0.4, help="of answerable questions, asked without the answer")
    parser.add_argument("--span-weight", type=float, default=0.0, help="of the loss of shortest answers; 0: none")
    parser.add_argument("--hold-out", type=existing_folder, help="a corpus to evaluate on")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    flush_tiny_numbers()
    container = Container(load_settings())
    trainer = NetworkTrainer(
        container.weights.path(BACKBONE), start=given.start, has_spans=given.span_weight > 0, device=given.device
    )
    examples: list[ReadingExample] = []
    chance = random.Random(TrainingParams().seed)
    for asked, told in given.squad:
        packs = list(squad_examples(json.loads(asked.read_text("utf-8")), json.loads(told.read_text("utf-8"))))
        examples += chance.sample(packs, min(given.sample or len(packs), len(packs)))
    for folder in given.corpus:
        examples += corpus_examples(folder, given.home, share=given.share, without=given.without, seed=given.seed)
    for path in given.groups:
        examples += group_examples(path, without=given.without, seed=given.seed)
    for path in given.snippets:
        examples += snippet_examples(read_snippets(path), container, seed=given.seed)
    examples = [replace(item, question=asked_beside(item.question, item.windows)) for item in examples]
    logger.info("%d packs, %d answerable", len(examples), sum(item.is_answerable for item in examples))
    if examples:
        trainer.train(examples, params_of(given), given.out)
    if given.hold_out:
        found = trainer.evaluate(list(corpus_examples(given.hold_out, given.home)))
        sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    run(main)
