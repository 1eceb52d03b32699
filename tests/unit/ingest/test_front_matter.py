from __future__ import annotations

from datetime import date

import pytest

from ingest.blocks import Metadata
from ingest.errors import DocumentDamaged
from ingest.front_matter import split_front_matter


def test_title_language_validity_and_access_are_read() -> None:
    text = (
        "---\ntitle: 退货规则\nlanguage: zh-CN\nvalid_from: 2026-03-01\n"
        "valid_to: '2026年12月31日'\naccess: [staff, 仓库]\n---\n正文\n"
    )

    metadata, body = split_front_matter(text)

    assert metadata == Metadata("退货规则", "zh", date(2026, 3, 1), date(2026, 12, 31), ("staff", "仓库"))
    assert body == "正文\n"


@pytest.mark.parametrize("access", ["staff", "[staff]", "[staff, staff]", '"staff,"'])
def test_access_may_be_one_label_or_a_list(access: str) -> None:
    assert split_front_matter(f"---\naccess: {access}\n---\n")[0].access == ("staff",)


@pytest.mark.parametrize(
    "text",
    ["没有\n", "---\n只是分隔线\n---\n正文", "text\n---\ntitle: a\n---\n", "---\ntitle: never closed\n", ""],
)
def test_text_without_front_matter_is_left_alone(text: str) -> None:
    assert split_front_matter(text) == (Metadata(), text)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("access: [staff\ntitle: x", "not valid YAML"),
        ("access: {staff: true}", "list of labels"),
        ("valid_from: soon", "valid_from is no date"),
        ("valid_from: 2026-13-01", "is no date"),
        ("valid_from: 2026-03-01\nvalid_to: 2026-02-01", "before"),
        ("title: !!python/object/apply:os.system [ls]", "not valid YAML"),
    ],
)
def test_front_matter_that_cannot_be_trusted_stops_the_document(lines: str, says: str) -> None:
    with pytest.raises(DocumentDamaged, match=says):
        split_front_matter(f"---\n{lines}\n---\nbody")
