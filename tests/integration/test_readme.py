"""The examples of the README run as they stand, against a service of their own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.live import LiveService, serving

ROOT = Path(__file__).parents[2]
ADDRESS = "http://127.0.0.1:8620"


def _examples(name: str) -> list[tuple[str, str]]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return re.findall(r"<!-- run -->\n```(bash|python)\n(.*?)```", text, re.DOTALL)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> LiveService:  # type: ignore[misc]
    folder = tmp_path_factory.mktemp("readme")
    with serving(folder, documents=ROOT / "knowledge" / "zh" / "returns") as live:
        yield live


def test_both_languages_show_the_same_examples() -> None:
    assert _examples("README.md") == _examples("README.zh.md")
    assert len(_examples("README.md")) >= 5


@pytest.mark.parametrize(
    ("kind", "code"), _examples("README.md"), ids=[f"{n}-{kind}" for n, (kind, _) in enumerate(_examples("README.md"))]
)
def test_the_example_runs(kind: str, code: str, service: LiveService) -> None:
    assert ADDRESS in code or "kefu " in code
    program = ["bash", "-eu", "-o", "pipefail", "-c"] if kind == "bash" else [sys.executable, "-c"]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    result = subprocess.run(
        [*program, code.replace(ADDRESS, service.url)],
        cwd=service.folder,
        env={**service.environment, "PATH": path, "API_KEY": service.admin_key},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert result.returncode == 0, result.stderr
    assert result.stdout.strip()
    assert '"code"' not in result.stdout or "question_empty" in result.stdout, result.stdout
