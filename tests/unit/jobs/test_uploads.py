from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.jobs.uploads import UploadFolder, safe_name
from index.errors import StoreFull
from ingest.errors import DocumentEmpty, DocumentTooLarge, DocumentTypeUnknown


@pytest.fixture
def folder(tmp_path: Path) -> UploadFolder:
    return UploadFolder(tmp_path / "uploads", max_bytes=100)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("退货政策（2026）.md", "退货政策（2026）.md"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\fakepath\\价格 表.xlsx", "价格 表.xlsx"),
        ("a\x00b\n.md", "a_b_.md"),
        ("..hidden.md", "hidden.md"),
        ("<script>.html", "_script_.html"),
        ("CON.txt", "_CON.txt"),
        ("re\u202efdp.md", "re_fdp.md"),
    ],
)
def test_name_keeps_its_letters_and_loses_what_is_dangerous(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@pytest.mark.parametrize("name", ["", ".", "..", "/", ".md", "readme", "a/", "...", "...md"])
def test_name_of_which_nothing_is_left_is_refused(name: str) -> None:
    with pytest.raises(DocumentTypeUnknown):
        safe_name(name)


@given(st.text(max_size=300))
def test_any_name_is_refused_or_stays_in_the_folder(name: str) -> None:
    try:
        safe = safe_name(name)
    except DocumentTypeUnknown:
        return
    assert "/" not in safe
    assert "\\" not in safe
    assert not safe.startswith(".")
    assert len(safe.encode()) <= 255
    assert safe.isprintable()


def test_file_appears_whole_under_its_id(folder: UploadFolder) -> None:
    stored = folder.save("退货.md", [b"a" * 50, b"b" * 50])

    assert (stored.document_id, stored.size, stored.version) == ("upload/退货.md", 100, 1)
    assert (folder.documents / stored.document_id).read_bytes() == b"a" * 50 + b"b" * 50
    assert folder.holds("upload/退货.md")


def test_same_bytes_again_make_no_new_version(folder: UploadFolder) -> None:
    folder.save("a.md", [b"one"])

    assert folder.save("a.md", [b"one"]).version == 1


def test_other_bytes_make_a_new_version_and_the_old_one_is_kept(folder: UploadFolder, tmp_path: Path) -> None:
    folder.save("a.md", [b"one"])

    assert folder.save("a.md", [b"two"]).version == 2
    assert (folder.documents / "upload/a.md").read_bytes() == b"two"
    assert [path.read_bytes() for path in (tmp_path / "uploads/versions/a.md").iterdir()] == [b"one"]


def test_file_over_the_limit_is_refused_while_it_arrives(folder: UploadFolder, tmp_path: Path) -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield b"x" * 60

    with pytest.raises(DocumentTooLarge):
        folder.save("big.md", endless())

    assert taken == 2
    assert not folder.holds("upload/big.md")
    assert list((tmp_path / "uploads/incoming").iterdir()) == []


def test_empty_file_is_refused(folder: UploadFolder) -> None:
    with pytest.raises(DocumentEmpty):
        folder.save("a.md", [])


def test_full_disk_is_said_in_so_many_words(folder: UploadFolder) -> None:
    def failing() -> Iterator[bytes]:
        yield b"x"
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(StoreFull, match="disk is full"):
        folder.save("a.md", failing())


def test_removed_file_is_no_longer_ingested_and_can_be_uploaded_again(folder: UploadFolder) -> None:
    folder.save("a.md", [b"one"])

    assert folder.remove("upload/a.md")
    assert not folder.holds("upload/a.md")
    assert not folder.remove("upload/a.md")
    assert folder.save("a.md", [b"one"]).version == 2


@pytest.mark.parametrize(
    "document_id", ["upload/../x.md", "../x.md", "upload/..", "upload/", "a.md", "upload/a/b.md", "upload/a\0.md"]
)
def test_id_outside_the_folder_is_never_ours(folder: UploadFolder, tmp_path: Path, document_id: str) -> None:
    folder.save("a.md", [b"one"])
    (tmp_path / "uploads" / "documents" / "x.md").write_bytes(b"x")

    assert not folder.holds(document_id)
    assert not folder.remove(document_id)


@pytest.mark.parametrize("name", ["setup.exe", "old.doc", "photo.heic"])
def test_a_kind_that_is_not_read_is_refused_at_once(tmp_path: Path, name: str) -> None:
    folder = UploadFolder(tmp_path)

    with pytest.raises(DocumentTypeUnknown):
        folder.save(name, [b"MZ"])
    assert list(folder.stored()) == []
