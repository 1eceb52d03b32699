from __future__ import annotations

import pytest

from app.security.errors import KeyUnknown
from app.security.page_session import PageSessions


def test_session_is_good_for_chat_and_search_until_it_is_over() -> None:
    now = [1000.0]
    sessions = PageSessions(lambda: b"secret", lifetime_s=60, now=lambda: now[0])
    token = sessions.issue()

    now[0] = 1059
    caller = sessions.authenticate(token)
    assert (caller.may("chat"), caller.may("search"), caller.may("admin")) == (True, True, False)
    now[0] = 1060
    with pytest.raises(KeyUnknown):
        sessions.authenticate(token)


def test_forged_session_is_refused() -> None:
    sessions = PageSessions(lambda: b"secret")
    prefix, expiry, nonce, signature = sessions.issue().split(".")
    later = str(int(expiry) + 10_000)

    for forged in (f"{prefix}.{later}.{nonce}.{signature}", f"{prefix}.{expiry}.{nonce}.é", "", "a.b.c", "...", "é"):
        with pytest.raises(KeyUnknown):
            sessions.authenticate(forged)
    with pytest.raises(KeyUnknown):
        PageSessions(lambda: b"other").authenticate(sessions.issue())
