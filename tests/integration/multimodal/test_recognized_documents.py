"""Pictures and scanned pages on their way into the knowledge base."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.embedding.hashing import HashingEmbedder
from index.store import Store
from ingest.errors import DocumentTypeUnknown, DocumentWithoutText
from ingest.limits import Limits
from ingest.pipeline import Pipeline
from ingest.reading import Reader
from ingest.sources import Entry, sources_of
from tests.documents import pdf
from tests.picture_samples import drawn, saved, written

CHART = [
    "尺码: S；胸围 cm: 82-86；腰围 cm: 66-70；身高 cm: 155-160",
    "尺码: XL；胸围 cm: 94-98；腰围 cm: 78-82；身高 cm: 170-175",
]


def entry(path: Path, data: bytes) -> Entry:
    path.write_bytes(data)
    return Entry(path.name, path, len(data), 0)


def test_a_size_chart_becomes_rows_with_their_place(tmp_path: Path) -> None:
    with Reader(Limits(recognize="all", recognize_s=60)) as reader:
        read = reader.read(entry(tmp_path / "chart.png", saved(drawn("size_chart"))))

    rows = [block for block in read.extracted.blocks if block.kind == "row"]
    assert read.format == "picture"
    assert [rows[0].text.replace("身高cm", "身高 cm"), rows[-1].text.replace("身高cm", "身高 cm")] == CHART
    assert rows[0].page == 1
    assert rows[0].box is not None
    assert all(0 <= value <= 1 for value in rows[0].box)


def test_scanned_pages_are_read_beside_those_with_text(tmp_path: Path) -> None:
    scan = saved(drawn("size_chart"), "PDF", resolution=100)
    with Reader(Limits(recognize="scans", recognize_s=60)) as reader:
        read = reader.read(entry(tmp_path / "scan.pdf", scan))

    assert "测量误差在1至2厘米之内，属于正常范围。" in read.extracted.text
    assert read.extracted.warnings == ()
    assert read.extracted.picture_pages == ()


def test_without_recognition_a_scan_is_refused_as_before_and_a_blank_page_stays_blank(tmp_path: Path) -> None:
    scan = saved(written("Returns within 7 days"), "PDF")
    with Reader(Limits()) as reader, pytest.raises(DocumentWithoutText, match="no text"):
        reader.read(entry(tmp_path / "scan.pdf", scan))
    with Reader(Limits(recognize="scans")) as reader:
        read = reader.read(entry(tmp_path / "blank.pdf", pdf([(60, 700, "有文字的一页。")], [])))

        assert reader._recognizer._process is None  # nothing to be read, so nothing was started
    assert "page 2" in read.extracted.warnings[0]


def test_pictures_are_documents_only_where_that_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "rules.md").write_text("# 退货\n\n七日内。", encoding="utf-8")
    (tmp_path / "poster.jpg").write_bytes(saved(written("Free returns for 30 days"), "JPEG"))

    def found(limits: Limits) -> list[str]:
        [source] = sources_of([tmp_path], limits=limits)
        return [one.document_id for one in source.entries()]

    assert found(Limits(recognize="scans")) == ["rules.md"]
    assert found(Limits(recognize="all")) == ["poster.jpg", "rules.md"]
    with Reader(Limits(recognize="scans")) as reader, pytest.raises(DocumentTypeUnknown, match="KEFU_INGEST__OCR=all"):
        reader.read(entry(tmp_path / "poster.jpg", (tmp_path / "poster.jpg").read_bytes()))


def test_a_passage_from_a_picture_keeps_its_box_in_the_index(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "poster.png").write_bytes(saved(written("Free returns for 30 days\nafter delivery of your order")))
    embedder = HashingEmbedder()
    store = Store(tmp_path / "store")
    limits = Limits(recognize="all", recognize_s=60)
    pipeline = Pipeline(
        store, lambda: embedder, embedder_id=embedder.embedder_id, dimension=embedder.dimension, limits=limits
    )

    report = pipeline.run(sources_of([folder], limits=limits))

    assert report.is_published
    generation = store.current()
    try:
        [passage, *_] = generation.passages_of("poster.png")
    finally:
        generation.close()
    assert "Free returns for 30 days" in passage.text
    assert passage.location.page == 1
    left, top, right, bottom = passage.location.box or (1, 1, 0, 0)
    assert (left, top) == pytest.approx((30 / 640, 0.15), abs=0.05)
    assert left < right <= 1
    assert top < bottom <= 1
