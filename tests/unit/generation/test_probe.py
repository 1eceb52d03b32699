import math

import pytest

from app.domain import Judged, Message
from app.generation.fallback import FallbackChatModel
from app.generation.probe import PROBES, log_odds
from app.generation.scripted import ScriptedChatModel


def test_all_ways_of_either_answer_count_together():
    likely = {
        "有": math.log(0.3),
        "有的": math.log(0.1),
        "没有": math.log(0.15),
        "无": math.log(0.05),
        "[": math.log(0.4),
    }

    assert log_odds(likely, PROBES["zh"]).log_odds == pytest.approx(math.log(0.4 / 0.2))
    assert log_odds({" Yes": math.log(0.9), "no": math.log(0.1)}, PROBES["en"]).log_odds == pytest.approx(math.log(9))


def test_an_answer_that_is_not_among_the_likeliest_counts_as_rare():
    assert 5 < log_odds({"yes": 0.0}, PROBES["en"]).log_odds < 20
    assert log_odds({"[": 0.0}, PROBES["en"]).log_odds == 0


def test_what_a_model_judged_before_it_failed_is_followed_by_the_next_ones_answer():
    failing = ScriptedChatModel(["一"], judges=1.5, fault="error")
    models = FallbackChatModel([failing, ScriptedChatModel(["二"], judges=-0.5)])

    pieces = list(models.stream([Message("user", "几天？")], probe=PROBES["zh"]))

    assert [piece.log_odds for piece in pieces if isinstance(piece, Judged)] == [1.5, -0.5]
    assert "".join(pieces) == "二"
    assert models.takes_probes


def test_a_model_that_takes_no_probes_is_not_asked():
    model = ScriptedChatModel(["一"])

    assert not model.takes_probes
    assert list(model.stream([Message("user", "几天？")], probe=PROBES["zh"])) == ["一"]
