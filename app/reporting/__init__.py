"""The report for those who decide: one week against the one before, each number with its definition and its rows."""

from app.reporting.collecting import Sources, collect, last_day
from app.reporting.report import Report, name_of
from app.reporting.writing import write_report

__all__ = ["Report", "Sources", "collect", "last_day", "name_of", "write_report"]
