from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from app.security.errors import KeyMissing, KeyUnknown, ScopeMissing
from app.security.keys import KeyRing


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    return KeyRing(tmp_path / "home" / "keys.sqlite")


def test_token_opens_what_its_scopes_say(keys: KeyRing) -> None:
    token = keys.create("website", ["chat", "search"], access=["vip", "部门:售后"])

    caller = keys.authenticate(token)

    assert caller.name == "website"
    assert caller.access == {"vip", "部门:售后"}
    caller.require("chat")
    with pytest.raises(ScopeMissing, match="admin"):
        caller.require("admin")


def test_admin_may_do_everything(keys: KeyRing) -> None:
    caller = keys.authenticate(keys.create("me", ["admin"]))

    assert [caller.may(scope) for scope in ("chat", "search", "admin")] == [True, True, True]


def test_secret_is_nowhere_in_the_file(keys: KeyRing, tmp_path: Path) -> None:
    token = keys.create("website", ["chat"])
    path = tmp_path / "home" / "keys.sqlite"

    dump = "\n".join(sqlite3.connect(path).iterdump())

    assert token[-20:] not in dump
    assert token[16:] not in dump
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("damage", [lambda t: t[:-1], lambda t: t[:-1] + "é", lambda t: t + "x", lambda t: t.upper()])
def test_damaged_token_is_unknown(keys: KeyRing, damage) -> None:
    with pytest.raises(KeyUnknown):
        keys.authenticate(damage(keys.create("website", ["chat"])))


def test_secret_of_one_key_does_not_open_another(keys: KeyRing) -> None:
    one, other = keys.create("one", ["chat"]), keys.create("other", ["admin"])

    with pytest.raises(KeyUnknown):
        keys.authenticate(other[:16] + one[16:])


def test_revoked_key_is_unknown_at_once(keys: KeyRing) -> None:
    token = keys.create("website", ["chat"])
    key_id = keys.authenticate(token).key_id

    assert keys.revoke(key_id)
    assert not keys.revoke(key_id)
    with pytest.raises(KeyUnknown):
        keys.authenticate(token)
    assert keys.list()[0].revoked_at is not None


@pytest.mark.parametrize("nothing", [None, ""])
def test_no_token_is_told_apart_from_a_wrong_one(keys: KeyRing, nothing: str | None) -> None:
    with pytest.raises(KeyMissing):
        keys.authenticate(nothing)


def test_admin_key_is_made_on_the_first_start_only(keys: KeyRing) -> None:
    token = keys.ensure_admin()

    assert keys.authenticate(token).may("admin")
    assert keys.ensure_admin() is None
    keys.revoke(keys.authenticate(token).key_id)
    assert keys.ensure_admin() is not None


@pytest.mark.parametrize("scopes", [[], ["chats"], ["chat", "root"]])
def test_unknown_scope_is_refused(keys: KeyRing, scopes: list[str]) -> None:
    with pytest.raises(ValueError, match="scopes"):
        keys.create("x", scopes)


def test_secret_of_the_page_outlives_a_restart(keys: KeyRing, tmp_path: Path) -> None:
    assert keys.page_secret() == KeyRing(tmp_path / "home" / "keys.sqlite").page_secret()
    assert len(keys.page_secret()) == 32
