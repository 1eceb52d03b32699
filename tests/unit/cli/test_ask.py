from datetime import date
from typing import Any

import pytest

from app.cli.ask import turn_of
from app.cli.jsonl import Line, LineInvalid
from app.domain import Message


def _turn(**fields: Any) -> Any:
    return turn_of(Line("q1", {"text": "问题", **fields}), mode="auto", day=None, access=frozenset())


def test_a_line_may_carry_a_day_a_history_and_its_own_passages() -> None:
    turn = _turn(as_of="2025-06-01", history=[{"role": "user", "content": "你好"}], passages=["签收后7天内可以退货。"])

    assert turn.as_of == date(2025, 6, 1)
    assert turn.history == (Message("user", "你好"),)
    assert turn.passages == ("签收后7天内可以退货。",)


def test_without_passages_the_index_is_asked() -> None:
    assert _turn().passages is None
    assert _turn(passages=[]).passages == ()


def test_the_day_of_the_line_goes_before_that_of_the_command() -> None:
    line = Line("q1", {"text": "问题", "as_of": "2025-06-01"})

    assert turn_of(line, mode="auto", day=date(2026, 1, 1), access=frozenset()).as_of == date(2025, 6, 1)


@pytest.mark.parametrize(
    "fields",
    [
        {"as_of": "soon"},
        {"as_of": 5},
        {"history": "你好"},
        {"history": [{"role": "robot", "content": "x"}]},
        {"history": [{"role": "user"}]},
        {"history": ["x"]},
        {"passages": "text"},
        {"passages": [1]},
        {"text": None},
    ],
)
def test_a_field_of_the_wrong_kind_is_named(fields: dict[str, Any]) -> None:
    with pytest.raises(LineInvalid, match=next(iter(fields))):
        _turn(**fields)
