"""Two receipts of the same question held against each other: is the answer the same, and what else is not."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import zip_longest
from typing import Any

from app.receipts.receipt import Asked, Drafted, Program, Receipt

COMPARED = ("status", "language", "mode", "model", "text", "sentences", "citations")
"""Parts of an answer that have to be the same, byte for byte."""

PassageState = Callable[[str, str], str]
"""Of a document and a passage of it: "same", "edited" (the document is there, the passage is not as it was), "gone"."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was."""

    kind: str
    """Stable: text, sentence, citation, status, mode, language, confidence, generation, passage, model, draft, reader,
    settings, weights, embedder, version."""
    message: str
    before: Any = None
    after: Any = None

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def is_same_answer(before: Receipt, after: Receipt) -> bool:
    """Whether the answers are the same in every byte that a customer can see."""
    return _spelled(before.answer) == _spelled(after.answer)


def answer_differences(before: Receipt, after: Receipt) -> list[Difference]:
    """What a customer would see otherwise; [] for the same answer."""
    old, new = before.answer, after.answer
    found = []
    for name in ("status", "language", "mode"):
        if old[name] != new[name]:
            found.append(Difference(name, f"{name}: {old[name]} → {new[name]}", old[name], new[name]))
    if old["text"] != new["text"]:
        lines = list(difflib.unified_diff(_lines(before), _lines(after), "before", "now", lineterm="", n=0))[2:]
        shown = [line for line in lines if not line.startswith("@@")]
        found.append(Difference("text", "\n".join(shown) or "the text", old["text"], new["text"]))
    found += _numbered("sentence", old["sentences"], new["sentences"], _sentence)
    found += _numbered("citation", old["citations"], new["citations"], _citation)
    if not found and not is_same_answer(before, after):
        found.append(Difference("model", f"written by {old['model']} → {new['model']}", old["model"], new["model"]))
    return found


def causes(before: Receipt, after: Receipt, state_of: PassageState) -> list[Difference]:
    """What differs in how the two answers came about, in the order in which one thing leads to the next."""
    return [
        *program_differences(before.program, after.program),
        *_generation(before, after),
        *_translation(before.asked, after.asked),
        *_passages(before, after, state_of),
        *_judgement(before, after),
        *_model(before, after),
        *_drafts(before.drafted, after.drafted),
    ]


def program_differences(before: Program, after: Program) -> Iterator[Difference]:
    """Version, embedder, weights and settings."""
    if before.version != after.version:
        message = f"kefu {before.version} answered then, {after.version} answers now"
        yield Difference("version", message, before.version, after.version)
    if before.embedder != after.embedder:
        message = f"the embedder was {before.embedder}, it is {after.embedder}"
        yield Difference("embedder", message, before.embedder, after.embedder)
    for name in sorted(before.weights.keys() | after.weights.keys()):
        old, new = before.weights.get(name), after.weights.get(name)
        if old != new:
            said = "was not used then" if old is None else "is not used now" if new is None else "has other weights"
            yield Difference("weights", f"{name} {said}", old, new)
    for name in sorted(before.settings.keys() | after.settings.keys()):
        old, new = before.settings.get(name), after.settings.get(name)
        if old != new:
            yield Difference("settings", f"setting {name}: {_shown(old)} → {_shown(new)}", old, new)


def _generation(before: Receipt, after: Receipt) -> Iterator[Difference]:
    if before.generation != after.generation:
        message = f"answered from {before.generation} then, from {after.generation} now"
        yield Difference("generation", message, before.generation, after.generation)


def _translation(before: Asked, after: Asked) -> Iterator[Difference]:
    if before.translated != after.translated:
        named = [f"as {asked.translated!r}" if asked.translated else "in its own words" for asked in (before, after)]
        message = f"the question was searched {named[0]} then, {named[1]} now"
        yield Difference("translation", message, before.translated, after.translated)


def _passages(before: Receipt, after: Receipt, state_of: PassageState) -> Iterator[Difference]:
    documents = {item.passage_id: item.document_id for item in (*before.found, *after.found)}
    hashes = {item.passage_id: item.content_hash for item in after.found}
    used = list(dict.fromkeys(piece.passage_id for piece in before.evidence))
    for item in before.found:
        if item.passage_id not in used:
            continue
        now = hashes.get(item.passage_id)
        if now is not None and now != item.content_hash:
            yield Difference("passage", f"{item.document_id} was edited: {item.passage_id} has other words")
        elif now is None and (state := state_of(item.document_id, item.passage_id)) != "same":
            what = "was edited" if state == "edited" else "is no longer in the index"
            yield Difference("passage", f"{item.document_id} {what}: {item.passage_id} is gone", item.passage_id)
        elif now is None:
            yield Difference("passage", f"{item.passage_id} is not found any more", item.passage_id)
    known = {item.passage_id for item in before.found}
    for passage_id in dict.fromkeys(piece.passage_id for piece in after.evidence):
        if passage_id not in known:
            message = f"{documents.get(passage_id, passage_id)} has a passage that was not found then: {passage_id}"
            yield Difference("passage", message, None, passage_id)
    left = [piece.quote for piece in before.evidence]
    if not _same_quotes(before, after) and known >= {piece.passage_id for piece in after.evidence}:
        chosen = [piece.quote for piece in after.evidence]
        yield Difference("reader", "other sentences were chosen as evidence", left, chosen)


