"""The small language model before and after tuning: what it declines alone, what it answers in the service.

The run is made here from the corpora that come with kefu, as the documented commands do it; TUNED=folder measures one
that is there already. KEFU_EVAL_LIMIT sets how many questions of each set are asked.
"""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path

import pytest

from app.domain import Evidence
from app.evaluation.layouts import layout_of
from app.evaluation.rgb import read_noisy, with_noise
from app.evaluation.runner import Evaluation, EvaluationParams
from app.evaluation.scorecard import Figure
from app.generation.local_gguf import LocalGGUFChat
from app.generation.prompts import build_prompt
from app.retrieval.given import given_passages
from app.settings import LLMSettings, LocalLLMSettings, Settings
from app.training.llm.config import TuningConfig
from app.training.llm.running import tune
from index.weights import Weights
from tests.evaluation.conftest import HOME, ROOT
from tests.integration.test_llm_tuning import base, data, kills  # noqa: F401 - fixtures

pytestmark = [pytest.mark.evaluation, pytest.mark.timeout(0)]

LIMIT = int(os.environ.get("KEFU_EVAL_LIMIT", "0")) or 40
STEPS = 64
_DECLINES = re.compile(
    r"无法|不能(?:确定|回答|提供)|没有(?:提供|提到|提及|相关|明确|直接|说明|足够|找到|这个问题|给出|包含)|未(?:提供|提及|提到|说明|明确|给出|包含)"
    r"|不(?:清楚|知道|确定|包含|足以)|抱歉|对不起"
    r"|do(?:es)? not (?:answer|say|mention|contain|provide)|cannot|sorry|unable",
    re.IGNORECASE,
)
"""Any way of saying that the passages do not answer, so that the untuned model is not held to the tuned one's words."""


@pytest.fixture(scope="module")
def tuned() -> Path:
    given = os.environ.get("TUNED", "")
    if given:
        return Path(given).resolve()
    from app.training.llm.company_data import CompanyDataParams, company_records, default_corpora
    from app.training.llm.records import write_records

    folder = HOME / "tuned"
    file = folder / "sft.jsonl"
    if not file.exists():
        write_records(file, company_records(default_corpora(), folder / "homes", params=CompanyDataParams()))
    config = TuningConfig(data=(str(file),), base="0.5b", steps=STEPS, batch=2, accumulate=2, length=320, rate=2e-4)
    return tune(config, folder / "run", home=folder / "bases", weights_of=weights().path).folder


def weights() -> Weights:
    return Weights(Path(os.environ.get("KEFU_MODELS__CACHE", "~/.cache/kefu/models")).expanduser())


@pytest.mark.llm
def test_the_loss_falls_and_the_adapter_changes_what_is_served_and_back(tuned, scorecard):
    import csv

    with (tuned / "curve.csv").open() as lines:
        held = [float(row["held_out"]) for row in csv.DictReader(lines) if row["held_out"]]
    wanted: dict[str, Path | None] = {"adapter": None}
    chat = LocalGGUFChat(path=weights().path("0.5b"), model_name="0.5b", adapter=lambda: wanted["adapter"])
    prompt = case(
        "退货的仓库在哪个城市？", ["签收后七日内可以申请无理由退货，运费由顾客承担。", "质量问题的运费由商家承担。"]
    )
    replies = []
    for adapter in (None, tuned, None):
        wanted["adapter"] = adapter
        replies.append(chat.invoke(prompt).text)
    chat.close()

    note(
        scorecard,
        "LoRA of the 0.5B model, loss on what is held out",
        "falls",
        f"{held[0]:.2f} → {min(held):.2f}",
        min(held) < held[0],
    )
    assert replies[0] == replies[2] != replies[1]


@pytest.mark.llm
def test_the_tuned_model_declines_when_only_wrong_passages_are_given(tuned, data_folder, scorecard):
    questions = read_noisy(data_folder / "rgb" / "zh_refine.jsonl")[:LIMIT]
    shares = []
    for adapter in (None, tuned):
        chat = LocalGGUFChat(
            path=weights().path("0.5b"), model_name="0.5b", context=4096, adapter=lambda it=adapter: it
        )
        replies = [
            chat.invoke(case(question.text, with_noise(question, 1.0, seed=1).passages), max_tokens=48).text
            for question in questions
        ]
        shares.append(sum(bool(_DECLINES.search(reply)) for reply in replies) / len(replies))
        chat.close()

    before, after = shares
    note(
        scorecard,
        "rgb zh_refine, 0.5B alone: declined at noise 1.0, tuned against untuned",
        ">= 2 times",
        f"{after:.2f} against {before:.2f} of {len(questions)}",
        after >= 2 * before > 0 or (before == 0 and after > 0),
    )


@pytest.mark.llm
@pytest.mark.parametrize(("name", "least"), [("golden", 0.05), ("zh_ecom_policy", 0.0)])
def test_answers_of_the_service_with_and_without_the_adapter(tuned, data_folder, scorecard, name, least):
    folder = ROOT / "tests" / "evaluation" / "golden" if name == "golden" else data_folder / name
    shares = []
    for adapter in (None, tuned):
        local = LocalLLMSettings(model="0.5b")
        llm = LLMSettings(order=("local", "extractive"), local=local, adapter=adapter, shipped_adapter=False)
        evaluation = Evaluation(
            Settings(home=HOME, llm=llm),
            layout_of(folder, only=["answers"]),
            knowledge=[ROOT / "knowledge"] if name == "golden" else [],
            params=EvaluationParams(mode="llm", limit=LIMIT),
        )
        result = evaluation.run()
        (section,) = result.sections
        shares.append(section.estimates(seed=result.seed)["right"].value)

    before, after = shares
    note(
        scorecard,
        f"{name} (0.5B): answer right, tuned against untuned",
        f">= {least:+.2f}",
        f"{after:.3f} against {before:.3f} of {LIMIT}",
        after - before >= least,
    )


def test_a_run_killed_twenty_times_ends_as_one_that_was_left_alone(data, base, tmp_path, scorecard):  # noqa: F811
    is_equal = kills(data, base, tmp_path, count=20, seed=20)

    note(
        scorecard,
        "tuning killed at 20 random moments, then resumed",
        "metrics equal",
        "equal" if is_equal else "differ",
        is_equal,
    )
    assert is_equal


def case(question, passages):
    evidence = [
        Evidence(number, passage, 0, len(passage.sentences) - 1, 1.0)
        for number, passage in enumerate(given_passages(passages), start=1)
    ]
    return [(message.role, message.content) for message in build_prompt(question, evidence, language="zh")]


def note(scorecard, name, target, found, is_met):
    scorecard.note(Figure(name, target, found, is_met, "make eval DATA=folder LLM=1", date.today()))
