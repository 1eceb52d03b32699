"""The commands as a user types them: real processes, real files, an embedder without weights."""

import hashlib
import json
import os
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.live import KEFU, clean_environment, kefu, serving

RETURNS_ZH = """# 退货政策

## 期限

签收后七日内可以无理由退货。定制商品不支持无理由退货。

## 运费

质量问题退货，运费由商家承担。无理由退货的运费由买家承担。
"""
REFUNDS_EN = """# Refunds

Refunds to a credit card take three to five working days. Refunds to a gift card arrive at once.
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    documents = tmp_path / "documents"
    (documents / "zh").mkdir(parents=True)
    (documents / "zh" / "退货.md").write_text(RETURNS_ZH, encoding="utf-8")
    (documents / "refunds.md").write_text(REFUNDS_EN, encoding="utf-8")
    return tmp_path


def _ingested(shop: Path) -> dict[str, Any]:
    result = kefu("ingest", "documents", "--json", folder=shop)
    assert result.returncode == 0, result.stderr
    report: dict[str, Any] = json.loads(result.stdout)
    return report


def test_ingest_tells_what_was_new_changed_gone_and_unchanged(shop: Path) -> None:
    first = _ingested(shop)
    second = _ingested(shop)
    (shop / "documents" / "refunds.md").write_text(REFUNDS_EN.replace("three", "two"), encoding="utf-8")
    (shop / "documents" / "zh" / "退货.md").unlink()
    third = _ingested(shop)

    def counts(report: dict[str, Any]) -> tuple[int, int, int, int]:
        return report["added"], report["changed"], report["removed"], report["unchanged"]

    assert counts(first) == (2, 0, 0, 0)
    assert counts(second) == (0, 0, 0, 2)
    assert second["passages_embedded"] == 0
    assert counts(third) == (0, 1, 1, 0)


def test_a_dry_run_publishes_nothing(shop: Path) -> None:
    result = kefu("ingest", "documents", "--dry-run", folder=shop)

    assert result.returncode == 0, result.stderr
    assert json.loads(kefu("index", "list", "--json", folder=shop).stdout) == []


def test_refused_documents_are_named_and_the_rest_is_taken(shop: Path) -> None:
    (shop / "documents" / "empty.md").write_bytes(b"")
    (shop / "documents" / "fake.docx").write_bytes(b"PK\x03\x04 this is no office file")

    result = kefu("ingest", "documents", "--json", folder=shop)

    assert result.returncode == 3
    report = json.loads(result.stdout)
    assert {item["document_id"] for item in report["refused"]} == {"empty.md", "fake.docx"}
    assert report["added"] == 2


def test_a_missing_path_is_one_line(shop: Path) -> None:
    result = kefu("ingest", "nowhere", folder=shop)

    assert result.returncode == 1
    assert result.stderr.startswith("kefu: ")
    assert "nowhere" in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_corpus_keeps_its_ids_and_batch_search_follows_the_contract(shop: Path) -> None:
    corpus = [
        {"_id": f"d{n}", "title": f"型号 KF-{n:03}", "text": f"型号 KF-{n:03} 的保修期为{n}个月。"}
        for n in range(1, 30)
    ]
    (shop / "corpus.jsonl").write_text("".join(json.dumps(line) + "\n" for line in corpus), encoding="utf-8")
    assert kefu("ingest", "corpus.jsonl", "--store", "s", folder=shop).returncode == 0
    (shop / "in.jsonl").write_text(
        '{"id": "a", "text": "KF-007 保修多久"}\n{"id": "b", "text": ""}\n{"id": 3, "text": "KF-021"}\n',
        encoding="utf-8",
    )

    result = kefu("search", "--batch", "in.jsonl", "--out", "out.jsonl", "--top", "5", "--store", "s", folder=shop)

    lines = [json.loads(line) for line in (shop / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert result.returncode == 3
    assert [line["id"] for line in lines] == ["a", "b", 3]
    assert lines[0]["hits"][0]["document_id"] == "d7"
    assert lines[2]["hits"][0]["document_id"] == "d21"
    assert lines[1]["error"]["code"] == "question_empty"
    assert set(lines[0]["hits"][0]) >= {"passage_id", "document_id", "score", "title", "text", "location"}
    assert 1 <= len(lines[0]["hits"]) <= 5


def test_batch_works_over_pipes(shop: Path) -> None:
    _ingested(shop)

    result = kefu("search", "--batch", "-", folder=shop, stdin='{"id": "1", "text": "退货期限"}\n')

    assert result.returncode == 0, result.stderr
    (line,) = result.stdout.splitlines()
    assert json.loads(line)["hits"][0]["document_id"] == "zh/退货.md"


def test_an_answer_quotes_the_stored_words(shop: Path) -> None:
    _ingested(shop)

    result = kefu("ask", "质量问题退货，运费由谁承担？", "--json", folder=shop)

    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout)
    assert answer["status"] == "answered"
    assert "商家承担" in answer["text"]
    assert answer["mode"] == "extractive"
    for citation in answer["citations"]:
        assert citation["quote"] in RETURNS_ZH
        assert citation["quote_sha256"] == hashlib.sha256(citation["quote"].encode()).hexdigest()
        assert citation["end"] - citation["start"] == len(citation["quote"])
    assert set(answer["timings_ms"]) == {"retrieve", "generate", "verify", "total"}


def test_a_batch_of_questions_needs_no_index_when_passages_come_along(shop: Path) -> None:
    lines = [
        {"id": "given", "text": "保修多久？", "passages": ["本产品保修两年。", "颜色为红色。"]},
        {"id": "no index", "text": "保修多久？"},
        {"id": "long", "text": "长" * 100_000, "passages": ["x"]},
        {"id": "day", "text": "保修多久？", "as_of": "someday", "passages": ["本产品保修两年。"]},
    ]
    batch = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)

    result = kefu("ask", "--batch", "-", "--out", "out.jsonl", folder=shop, stdin=batch)

    assert result.returncode == 3, result.stderr
    answers = [json.loads(line) for line in (shop / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [answer["id"] for answer in answers] == ["given", "no index", "long", "day"]
    assert "两年" in answers[0]["text"]
    assert answers[0]["citations"][0]["quote"] == "本产品保修两年。"
    codes = [answer.get("error", {}).get("code") for answer in answers]
    assert codes == [None, "store_missing", "question_too_long", "line_invalid"]


def test_a_person_reads_answer_source_and_state(shop: Path) -> None:
    _ingested(shop)

    result = kefu("ask", "How long do refunds to a credit card take?", folder=shop)

    assert result.returncode == 0, result.stderr
    assert "three to five working days" in result.stdout
    assert "refunds.md" in result.stdout
    assert "\x1b[" not in result.stdout, "no colours where no terminal is"


def test_generations_are_listed_shown_verified_rolled_back_and_cleaned(shop: Path) -> None:
    first = _ingested(shop)["generation"]
    (shop / "documents" / "new.md").write_text("# 新\n\n新的一条规则。\n", encoding="utf-8")
    second = _ingested(shop)["generation"]

    listed = json.loads(kefu("index", "list", "--json", folder=shop).stdout)
    shown = json.loads(kefu("index", "show", "--json", folder=shop).stdout)
    assert [info["name"] for info in listed] == [second, first]
    assert {document["document_id"] for document in shown["document_list"]} == {"new.md", "refunds.md", "zh/退货.md"}

    assert kefu("index", "rollback", first, folder=shop).returncode == 0
    assert kefu("index", "rollback", "g999999-00000000", folder=shop).returncode == 1
    shown = json.loads(kefu("index", "show", "--json", folder=shop).stdout)
    assert (shown["name"], shown["documents"]) == (first, 2)

    assert kefu("index", "verify", folder=shop).returncode == 0
    victim = shop / "var" / "store" / "generations" / first / "dense.faiss"
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.chmod(0o644)
    victim.write_bytes(content)
    damaged = kefu("index", "verify", "--json", folder=shop)
    assert damaged.returncode == 1
    assert json.loads(damaged.stdout)["damages"][0]["file"].endswith("dense.faiss")

    assert kefu("index", "rollback", second, folder=shop).returncode == 0
    assert json.loads(kefu("index", "gc", "--keep", "1", "--json", folder=shop).stdout)["removed"] == [first]


def test_an_index_of_another_embedder_is_not_searched(shop: Path) -> None:
    _ingested(shop)
    folder = shop / "other"
    folder.mkdir()
    environment = clean_environment(shop, KEFU_MODELS__EMBEDDER="openai")
    environment |= {"KEFU_MODELS__REMOTE__BASE_URL": "http://127.0.0.1:9/v1", "KEFU_MODELS__REMOTE__MODEL": "other"}

    result = kefu("search", "退货", folder=shop, environment=environment)

    assert result.returncode == 1
    assert "built with the embedder" in result.stderr


def test_missing_weights_are_named_with_the_command_that_fetches_them(shop: Path) -> None:
    environment = clean_environment(shop, KEFU_MODELS__EMBEDDER="multilingual-e5-small")

    for arguments in (["ingest", "documents"], ["serve", "--port", "0"]):
        result = kefu(*arguments, folder=shop, environment=environment)
        assert result.returncode == 1
        assert "kefu models pull multilingual-e5-small" in result.stderr
        assert "Traceback" not in result.stderr


def test_ctrl_c_ends_with_130_and_leaves_the_generation_that_serves(shop: Path) -> None:
    before = _ingested(shop)["generation"]
    for n in range(8000):
        (shop / "documents" / f"{n}.md").write_text(f"# 规则 {n}\n\n" + f"第{n}条的说明文字。" * 20, encoding="utf-8")
    process = subprocess.Popen(
        [*KEFU, "ingest", "documents"],
        cwd=shop,
        env=clean_environment(shop),
        stderr=subprocess.PIPE,
        text=True,
        # Who runs the tests in the background has SIGINT ignored, and a child would inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    deadline = time.monotonic() + 60
    while not any(shop.rglob("staging/*")) and time.monotonic() < deadline:
        time.sleep(0.05)  # the run has begun once it stages something

    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)

    assert process.returncode == 130
    assert errors.splitlines()[-1].startswith("Interrupted.")
    assert "Traceback" not in errors
    assert json.loads(kefu("index", "show", "--json", folder=shop).stdout)["name"] == before


def test_the_service_answers_reloads_and_ends_in_order(shop: Path) -> None:
    with (
        serving(shop, documents=shop / "documents") as live,
        httpx.Client(base_url=live.url, headers={"Authorization": f"Bearer {live.admin_key}"}, timeout=30) as client,
    ):
        assert client.get("/readyz").status_code == 200
        answer = client.post("/v1/chat", json={"message": "质量问题退货，运费由谁承担？"}).json()
        assert "商家承担" in answer["text"]

        (shop / "documents" / "points.md").write_text("# 积分\n\n每消费一元积一分。\n", encoding="utf-8")
        assert kefu("ingest", "documents", folder=shop).returncode == 0
        deadline = time.monotonic() + 10
        while answer["generation"] == client.get("/v1/status").json()["generation"] and time.monotonic() < deadline:
            time.sleep(0.2)
        hits = client.post("/v1/search", json={"query": "积分", "top": 1}).json()["hits"]
        assert hits[0]["document_id"] == "points.md"

        live.process.send_signal(signal.SIGTERM)
        assert live.process.wait(timeout=40) == 0


def test_the_admin_key_is_made_once(shop: Path) -> None:
    with serving(shop, documents=shop / "documents") as live:
        assert live.admin_key.startswith("kefu_")
    with serving(shop, documents=shop / "documents") as live:
        assert live.admin_key == ""


def test_a_conversation_on_a_terminal_remembers_and_ends(shop: Path) -> None:
    _ingested(shop)
    leader, follower = os.openpty()
    process = subprocess.Popen(
        [*KEFU, "ask"], cwd=shop, env=clean_environment(shop, NO_COLOR="1", TERM="xterm"),
        stdin=follower, stdout=follower, stderr=follower,
    )  # fmt: skip
    os.close(follower)
    try:
        os.write(leader, "质量问题退货，运费由谁承担？\n/sources\n/quit\n".encode())
        shown = b""
        while True:
            try:
                chunk = os.read(leader, 65536)
            except OSError:
                break
            if not chunk:
                break
            shown += chunk
        assert process.wait(timeout=60) == 0
    finally:
        os.close(leader)
    assert "商家承担" in shown.decode(errors="replace")


class _Endpoint:
    """A language model server that does what the test says with a connection."""

    def __init__(self, reply: bytes | None) -> None:
        self._reply = reply
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        threading.Thread(target=self._run, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/v1"

    def _run(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(connection)
            connection.recv(65536)
            if self._reply is not None:
                connection.sendall(self._reply)
                connection.close()

    def close(self) -> None:
        self._listener.close()
        for connection in self._open:
            connection.close()


@pytest.mark.parametrize(
    "reply",
    [
        None,
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 9\r\n\r\n\x00\xff nope\n\n",
        b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
        b"not even HTTP",
    ],
    ids=["hangs", "garbage", "500", "no HTTP"],
)
def test_a_language_model_that_fails_costs_seconds_not_the_answer(shop: Path, reply: bytes | None) -> None:
    _ingested(shop)
    endpoint = _Endpoint(reply)
    environment = clean_environment(
        shop,
        KEFU_LLM__ORDER="remote,extractive",
        KEFU_LLM__REMOTE__BASE_URL=endpoint.url,
        KEFU_LLM__REMOTE__MODEL="m",
        KEFU_LLM__REMOTE__TIMEOUT_S="1",
    )
    started = time.monotonic()
    try:
        result = kefu("ask", "质量问题退货，运费由谁承担？", "--json", folder=shop, environment=environment)
    finally:
        endpoint.close()

    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout)
    assert (answer["mode"], answer["status"]) == ("extractive", "answered")
    assert time.monotonic() - started < 20
    assert "Traceback" not in result.stderr


def test_a_home_that_cannot_be_written_is_one_line(shop: Path) -> None:
    (shop / "var").write_text("a file where the folder should be", encoding="utf-8")

    for arguments in (["ingest", "documents"], ["keys", "create", "shop"]):
        result = kefu(*arguments, folder=shop)
        assert result.returncode == 1
        assert result.stderr.startswith("kefu: ")
        assert result.stderr.count("\n") == 1, result.stderr
        assert "Unexpected" not in result.stderr


def test_rules_that_disagree_are_listed_by_command(shop: Path) -> None:
    rule = "# 价格保护规则\n\n## 保护期限\n\n下单之日起{}天内同款降价可以申请退还差价。\n"
    (shop / "documents" / "a.md").write_text(rule.format(30), encoding="utf-8")
    (shop / "documents" / "b.md").write_text(rule.format(15), encoding="utf-8")
    _ingested(shop)

    told = kefu("index", "conflicts", folder=shop)
    result = kefu("index", "conflicts", "--json", "--as-of", "2026-11-24", folder=shop)
    wrong = kefu("index", "conflicts", "--as-of", "2026-02-30", folder=shop)

    (conflict,) = json.loads(result.stdout)["conflicts"]
    assert (result.returncode, conflict["kind"]) == (0, "number")
    assert [side["document_id"] for side in conflict["sides"]] == ["a.md", "b.md"]
    assert "15天" in told.stdout
    assert wrong.returncode == 2


def test_a_question_of_a_past_day_is_answered_by_its_rule(shop: Path) -> None:
    (shop / "documents" / "old.md").write_text(
        "# 礼品包装规则（2025年版）\n\n施行期间：2025年1月1日至2025年12月31日。\n\n## 包装\n\n礼品包装每件收取4元。\n",
        encoding="utf-8",
    )
    (shop / "documents" / "new.md").write_text(
        "# 礼品包装规则\n\n自2026年1月1日起施行。\n\n## 包装\n\n礼品包装每件收取6元。\n", encoding="utf-8"
    )
    _ingested(shop)

    now = json.loads(kefu("ask", "礼品包装每件收取多少元？", "--json", folder=shop).stdout)
    then = json.loads(kefu("ask", "礼品包装每件收取多少元？", "--as-of", "2025-05-01", "--json", folder=shop).stdout)

    assert "6元" in now["text"]
    assert "4元" not in now["text"]
    assert then["text"].startswith("按2025年5月1日有效的规定：")
    assert "4元" in then["text"]
    assert (then["as_of"], then["citations"][0]["in_force"]) == ("2025-05-01", "past")
