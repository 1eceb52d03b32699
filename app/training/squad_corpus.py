"""Makes a corpus (see `app/training/corpora/README.md`) out of a reading comprehension set in the layout of SQuAD.

    python -m app.training.squad_corpus FILE... --out FOLDER [--near-misses FILE] [--simplified]

One document an article, so that the search finds what else is told of the same thing, which is what makes a question
hard to decline; every other one without its title, as passages from a search often come. A question that SQuAD 2.0
calls impossible becomes a near miss. `--near-misses` adds questions of our own over the same paragraphs: a JSON a line
with `paragraph` (its id), `question`, `kind`, and for the kind `answer` the number of the sentence that answers
(`sentence`, from 0).
`--simplified` writes traditional characters as simplified ones. `--passages FILE` leaves three questions of a hundred
out, as many with an answer as without, and writes them there with five paragraphs each, for
`python -m app.training.answerability --snippets FILE`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from app.training.program import existing_file, new_file, run
from index.disk import replace_file
from index.text.language import detect
from index.text.sentences import split_sentences

_HELD_OF_100 = 3
_BESIDE = 5
"""Paragraphs that a question is laid beside."""
_ANSWERED = "answer"
"""Kind of a question of our own that its paragraph answers."""


def write_corpus(
    articles: Sequence[Mapping[str, Any]],
    out: Path,
    *,
    near_misses: Sequence[Mapping[str, Any]] = (),
    convert: Callable[[str], str] = str,
) -> tuple[int, int]:
    """Write `docs/` and `questions.jsonl`; returns how many questions have an answer, and how many have none.

    Args:
        articles: `data` of the files; those with the same title become one document.
        out: the folder.
        near_misses: see the module's docstring.
        convert: what is done to every text; it has to keep the number of characters before an answer.
    """
    documents: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    places: dict[str, tuple[str, str]] = {}
    rows: list[dict[str, Any]] = []
    for article in articles:
        title = convert(article["title"].replace("_", " "))
        document = names.setdefault(title, f"{len(names):04}.md")
        lines = documents.setdefault(document, [f"# {title}"] if len(names) % 2 else [])
        for paragraph in article["paragraphs"]:
            text = " ".join(paragraph["context"].split("\n"))
            lines.append(convert(text))
            if "id" in paragraph:
                places[paragraph["id"]] = (document, text)
            rows.extend(_question(item, text, document, convert) for item in paragraph["qas"])
    rows.extend(_own_questions(near_misses, places, convert))
    folder = out / "docs"
    folder.mkdir(parents=True, exist_ok=True)
    for document, lines in documents.items():
        replace_file(folder / document, ("\n\n".join(lines) + "\n").encode())
    _write(out / "questions.jsonl", rows)
    answered = sum(bool(row["evidence"]) for row in rows)
    return answered, len(rows) - answered


def held_out(folder: Path, *, seed: int = 1) -> list[dict[str, Any]]:
    """Takes three questions of a hundred out of a corpus and lays each beside five paragraphs, as `Snippets` are read.

    The paragraphs are the one that answers, others of the same article, and of any where it has fewer. As many
    questions have an answer as have none.
    """
    chance = random.Random(seed)
    paragraphs = {
        path.name: [text for text in path.read_text("utf-8").split("\n\n") if text.strip() and text[:2] != "# "]
        for path in sorted((folder / "docs").glob("*.md"))
    }
    every = [text for texts in paragraphs.values() for text in texts]
    file = folder / "questions.jsonl"
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    kept = [row for row in rows if not _is_held(row["text"])]
    chosen = [row for row in rows if _is_held(row["text"]) and (not row["evidence"] or "answer" in row["evidence"][0])]
    open_ = [row for row in chosen if not row["evidence"]]
    answered = [row for row in chosen if row["evidence"]]
    few = min(len(open_), len(answered))
    found = []
    for row in [*chance.sample(open_, few), *chance.sample(answered, few)]:
        own = paragraphs[row["document"]]
        answering = [text for text in own if any(item["quote"] in text for item in row["evidence"])]
        answer, positive = row["evidence"][0]["answer"] if row["evidence"] else "", answering[:1]
        others = [text for text in own if text not in answering]
        negative = chance.sample(others, min(len(others), _BESIDE - len(positive)))
        negative += chance.sample(every, _BESIDE - len(positive) - len(negative))
        found.append({"query": row["text"], "answer": answer, "positive": positive, "negative": negative})
    _write(file, kept)
    return found


def _is_held(question: str) -> bool:
    return int(hashlib.md5(question.encode(), usedforsecurity=False).hexdigest(), 16) % 100 < _HELD_OF_100


def _question(item: Mapping[str, Any], paragraph: str, document: str, convert: Callable[[str], str]) -> dict[str, Any]:
    question = convert(item["question"])
    if item.get("is_impossible"):
        return _row(question, document, None)
    answer = item["answers"][0]
    return _row(question, document, convert(_sentence_at(paragraph, answer["answer_start"])), convert(answer["text"]))


def _own_questions(
    near_misses: Sequence[Mapping[str, Any]], places: Mapping[str, tuple[str, str]], convert: Callable[[str], str]
) -> Iterator[dict[str, Any]]:
    for item in near_misses:
        document, text = places[item["paragraph"]]
        if item["kind"] == _ANSWERED:
            start, end = split_sentences(text)[item["sentence"]]
            yield _row(item["question"], document, convert(text[start:end]))
        else:
            yield _row(item["question"], document, None)


def _sentence_at(text: str, start: int) -> str:
    spans = split_sentences(text)
    first, end = next(((first, end) for first, end in spans if first <= start < end), spans[-1])
    return text[first:end]


def _row(question: str, document: str, quote: str | None, answer: str = "") -> dict[str, Any]:
    found = {"document": document, "quote": quote} | ({"answer": answer} if answer else {})
    return {
        "text": question,
        "language": detect(question),
        "kind": "near_miss" if quote is None else "single",
        "document": document,
        "evidence": [] if quote is None else [found],
    }


def _write(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    replace_file(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode())


def main() -> None:
    """Read the sets, write the corpus."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=existing_file, nargs="+", metavar="FILE")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--near-misses", type=existing_file, action="append", default=[])
    parser.add_argument("--simplified", action="store_true")
    parser.add_argument("--passages", type=new_file, help="where questions that are held out go")
    given = parser.parse_args()
    convert: Callable[[str], str] = str
    if given.simplified:
        from opencc import OpenCC

        convert = OpenCC("t2s").convert
    articles = [article for path in given.files for article in json.loads(path.read_text("utf-8"))["data"]]
    own = [
        json.loads(line) for path in given.near_misses for line in path.read_text("utf-8").splitlines() if line.strip()
    ]
    answered, open_ = write_corpus(articles, given.out, near_misses=own, convert=convert)
    if given.passages:
        _write(given.passages, held_out(given.out))
    sys.stdout.write(f"{given.out}: {answered} questions with an answer, {open_} without.\n")


if __name__ == "__main__":
    run(main)
