"""Actions as tools of OpenAI's chat API, and what comes of a call as the message that answers it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from app.actions.session import ToolSession
from app.domain.action import ActionOutcome, ActionSpec, Wording

_CONFIRMATION = {
    "type": "string",
    "description": "Only after the customer has agreed to what was described: the `confirmation` that came with it",
}
_FIRST = Wording(
    zh="先不带confirmation调用，得到将要做的事的说明；客户明确同意后，再带上返回的confirmation调用。",
    en="Call it without confirmation first to learn what would be done; once the customer has clearly agreed, call it "
    "again with the confirmation that came back.",
)


def schema_of(spec: ActionSpec) -> dict[str, Any]:
    """JSON Schema of the arguments, with the confirmation of a change."""
    schema = dict(spec.parameters)
    if spec.is_write:
        schema["properties"] = {**schema["properties"], "confirmation": _CONFIRMATION}
    return schema


def description_of(spec: ActionSpec, language: Literal["zh", "en"] = "en") -> str:
    """What it does and, for a change, how it is confirmed."""
    text = spec.description.in_language(language)
    if not spec.is_write:
        return text
    return f"{text}. {_FIRST.en}" if language == "en" else f"{text}。{_FIRST.zh}"


def openai_tools(specs: Iterable[ActionSpec], *, language: Literal["zh", "en"] = "en") -> list[dict[str, Any]]:
    """The `tools` of a chat completion."""
    return [
        {
            "type": "function",
            "function": {
                "name": spec.name,
                "description": description_of(spec, language),
                "parameters": schema_of(spec),
            },
        }
        for spec in specs
    ]


def answer_call(call: Mapping[str, Any], session: ToolSession) -> dict[str, Any]:
    """Do what a `tool_calls` entry of the model asks for; returns the `tool` message for it.

    Arguments that are no JSON object are told to the model, which writes them again.
    """
    function = call.get("function", {})
    try:
        arguments = json.loads(function.get("arguments") or "{}")
    except ValueError:
        arguments = None
    if not isinstance(arguments, dict):
        content = json.dumps({"status": "needs_input", "message": "The arguments have to be a JSON object."})
    else:
        content = told(session.call(str(function.get("name", "")), arguments))
    return {"role": "tool", "tool_call_id": call.get("id", ""), "content": content}


def told(outcome: ActionOutcome) -> str:
    """An outcome as JSON for a language model: without the trace, whose reason the message gives."""
    body: dict[str, Any] = {
        "status": outcome.status,
        "message": outcome.message.to_dict(),
        "data": dict(outcome.data),
    }
    if outcome.missing:
        body["missing"] = list(outcome.missing)
    return json.dumps(body, ensure_ascii=False)
