"""Files that were damaged on their way: each is read or refused, and the parser process lives on."""

from __future__ import annotations

import random

import docx
import openpyxl
import pptx
import pytest

from ingest.errors import DocumentRefused
from ingest.limits import Limits
from ingest.sandbox import Sandbox
from tests.documents import pdf, saved

SEED = 20260301
ROUNDS = 40


def seed_file(format: str) -> bytes:
    if format == "pdf":
        return pdf([(60, 700, "退货政策", 18), (60, 660, "七日内可退。")], [(60, 700, "运费由买家承担。")])
    if format == "docx":
        document = docx.Document()
        document.add_heading("退货", 1)
        document.add_table(2, 2).cell(0, 0).text = "七日"
        return saved(document)
    if format == "xlsx":
        book = openpyxl.Workbook()
        book.active.append(["商品", "价格"])
        book.active.append(["杯子", 59])
        return saved(book)
    presentation = pptx.Presentation()
    presentation.slides.add_slide(presentation.slide_layouts[1]).shapes.title.text = "退货"
    return saved(presentation)


def damaged(data: bytes, chance: random.Random) -> bytes:
    damage = bytearray(data)
    for _ in range(chance.randint(1, 20)):
        at = chance.randrange(len(damage))
        kind = chance.random()
        if kind < 0.6:
            damage[at] = chance.randrange(256)
        elif kind < 0.8:
            del damage[at : at + chance.randint(1, 50)]
        else:
            damage[at:at] = chance.randbytes(chance.randint(1, 50))
    return bytes(damage)


@pytest.mark.parametrize("format", ["pdf", "docx", "xlsx", "pptx"])
def test_damaged_files_are_read_or_refused(format: str) -> None:
    chance = random.Random(SEED)
    data = seed_file(format)
    messages: list[str] = []
    with Sandbox(Limits(timeout_s=20)) as sandbox:
        for _ in range(ROUNDS):
            try:
                sandbox.load(format, damaged(data, chance))
            except DocumentRefused as refusal:
                messages.append(refusal.message)
        assert sandbox.load(format, data).blocks, f"seed={SEED}"
    assert messages
    assert not [message for message in messages if not message or "\n" in message]
