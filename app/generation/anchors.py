"""The slots of llama.cpp, each kept at the end of a system message that prompts share."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

SLOTS = 3
_ANCHOR = {"role": "user", "content": "."}
"""Prompts begin with the tag of their sources."""


class Anchors:
    """Keeps each slot of llama.cpp at the end of one system message, always computed in the same way.

    llama.cpp reads a prompt from where it parts from what the slot holds. A slot is taken to its anchor, the system
    message and a user's message that no prompt begins with, once from nothing and then after every reply; so a prompt
    parts from it at the same place and finds the same values there, whoever asked what before.
    """

    def __init__(self) -> None:
        self._slots: OrderedDict[str, int] = OrderedDict()

    def ready(self, server: Any, request: Mapping[str, Any]) -> int:
        """The slot whose anchor a request begins with; the one not used for longest is taken where none has it."""
        system = _system_of(request["messages"])
        if system not in self._slots:
            free = set(range(SLOTS)) - set(self._slots.values())
            self._slots[system] = min(free) if free else self._slots.popitem(last=False)[1]
            self._read(server, request, is_new=True)
        self._slots.move_to_end(system)
        return self._slots[system]

    def take_back(self, server: Any, request: Mapping[str, Any]) -> None:
        """Take the slot of a request back to its anchor; one that fails is read from nothing next time."""
        system = _system_of(request["messages"])
        if system in self._slots and not self._read(server, request, is_new=False):
            del self._slots[system]

    def _read(self, server: Any, request: Mapping[str, Any], *, is_new: bool) -> bool:
        failures: list[object] = []

        def take(event: dict[str, Any]) -> bool:
            if "error" in event:
                failures.append(event["error"])
            return bool(failures)

        system = _system_of(request["messages"])
        anchor = {
            "messages": [*([{"role": "system", "content": system}] if system else []), _ANCHOR],
            "stream": True,
            "max_tokens": 0,
            "temperature": 0,
            "cache_prompt": not is_new,
            "id_slot": self._slots[system],
            **({"lora": request["lora"]} if "lora" in request else {}),
        }
        try:
            server.handle_chat_completions(anchor, take)
        except Exception as error:
            failures.append(error)
        return not failures


def _system_of(messages: Sequence[Mapping[str, str]]) -> str:
    return messages[0]["content"] if messages and messages[0]["role"] == "system" else ""
