"""API keys: shown once when they are made, stored as hashes."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.security.access import Caller, Scope, parse_scopes
from app.security.errors import KeyMissing, KeyUnknown
from index.database import transaction

_TOKEN = re.compile(r"kefu_(?P<key_id>[a-z0-9]{10})_(?P<secret>[A-Za-z0-9_-]{43})")
_LABEL = re.compile(r"[\w.:-]{1,64}")
_NO_HASH = "0" * 64
_SCHEMA = """
CREATE TABLE IF NOT EXISTS keys (
    key_id TEXT PRIMARY KEY, name TEXT NOT NULL, secret_sha256 TEXT NOT NULL, scopes TEXT NOT NULL,
    access TEXT NOT NULL, created_at TEXT NOT NULL, revoked_at TEXT
);
CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, value BLOB NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """What is known of a key; the secret itself is not."""

    key_id: str
    name: str
    scopes: frozenset[Scope]
    access: frozenset[str]
    created_at: str
    """ISO 8601, UTC."""
    revoked_at: str | None = None

    def to_dict(self) -> dict[str, object]:
        """As JSON."""
        return {
            "key_id": self.key_id,
            "name": self.name,
            "scopes": sorted(self.scopes),
            "access": sorted(self.access),
            "created_at": self.created_at,
            "revoked_at": self.revoked_at,
        }


class KeyRing:
    """The API keys of one installation, in a SQLite file that is made on first use, readable by its owner only.

    A token is `kefu_<id>_<secret>` with 256 random bits, so a plain sha256 of the secret is as good as a slow hash:
    there is nothing to guess from.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def create(self, name: str, scopes: Iterable[str], *, access: Iterable[str] = ()) -> str:
        """Make a key and return its token, which cannot be read again. ValueError for unknown scopes or odd labels."""
        held, labels = parse_scopes(scopes), sorted(set(access))
        if any(not _LABEL.fullmatch(label) for label in labels):
            raise ValueError(f"Expected access labels of letters, digits and . : - _, got {', '.join(labels)}.")
        key_id = "".join(secrets.choice("abcdefghijkmnpqrstuvwxyz23456789") for _ in range(10))
        secret = secrets.token_urlsafe(32)
        row = (key_id, name.strip() or key_id, _hash(secret), ",".join(sorted(held)), ",".join(labels), _now())
        with self._open() as database:
            database.execute(
                "INSERT INTO keys (key_id, name, secret_sha256, scopes, access, created_at) VALUES (?, ?, ?, ?, ?, ?)",
                row,
            )
        return f"kefu_{key_id}_{secret}"

    def authenticate(self, token: str | None) -> Caller:
        """The caller behind a token.

        Raises `KeyMissing` for None or an empty token and `KeyUnknown` for anything that is not a living key of ours.
        Takes the same time whether the id or only the secret is wrong.
        """
        if not token:
            raise KeyMissing("No API key was sent. Send it as `Authorization: Bearer kefu_…`.")
        match = _TOKEN.fullmatch(token)
        info, expected = self._lookup(match["key_id"]) if match else (None, _NO_HASH)
        is_equal = hmac.compare_digest(_hash(match["secret"] if match else ""), expected)
        if info is None or not is_equal or info.revoked_at is not None:
            raise KeyUnknown("The API key is not known here or was revoked. Ask the administrator for a new one.")
        return Caller(info.key_id, info.name, info.scopes, info.access)

    def caller(self, key_id: str) -> Caller:
        """The caller of a living key, for one who proved earlier to hold it. Raises `KeyUnknown`."""
        info, _ = self._lookup(key_id)
        if info is None or info.revoked_at is not None:
            raise KeyUnknown("The API key of this session was revoked. Sign in with another.")
        return Caller(info.key_id, info.name, info.scopes, info.access)

    def revoke(self, key_id: str) -> bool:
        """End a key; False when there is no living key of that id."""
        with self._open() as database:
            done = database.execute(
                "UPDATE keys SET revoked_at = ? WHERE key_id = ? AND revoked_at IS NULL", (_now(), key_id)
            )
            return done.rowcount == 1

    def list(self) -> Sequence[KeyInfo]:
        """All keys, revoked ones too, oldest first."""
        with self._open() as database:
            return [_info(row) for row in database.execute("SELECT * FROM keys ORDER BY created_at, rowid")]

    def ensure_admin(self) -> str | None:
        """On a first start the token of a new admin key, to be printed once; None when there is a living one."""
        if any("admin" in info.scopes and info.revoked_at is None for info in self.list()):
            return None
        return self.create("admin", ["admin"])

    def page_secret(self) -> bytes:
        """The secret that signs the page's sessions: 32 random bytes, made on first use and kept."""
        with self._open() as database:
            database.execute("INSERT OR IGNORE INTO secrets VALUES ('page', ?)", (secrets.token_bytes(32),))
            value: bytes = database.execute("SELECT value FROM secrets WHERE name = 'page'").fetchone()["value"]
            return value

    def _lookup(self, key_id: str) -> tuple[KeyInfo | None, str]:
        with self._open() as database:
            row = database.execute("SELECT * FROM keys WHERE key_id = ?", (key_id,)).fetchone()
        return (_info(row), row["secret_sha256"]) if row else (None, _NO_HASH)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        if not self._path.exists():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.touch(mode=0o600)
        with transaction(self._path, _SCHEMA) as database:
            yield database


def _info(row: sqlite3.Row) -> KeyInfo:
    scopes = parse_scopes(row["scopes"].split(","))
    access = frozenset(label for label in row["access"].split(",") if label)
    return KeyInfo(row["key_id"], row["name"], scopes, access, row["created_at"], row["revoked_at"])


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
