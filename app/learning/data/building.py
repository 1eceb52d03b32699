"""Records out of what the service keeps: answers with their evidence, opinions, agents' edits, gaps and documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.assistant.phrases import declined
from app.domain import Evidence
from app.feedback.store import AgentEdit, Feedback
from app.generation.prompts import build_prompt
from app.insight.gaps.gap import Gap
from app.learning.data.records import Kind, Record, Source
from app.learning.data.scrubbing import language_of
from app.receipts.receipt import Receipt
from index.text.normalize import fold
from index.types import Passage

_NEGATIVES = 3
"""Passages of one search that become negatives."""
_LEAST_CHANGED = 0.05
"""Share of a suggestion that an agent has to change before it says anything."""


class RecordMaker:
    """Makes records of what is read; texts are as they were, personal data still in them."""

    def __init__(self, passages: Mapping[str, Passage], customers: Mapping[str, str]) -> None:
        """`passages` of the index in use by id; `customers`: id of the customer by that of the conversation."""
        self._passages, self._customers = passages, customers

    def answers(self, receipts: Sequence[Receipt], opinions: Mapping[str, Sequence[Feedback]]) -> Iterator[Record]:
        """sft, pairs and triples of answers that nobody called wrong, with what they cited."""
        for receipt in receipts:
            if receipt.answer["status"] != "answered" or any(
                one.rating == "down" for one in opinions.get(receipt.receipt_id, ())
            ):
                continue
            if prompt := self.prompt(receipt):
                yield self._record(receipt, "sft", "receipts", _chat(prompt, receipt.answer["text"]))
            yield from self._found(receipt)

    def refusals(self, receipts: Sequence[Receipt]) -> Iterator[Record]:
        """sft: a question with the evidence of another one, whose documents it shares nothing with, is declined.

        One for each four answers, and one for each question that was declined with evidence at hand.
        """
        answered = [one for one in receipts if one.answer["status"] == "answered" and self._evidence(one)]
        for place, receipt in enumerate(answered):
            if place % 4 == 0:
                own = {item.document_id for item in receipt.found}
                strangers = (answered[(place + step) % len(answered)] for step in range(1, len(answered)))
                other = next(
                    (one for one in strangers if not own & {p.passage.document_id for p in self._evidence(one)}), None
                )
                if other is not None:
                    yield self._refusal(receipt, self._evidence(other))
        for receipt in receipts:
            if receipt.answer["status"] == "declined" and (evidence := self._evidence(receipt)):
                yield self._refusal(receipt, evidence)

    def preferences(
        self, receipts: Mapping[str, Receipt], opinions: Mapping[str, Sequence[Feedback]], edits: Sequence[AgentEdit]
    ) -> Iterator[Record]:
        """preference from corrections, from agents' edits, and from good and bad answers to the same question."""
        for edit in edits:
            receipt = receipts.get(edit.receipt_id)
            prompt = self.prompt(receipt) if receipt else None
            if receipt is None or not prompt:
                continue
            if edit.changed >= _LEAST_CHANGED:
                yield self._record(receipt, "preference", "edits", _choice(prompt, edit.sent, edit.suggested))
            yield self._record(receipt, "sft", "edits", _chat(prompt, edit.sent))
        rated: defaultdict[str, dict[str, list[Receipt]]] = defaultdict(lambda: {"up": [], "down": []})
        for receipt_id, given in opinions.items():
            receipt = receipts.get(receipt_id)
            prompt = self.prompt(receipt) if receipt else None
            if receipt is None or not prompt:
                continue
            rated[fold(_question(receipt))][given[0].rating].append(receipt)
            for one in given:
                if one.rating == "down" and one.correction:
                    body = _choice(prompt, one.correction, receipt.answer["text"])
                    yield self._record(receipt, "preference", "ratings", body)
        for sides in rated.values():
            for good, bad in zip(sides["up"], sides["down"], strict=False):
                if good.answer["text"] != bad.answer["text"] and (prompt := self.prompt(good)):
                    body = _choice(prompt, good.answer["text"], bad.answer["text"])
                    yield self._record(good, "preference", "ratings", body)

    def gaps(self, gaps: Sequence[Gap]) -> Iterator[Record]:
        """pairs and pretrain of entries that a person approved."""
        for gap in gaps:
            if gap.draft is None or gap.state not in ("approved", "published"):
                continue
            for language, entry in gap.draft.entries.items():
                at, asked = gap.published_at or gap.found_at, entry.question
                pair = {"query": asked, "passage": entry.answer, "label": 1}
                text = {"text": f"{asked}\n{entry.answer}"}
                yield Record("pairs", "gaps", f"gap {gap.gap_id}", "", at, language, asked, pair)
                yield Record("pretrain", "gaps", f"gap {gap.gap_id}", "", at, language, asked, text)

    def documents(self) -> Iterator[Record]:
        """pretrain of what everybody may read."""
        for passage in self._passages.values():
            if not passage.access:
                yield Record(
                    "pretrain", "documents", "", "", "", language_of(passage.text), "", {"text": passage.embedded_text}
                )

    def prompt(self, receipt: Receipt) -> list[dict[str, str]] | None:
        """The messages that a model is given in service for the question; None where they cannot be made again."""
        if receipt.wrote is not None and receipt.wrote.prompt is not None:
            return [{"role": said.role, "content": said.content} for said in receipt.wrote.prompt]
        evidence = self._evidence(receipt)
        return _prompt(_question(receipt), evidence, receipt.answer["language"]) if evidence else None

    def _evidence(self, receipt: Receipt) -> list[Evidence]:
        """What was chosen for it, as far as the index still holds it word for word."""
        found = []
        for piece in receipt.evidence:
            passage = self._passages.get(piece.passage_id)
            if passage is None or piece.last >= len(passage.sentences) or passage.access or not _question(receipt):
                continue
            evidence = Evidence(piece.number, passage, piece.first, piece.last, piece.score)
            if evidence.quote == piece.quote:
                found.append(evidence)
        return found

    def _refusal(self, receipt: Receipt, evidence: Sequence[Evidence]) -> Record:
        language = receipt.answer["language"]
        return self._record(
            receipt, "sft", "refusals", _chat(_prompt(_question(receipt), evidence, language), declined(language))
        )

    def _found(self, receipt: Receipt) -> Iterator[Record]:
        """Cited passages are what the question wants; those found beside them, of other documents, are not."""
        cited = list(dict.fromkeys(one["passage_id"] for one in receipt.answer["citations"]))
        chosen = {piece.passage_id for piece in receipt.evidence}
        wanted = [self._passages[name] for name in cited if name in self._passages and not self._passages[name].access]
        documents = {passage.document_id for passage in wanted}
        others = [
            self._passages[item.passage_id]
            for item in receipt.found
            if item.passage_id in self._passages and item.passage_id not in chosen and item.document_id not in documents
        ]
        negatives = [passage for passage in others if not passage.access][:_NEGATIVES]
        query = _question(receipt)
        if not query:
            return
        for label, passages in ((1, wanted), (0, negatives)):
            for passage in passages:
                body = {
                    "query": query,
                    "passage": passage.embedded_text,
                    "label": label,
                    "passage_id": passage.passage_id,
                }
                yield self._record(receipt, "pairs", "receipts", body)
        for passage in wanted:
            for negative in negatives:
                yield self._record(
                    receipt,
                    "triples",
                    "receipts",
                    {
                        "query": query,
                        "positive": passage.embedded_text,
                        "negative": negative.embedded_text,
                        "passage_id": passage.passage_id,
                        "negative_id": negative.passage_id,
                    },
                )

    def _record(self, receipt: Receipt, kind: Kind, source: Source, body: Mapping[str, Any]) -> Record:
        conversation = receipt.asked.conversation_id or ""
        return Record(
            kind,
            source,
            conversation or f"answer {receipt.receipt_id}",
            self._customers.get(conversation, ""),
            receipt.created_at,
            str(receipt.answer["language"]),
            _question(receipt),
            body,
        )


def _question(receipt: Receipt) -> str:
    return receipt.asked.standalone or receipt.asked.message or ""


def _prompt(question: str, evidence: Sequence[Evidence], language: str) -> list[dict[str, str]]:
    return [message.to_dict() for message in build_prompt(question, evidence, language=language)]


def _chat(prompt: Sequence[Mapping[str, str]], reply: str) -> dict[str, Any]:
    return {"messages": [*prompt, {"role": "assistant", "content": reply}]}


def _choice(prompt: Sequence[Mapping[str, str]], chosen: str, rejected: str) -> dict[str, Any]:
    """As trl reads it: conversational, with the two replies as messages."""
    return {
        "prompt": list(prompt),
        "chosen": [{"role": "assistant", "content": chosen}],
        "rejected": [{"role": "assistant", "content": rejected}],
    }
