"""What can go wrong with the shop's records:

OrderError
├── OrderMissing            no order of that number
├── OrderMoved              the order has changed since it was looked at
├── CustomerMissing         no customer of that id
├── MethodMissing           the customer has no such payment method with a balance
├── BalanceTooLow           a balance would fall below nothing
├── CaseTaken               there is a case of that id already
├── ShopNotEmpty            sample records do not go among real ones
├── CatalogueInvalid        the file of products cannot be read
└── ShopError               a shop elsewhere
    ├── ShopUnavailable     it does not answer
    ├── ShopRefused         it does not take our key or our request
    ├── ShopGarbage         its answer is not what `docs/shop-api.md` says
    └── ShopUncertain       it was asked for a change and did not say whether it made it
"""

from __future__ import annotations

from index.errors import KefuError


class OrderError(KefuError):
    """The shop's records do not allow it."""

    code = "order"


class OrderMissing(OrderError):
    """There is no order of that number."""

    code = "order_missing"


class OrderMoved(OrderError):
    """The order has changed since it was looked at; look again and decide anew."""

    code = "order_moved"


class CustomerMissing(OrderError):
    """There is no customer of that id."""

    code = "customer_missing"


class MethodMissing(OrderError):
    """The customer has no payment method of that id that holds a balance."""

    code = "method_missing"


class BalanceTooLow(OrderError):
    """The balance does not suffice."""

    code = "balance_too_low"


class CaseTaken(OrderError):
    """There is a case of that id already."""

    code = "case_taken"


class ShopNotEmpty(OrderError):
    """There are records already, which sample records would be mixed with."""

    code = "shop_not_empty"


class CatalogueInvalid(OrderError):
    """The file of products is missing or is not what is expected."""

    code = "catalogue_invalid"


class ShopError(OrderError):
    """A shop elsewhere cannot be worked with."""

    code = "shop"


class ShopUnavailable(ShopError):
    """The shop does not answer."""

    code = "shop_unavailable"


class ShopRefused(ShopError):
    """The shop does not take our key or our request."""

    code = "shop_refused"


class ShopGarbage(ShopError):
    """The shop's answer is not of the form that is expected."""

    code = "shop_garbage"


class ShopUncertain(ShopError):
    """The shop did not say whether it made the change; somebody has to look before it is asked for again."""

    code = "shop_uncertain"
