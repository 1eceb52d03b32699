"""Lists of words that come with kefu, read on first use."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=16)
def word_list(name: str, *, package: str = "index.text") -> frozenset[str]:
    """The words of `data/NAME.txt` in a package: divided by white space, lines that begin with # left out."""
    lines = files(package).joinpath("data", f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
