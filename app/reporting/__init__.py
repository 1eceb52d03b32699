"""The report for those who decide: one week against the one before, each number with its definition and its rows."""

from app.reporting.collecting import Sources, collect
from app.reporting.report import Report
from app.reporting.writing import write_report

__all__ = ["Report", "Sources", "collect", "write_report"]
