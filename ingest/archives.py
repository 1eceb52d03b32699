"""Office files as zip archives: bounded, and without the XML that attacks are made of."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any

from lxml import etree

from ingest.errors import DocumentDamaged, DocumentEncrypted, DocumentTooLarge, DocumentTypeMismatch
from ingest.limits import Limits, size_shown

_SUSPICIOUS_RATIO = 300
_LARGE_PART = 20 * 1024 * 1024
_HEAD = 4096


def open_archive(data: bytes, limits: Limits, *, main_part: str, format: str) -> zipfile.ZipFile:
    """The archive, once its size, its parts and their XML have been found harmless.

    `main_part` is what every file of `format` has, for example word/document.xml.

    Raises:
        DocumentDamaged: truncated, or a part declares a DTD (no office program writes one).
        DocumentTooLarge: it would unpack to more than the limit.
        DocumentTypeMismatch: a zip archive of something else.
        DocumentEncrypted: parts are encrypted.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise DocumentDamaged("The file is truncated or damaged; save it again in its program.") from error
    if len(parts) > limits.max_archive_entries:
        raise DocumentTooLarge(
            f"The file consists of {len(parts):,} parts, more than the {limits.max_archive_entries:,} allowed."
        )
    unpacked = sum(part.file_size for part in parts)
    # What zipfile unpacks of a part never exceeds the size declared here, so the sum cannot lie.
    if unpacked > limits.max_unpacked_bytes:
        allowed = size_shown(limits.max_unpacked_bytes)
        raise DocumentTooLarge(f"The file unpacks to {size_shown(unpacked)}, more than the {allowed} allowed.")
    for part in parts:
        if part.file_size > _LARGE_PART and part.file_size > _SUSPICIOUS_RATIO * max(part.compress_size, 1):
            raise DocumentTooLarge(f"{part.filename} is packed {_SUSPICIOUS_RATIO} to 1, as only a zip bomb is.")
        if part.flag_bits & 1:
            raise DocumentEncrypted("The document asks for a password; remove the password and try again.")
    if main_part not in archive.namelist():
        raise DocumentTypeMismatch(f"The name says {format}, but the file is a zip archive of something else.")
    for part in parts:
        if part.filename.endswith((".xml", ".rels", ".vml")):
            _refuse_dtd(archive, part)
    return archive


def read_part(archive: zipfile.ZipFile, name: str) -> bytes:
    """The bytes of a part.

    Raises:
        DocumentDamaged: it is missing or broken.
    """
    try:
        return archive.read(name)
    except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise DocumentDamaged(f"{name} inside the file is missing or damaged; save it again in its program.") from error


def parse_part(archive: zipfile.ZipFile, name: str) -> Any:
    """The root element of an XML part; no entity is expanded and nothing is fetched.

    Raises:
        DocumentDamaged: it is missing, broken or no XML.
    """
    try:
        return etree.fromstring(read_part(archive, name), safe_parser())
    except etree.XMLSyntaxError as error:
        raise DocumentDamaged(f"{name} inside the file is damaged; save it again in its program.") from error


def safe_parser() -> etree.XMLParser:
    """An XML parser that expands no entities, loads no DTD and opens no connection."""
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)


def _refuse_dtd(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    try:
        with archive.open(part) as file:
            head = file.read(_HEAD)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise DocumentDamaged("The file is truncated or damaged; save it again in its program.") from error
    # Also where the part is UTF-16.
    if b"<!DOCTYPE" in head.replace(b"\x00", b"") or b"<!ENTITY" in head.replace(b"\x00", b""):
        raise DocumentDamaged(f"{part.filename} declares a document type, which office programs never do; not read.")
