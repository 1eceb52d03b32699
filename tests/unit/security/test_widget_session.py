from __future__ import annotations

import pytest

from app.security.errors import IdentityForged, KeyUnknown, OriginRefused
from app.security.widget_session import WidgetSessions, require_origin

SHOP = "https://shop.example"


def widget(now: float = 1000.0, **options: object) -> WidgetSessions:
    values = {"origins": [SHOP, "https://*.brand.example"], "identity_secret": "key", "lifetime_s": 60, **options}
    return WidgetSessions(lambda: b"s" * 32, now=lambda: now, **values)


@pytest.mark.parametrize(
    ("origin", "is_allowed"),
    [
        (SHOP, True),
        ("https://www.brand.example", True),
        ("http://shop.example", False),
        ("https://shop.example:8443", False),
        ("https://shop.example.evil.example", False),
        ("https://evilshop.example", False),
        ("https://brand.example", False),
        ("https://a.b.brand.example", False),
        ("https://evil.example/.brand.example", False),
        ("null", False),
        ("", False),
    ],
)
def test_only_named_sites_may_hold_the_widget(origin: str, is_allowed: bool):
    assert widget().allows(origin) is is_allowed


@pytest.mark.parametrize("origin", ["shop.example", "https://", "https://shop.example/path", "ftp://x", "https://x:y"])
def test_what_is_no_site_is_a_mistake_of_the_settings(origin: str):
    with pytest.raises(ValueError, match="Expected sites"):
        widget(origins=[origin])


def test_a_default_port_and_capitals_are_the_same_site():
    assert widget(origins=["HTTPS://Shop.Example:443/"]).origins == (SHOP,)


def test_a_token_works_from_its_site_alone_and_for_its_time():
    token = widget().issue(SHOP)

    caller = widget().authenticate(token, SHOP)

    assert (caller.scopes, caller.customer_id) == (frozenset({"chat"}), None)
    with pytest.raises(KeyUnknown):
        widget().authenticate(token, "https://www.brand.example")
    with pytest.raises(KeyUnknown):
        widget(now=1060).authenticate(token, SHOP)


@pytest.mark.parametrize("token", ["", "widget1", "widget1.9999.s.o.c.0", "widget1....", "客服"])
def test_what_was_not_issued_is_refused(token: str):
    with pytest.raises(KeyUnknown):
        widget().authenticate(token, SHOP)


def test_a_customer_needs_the_signature_of_the_shop():
    made = widget()
    token = made.issue(SHOP, customer_id="顾客 1", signature=made.signature("顾客 1").upper())

    assert made.authenticate(token, SHOP).customer_id == "顾客 1"
    for customer_id, signature in (
        ("c-2", made.signature("c-1")),
        ("c-1", None),
        ("c-1", "é"),
        ("", made.signature("")),
    ):
        with pytest.raises(IdentityForged):
            made.issue(SHOP, customer_id=customer_id, signature=signature)
    with pytest.raises(IdentityForged, match="no secret"):
        widget(identity_secret="").issue(SHOP, customer_id="c-1", signature="x")


def test_the_signature_is_plain_hmac_sha256():
    import hashlib
    import hmac

    assert widget().signature("c-1") == hmac.digest(b"key", b"c-1", hashlib.sha256).hex()


def test_a_visitor_who_signs_in_goes_on_and_another_customer_does_not():
    made = widget()
    visitor = made.issue(SHOP)
    known = made.issue(SHOP, customer_id="c-1", signature=made.signature("c-1"), before=visitor)
    other = made.issue(SHOP, customer_id="c-2", signature=made.signature("c-2"), before=known)
    again = widget(now=5000).issue(SHOP, before=visitor)

    names = [
        widget(now=now).authenticate(t, SHOP).session for t, now in ((visitor, 1000), (known, 1000), (other, 1000))
    ]
    assert names[0] == names[1] != names[2]
    assert widget(now=5000).authenticate(again, SHOP).session == names[0]


def test_our_own_pages_may_always_hold_it():
    assert require_origin(widget(origins=[]), "http://127.0.0.1:8620", "http://127.0.0.1:8620")
    with pytest.raises(OriginRefused, match="KEFU_WIDGET__ORIGINS"):
        require_origin(widget(), None, "http://127.0.0.1:8620")
