"""The scripted dialogues, with the understanding that is written in them."""

import pytest

from app.dialogue.examples import Example
from app.dialogue.rehearsal import Rehearsal
from tests.dialogue_samples import scripted_dialogues, shipped_engine

REHEARSAL = Rehearsal(shipped_engine())


@pytest.mark.parametrize("example", scripted_dialogues(), ids=lambda example: f"{example.file}: {example.name}")
def test_a_scripted_dialogue_goes_and_ends_as_it_should(example: Example):
    assert REHEARSAL.play(example) == []
