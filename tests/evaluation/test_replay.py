"""Does an answer come out the same, byte for byte, when it is answered again from its receipt by other objects?

KEFU_EVAL_REPLAYS=20 asks fewer questions.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import date

import pytest

from app.building.container import Container
from app.domain import Turn
from app.evaluation.datasets import read_golden
from app.evaluation.indexing import container_over
from app.evaluation.scorecard import Figure
from app.replay import Replayer
from app.settings import Settings
from tests.evaluation.conftest import HOME, ROOT
from tests.evaluation.test_golden import GOLDEN, TODAY

pytestmark = [pytest.mark.evaluation, pytest.mark.timeout(0)]

REPLAYS = {"extractive": 200, "llm": 30}


@pytest.mark.parametrize("mode", ["extractive", pytest.param("llm", marks=pytest.mark.llm)])
def test_answers_replay_byte_for_byte(mode, scorecard):
    container, _ = container_over(Settings(home=HOME), [ROOT / "knowledge"])
    wanted = int(os.environ.get("KEFU_EVAL_REPLAYS", REPLAYS[mode]))
    questions = [item for path in sorted(GOLDEN.glob("queries_*.jsonl")) for item in read_golden(path)]
    chosen = questions[:: max(1, len(questions) // wanted)][:wanted]
    ids = [
        container.assistant.reply(Turn(item.text, as_of=item.as_of or TODAY, mode=mode)).receipt_id for item in chosen
    ]
    container.close()

    again = Container(container.settings)
    with Replayer(again) as replayer:
        results = [replayer.replay(again.receipts.get(receipt_id)) for receipt_id in ids]
    again.close()

    counts = Counter(result.outcome for result in results)
    command = "make eval" if mode == "extractive" else "make eval LLM=1"
    if wanted >= REPLAYS[mode]:
        scorecard.note(
            Figure(
                f"answers that replay byte for byte from their receipt ({mode})",
                "100 %",
                f"{counts['identical']} of {len(results)}",
                counts["identical"] == len(results),
                command,
                date.today(),
            )
        )
    assert [result.to_dict() for result in results if result.outcome != "identical"] == []
