from __future__ import annotations

import pytest

from ingest.errors import DocumentEncrypted, DocumentTypeMismatch, DocumentTypeUnknown
from ingest.formats import check_magic, format_of, require_format

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


@pytest.mark.parametrize(
    ("name", "format"),
    [("a.MD", "markdown"), ("b.htm", "html"), ("c.tsv", "csv"), ("d.jsonl", "json"), ("e.png", None), ("f", None)],
)
def test_the_loader_is_found_by_the_name(name: str, format: str | None) -> None:
    assert format_of(name) == format


def test_an_unread_kind_is_refused_with_what_to_do() -> None:
    with pytest.raises(DocumentTypeUnknown, match=r"save it as \.docx"):
        require_format("合同.doc")
    with pytest.raises(DocumentTypeUnknown, match=r"kefu reads .*\.pdf"):
        require_format("film.mp4")
    with pytest.raises(DocumentTypeUnknown, match="KEFU_INGEST__OCR=all"):
        require_format("photo.png")
    assert require_format("photo.PNG", pictures=True) == "picture"
    with pytest.raises(DocumentTypeUnknown, match="without an extension"):
        require_format("Makefile")


@pytest.mark.parametrize(
    ("name", "format", "head"),
    [
        ("a.docx", "docx", b"%PDF-1.7"),
        ("a.docx", "docx", b"plain text"),
        ("a.pdf", "pdf", b"PK\x03\x04rest"),
        ("a.txt", "text", b"PK\x03\x04rest"),
        ("a.md", "markdown", b"%PDF-1.4"),
        ("a.csv", "csv", OLE),
        ("a.html", "html", b"\x89PNG\r\n"),
        ("a.xlsx", "xlsx", OLE + "Workbook".encode("utf-16-le")),
    ],
)
def test_bytes_of_another_format_than_the_name_says_are_refused(name: str, format: str, head: bytes) -> None:
    with pytest.raises(DocumentTypeMismatch, match="name says"):
        check_magic(name, format, head)


def test_an_office_file_with_a_password_is_told_from_an_old_one() -> None:
    with pytest.raises(DocumentEncrypted, match="password"):
        check_magic("a.docx", "docx", OLE + "EncryptedPackage".encode("utf-16-le"))


@pytest.mark.parametrize(
    ("format", "head"), [("pdf", b"\n\n%PDF-1.7"), ("xlsx", b"PK\x03\x04"), ("text", b"PK is short for"), ("csv", b"")]
)
def test_fitting_bytes_pass(format: str, head: bytes) -> None:
    check_magic(f"a.{format}", format, head)
