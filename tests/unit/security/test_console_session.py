from __future__ import annotations

import pytest

from app.security.access import Caller
from app.security.console_session import ConsoleSessions
from app.security.errors import KeyUnknown

ADMIN = Caller("abcdefghij", "admin", frozenset({"admin"}))


class Keys:
    def __init__(self) -> None:
        self.is_alive = True

    def __call__(self, key_id: str) -> Caller:
        if not self.is_alive or key_id != ADMIN.key_id:
            raise KeyUnknown("The key was revoked.")
        return ADMIN


def sessions(now: float = 1000.0, secret: bytes = b"s" * 32, keys: Keys | None = None) -> ConsoleSessions:
    return ConsoleSessions(lambda: secret, keys or Keys(), lifetime_s=60, now=lambda: now)


def test_a_session_stands_for_its_key():
    made = sessions()
    token = made.issue(ADMIN.key_id)

    assert made.authenticate(token) == ADMIN
    assert made.authenticate(token, made.request_token(token)) == ADMIN


def test_a_session_ends_after_its_time_and_with_its_key():
    keys = Keys()
    token = sessions(keys=keys).issue(ADMIN.key_id)

    with pytest.raises(KeyUnknown):
        sessions(now=1060.0).authenticate(token)
    keys.is_alive = False
    with pytest.raises(KeyUnknown):
        sessions(keys=keys).authenticate(token)


@pytest.mark.parametrize(
    "change",
    [
        lambda token: token + "x",
        lambda token: token.replace("console1", "page1"),
        lambda token: token.replace("abcdefghij", "abcdefghik"),
        lambda token: token.replace("1060", "9060"),
        lambda _: "",
        lambda _: "....",
        lambda _: "会话",
    ],
)
def test_what_was_not_issued_is_refused(change):
    with pytest.raises(KeyUnknown):
        sessions().authenticate(change(sessions().issue(ADMIN.key_id)))


def test_the_request_token_of_another_session_does_not_fit():
    made = sessions()
    mine, other = made.issue(ADMIN.key_id), made.issue(ADMIN.key_id)

    for wrong in (made.request_token(other), "", "é"):
        with pytest.raises(KeyUnknown):
            made.authenticate(mine, wrong)


def test_another_secret_makes_other_sessions():
    with pytest.raises(KeyUnknown):
        sessions(secret=b"t" * 32).authenticate(sessions().issue(ADMIN.key_id))
