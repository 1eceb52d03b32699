"""What questions need to be answered: disk, index, models, and the calibration of their confidence."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

from app.checks.finding import NOTHING, Finding, run, same
from app.domain.action import Wording
from app.sizes import human_bytes
from index.errors import KefuError, StoreMissing

if TYPE_CHECKING:
    from app.building.container import Container

_LITTLE_SPACE = 2 * 2**30
_RECENT = 500
"""Newest questions that are held against the calibration."""
_STATES = {"ready": "就绪", "missing": "未下载", "damaged": "损坏", "partial": "下载未完成"}
_WRITES = Wording(
    "现在由语言模型写回答，而当时用的是文档原文",
    "a language model writes the answers, and they were measured in the documents' own words",
)


def disk(container: Container) -> Iterator[Finding]:
    """Whether there is room."""
    home = container.settings.home
    place = next(folder for folder in (home.absolute(), *home.absolute().parents) if folder.exists())
    free = shutil.disk_usage(place).free
    size = human_bytes(free)
    found = Wording(f"{home} 可用空间 {size}", f"{size} free for {home}")
    if free >= _LITTLE_SPACE:
        yield Finding("disk", "ok", found)
        return
    yield Finding(
        "disk",
        "note",
        found,
        Wording(
            f"请清理 {home}，或把 KEFU_HOME 设到别的磁盘。",
            f"Make room under {home}, or set KEFU_HOME to another disk.",
        ),
    )


def store(container: Container) -> Iterator[Finding]:
    """Whether there is an index, made with the embedder of the settings."""
    path = container.settings.store_path
    try:
        generation = container.store.current()
    except StoreMissing:
        yield Finding("store", "fail", Wording(f"{path} 里还没有索引", f"no index in {path}"), run("kefu ingest PATH"))
        return
    except KefuError as error:
        todo = Wording(
            "请运行 kefu index list，再运行 kefu index rollback GEN",
            "Run: kefu index list, then kefu index rollback GEN",
        )
        yield Finding("store", "fail", same(error.message), todo)
        return
    try:
        info = generation.info
    finally:
        generation.close()
    found = Wording(
        f"{info.name}：{info.documents} 份文档，{info.passages} 个段落",
        f"{info.name}: {info.documents} documents, {info.passages} passages",
    )
    yield Finding("store", "ok", found)
    is_loadable = container.embedder_model is None or container.weights.state(container.embedder_model) == "ready"
    wanted = container.embedder.embedder_id if is_loadable else info.embedder_id
    if info.embedder_id != wanted:
        yield Finding(
            "store",
            "fail",
            Wording(
                f"索引由 {info.embedder_id} 建立，设置里是 {wanted}",
                f"the index was built with {info.embedder_id}, the settings say {wanted}",
            ),
            Wording(
                "请运行 kefu ingest PATH --full，或把 KEFU_MODELS__EMBEDDER 改回去",
                "Run: kefu ingest PATH --full, or set KEFU_MODELS__EMBEDDER back",
            ),
        )


def embedder(container: Container) -> Iterator[Finding]:
    """Whether the embedder's weights are there."""
    model = container.embedder_model
    if model is None:
        yield Finding("embedder", "ok", same(container.settings.models.embedder))
        return
    state = container.weights.state(model)
    is_ready = state == "ready"
    todo = NOTHING if is_ready else run(f"kefu models pull {model}")
    yield Finding("embedder", "ok" if is_ready else "fail", _weights(model, state), todo)


def _weights(model: str, state: str) -> Wording:
    return Wording(f"{model}：{_STATES.get(state, state)}", f"{model}: {state}")


def language_models(container: Container) -> Iterator[Finding]:
    """Which model writes the answers."""
    llm = container.settings.llm
    if "remote" in llm.order and llm.remote.base_url:
        yield _remote(llm.remote.base_url, llm.remote.api_key.get_secret_value())
    if "local" in llm.order:
        model = container.weights.spec(llm.local.model)
        state = container.weights.state(model.name)
        is_ready = state == "ready"
        todo = Wording(
            f"请运行：kefu models pull {model.name}（在此之前，回答只用文档原文）",
            f"Run: kefu models pull {model.name} (answers use the documents' own words until then)",
        )
        words = _weights(model.name, state)
        found = Wording(f"本机 {words.zh}", f"local {words.en}")
        yield Finding("language model", "ok" if is_ready else "note", found, NOTHING if is_ready else todo)
    if llm.order[:1] == ("extractive",) or not llm.order:
        found = Wording(
            "llm.order 已关闭语言模型：回答只用文档原文",
            "switched off by llm.order: answers use the documents' own words",
        )
        yield Finding("language model", "ok", found)


