"""What can go wrong with copy:

MarketingError
├── ChannelUnknown      no channel of that name
├── FactsMissing        nothing is known that could be said
├── ProductUnknown      the catalogue has no such product
├── CopyInputInvalid    what to write about is not of the form that is taken
├── CopyMissing         no copy of that id
├── CopyStepInvalid     the copy is not so far, or must not go out as it reads
└── RulesBroken         a rule file cannot be used
"""

from __future__ import annotations

from index.errors import InputError, KefuError


class MarketingError(InputError):
    """The copy cannot be written as asked."""

    code = "copy"


class ChannelUnknown(MarketingError):
    """There is no channel of that name."""

    code = "channel_unknown"


class FactsMissing(MarketingError):
    """Nothing is known of the product that could be said."""

    code = "facts_missing"


class ProductUnknown(MarketingError):
    """The catalogue has no such product."""

    code = "product_unknown"


class CopyInputInvalid(MarketingError):
    """What to write about is not of the form that is taken."""

    code = "copy_input_invalid"


class CopyMissing(MarketingError):
    """There is no copy of that id."""

    code = "copy_missing"


class CopyStepInvalid(MarketingError):
    """The copy is not so far, or must not go out as it reads."""

    code = "copy_step_invalid"


class RulesBroken(KefuError):
    """A file of advertising rules cannot be used."""

    code = "copy_rules_broken"