def _judgement(before: Receipt, after: Receipt) -> Iterator[Difference]:
    old, new = before.judged, after.judged
    was, is_now = old.confidence >= old.threshold, new.confidence >= new.threshold
    if was != is_now:
        message = (
            f"the answer was {old.confidence:.2f} likely with {old.threshold:.2f} needed, "
            f"it is {new.confidence:.2f} with {new.threshold:.2f} needed"
        )
        yield Difference("confidence", message, old.confidence, new.confidence)


def _model(before: Receipt, after: Receipt) -> Iterator[Difference]:
    old, new = before.wrote, after.wrote
    if old is None or new is None:
        if old is not new:
            names = [wrote.name if wrote is not None else "no model" for wrote in (old, new)]
            yield Difference("model", f"{names[0]} wrote then, {names[1]} now", *names)
        return
    if old.name != new.name:
        yield Difference("model", f"{old.name} wrote then, {new.name} now", old.name, new.name)
    elif old.sha256 != new.sha256:
        yield Difference("model", f"{old.name} has other weights", old.sha256, new.sha256)
    if old.failure != new.failure:
        said = [f"failed ({wrote.failure})" if wrote.failure else "did not fail" for wrote in (old, new)]
        yield Difference("model", f"the model {said[0]} then, it {said[1]} now", old.failure, new.failure)
    if dict(old.parameters) != dict(new.parameters):
        yield Difference("model", "the model was asked with other parameters", old.parameters, new.parameters)
    if old.prompt_sha256 != new.prompt_sha256:
        yield Difference("model", "the model was asked with another prompt", old.prompt_sha256, new.prompt_sha256)


def _drafts(before: Sequence[Drafted], after: Sequence[Drafted]) -> Iterator[Difference]:
    for number, (old, new) in enumerate(zip_longest(before, after), start=1):
        if old is None or new is None:
            one, when = (old, "now") if new is None else (new, "then")
            assert one is not None
            yield Difference("draft", f"sentence {number} was not written {when}: {one.text}", _fate(old), _fate(new))
        elif old.text != new.text:
            yield Difference("draft", f"sentence {number} was written otherwise", old.text, new.text)
        elif (old.fate, old.reason) != (new.fate, new.reason):
            reason = f": {new.reason}" if new.reason else ""
            message = f"sentence {number} was {old.fate} then and is {new.fate} now{reason}"
            yield Difference("draft", message, _fate(old), _fate(new))


def _same_quotes(before: Receipt, after: Receipt) -> bool:
    return [piece.quote for piece in before.evidence] == [piece.quote for piece in after.evidence]


def _fate(drafted: Drafted | None) -> str | None:
    return None if drafted is None else drafted.fate


def _numbered(
    kind: str,
    before: Sequence[Mapping[str, Any]],
    after: Sequence[Mapping[str, Any]],
    shown: Callable[[Mapping[str, Any]], str],
) -> Iterator[Difference]:
    for number, (old, new) in enumerate(zip_longest(before, after), start=1):
        if old == new:
            continue
        texts = ["none" if item is None else shown(item) for item in (old, new)]
        same = " (in its details)" if texts[0] == texts[1] else ""
        yield Difference(kind, f"{kind} {number}{same}: {texts[0]} → {texts[1]}", old, new)


def _sentence(sentence: Mapping[str, Any]) -> str:
    return f"“{sentence['text']}”" + ("" if sentence["supported"] else f" (dropped: {sentence['reason']})")


def _citation(citation: Mapping[str, Any]) -> str:
    return f"{citation['passage_id']} {citation['start']}-{citation['end']}"


def _lines(receipt: Receipt) -> list[str]:
    """Sentence by sentence, so that a difference shows the sentence and not the whole answer."""
    sentences = [item["text"] for item in receipt.answer["sentences"] if item["supported"]]
    return sentences or str(receipt.answer["text"]).splitlines()


def _spelled(answer: Mapping[str, Any]) -> bytes:
    parts = {name: answer.get(name) for name in COMPARED}
    return json.dumps(parts, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")


def _shown(value: Any) -> str:
    return "none" if value is None else json.dumps(value, ensure_ascii=False)
