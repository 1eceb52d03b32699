"""Which files of a folder are no part of the knowledge base."""

from __future__ import annotations

import re
from collections.abc import Iterable

IGNORE_FILE = ".kefuignore"
_ALWAYS = re.compile(
    r"(?:^|/)(?:\.[^/]*|~\$[^/]*|[^/]*~|__MACOSX|Thumbs\.db|desktop\.ini|[^/]*\.(?:tmp|part|crdownload|swp|bak))(?:/|$)"
)


class IgnoreRules:
    """Glob patterns as in a `.gitignore`: one a line, `#` comments, the last one that matches decides.

    A pattern without a slash matches a name in any folder, one with a slash a path from the root; `*` stays within a
    name, `**` does not, a trailing slash matches folders only, a leading `!` takes a file in again. Hidden files,
    editors' and office programs' temporary files are always left out.
    """

    def __init__(self, lines: Iterable[str] = ()) -> None:
        self._rules: list[tuple[re.Pattern[str], bool, bool]] = []
        for line in lines:
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            takes_in = line.startswith("!")
            pattern = line.lstrip("!")
            only_folders = pattern.endswith("/")
            pattern = pattern.rstrip("/")
            self._rules.append((re.compile(_expression(pattern)), only_folders, takes_in))

    def leaves_out(self, path: str, *, is_folder: bool = False) -> bool:
        """Whether `path` (relative to the root, with slashes) is left out."""
        if _ALWAYS.search(path):
            return True
        out = False
        for expression, only_folders, takes_in in self._rules:
            if (is_folder or not only_folders) and expression.fullmatch(path):
                out = not takes_in
        return out


def _expression(pattern: str) -> str:
    anchored = "/" in pattern
    parts: list[str] = []
    for piece in re.split(r"(\*\*/|\*\*|\*|\?)", pattern.lstrip("/")):
        parts.append({"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}.get(piece) or re.escape(piece))
    return ("" if anchored else "(?:.*/)?") + "".join(parts)
