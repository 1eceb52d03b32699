"""Reads behaviour from files: sequences of items, RecBole's .inter, or JSON Lines of events."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from app.domain.behaviour import BehaviourEvent
from app.recommendation.errors import BehaviourInvalid
from app.recommendation.histories import Interaction, seconds
from app.recommendation.json_form import event_of

_LONGEST_ID = 200


def read_interactions(path: Path) -> Iterator[Interaction]:
    """People and items in the order of the file, whose form is told from its first line.

    A line of words is a person and their items in the order of time; a first line of column names with types
    (`user_id:token`) begins a table of RecBole; braces begin events. Raises `BehaviourInvalid` with the line.
    """
    lines = _lines(path)
    first = next(lines, None)
    if first is None:
        raise BehaviourInvalid(f"{path} holds no events: it is empty.")
    number, text = first
    if text.lstrip().startswith("{"):
        yield from map(interaction_of, _events(path, chain([first], lines)))
    elif ":" in text and text.split("\t")[0].endswith((":token", ":float", ":token_seq")):
        yield from _table(path, text, lines)
    else:
        yield from _sequence(path, number, text)
        for number, text in lines:
            yield from _sequence(path, number, text)


def read_events(path: Path) -> Iterator[BehaviourEvent]:
    """Events of a file of JSON Lines. Raises `BehaviourInvalid` with the line."""
    yield from _events(path, _lines(path))


def interaction_of(event: BehaviourEvent) -> Interaction:
    """The part of an event that models learn from; a search is of no item, which no history keeps."""
    return Interaction(event.user_id, event.item_id or "", seconds(event.at), event.event)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Numbered from 1, without blank ones."""
    try:
        with path.open(encoding="utf-8-sig", newline=None) as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield number, line.rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise BehaviourInvalid(f"{path} is not UTF-8 text: {error.reason} at byte {error.start}.") from error
    except OSError as error:
        raise BehaviourInvalid(f"{path} cannot be read: {error.strerror}.") from error


def _events(path: Path, lines: Iterable[tuple[int, str]]) -> Iterator[BehaviourEvent]:
    for number, text in lines:
        try:
            yield event_of(json.loads(text))
        except BehaviourInvalid as error:
            raise BehaviourInvalid(f"{path}, line {number}: {error.message}") from None
        except (ValueError, RecursionError) as error:
            raise BehaviourInvalid(f"{path}, line {number} is not JSON: {error}.") from None


def _table(path: Path, header: str, lines: Iterator[tuple[int, str]]) -> Iterator[Interaction]:
    names = [name.partition(":")[0] for name in header.split("\t")]
    if "user_id" not in names or "item_id" not in names:
        raise BehaviourInvalid(f"{path} has the columns {', '.join(names[:8])}; user_id and item_id are needed.")
    user, item = names.index("user_id"), names.index("item_id")
    when = names.index("timestamp") if "timestamp" in names else None
    for number, text in lines:
        cells = text.split("\t")
        if len(cells) != len(names):
            raise BehaviourInvalid(f"{path}, line {number} has {len(cells)} columns, the first line {len(names)}.")
        try:
            at = None if when is None else float(cells[when])
        except ValueError:
            raise BehaviourInvalid(f"{path}, line {number}: {cells[when or 0]!r} is no time in seconds.") from None
        yield Interaction(_id(path, number, cells[user]), _id(path, number, cells[item]), at)


def _sequence(path: Path, number: int, text: str) -> Iterator[Interaction]:
    names = text.split()
    if len(names) < 2 and number == 1:
        raise BehaviourInvalid(
            f"{path} is none of the forms that are read: `user item item …` a line, a RecBole table, JSON Lines."
        )
    user = _id(path, number, names[0])
    for name in names[1:]:
        yield Interaction(user, _id(path, number, name))


def _id(path: Path, number: int, text: str) -> str:
    name = text.strip()
    if not 0 < len(name) <= _LONGEST_ID:
        raise BehaviourInvalid(f"{path}, line {number}: an id has 1 to {_LONGEST_ID} characters.")
    return name
