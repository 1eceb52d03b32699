"""Training data of the company's own: exported without personal data, cleaned, divided and described."""

from app.learning.data.export import DataSet, ExportParams, Kept, make_data
from app.learning.data.reading import read_kept
from app.learning.data.records import KINDS, Kind, Record
from app.learning.data.writing import write_data

__all__ = ["KINDS", "DataSet", "ExportParams", "Kept", "Kind", "Record", "make_data", "read_kept", "write_data"]
