"""Errors of ingestion. A refused document stops itself, never the batch.

IngestError
├── SourceMissing           the path does not exist
├── SourceOutside           the path lies outside the allowed folder
├── OverridesDamaged        the days of validity beside the documents cannot be read
└── DocumentRefused         one document could not be taken; the rest goes on
    ├── DocumentEmpty           zero bytes, or no text in it
    ├── DocumentTooLarge        bytes, rows or unpacked size over the limit
    ├── DocumentTypeUnknown     no loader for this kind of file
    ├── DocumentTypeMismatch    the name says one format, the bytes another
    ├── DocumentEncrypted       needs a password
    ├── DocumentDamaged         truncated or not readable as its format
    ├── DocumentWithoutText     readable, but holds pictures only
    ├── DocumentEncodingUnknown bytes that are text in no known encoding
    ├── DocumentSlow            parsing took longer than the limit
    ├── DocumentIdTaken         another source has a document of that name
    └── PictureRefused          one picture could not be read
        ├── PictureTypeUnknown      no kind of picture that is read
        ├── PictureTooLarge         bytes or pixels over the limit
        ├── PictureAnimated         more than one frame
        ├── PictureDamaged          truncated or not readable as its kind
        └── PictureSlow             reading took longer than the limit
"""

from __future__ import annotations

from index.errors import KefuError


class IngestError(KefuError):
    """Documents could not be taken in."""

    code = "ingest"


class SourceMissing(IngestError):
    """The path does not exist."""

    code = "source_missing"


class SourceOutside(IngestError):
    """The path lies outside the folder that may be read."""

    code = "source_outside"


class OverridesDamaged(IngestError):
    """The file that sets days of validity beside the documents cannot be read; its folder is left as it is."""

    code = "overrides_damaged"


class DocumentRefused(IngestError):
    """One document could not be taken; the rest of the batch goes on."""

    code = "document_refused"


class DocumentEmpty(DocumentRefused):
    """Zero bytes, or nothing but white space."""

    code = "document_empty"


class DocumentTooLarge(DocumentRefused):
    """More bytes, rows or unpacked bytes than the limit allows."""

    code = "document_too_large"


class DocumentTypeUnknown(DocumentRefused):
    """No loader takes this kind of file."""

    code = "document_type_unknown"


class DocumentTypeMismatch(DocumentRefused):
    """The name says one format, the bytes another."""

    code = "document_type_mismatch"


class DocumentEncrypted(DocumentRefused):
    """The document asks for a password."""

    code = "document_encrypted"


class DocumentDamaged(DocumentRefused):
    """Truncated or not readable as its format."""

    code = "document_damaged"


class DocumentWithoutText(DocumentRefused):
    """Readable, but holds no text (a scan)."""

    code = "document_without_text"


class DocumentEncodingUnknown(DocumentRefused):
    """The bytes are text in no encoding that is tried."""

    code = "document_encoding_unknown"


class DocumentSlow(DocumentRefused):
    """Parsing took longer than the limit and was ended."""

    code = "document_slow"


class DocumentIdTaken(DocumentRefused):
    """Another source, or an earlier line of the corpus, holds a different document of the same id."""

    code = "document_id_taken"


class PictureRefused(DocumentRefused):
    """One picture could not be read."""

    code = "picture_refused"


class PictureTypeUnknown(PictureRefused):
    """The file is no picture of a kind that is read."""

    code = "picture_type_unknown"


class PictureTooLarge(PictureRefused):
    """The picture has more bytes or pixels than the limit allows."""

    code = "picture_too_large"


class PictureAnimated(PictureRefused):
    """The picture moves; only still ones are read."""

    code = "picture_animated"


class PictureDamaged(PictureRefused):
    """The picture is truncated or not readable as its kind."""

    code = "picture_damaged"


class PictureSlow(PictureRefused):
    """Reading the picture took longer than the limit and was ended."""

    code = "picture_slow"
