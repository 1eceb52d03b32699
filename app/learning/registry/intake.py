"""Takes the files of a candidate: copied whole and hashed, so that what was judged is what will serve."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.learning.registry.errors import CandidateUnusable
from app.learning.registry.manifest import OWN_FILES
from index.disk import sha256_of

_MOST_FILES = 500
_PICKLED = (".pkl", ".pickle", ".pt", ".pth", ".bin", ".joblib", ".py", ".so")
"""Files that run code when they are read, or are code."""


def take_files(source: Path, target: Path) -> Mapping[str, Mapping[str, Any]]:
    """Copy a candidate's files; sha256 and bytes by name below the folder. The target appears whole or not at all.

    Checkpoints (`checkpoint…`) and hidden files are left behind. Raises `CandidateUnusable` for a folder without
    files, with links, with files that could run code, or with too many.
    """
    paths = sorted(path for path in source.rglob("*") if _is_wanted(path, source))
    if not [path for path in paths if path.name not in OWN_FILES]:
        raise CandidateUnusable(f"{source.name} holds no files of a model.")
    if len(paths) > _MOST_FILES:
        raise CandidateUnusable(f"{source.name} holds {len(paths)} files; more than {_MOST_FILES} are no model.")
    for path in paths:
        if path.is_symlink() or not path.is_file():
            raise CandidateUnusable(f"{path.name} is a link or no plain file. Copy the file itself into the folder.")
        if path.suffix.lower() in _PICKLED:
            raise CandidateUnusable(
                f"{path.name} could run code when it is read. Save weights as safetensors, GGUF or JSON."
            )
    staging = target.with_name(target.name + ".new")
    shutil.rmtree(staging, ignore_errors=True)
    found = {}
    try:
        for path in paths:
            name = path.relative_to(source).as_posix()
            (staging / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, staging / name)
            if path.name not in OWN_FILES:
                found[name] = {"sha256": sha256_of(staging / name), "bytes": (staging / name).stat().st_size}
        os.replace(staging, target)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    return found


def _is_wanted(path: Path, source: Path) -> bool:
    parts = path.relative_to(source).parts
    is_aside = any(part.startswith((".", "checkpoint")) for part in parts)
    return not is_aside and (path.is_symlink() or not path.is_dir())
