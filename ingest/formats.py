"""What kind of file it is: by its name, confirmed by its first bytes."""

from __future__ import annotations

from pathlib import PurePath

from ingest.errors import DocumentEncrypted, DocumentTypeMismatch, DocumentTypeUnknown
from ingest.recognition.picture import picture_kind

FORMATS = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
    ".text": "text",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".csv": "csv",
    ".tsv": "csv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".docx": "docx",
    ".docm": "docx",
    ".pptx": "pptx",
    ".pdf": "pdf",
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
}
"""Extension to name of the loader."""

PICTURES = {".png": "picture", ".jpg": "picture", ".jpeg": "picture", ".webp": "picture"}
"""The same for pictures, which are documents where their text is to be read."""

BINARY = frozenset(["xlsx", "docx", "pptx", "pdf", "picture"])
"""Formats whose parsers are complex enough to be kept in a process of their own."""

_LEGACY = {
    ".doc": "docx",
    ".wps": "docx",
    ".rtf": "docx",
    ".odt": "docx",
    ".pages": "docx",
    ".epub": "html",
    ".xls": "xlsx",
    ".et": "xlsx",
    ".xlsb": "xlsx",
    ".ods": "xlsx",
    ".numbers": "xlsx",
    ".ppt": "pptx",
    ".dps": "pptx",
    ".odp": "pptx",
    ".key": "pptx",
    ".eml": "txt",
    ".msg": "txt",
    ".mht": "html",
}
"""Documents that people keep and kefu does not read, with the format to save them in."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_MAGIC = (
    (_OLE, "an old office document or an encrypted one"),
    (b"%PDF-", "a PDF"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"SQLite format 3", "a database"),
    (b"{\\rtf", "an RTF document"),
)
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")

HEAD_BYTES = 8192
"""How much of a file `check_magic` wants to see."""


def format_of(name: str, *, pictures: bool = False) -> str | None:
    """The loader for a file of this name, or None when there is none; `pictures` says whether they are read."""
    suffix = PurePath(name).suffix.lower()
    return FORMATS.get(suffix) or (PICTURES.get(suffix) if pictures else None)


def is_unread_document(name: str) -> bool:
    """Whether the name is that of a document in a format that kefu does not read (unlike a picture or a program)."""
    return PurePath(name).suffix.lower() in _LEGACY


def require_format(name: str, *, pictures: bool = False) -> str:
    """The loader for a file of this name.

    Raises:
        DocumentTypeUnknown: there is none; the message says what to save the file as.
    """
    found = format_of(name, pictures=pictures)
    if found is not None:
        return found
    suffix = PurePath(name).suffix.lower()
    if suffix in _LEGACY:
        raise DocumentTypeUnknown(f"{suffix} files are not read; save it as .{_LEGACY[suffix]} and try again.")
    if suffix in PICTURES:
        raise DocumentTypeUnknown(f"{suffix} files are pictures; set KEFU_INGEST__OCR=all to read their text.")
    kind = f"{suffix} files are" if suffix else "A file without an extension is"
    raise DocumentTypeUnknown(f"{kind} not read; kefu reads {', '.join(sorted(FORMATS))}.")


def check_magic(name: str, format: str, head: bytes) -> None:
    """Hold the first bytes of a file (up to `HEAD_BYTES`) against its name.

    Raises:
        DocumentTypeMismatch: they belong to another format.
        DocumentEncrypted: an office file that asks for a password.
        PictureTypeUnknown: a picture's name on what is none that is read.
    """
    suffix = PurePath(name).suffix.lower()
    is_zip = head.startswith(_ZIP)
    if format == "picture":
        picture_kind(head)
        return
    if format == "pdf":
        if b"%PDF-" in head[:1024]:
            return
    elif format in BINARY:
        if is_zip:
            return
        # The directory of an OLE file may lie behind the head; a modern name on an OLE file means a password anyway,
        # unless it is a renamed old document, whose streams have other names.
        if head.startswith(_OLE) and (_ENCRYPTED_STREAM in head or not _is_old_office(head)):
            raise DocumentEncrypted("The document asks for a password; remove the password and try again.")
    elif not is_zip and not any(head.startswith(magic) for magic, _ in _MAGIC):
        return
    raise DocumentTypeMismatch(
        f"The name says {suffix}, but the file is {_kind(head)}; give it the name of its format or save it again."
    )


def _is_old_office(head: bytes) -> bool:
    names = ("WordDocument", "Workbook", "Book", "PowerPoint Document", "__substg1.0")
    return any(name.encode("utf-16-le") in head for name in names)


def _kind(head: bytes) -> str:
    if head.startswith(_ZIP):
        return "a zip archive"
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    return "text or something else" if b"\x00" not in head else "of another kind"
