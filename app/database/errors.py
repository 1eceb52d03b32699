"""What can go wrong between kefu and its records."""

from __future__ import annotations

from index.errors import KefuError


class DatabaseError(KefuError):
    """The records cannot be reached."""

    code = "database"


class DatabaseAddressInvalid(DatabaseError):
    """The address is not one, or no driver for it is installed."""

    code = "database_address_invalid"


class DatabaseUnavailable(DatabaseError):
    """It does not answer."""

    code = "database_unavailable"


class DatabaseTooNew(DatabaseError):
    """A newer version of the program has changed the tables; this one leaves them alone."""

    code = "database_too_new"
