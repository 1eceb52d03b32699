"""What can go wrong with profiles:

ProfileError
├── CustomerUnknown     the shop has no customer of that id
├── ConsentMissing      the customer has not agreed to it
└── PreferenceInvalid   a preference is of no use as it is given
"""

from __future__ import annotations

from index.errors import KefuError


class ProfileError(KefuError):
    """The profile does not allow it."""

    code = "profile"


class CustomerUnknown(ProfileError):
    """The shop has no customer of that id."""

    code = "customer_unknown"


class ConsentMissing(ProfileError):
    """The customer has not agreed to it."""

    code = "consent_missing"


class PreferenceInvalid(ProfileError):
    """A preference is of no use as it is given."""

    code = "preference_invalid"
