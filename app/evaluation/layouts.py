"""Which questions a folder holds, by the names and fields of its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.evaluation import rgb
from app.evaluation.claims import CLAIMS
from app.evaluation.datasets import CORPUS, QRELS, QUERIES
from app.evaluation.errors import DatasetUnreadable, LayoutUnknown
from app.evaluation.lines import read_entries

PARTS = ("retrieval", "answers", "reading", "claims", *rgb.PARTS)
"""Everything that can be evaluated, in the order in which it is."""

_EXPECTED = (
    f'{CORPUS} with {QUERIES} and {QRELS} (search; answers too where the queries have "answers"), '
    f'queries.jsonl or queries_*.jsonl with "must_include" (answers), {CLAIMS} (claims beside passages), '
    f"or {', '.join(f'{part}.jsonl' for part in rgb.PARTS)} (passages beside the point or falsified)"
)


@dataclass(frozen=True, slots=True)
class Layout:
    """What of a folder is to be evaluated."""

    folder: Path
    parts: tuple[str, ...]
    """Of `PARTS`, in their order."""
    golden: tuple[Path, ...] = ()
    """Files of answer questions."""

    @property
    def files(self) -> list[Path]:
        """The files of the parts."""
        found = list(self.golden)
        if "retrieval" in self.parts or "reading" in self.parts:
            found += [self.folder / name for name in (QUERIES, QRELS, CORPUS)]
        found += [self.folder / f"{part}.jsonl" for part in self.parts if part in ("claims", *rgb.PARTS)]
        return list(dict.fromkeys(found))


def layout_of(folder: Path, *, only: Sequence[str] = ()) -> Layout:
    """Every part that the folder holds, or those of `only`.

    Raises:
        DatasetUnreadable: there is no such folder, or a part lacks a file.
        LayoutUnknown: it holds no part, or none of `only`.
    """
    if not folder.is_dir():
        what = "is a file; name the folder that it is in" if folder.exists() else "is not there; check the path"
        raise DatasetUnreadable(f"{folder} {what}.")
    golden = [path for path in _question_files(folder) if _has_field(path, "must_include")]
    parts = {"answers"} if golden else set()
    if (folder / QRELS).exists():
        parts |= _judged_parts(folder)
    parts |= {part for part in ("claims", *rgb.PARTS) if (folder / f"{part}.jsonl").exists()}
    if not parts:
        raise LayoutUnknown(f"{folder} holds {_content(folder)}, and no question set. Expected {_EXPECTED}.")
    chosen = tuple(part for part in PARTS if part in parts and (not only or part in only))
    if not chosen or set(only) - parts:
        raise LayoutUnknown(
            f"{folder} holds {', '.join(part for part in PARTS if part in parts)}, not {', '.join(only)}."
        )
    return Layout(folder, chosen, tuple(golden) if "answers" in chosen else ())


def _question_files(folder: Path) -> list[Path]:
    return [path for path in (folder / QUERIES, *sorted(folder.glob("queries_*.jsonl"))) if path.exists()]


def _judged_parts(folder: Path) -> set[str]:
    for name in (QUERIES, CORPUS):
        if not (folder / name).exists():
            raise DatasetUnreadable(f"{folder} has {QRELS} but no {name}; search cannot be judged without it.")
    return {"retrieval", "reading"} if _has_field(folder / QUERIES, "answers") else {"retrieval"}


def _has_field(path: Path, name: str) -> bool:
    return any(name in entry.fields for entry in read_entries(path))


def _content(folder: Path) -> str:
    names = sorted(path.name for path in folder.iterdir())
    if not names:
        return "nothing"
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
