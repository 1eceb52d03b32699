"""A real service in a process of its own, for tests that come from outside."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

KEFU = [sys.executable, "-c", "import sys; from app.cli import main; sys.exit(main())"]
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class LiveService:
    """Where it listens and how to be let in."""

    url: str
    admin_key: str
    folder: Path
    """Its working directory."""
    environment: dict[str, str]
    process: subprocess.Popen[str]


def clean_environment(folder: Path, **settings: str) -> dict[str, str]:
    """The environment of a `kefu` command that needs no weights and keeps everything in `folder`."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("KEFU_")}
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        "KEFU_HOME": str(folder / "var"),
        "KEFU_MODELS__EMBEDDER": "hashing",
        "KEFU_MODELS__CACHE": str(folder / "models"),
        "KEFU_LLM__ORDER": "extractive",
        "KEFU_ANSWER__MIN_CONFIDENCE": "0",  # the shipped weights were fitted for another embedder
        "KEFU_SCHEDULE__ENABLED": "false",
        "KEFU_HANDOFF__HOURS": "{}",  # somebody is there at whatever hour the tests run
        **settings,
    }


def kefu(
    *arguments: str, folder: Path, environment: dict[str, str] | None = None, stdin: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run one command as a user would, in a process of its own."""
    return subprocess.run(
        [*KEFU, *arguments],
        cwd=folder,
        env=environment or clean_environment(folder),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@contextmanager
def serving(
    folder: Path, *, documents: Path | None, environment: dict[str, str] | None = None
) -> Iterator[LiveService]:
    """Take `documents` in, where there are any, and serve the index at a free port of the loopback interface."""
    environment = environment or clean_environment(folder)
    if documents is not None:
        ingested = kefu("ingest", str(documents), folder=folder, environment=environment)
        assert ingested.returncode == 0, ingested.stderr
    process = subprocess.Popen(
        [*KEFU, "serve", "--port", "0", "--json"],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stderr is not None
        errors: list[str] = []
        follower = threading.Thread(target=_follow, args=(process.stderr, errors), daemon=True)
        follower.start()
        first = process.stdout.readline()
        assert first, "".join(errors)
        said = json.loads(first)
        yield LiveService(said["url"], said["admin_key"] or "", folder, environment, process)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def _follow(stream: IO[str], lines: list[str]) -> None:
    try:
        lines.extend(stream)
    except ValueError:  # closed while it was read
        return
