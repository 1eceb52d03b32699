"""What can go wrong with stock:

StockError
├── DemandInvalid       a history of demand that cannot be used as it stands
├── DemandMissing       there is no history at all
├── CalendarInvalid     the file of events cannot be read
├── PlacesInvalid       the file of bins cannot be read
├── SkuUnknown          nothing is known of an SKU
└── ReportMissing       no report has been made yet
"""

from __future__ import annotations

from index.errors import InputError, KefuError


class StockError(KefuError):
    """Stock cannot be planned."""

    code = "stock"


class DemandInvalid(InputError):
    """The history of demand cannot be used as it stands."""

    code = "demand_invalid"


class DemandMissing(StockError):
    """There is no history of demand."""

    code = "demand_missing"


class CalendarInvalid(StockError):
    """The file of events cannot be read."""

    code = "calendar_invalid"


class PlacesInvalid(StockError):
    """The file that says which SKU lies where cannot be read."""

    code = "places_invalid"


class SkuUnknown(InputError):
    """Nothing is known of the SKU."""

    code = "sku_unknown"


class ReportMissing(StockError):
    """No report has been made yet."""

    code = "stock_report_missing"
