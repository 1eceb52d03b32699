"""What `kefu doctor` and the console look at. Every check is quick and changes nothing."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from app.sizes import human_bytes
from index.errors import KefuError, StoreMissing

if TYPE_CHECKING:
    from app.container import Container
    from app.settings import Settings

_LITTLE_SPACE = 2 * 2**30
_RECENT = 500
"""Newest questions that are held against the calibration."""
_MOST_FAULTS = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    what: str
    state: Literal["ok", "note", "fail"]
    """note: it works, but not all of it; fail: questions cannot be answered."""
    found: str
    todo: str = ""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def examine(settings: Settings) -> Iterator[Finding]:
    """All checks in the order in which an answer needs them; a check that breaks is a finding, too."""
    from app.container import Container

    container = Container(settings)
    checks: list[tuple[str, Callable[[Container], Iterator[Finding]]]] = [
        ("disk", _disk),
        ("store", _store),
        ("embedder", _embedder),
        ("language model", _language_models),
        ("voice", _voice),
        ("calibration", _calibration),
        ("policy", _policy),
        ("databases", _databases),
        ("shop", _shop),
        ("desk", _desk),
    ]
    for name, check in checks:
        try:
            yield from check(container)
        except (KefuError, OSError) as error:
            yield Finding(name, "fail", _message_of(error))


def _message_of(error: KefuError | OSError) -> str:
    if isinstance(error, KefuError):
        return error.message
    return f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}"


def _disk(container: Container) -> Iterator[Finding]:
    home = container.settings.home
    place = next(folder for folder in (home.absolute(), *home.absolute().parents) if folder.exists())
    free = shutil.disk_usage(place).free
    todo = f"Make room under {home}, or set KEFU_HOME to another disk." if free < _LITTLE_SPACE else ""
    yield Finding("disk", "note" if todo else "ok", f"{human_bytes(free)} free for {home}", todo)


def _store(container: Container) -> Iterator[Finding]:
    path = container.settings.store_path
    try:
        generation = container.store.current()
    except StoreMissing:
        yield Finding("store", "fail", f"no index in {path}", "Run: kefu ingest PATH")
        return
    except KefuError as error:
        yield Finding("store", "fail", error.message, "Run: kefu index list, then kefu index rollback GEN")
        return
    try:
        info = generation.info
    finally:
        generation.close()
    yield Finding("store", "ok", f"{info.name}: {info.documents} documents, {info.passages} passages")
    is_loadable = container.embedder_model is None or container.weights.state(container.embedder_model) == "ready"
    wanted = container.embedder.embedder_id if is_loadable else info.embedder_id
    if info.embedder_id != wanted:
        yield Finding(
            "store",
            "fail",
            f"the index was built with {info.embedder_id}, the settings say {wanted}",
            "Run: kefu ingest PATH --full, or set KEFU_MODELS__EMBEDDER back",
        )


def _embedder(container: Container) -> Iterator[Finding]:
    model = container.embedder_model
    if model is None:
        yield Finding("embedder", "ok", container.settings.models.embedder)
        return
    state = container.weights.state(model)
    todo = "" if state == "ready" else f"Run: kefu models pull {model}"
    yield Finding("embedder", "fail" if todo else "ok", f"{model}: {state}", todo)


def _language_models(container: Container) -> Iterator[Finding]:
    llm = container.settings.llm
    if "remote" in llm.order and llm.remote.base_url:
        yield _remote(llm.remote.base_url, llm.remote.api_key.get_secret_value())
    if "local" in llm.order:
        model = container.weights.spec(llm.local.model)
        state = container.weights.state(model.name)
        todo = (
            ""
            if state == "ready"
            else f"Run: kefu models pull {model.name} (answers use the documents' own words until then)"
        )
        yield Finding("language model", "note" if todo else "ok", f"local {model.name}: {state}", todo)
    if llm.order[:1] == ("extractive",) or not llm.order:
        yield Finding("language model", "ok", "switched off by llm.order: answers use the documents' own words")


def _remote(base_url: str, key: str) -> Finding:
    import httpx

    url = f"{base_url.rstrip('/')}/models"
    try:
        reply = httpx.get(url, headers={"Authorization": f"Bearer {key}"} if key else {}, timeout=5)
    except httpx.HTTPError as error:
        todo = "Start it, or correct KEFU_LLM__REMOTE__BASE_URL; until then the next in llm.order answers"
        return Finding("language model", "note", f"{base_url} does not answer: {type(error).__name__}", todo)
    if reply.status_code in (401, 403):
        return Finding("language model", "note", f"{base_url} refuses the key", "Correct KEFU_LLM__REMOTE__API_KEY")
    return Finding("language model", "ok", f"remote {base_url} answers")


def _policy(container: Container) -> Iterator[Finding]:
    from app.policy import read_rules
    from app.policy.errors import RulesInvalid, RulesMissing

    path = container.settings.policy.rules
    try:
        yield Finding("policy", "ok", f"{len(read_rules(path).rules)} rules in {path}")
    except RulesMissing:
        todo = "Write one, or set KEFU_POLICY__RULES; until then whatever customers ask for goes to a person"
        yield Finding("policy", "note", f"no rules in {path}", todo)
    except RulesInvalid as error:
        yield Finding("policy", "fail", error.message, "Run: kefu policy check")


def _voice(container: Container) -> Iterator[Finding]:
    from app.multimodal.errors import VoiceUnavailable

    if container.voice is None:
        yield Finding("voice", "note", "switched off", "Set KEFU_VOICE__ENABLED=true to hear recordings.")
        return
    try:
        container.voice.require()
    except VoiceUnavailable as error:
        yield Finding("voice", "note", "recordings are not heard; the browser's recognition works", error.message)
    else:
        yield Finding("voice", "ok", container.voice.model)


def _calibration(container: Container) -> Iterator[Finding]:
    from app.calibration.watch import Now, too_few

    watch = container.calibration
    controlled = watch.controlled
    if controlled is None:
        yield Finding("calibration", "ok", f"answers from a confidence of {watch.threshold} on (answer.min_confidence)")
        return
    if not controlled.is_reachable:
        yield Finding("calibration", "fail", too_few(controlled), "Run: kefu calibrate QUESTIONS")
        return
    promised = (
        f"at most {controlled.max_error:.1%} wrong, {controlled.coverage:.0%} answered of questions like those of "
    )
    yield Finding("calibration", "ok", f"{promised}{watch.calibration.basis.questions}")
    program = container.program
    misfits = watch.misfits(Now(program.embedder, program.settings, program.weights, _documents_digest(container)))
    if watch.calibration.basis.mode == "extractive" and container.settings.answer.mode != "extractive":
        model = container.chat_model
        if model is not None and model.is_ready:
            misfits.append("a language model writes the answers, and they were measured in the documents' own words")
    if misfits:
        found = f"the promise is of another program: {'; '.join(misfits)}"
        yield Finding("calibration", "note", found, "Run: kefu calibrate QUESTIONS")
    live = watch.compared(container.receipts.judged(limit=_RECENT))
    drifted = live["has_drifted"]
    yield Finding("calibration", "note" if drifted else "ok", live["words"]["en"])


def _documents_digest(container: Container) -> str | None:
    from app.calibration.outcomes import documents_digest

    try:
        generation = container.store.current()
    except KefuError:
        return None
    with closing(generation):
        return documents_digest((item.document_id, item.sha256) for item in generation.documents())


def _shop(container: Container) -> Iterator[Finding]:
    """Only a database that is there is opened: looking makes none."""
    from app.orders import SqlShop

    settings = container.settings
    if not settings.shop.url and not _has_database(settings):
        yield Finding("shop", "ok", "no records yet", "For those of the sample company: kefu shop fill")
        return
    try:
        shop = container.shop
        if isinstance(shop, SqlShop):
            counts = ", ".join(f"{count} {what}" for what, count in shop.counts().items())
            yield Finding("shop", "ok", counts)
        else:
            shop.customer("doctor")
            yield Finding("shop", "ok", f"{settings.shop.url} answers")
    except KefuError as error:
        yield Finding("shop", "note", error.message, "Questions are answered; nothing about orders can be until then")


def _has_database(settings: Settings) -> bool:
    return bool(settings.database.url.get_secret_value()) or (settings.home / "kefu.sqlite").exists()


def _databases(container: Container) -> Iterator[Finding]:
    found = False
    for path in sorted(container.settings.home.glob("*.sqlite")):
        found = True
        yield _database(path)
    if not found:
        yield Finding("databases", "ok", "none yet; they are made on first use")


def _desk(container: Container) -> Iterator[Finding]:
    if not _has_database(container.settings):
        yield Finding("desk", "ok", "no conversations yet")
        return
    from app.handoff import faults_at_the_desk

    desk = container.desk
    active, faults = faults_at_the_desk(desk.moves)
    yield Finding("desk", "ok", f"{active} conversations are queued or with agents")
    for fault in faults[:_MOST_FAULTS]:
        todo = "Is `kefu serve` running? Its clocks move conversations on. Else: kefu inbox show ID"
        yield Finding("desk", "note", fault, todo)
    for endpoint in desk.outbox.all():
        if endpoint.disabled_because is not None:
            found = f"webhook {endpoint.endpoint_id} is switched off: {endpoint.disabled_because}"
            yield Finding("desk", "note", found, "Run: kefu webhooks remove ID, then kefu webhooks add URL")


def _database(path: Path) -> Finding:
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as database:
            (verdict,) = database.execute("PRAGMA quick_check").fetchone()
    except sqlite3.Error as error:
        return Finding("databases", "fail", f"{path}: {error}", "Put a backup of the file in its place, or remove it")
    if verdict != "ok":
        return Finding("databases", "fail", f"{path}: {verdict}", "Put a backup of the file in its place")
    return Finding("databases", "ok", str(path))
