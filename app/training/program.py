"""What the programs of this package (`python -m app.training.…`) have in common: paths looked at first, faults told.

They run for minutes to hours, so a path that is not there ends them before they begin, and whatever else was given that
they cannot use is told in a line.
"""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from index.errors import KefuError


def existing_file(text: str) -> Path:
    """For `argparse`: a file that is read."""
    path = Path(text)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"{text} is {'a folder, not a file' if path.is_dir() else 'not there'}")
    return path


def existing_folder(text: str) -> Path:
    """For `argparse`: a folder that is read."""
    path = Path(text)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is {'a file, not a folder' if path.is_file() else 'not there'}")
    return path


def new_file(text: str) -> Path:
    """For `argparse`: a file that is written in the end; its folder is there."""
    path = Path(text)
    if path.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is a folder; name a file")
    if not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"the folder {path.parent} is not there; make it first")
    return path


def run(main: Callable[[], None]) -> None:
    """Run a program; what it was given and cannot use is told in one line, and the exit status is 1."""
    try:
        main()
    except KefuError as error:
        sys.exit(f"Error: {error.message}")
    except OSError as error:
        sys.exit(f"Error: {error}")
    except json.JSONDecodeError as error:
        sys.exit(f"Error: what was given is not JSON: {error} in {error.doc[:60]!r}")
    except UnicodeDecodeError as error:
        sys.exit(f"Error: what was given is not UTF-8: {error}.")
    except KeyError as error:
        sys.exit(f"Error: there is no {error} in a line that was given, or a fault of the program: {_place(error)}.")


def _place(error: BaseException) -> str:
    """Where it was raised, as module and line."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(last.filename).name}, line {last.lineno}"
