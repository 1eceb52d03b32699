"""Exit codes, which other people's scripts rely on."""

from __future__ import annotations

import errno
import sqlite3

from index.errors import InputError, KefuError

DONE = 0
FAILED = 1
WRONG_USAGE = 2
REFUSED = 3
"""Done, but some of the inputs were refused."""
INTERRUPTED = 130


def exit_code_of(error: BaseException) -> int:
    """Wrong usage for what the caller can write differently, else failed."""
    if isinstance(error, KefuError) and (isinstance(error, InputError) or error.code.startswith("setting")):
        return WRONG_USAGE
    return FAILED


def code_of(error: BaseException) -> str:
    """The stable code of an error, for JSON."""
    code = getattr(error, "code", None)
    if isinstance(code, str):
        return code
    return "system" if isinstance(error, OSError | sqlite3.Error) else "internal"


def message_of(error: BaseException) -> str:
    """One line that says what happened and what to do."""
    if isinstance(error, KefuError):
        return error.message
    if isinstance(error, OSError):
        place = f": {error.filename}" if error.filename else ""
        hint = " Free some space and run it again." if error.errno == errno.ENOSPC else ""
        return f"{error.strerror or error}{place}.{hint}"
    if isinstance(error, sqlite3.Error):
        return f"A database cannot be used: {error}. `kefu doctor` says which."
    what = " ".join(str(error).split()) or type(error).__name__
    return f"Unexpected {type(error).__name__}: {what[:300]} (--debug shows where)."
