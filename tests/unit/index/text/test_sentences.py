import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.sentences import split_sentences

PIECES = st.one_of(
    st.sampled_from("。！？!?;；.…,()（）《》“”- \n\x00\u2028\u3000🙂a退3"),
    st.sampled_from(
        ["退货", "3.5", "（注：", "Dr. ", "No. 5 ", "e.g. ", "https://a.cn/b?c=1", "1. ", "---", "A.", "refund "]
    ),
)


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@given(st.one_of(st.lists(PIECES, max_size=30).map("".join), st.text(max_size=80)))
def test_every_visible_character_belongs_to_exactly_one_sentence(text):
    spans = split_sentences(text)

    covered = [at for start, end in spans for at in range(start, end)]
    assert covered == sorted(set(covered))
    assert {at for at, char in enumerate(text) if not char.isspace()} <= set(covered)
    assert all(not text[start].isspace() and not text[end - 1].isspace() for start, end in spans)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("支持七天无理由退货。运费由买家承担！", ["支持七天无理由退货。", "运费由买家承担！"]),
        ("他说：“可以退。”然后走了。", ["他说：“可以退。”", "然后走了。"]),
        ("见《退货规则。第二版》第3条。", ["见《退货规则。第二版》第3条。"]),
        ("Refunds take 3.5 days. Ask Dr. Li.", ["Refunds take 3.5 days.", "Ask Dr. Li."]),
        (
            "Is it free? Yes! Ship via www.kefu.cn. Then wait.",
            ["Is it free?", "Yes!", "Ship via www.kefu.cn.", "Then wait."],
        ),
        ("1. Open the box.\n2. Keep the label.", ["1. Open the box.", "2. Keep the label."]),
        ("情况如下：\n1.\n无法开机；\n（二）\n黑屏。", ["情况如下：", "1.\n无法开机；", "（二）\n黑屏。"]),
        ("See item No. 5 for sizes.", ["See item No. 5 for sizes."]),
        ("Can I return it? No. It was opened.", ["Can I return it?", "No.", "It was opened."]),
        ("标题\n-----\n正文。", ["标题\n-----", "正文。"]),
        ("版本v1.2可用。Call us now.", ["版本v1.2可用。", "Call us now."]),
        ("等待中……请稍候。Done.", ["等待中……请稍候。", "Done."]),
        ("", []),
        (" \n\t\u3000", []),
        ("没有句号", ["没有句号"]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text, expected):
    assert sentences(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "（" * 100_000,
        "." * 100_000,
        "1. " * 33_000,
        "-" * 50_000 + "1. " * 16_000,
        "。" * 100_000,
        "《a" * 50_000,
        "!\n" * 50_000,
    ],
    ids=["brackets", "dots", "markers", "dashes", "stops", "titles", "lines"],
)
def test_hostile_text_of_a_hundred_thousand_characters_is_split_in_seconds(text):
    started = time.perf_counter()

    assert split_sentences(text)

    assert time.perf_counter() - started < 5
