from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingest.errors import SourceMissing, SourceOutside
from ingest.ignore import IgnoreRules
from ingest.limits import Limits
from ingest.sources import CorpusSource, FileSource, FolderSource, sources_of


def write(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("七日内可退。")
    return root


def test_a_folder_gives_its_documents_with_their_path_as_id(tmp_path: Path) -> None:
    write(tmp_path, "zh/退货.md", "en/a.txt", "b.csv")

    entries = list(FolderSource(tmp_path).entries())

    assert [entry.document_id for entry in entries] == ["b.csv", "en/a.txt", "zh/退货.md"]
    assert entries[0].size == len("七日内可退。".encode())


def test_hidden_temporary_and_ignored_files_are_no_documents(tmp_path: Path) -> None:
    write(
        tmp_path, "a.md", ".hidden.md", ".git/x.md", "~$b.docx", "c.md.tmp", "README.md", "sub/README.md", "drafts/d.md"
    )
    (tmp_path / ".kefuignore").write_text("# not part\n/README.md\ndrafts/\n")

    assert [entry.document_id for entry in FolderSource(tmp_path).entries()] == ["a.md", "sub/README.md"]


def test_pictures_are_counted_and_old_documents_listed_for_refusal(tmp_path: Path) -> None:
    write(tmp_path, "a.png", "b.PNG", "c.js", "d.doc")
    source = FolderSource(tmp_path)

    assert [entry.document_id for entry in source.entries()] == ["d.doc"]
    assert ".png (2)" in source.notices()[0]
    assert "3 files" in source.notices()[0]


def test_links_that_lead_outside_are_refused_and_folders_not_followed(tmp_path: Path) -> None:
    inside, outside = write(tmp_path / "in", "a.md"), write(tmp_path / "out", "secret.md")
    (inside / "link.md").symlink_to(outside / "secret.md")
    (inside / "same.md").symlink_to(inside / "a.md")
    (inside / "folder").symlink_to(outside)
    (inside / "loop").symlink_to(inside)
    (inside / "broken.md").symlink_to(inside / "none.md")
    os.mkfifo(inside / "pipe.md")
    source = FolderSource(inside)

    entries = {entry.document_id: entry for entry in source.entries()}

    assert set(entries) == {"a.md", "link.md", "same.md"}
    assert isinstance(entries["link.md"].refusal, SourceOutside)
    assert entries["same.md"].refusal is None
    assert len(source.notices()) == 2


def test_a_name_that_is_not_unicode_is_refused(tmp_path: Path) -> None:
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.md"))).write_text("x")

    [entry] = FolderSource(tmp_path).entries()

    assert entry.refusal is not None
    assert "rename" in entry.refusal.message
    entry.document_id.encode()


def test_a_corpus_is_read_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "corpus.jsonl"
    path.write_text(
        '\ufeff{"_id": "A-1", "title": "退货", "text": "七日。"}\n\n{"_id": 2, "text": "运费。"}\nbroken\n'
        '{"_id": "", "text": "x"}\n{"_id": "E", "text": " "}\n{"_id": "L", "text": "' + "长" * 400 + '"}\n'
    )

    entries = list(CorpusSource(path, Limits(max_line_bytes=500)).entries())

    assert [entry.document_id for entry in entries if entry.line] == ["A-1", "2"]
    assert [(entry.document_id, entry.refusal.code) for entry in entries if entry.refusal] == [
        ("corpus.jsonl:4", "document_damaged"),
        ("corpus.jsonl:5", "document_damaged"),
        ("E", "document_empty"),
        ("corpus.jsonl:7", "document_too_large"),
    ]


def test_each_path_becomes_the_source_that_fits(tmp_path: Path) -> None:
    write(tmp_path, "folder/a.md", "b.md")
    (tmp_path / "corpus.jsonl").write_text('{"_id": "1", "title": "t", "text": "x"}\n')
    (tmp_path / "faq.jsonl").write_text('{"question": "q", "answer": "a"}\n')
    names = ["folder", "b.md", "corpus.jsonl", "faq.jsonl", "folder/../folder"]

    sources = sources_of([tmp_path / name for name in names])

    assert [type(source) for source in sources] == [FolderSource, FileSource, CorpusSource, FileSource]


def test_paths_that_are_missing_or_outside_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "in/a.md", "out.md")
    (tmp_path / "in/link").symlink_to(tmp_path)

    with pytest.raises(SourceMissing, match="does not exist"):
        sources_of([tmp_path / "none"])
    for path in ("out.md", "in/../out.md", "in/link/out.md"):
        with pytest.raises(SourceOutside, match="outside"):
            sources_of([tmp_path / path], allowed_root=tmp_path / "in")
    assert sources_of([tmp_path / "in"], allowed_root=tmp_path / "in")


def test_a_source_that_has_vanished_says_so(tmp_path: Path) -> None:
    for source in (FolderSource(tmp_path / "x"), FileSource(tmp_path / "x.md"), CorpusSource(tmp_path / "x.jsonl")):
        with pytest.raises(SourceMissing):
            list(source.entries())


@pytest.mark.parametrize(
    ("pattern", "path", "out"),
    [
        ("*.log.md", "a/b.log.md", True),
        ("/README.md", "README.md", True),
        ("/README.md", "sub/README.md", False),
        ("a/*.md", "a/b/c.md", False),
        ("a/**/c.md", "a/b/d/c.md", True),
        ("a/**", "a/b/c.md", True),
        ("dra?t.md", "draft.md", True),
        ("[x].md", "x.md", False),
        ("# a.md", "a.md", False),
    ],
)
def test_ignore_patterns(pattern: str, path: str, out: bool) -> None:
    assert IgnoreRules([pattern]).leaves_out(path) is out


def test_the_last_pattern_decides() -> None:
    rules = IgnoreRules(["*.md", "!keep.md"])

    assert rules.leaves_out("a.md")
    assert not rules.leaves_out("keep.md")
