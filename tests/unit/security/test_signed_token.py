from __future__ import annotations

import hashlib
import hmac

import pytest

from app.security.signed_token import TokenSigner, is_same


def signer(kind: str = "page1", *, secret: bytes = b"secret", fields: int = 2, now: float = 1000.0) -> TokenSigner:
    return TokenSigner(kind, lambda: secret, fields=fields, lifetime_s=60, now=lambda: now)


def test_a_token_is_its_kind_its_end_and_its_fields_with_their_hmac() -> None:
    signature = hmac.new(b"secret", b"page1.1060.a.b", hashlib.sha256).hexdigest()

    assert signer().issue("a", "b") == f"page1.1060.a.b.{signature}"
    assert signer().read(f"page1.1060.a.b.{signature}") == ["a", "b"]


def test_what_is_over_is_read_only_on_demand() -> None:
    token = signer().issue("a", "b")

    assert signer(now=1059.9).read(token) == ["a", "b"]
    assert signer(now=1060).read(token) is None
    assert signer(now=1060).read(token, also_over=True) == ["a", "b"]


@pytest.mark.parametrize("reader", [signer("widget1"), signer(secret=b"other"), signer(fields=1), signer(fields=3)])
def test_a_token_of_another_kind_secret_or_number_of_fields_is_none_of_ours(reader: TokenSigner) -> None:
    assert reader.read(signer().issue("a", "b")) is None
    assert reader.read(signer().issue("a", "b"), also_over=True) is None


@pytest.mark.parametrize("token", ["", ".", "...", "é", "page1", "page1.9999.a.b.", "page1.x.a.b.é"])
def test_what_is_damaged_is_none_of_ours(token: str) -> None:
    assert signer().read(token, also_over=True) is None


def test_a_lifetime_of_nothing_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="lifetime_s"):
        TokenSigner("page1", lambda: b"", fields=1, lifetime_s=0, now=lambda: 0.0)


def test_texts_are_the_same_or_not() -> None:
    assert is_same("é", "é")
    assert not is_same("é", "e")
