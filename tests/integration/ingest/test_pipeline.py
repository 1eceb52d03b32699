"""Folders in, generations out: with the real store and an embedder that counts its work."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import docx
import pytest

import ingest.loaders
import ingest.reading
from index.embedding.hashing import HashingEmbedder
from index.errors import EmbedderMismatch, StoreBusy
from index.store import Store
from index.types import Document, EmbeddedPassages, Passage, ValidityOrigin
from ingest.blocks import Extracted
from ingest.chunking import Chunking
from ingest.limits import Limits
from ingest.pipeline import Pipeline
from ingest.report import IngestReport, Progress
from ingest.sources import sources_of
from tests.documents import archive, pdf, saved


class CountingEmbedder(HashingEmbedder):
    """Embeds by hashing and counts; can be told to break off."""

    def __init__(self) -> None:
        super().__init__(dimension=16)
        self.count = 0
        self.stop_after: int | None = None

    def embed_passages(self, passages: Sequence[Passage]) -> EmbeddedPassages:
        if self.stop_after is not None and self.count >= self.stop_after:
            raise KeyboardInterrupt
        self.count += len(passages)
        return super().embed_passages(passages)


class Shop:
    """A knowledge folder with its store."""

    def __init__(self, root: Path) -> None:
        self.knowledge = root / "knowledge"
        self.knowledge.mkdir()
        self.store = Store(root / "store")
        self.embedder = CountingEmbedder()

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.knowledge / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def pipeline(self, **values: object) -> Pipeline:
        return Pipeline(
            self.store,
            lambda: self.embedder,
            embedder_id=self.embedder.embedder_id,
            dimension=self.embedder.dimension,
            batch=4,
            **values,  # type: ignore[arg-type]
        )

    def ingest(self, *paths: Path, **options: object) -> IngestReport:
        return self.pipeline().run(sources_of(paths or [self.knowledge]), **options)  # type: ignore[arg-type]

    def documents(self) -> dict[str, Document]:
        generation = self.store.current()
        try:
            return {document.document_id: document for document in generation.documents()}
        finally:
            generation.close()

    def texts(self, document_id: str) -> list[str]:
        generation = self.store.current()
        try:
            return [passage.text for passage in generation.passages_of(document_id)]
        finally:
            generation.close()


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def counts(report: IngestReport) -> tuple[int, int, int, int, int]:
    return report.added, report.changed, report.renamed, report.removed, report.unchanged


def test_the_second_run_opens_and_embeds_nothing(shop: Shop) -> None:
    for number in range(5):
        shop.write(f"{number}.md", f"# 规则{number}\n\n第{number}条规则的内容。\n")

    first, second = shop.ingest(), shop.ingest()

    assert counts(first) == (5, 0, 0, 0, 0)
    assert first.passages == first.passages_embedded == 5
    assert counts(second) == (0, 0, 0, 0, 5)
    assert second.passages_embedded == 0
    assert (second.generation, second.is_published) == (first.generation, False)
    assert shop.embedder.count == 5


def test_only_the_changed_passage_is_embedded_again(shop: Shop) -> None:
    text = "".join(f"# 第{number}节\n\n第{number}节的内容。\n\n" for number in range(6))
    shop.write("a.md", f"---\ntitle: 规则\n---\n{text}")
    shop.ingest()
    shop.write("a.md", f"---\ntitle: 规则\n---\n{text.replace('第3节的内容', '第3节的新内容')}")

    report = shop.ingest()

    assert counts(report) == (0, 1, 0, 0, 0)
    assert report.passages_embedded == 1
    assert "第3节的新内容。" in shop.texts("a.md")


def test_a_touched_file_with_the_same_content_is_unchanged(shop: Shop) -> None:
    path = shop.write("a.md", "内容。")
    generation = shop.ingest().generation
    os.utime(path, ns=(1, 1))

    report = shop.ingest()

    assert counts(report) == (0, 0, 0, 0, 1)
    assert report.generation == generation


def test_a_renamed_document_costs_nothing(shop: Shop) -> None:
    path = shop.write("old/a.txt", "没有标题的一行内容。")
    shop.ingest()
    (shop.knowledge / "new").mkdir()
    path.rename(shop.knowledge / "new/b.txt")

    report = shop.ingest()

    assert counts(report) == (0, 0, 1, 0, 0)
    assert report.passages_embedded == 0
    assert set(shop.documents()) == {"new/b.txt"}


def test_a_deleted_document_leaves_the_index(shop: Shop) -> None:
    shop.write("a.md", "留下。")
    gone = shop.write("b.md", "删除。")
    shop.ingest()
    gone.unlink()

    report = shop.ingest()

    assert counts(report) == (0, 0, 0, 1, 1)
    assert set(shop.documents()) == {"a.md"}


def test_the_last_document_of_a_folder_can_leave_too(shop: Shop) -> None:
    path = shop.write("a.md", "唯一的一份。")
    shop.ingest()
    path.unlink()

    assert shop.ingest().removed == 1
    assert shop.documents() == {}


def test_each_source_removes_only_its_own(shop: Shop, tmp_path: Path) -> None:
    shop.write("a.md", "甲。")
    other = tmp_path / "other"
    other.mkdir()
    (other / "b.md").write_text("乙。")
    shop.ingest()

    shop.ingest(other)
    assert set(shop.documents()) == {"a.md", "b.md"}
    (other / "b.md").unlink()
    shop.ingest()
    assert set(shop.documents()) == {"a.md", "b.md"}
    shop.ingest(other)
    assert set(shop.documents()) == {"a.md"}


def test_a_vanished_root_removes_nothing(shop: Shop) -> None:
    shop.write("a.md", "甲。")
    sources = sources_of([shop.knowledge])
    shop.ingest()
    shutil.rmtree(shop.knowledge)

    report = shop.pipeline().run(sources)

    assert [refusal.code for refusal in report.refused] == ["source_missing"]
    assert set(shop.documents()) == {"a.md"}


def test_an_emptied_root_of_many_documents_is_taken_for_an_unmounted_disk(shop: Shop) -> None:
    for number in range(25):
        shop.write(f"{number}.md", f"第{number}份。")
    shop.ingest()
    shutil.rmtree(shop.knowledge)
    shop.knowledge.mkdir()

    report = shop.ingest()
    assert (report.removed, [refusal.code for refusal in report.refused]) == (0, ["source_missing"])
    assert len(shop.documents()) == 25
    assert shop.ingest(full=True).removed == 25


def test_refused_documents_are_listed_and_the_rest_goes_on(shop: Shop, tmp_path: Path) -> None:
    shop.write("good.md", "好的内容。")
    shop.write("empty.md", b"")
    shop.write("blank.txt", " \n\t\n")
    shop.write("zip.docx", archive({"a.txt": "x"}))
    shop.write("cut.docx", saved(docx.Document())[:200])
    shop.write("scan.pdf", pdf([]))
    shop.write("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    shop.write("binary.txt", bytes(range(256)) * 8)
    shop.write("front.md", "---\naccess: {a: 1}\n---\n内容")
    with shop.write("huge.md", b"").open("r+b") as file:
        file.truncate(200 * 1024 * 1024)
    (tmp_path / "secret.md").write_text("秘密")
    (shop.knowledge / "link.md").symlink_to(tmp_path / "secret.md")

    report = shop.ingest()

    assert {refusal.document_id: refusal.code for refusal in report.refused} == {
        "empty.md": "document_empty",
        "blank.txt": "document_empty",
        "zip.docx": "document_type_mismatch",
        "cut.docx": "document_damaged",
        "scan.pdf": "document_without_text",
        "old.doc": "document_type_unknown",
        "binary.txt": "document_encoding_unknown",
        "front.md": "document_damaged",
        "huge.md": "document_too_large",
        "link.md": "source_outside",
    }
    assert all(refusal.message.endswith(".") and "\n" not in refusal.message for refusal in report.refused)
    assert report.has_refusals
    assert set(shop.documents()) == {"good.md"}


def test_a_document_that_got_damaged_keeps_its_old_version(shop: Shop) -> None:
    shop.write("a.md", "原来的内容。")
    shop.ingest()
    shop.write("a.md", "---\nvalid_from: never\n---\n新内容")

    report = shop.ingest()

    assert "before stays" in report.refused[0].message
    assert shop.texts("a.md") == ["原来的内容。"]


def test_an_interrupted_run_changes_nothing_and_its_vectors_are_used_by_the_next(shop: Shop) -> None:
    shop.write("0.md", "已有的内容。")
    before = shop.ingest().generation
    for number in range(1, 12):
        shop.write(f"{number}.md", f"第{number}份新的内容。")
    shop.embedder.count, shop.embedder.stop_after = 0, 8

    with pytest.raises(KeyboardInterrupt):
        shop.ingest()
    assert shop.store.current_name() == before

    shop.embedder.stop_after = None
    report = shop.ingest()
    assert shop.embedder.count == 11
    assert report.passages_embedded == 3
    assert report.added == 11


def test_the_same_content_under_two_names_is_indexed_twice_and_reported(shop: Shop) -> None:
    shop.write("a.txt", "同样的内容。")
    shop.write("b.txt", "同样的内容。")

    report = shop.ingest()

    assert set(shop.documents()) == {"a.txt", "b.txt"}
    assert report.warnings == ["Same content under 2 names: a.txt, b.txt."]
    assert report.passages_embedded == 1


def test_a_rehearsal_counts_and_writes_nothing(shop: Shop, tmp_path: Path) -> None:
    shop.write("a.md", "甲。")
    shop.write("b.md", b"")

    report = shop.ingest(dry_run=True)

    assert (report.added, [refusal.document_id for refusal in report.refused]) == (1, ["b.md"])
    assert report.generation is None
    assert not (tmp_path / "store").exists()
    shop.ingest()
    shop.write("c.md", "丙。")
    assert counts(shop.ingest(dry_run=True)) == (1, 0, 0, 0, 1)
    assert set(shop.documents()) == {"a.md"}


def test_full_reads_everything_again_with_vectors_from_the_cache(shop: Shop) -> None:
    shop.write("a.md", "甲。")
    shop.ingest()

    report = shop.ingest(full=True)

    assert counts(report) == (0, 1, 0, 0, 0)
    assert report.passages_embedded == 0
    assert not report.is_published


def test_a_corpus_is_one_document_a_line(shop: Shop, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.jsonl"
    line = '{{"_id": "{}", "title": "退货 第{}条", "text": "第{}条的内容。"}}\n'
    corpus.write_text("".join(line.format(f"T-{n}", n, n) for n in range(6)))
    assert shop.ingest(corpus).added == 6
    corpus.write_text(
        "".join(line.format(f"T-{n}", n, n if n != 3 else "三") for n in range(1, 6)) + line.format("T-1", 9, 9)
    )

    report = shop.ingest(corpus)

    assert counts(report) == (0, 1, 0, 1, 4)
    assert report.passages_embedded == 1
    assert [refusal.code for refusal in report.refused] == ["document_id_taken"]
    assert shop.documents()["T-3"].format == "corpus"
    assert shop.texts("T-3") == ["第三条的内容。"]


def test_an_id_of_another_living_source_is_not_overwritten(shop: Shop, tmp_path: Path) -> None:
    shop.write("a.md", "甲。")
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.md").write_text("另一个甲。")
    shop.ingest()

    assert [refusal.code for refusal in shop.ingest(other).refused] == ["document_id_taken"]
    assert shop.texts("a.md") == ["甲。"]


def test_a_moved_root_takes_its_documents_along(shop: Shop, tmp_path: Path) -> None:
    shop.write("a.md", "甲。")
    shop.write("b.md", "乙。")
    shop.ingest()
    moved = shop.knowledge.rename(tmp_path / "moved")
    (moved / "b.md").write_text("乙二。")

    report = shop.ingest(moved)

    assert counts(report) == (0, 1, 0, 0, 1)
    assert not report.refused
    (moved / "a.md").unlink()
    assert shop.ingest(moved).removed == 1


def test_titles_validity_and_access_reach_document_and_passages(shop: Shop) -> None:
    shop.write("zh/内部.md", "---\nvalid_from: 2026-03-01\naccess: [staff]\n---\n# 赔付权限\n\n内容。\n")
    shop.write("en/plain.txt", "Just one line.")
    shop.ingest()

    documents = shop.documents()

    assert (documents["zh/内部.md"].title, documents["zh/内部.md"].access) == ("赔付权限", ("staff",))
    assert (documents["en/plain.txt"].title, documents["en/plain.txt"].language) == ("plain", "en")
    generation = shop.store.current()
    [passage] = generation.passages_of("zh/内部.md")
    generation.close()
    assert passage.access == ("staff",)
    assert passage.valid_from is not None


def test_progress_goes_through_the_stages_to_their_ends(shop: Shop) -> None:
    for number in range(6):
        shop.write(f"{number}.md", f"第{number}份。")
    seen: list[Progress] = []

    shop.ingest(on_progress=seen.append)

    stages = [event.stage for event in seen]
    assert list(dict.fromkeys(stages)) == ["scanning", "reading", "embedding", "publishing"]
    last = {event.stage: event for event in seen}
    assert (last["reading"].done, last["reading"].total) == (6, 6)
    assert (last["embedding"].done, last["embedding"].total) == (6, 6)


def test_two_runs_never_collide(shop: Shop) -> None:
    shop.write("a.md", "甲。")
    with shop.store.writer(embedder_id="x", dimension=4), pytest.raises(StoreBusy):
        shop.ingest()


def test_another_embedder_than_the_configured_one_is_refused(shop: Shop) -> None:
    shop.write("a.md", "甲。")
    pipeline = Pipeline(shop.store, lambda: shop.embedder, embedder_id="other", dimension=16)

    with pytest.raises(EmbedderMismatch, match="other is configured"):
        pipeline.run(sources_of([shop.knowledge]))


def test_nothing_to_ingest_publishes_nothing(shop: Shop) -> None:
    report = shop.ingest()

    assert (report.generation, report.is_published) == (None, False)


def test_a_large_text_file_is_parsed_in_the_other_process(shop: Shop) -> None:
    shop.write("a.md", "# 大\n\n" + "内容。" * 50)
    report = shop.pipeline(limits=Limits(in_process_bytes=10)).run(sources_of([shop.knowledge]))

    assert (report.added, report.refused) == (1, [])


def test_the_report_is_plain_json(shop: Shop) -> None:
    shop.write("a.md", "甲。")
    shop.write("b.md", b"")

    values = shop.ingest().to_dict()

    assert {"generation", "added", "changed", "removed", "unchanged", "refused", "passages"} <= set(values)
    assert values["refused"] == [
        {"document_id": "b.md", "code": "document_empty", "message": "The file is empty (0 bytes)."}
    ]


def test_documents_of_an_older_version_are_read_again_by_themselves(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.write("a.md", "# 退货\n\n七天内可以退货。\n")
    shop.write("b.md", "# 运费\n\n运费由买家承担。\n")
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text('{"_id": "T-1", "title": "发票", "text": "发票在订单页面申请。"}\n')
    first = shop.ingest(shop.knowledge, corpus)
    embedded = shop.embedder.count
    monkeypatch.setattr("ingest.reading.READING", ingest.reading.READING + 1)

    def new_loader(name: str, data: bytes, limits: Limits) -> Extracted:
        return loaded(name, data.replace("买家".encode(), "顾客".encode()), limits)

    loaded = ingest.loaders.load
    monkeypatch.setattr("ingest.loaders.load", new_loader)

    rehearsed, second = shop.ingest(shop.knowledge, corpus, dry_run=True), shop.ingest(shop.knowledge, corpus)
    third = shop.ingest(shop.knowledge, corpus)

    assert (rehearsed.changed, rehearsed.is_published) == (3, False)
    assert counts(second) == (0, 3, 0, 0, 0)
    assert any("3 documents are read again" in warning for warning in second.warnings)
    assert second.passages_embedded == 1  # the one that the new loader reads otherwise
    assert shop.embedder.count == embedded + 1
    assert shop.texts("b.md") == ["运费由顾客承担。"]
    assert second.generation != first.generation
    assert (counts(third), third.is_published, third.warnings) == ((0, 0, 0, 0, 3), False, [])


def test_an_upgrade_that_changes_no_passage_is_written_down_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.write("a.md", "七天内可以退货。")
    shop.ingest()
    with shop.store.current() as generation:
        before = generation.info.content_digest
    monkeypatch.setattr("ingest.reading.READING", ingest.reading.READING + 1)

    second, third = shop.ingest(), shop.ingest()

    assert (second.is_published, second.passages_embedded, third.is_published) == (True, 0, False)
    with shop.store.current() as generation:
        assert generation.info.content_digest == before


def test_other_lengths_of_passages_take_effect_without_full(shop: Shop) -> None:
    shop.write("a.md", "".join(f"第{number}条规定说明退货的条件和期限。" for number in range(40)))
    shop.ingest()
    before = shop.texts("a.md")

    report = shop.pipeline(chunking=Chunking(least=20, most=60)).run(sources_of([shop.knowledge]))

    assert report.changed == 1
    assert len(shop.texts("a.md")) > len(before)


def test_a_document_that_a_new_version_cannot_read_keeps_its_passages_and_is_tried_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = shop.write("a.md", "七天内可以退货。")
    shop.ingest()
    monkeypatch.setattr("ingest.reading.READING", ingest.reading.READING + 1)
    strict = Limits(max_text_bytes=4)

    for _ in range(2):
        report = shop.pipeline(limits=strict).run(sources_of([shop.knowledge]))
        assert [refusal.code for refusal in report.refused] == ["document_too_large"]
        assert shop.texts("a.md") == ["七天内可以退货。"]

    assert counts(shop.ingest()) == (0, 1, 0, 0, 0)
    assert path.exists()


def test_documents_from_before_there_were_versions_are_read_again(shop: Shop) -> None:
    shop.write("a.md", "七天内可以退货。")
    shop.ingest()
    document = shop.documents()["a.md"]
    embedder = shop.embedder
    with shop.store.writer(embedder_id=embedder.embedder_id, dimension=embedder.dimension) as writer:
        writer.touch(replace(document, reading=""))
        writer.publish()

    assert counts(shop.ingest()) == (0, 1, 0, 0, 0)
    assert shop.documents()["a.md"].reading == document.reading != ""


def days(shop: Shop, document_id: str) -> list[tuple[str, date | None, date | None]]:
    with shop.store.current() as generation:
        return [(item.text, item.valid_from, item.valid_to) for item in generation.passages_of(document_id)]


def test_validity_is_read_from_the_words_and_passages_keep_the_narrower(shop: Shop) -> None:
    shop.write(
        "fees.md",
        "# 2026年運費規則\n\n本規則自2026年3月1日起施行。\n\n## 基礎運費\n\n滿99元包郵。\n\n"
        "## 雙11期間（11月1日—11月11日）運費規則\n\n全場包郵。\n",
    )
    shop.write(
        "old.txt", "Delivery rules\n\nIn force from 1 January 2025 to 28 February 2026.\n\nDelivery costs 9 yuan.\n"
    )

    report = shop.ingest()

    assert report.warnings == []
    assert days(shop, "fees.md")[1:] == [
        ("滿99元包郵。", date(2026, 3, 1), None),
        ("全場包郵。", date(2026, 11, 1), date(2026, 11, 11)),
    ]
    document = shop.documents()["old.txt"]
    assert (document.valid_from, document.valid_to) == (date(2025, 1, 1), date(2026, 2, 28))
    assert document.validity == (
        ValidityOrigin(
            "text",
            date(2025, 1, 1),
            date(2026, 2, 28),
            quote="In force from 1 January 2025 to 28 February 2026.",
        ),
    )


def test_days_that_cannot_be_are_refused_in_metadata_and_reported_in_text(shop: Shop) -> None:
    shop.write("metadata.md", "---\nvalid_from: 2026-02-30\n---\n# 规则\n\n七天内可以退货。\n")
    shop.write("text.md", "# 规则\n\n自2026年2月30日起施行。\n\n## 期限\n\n七天内可以退货。\n")

    report = shop.ingest()

    assert [(item.document_id, item.code) for item in report.refused] == [("metadata.md", "document_damaged")]
    (warning,) = report.warnings
    assert warning.startswith("text.md: “自2026年2月30日起施行。”")
    assert shop.documents()["text.md"].warnings == (warning.removeprefix("text.md: "),)
    assert shop.documents()["text.md"].valid_from is None


def test_an_override_takes_effect_and_leaves_without_a_change_of_the_document(shop: Shop) -> None:
    shop.write("a.md", "# 规则\n\n自2026年3月1日起施行。\n\n## 期限\n\n七天内可以退货。\n")
    shop.write("b.md", "# 其他\n\n正文。\n")
    shop.ingest()
    shop.write("validity.toml", '["a.md"]\nvalid_from = 2026-05-01\nvalid_to = 2026-12-31\n')

    overridden = shop.ingest()
    again = shop.ingest()
    during = shop.documents()["a.md"]
    (shop.knowledge / "validity.toml").unlink()
    removed = shop.ingest()

    assert (counts(overridden), counts(again), counts(removed)) == ((0, 1, 0, 0, 1), (0, 0, 0, 0, 2), (0, 1, 0, 0, 1))
    assert (during.valid_from, during.valid_to) == (date(2026, 5, 1), date(2026, 12, 31))
    assert during.validity == (ValidityOrigin("override", date(2026, 5, 1), date(2026, 12, 31)),)
    assert shop.documents()["a.md"].valid_from == date(2026, 3, 1)


def test_overrides_that_cannot_be_read_change_nothing_and_are_one_line(shop: Shop) -> None:
    shop.write("a.md", "# 规则\n\n七天内可以退货。\n")
    generation = shop.ingest().generation
    shop.write("validity.toml", '["a.md"\n')
    shop.write("b.md", "# 其他\n\n正文。\n")

    report = shop.ingest()

    assert [item.code for item in report.refused] == ["overrides_damaged"]
    assert "\n" not in report.refused[0].message
    assert (report.generation, report.is_published) == (generation, False)