def _remote(base_url: str, key: str) -> Finding:
    import httpx

    url = f"{base_url.rstrip('/')}/models"
    try:
        reply = httpx.get(url, headers={"Authorization": f"Bearer {key}"} if key else {}, timeout=5)
    except httpx.HTTPError as error:
        kind = type(error).__name__
        return Finding(
            "language model",
            "note",
            Wording(f"{base_url} 没有应答：{kind}", f"{base_url} does not answer: {kind}"),
            Wording(
                "请启动它，或更正 KEFU_LLM__REMOTE__BASE_URL；在此之前由 llm.order 里的下一个回答",
                "Start it, or correct KEFU_LLM__REMOTE__BASE_URL; until then the next in llm.order answers",
            ),
        )
    if reply.status_code in (401, 403):
        found = Wording(f"{base_url} 拒绝了密钥", f"{base_url} refuses the key")
        todo = Wording("请更正 KEFU_LLM__REMOTE__API_KEY", "Correct KEFU_LLM__REMOTE__API_KEY")
        return Finding("language model", "note", found, todo)
    return Finding("language model", "ok", Wording(f"远程 {base_url} 正常应答", f"remote {base_url} answers"))


def voice(container: Container) -> Iterator[Finding]:
    """Whether recordings are heard."""
    from app.multimodal.errors import VoiceUnavailable

    if container.voice is None:
        todo = Wording(
            "要听录音，请设置 KEFU_VOICE__ENABLED=true。", "Set KEFU_VOICE__ENABLED=true to hear recordings."
        )
        yield Finding("voice", "note", Wording("已关闭", "switched off"), todo)
        return
    try:
        container.voice.require()
    except VoiceUnavailable as error:
        found = Wording(
            "暂时听不了录音；浏览器自带的语音识别可用", "recordings are not heard; the browser's recognition works"
        )
        todo = Wording(
            f"请安装 kefu 的 voice 附加组件，并运行：kefu models pull {container.settings.voice.model}", error.message
        )
        yield Finding("voice", "note", found, todo)
    else:
        yield Finding("voice", "ok", same(container.voice.model))


def calibration(container: Container) -> Iterator[Finding]:
    """What is promised of answers, and whether it holds still."""
    from app.calibration.watch import Now, too_few

    watch = container.calibration
    controlled = watch.controlled
    if controlled is None:
        found = Wording(
            f"置信度达到 {watch.threshold} 才回答（answer.min_confidence）",
            f"answers from a confidence of {watch.threshold} on (answer.min_confidence)",
        )
        yield Finding("calibration", "ok", found)
        return
    again = run("kefu calibrate QUESTIONS")
    if not controlled.is_reachable:
        yield Finding("calibration", "fail", too_few(controlled), again)
        return
    questions = watch.calibration.basis.questions
    promised = Wording(
        f"与 {questions} 相近的问题：答错不超过 {controlled.max_error:.1%}，可回答 {controlled.coverage:.0%}",
        f"at most {controlled.max_error:.1%} wrong, {controlled.coverage:.0%} answered of questions like those of "
        f"{questions}",
    )
    yield Finding("calibration", "ok", promised)
    program = container.program
    misfits = watch.misfits(Now(program.embedder, program.settings, program.weights, _documents_digest(container)))
    if watch.calibration.basis.mode == "extractive" and container.settings.answer.mode != "extractive":
        model = container.chat_model
        if model is not None and model.is_ready:
            misfits.append(_WRITES)
    if misfits:
        found = Wording(
            f"这个承诺是在另一种配置下得出的：{'；'.join(misfit.zh for misfit in misfits)}",
            f"the promise is of another program: {'; '.join(misfit.en for misfit in misfits)}",
        )
        yield Finding("calibration", "note", found, again)
    live = watch.compared(container.receipts.judged(limit=_RECENT))
    yield Finding("calibration", "note" if live["has_drifted"] else "ok", Wording(**live["words"]))


def _documents_digest(container: Container) -> str | None:
    from app.calibration.outcomes import documents_digest

    try:
        generation = container.store.current()
    except KefuError:
        return None
    with closing(generation):
        return documents_digest((item.document_id, item.sha256) for item in generation.documents())
