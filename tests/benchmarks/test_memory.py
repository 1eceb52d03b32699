"""Peak memory of real processes, as the kernel counts it (resident, mapped files included)."""

from __future__ import annotations

import json
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from tests.benchmarks.live_chats import ask, client_of, with_weights
from tests.benchmarks.made_documents import KNOWLEDGE, write_note
from tests.benchmarks.questions import golden_questions
from tests.benchmarks.scale import scaled
from tests.live import KEFU, serving

pytestmark = [pytest.mark.benchmark, pytest.mark.weights, pytest.mark.timeout(3600)]

GIB = 2**30
EVERY_S = 0.2
PARSED_ELSEWHERE = [
    "manuals/zh/电饭煲_HJ-R40.pdf",
    "manuals/zh/空气净化器_A3.docx",
    "manuals/zh/智能门锁_D5快速上手.pptx",
]
"""Documents that a process of its own reads, so that it counts too."""


def peak_bytes(process_id: int) -> int:
    """The most that a process ever had in memory."""
    for line in Path(f"/proc/{process_id}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("the kernel says nothing of VmHWM")


def test_service_without_a_language_model(tmp_path, store_of, measurements):
    derived = store_of(scaled(10_000, least=500))
    environment = with_weights(tmp_path, KEFU_STORE=str(derived.root))
    questions = [item.text for item in golden_questions(scaled(200, least=20))]
    with (
        serving(tmp_path, documents=None, environment=environment) as service,
        client_of(service) as client,
        ThreadPoolExecutor(8) as pool,
    ):
        answers = list(pool.map(lambda text: ask(client, text), questions))
        peak = peak_bytes(service.process.pid)

    assert len(answers) == len(questions)
    assert {answer["mode"] for answer in answers} <= {"extractive", "dialogue"}
    read = [answer for answer in answers if answer["mode"] == "extractive"]
    assert len(read) >= 0.8 * len(answers)
    assert sum(bool(answer["citations"]) for answer in read) >= 0.8 * len(read)
    measurements.note(
        f"peak memory of the service without a language model, {derived.passages:,} passages",
        target="<= 1.2 GiB",
        measured=f"{peak / GIB:.2f} GiB after {len(answers)} questions of 8 callers",
        is_met=peak <= 1.2 * GIB,
    )


def test_ingest_of_many_documents(tmp_path, measurements):
    count, tree = scaled(10_000, least=100), tmp_path / "tree"
    for number in range(count):
        write_note(tree, number)
    for name in PARSED_ELSEWHERE:
        (tree / Path(name).name).write_bytes((KNOWLEDGE / name).read_bytes())
    with (tmp_path / "progress").open("w") as progress:
        process = subprocess.Popen(
            [*KEFU, "ingest", str(tree), "--json"],
            cwd=tmp_path,
            env=with_weights(tmp_path),
            stdout=subprocess.PIPE,
            stderr=progress,
            text=True,
        )
        peak, most_processes = _watch(process)
        assert process.stdout is not None
        report = json.load(process.stdout)
        process.stdout.close()

    assert process.returncode == 0, (tmp_path / "progress").read_text()
    assert (report["added"], report["refused"]) == (count + len(PARSED_ELSEWHERE), [])
    assert report["passages_embedded"] == report["passages"] >= count
    assert most_processes >= 2
    measurements.note(
        f"peak memory of an ingest of {count:,} documents, its parser process included",
        target="<= 1.5 GiB",
        measured=f"{peak / GIB:.2f} GiB ({report['passages']:,} passages in {report['seconds']:.0f} s)",
        is_met=peak <= 1.5 * GIB,
    )


def _watch(process: subprocess.Popen[str]) -> tuple[int, int]:
    """Until it ends: the most that it and its children had together at a time, and the most processes there were.

    Between two looks a peak may be missed, but not one of the process itself: the kernel remembers that.
    """
    peak = most_processes = 0
    root = psutil.Process(process.pid)
    while process.poll() is None:
        try:
            family = [root, *root.children(recursive=True)]
            peak = max(peak, sum(_resident(member) for member in family), peak_bytes(process.pid))
            most_processes = max(most_processes, len(family))
        except (psutil.NoSuchProcess, AssertionError, OSError):
            pass  # it ends just now
        time.sleep(EVERY_S)
    return peak, most_processes


def _resident(member: psutil.Process) -> int:
    try:
        return int(member.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
