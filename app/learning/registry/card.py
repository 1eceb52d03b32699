"""The model card of a candidate: a page for people who have to know what serves."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from app.served.records import CandidateRecord
from app.sizes import human_bytes


def card_of(record: CandidateRecord, history: Sequence[Mapping[str, Any]] = ()) -> str:
    """Markdown: what it is, where it comes from, how it compares, what was decided. Not a word of a customer."""
    verdict = record.verdict or {}
    lines = [
        f"# {record.kind} {record.candidate_id}",
        "",
        f"State: **{record.state}**. Trained {record.created_at:%Y-%m-%d %H:%M} UTC, submitted "
        f"{record.submitted_at:%Y-%m-%d %H:%M} UTC.",
        "",
        *_judgement(verdict),
        *_figures(verdict),
        *_lineage(record),
        "## Files",
        "",
        "| file | size | sha256 |",
        "|---|---|---|",
        *(
            f"| {_cell(name)} | {human_bytes(int(facts['bytes']))} | `{facts['sha256']}` |"
            for name, facts in record.files.items()
        ),
        "",
        "## Decisions",
        "",
        "| when | what | by | note |",
        "|---|---|---|---|",
        *(f"| {row['at']} | {row['move']} | {_cell(row['by'])} | {_cell(row['note'] or '')} |" for row in history),
    ]
    return "\n".join(lines) + "\n"


def _judgement(verdict: Mapping[str, Any]) -> list[str]:
    if not verdict:
        return []
    if verdict["passed"]:
        return ["## Verdict", "", "Passed: better than what served, and worse nowhere beyond what is allowed.", ""]
    reasons = [f"- {row['words']['en']}\n- {row['words']['zh']}" for row in verdict["reasons"]]
    return ["## Verdict", "", "Refused:", "", *reasons, ""]


def _figures(verdict: Mapping[str, Any]) -> list[str]:
    comparison = verdict.get("comparison")
    if not comparison:
        return []
    rows = [comparison["main"], *comparison["languages"], *comparison["types"]]
    times = comparison["p95_ms"]
    lines = [
        f"## On {verdict['questions']} questions that were never trained on",
        "",
        f"Beside {verdict['serving'] or 'what comes with kefu'}; {verdict['left_out']} left out because training data "
        "has them.",
        "",
        "| part | questions | candidate | serving | p |",
        "|---|---|---|---|---|",
        *(
            f"| {_cell(row['name'])} | {row['questions']} | {row['candidate']:.1%} | {row['serving']:.1%} "
            f"| {row['p']:.3f} |"
            for row in rows
        ),
        "",
        f"95 % of questions take up to {times['candidate']:.1f} ms, {times['serving']:.1f} ms with what serves.",
        "",
    ]
    replay = verdict.get("replay")
    if replay:
        lines += [
            f"On the last {replay['questions']} questions of customers both agree in {replay['same']:.1%}; it takes "
            f"{replay['declined']['candidate']:.1%} for none of its business, what serves "
            f"{replay['declined']['serving']:.1%}.",
            "",
        ]
    return lines


def _lineage(record: CandidateRecord) -> list[str]:
    told = json.dumps(record.lineage, ensure_ascii=False, indent=2, sort_keys=True)
    claimed = "".join(f"| {_cell(name)} | {value:.4f} |\n" for name, value in sorted(record.metrics.items()))
    lines = ["## Where it comes from", "", "```json", told, "```", ""]
    return lines if not claimed else [*lines, "As training says:", "", "| figure | value |", "|---|---|", claimed]


def _cell(text: str) -> str:
    return " ".join(str(text).split()).replace("|", "\\|")
