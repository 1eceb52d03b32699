import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.normalize import collapse_spaces, fold, fold_with_offsets, shortened, strip_invisible, to_simplified

TEXT = st.text(
    alphabet=st.one_of(
        st.sampled_from("退貨发票ＡＢ１２é\u0301ﬁ①㎏\u200b\u202e İßﾊﾟ한，。 \nabcZ"),
        st.characters(exclude_categories=()),
    ),
    max_size=40,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ＳＫＵ－１２３", "sku-123"),
        ("發票與運費", "发票与运费"),
        ("re\u200bfund\u202e now", "refund now"),
        ("①㎏ﬁ", "1kgfi"),
        ("退\ud800货", "退货"),
        ("", ""),
        ("Tab\there", "tab\there"),
    ],
)
def test_text_that_means_the_same_folds_alike(text, expected):
    assert fold(text) == expected


@given(TEXT)
def test_folding_what_is_folded_changes_nothing_visible(text):
    assert strip_invisible(fold(text)) == fold(text)


@given(TEXT)
def test_each_folded_character_points_into_the_original_in_order(text):
    folded = fold_with_offsets(text)

    assert len(folded.offsets) == len(folded.text) + 1
    assert list(folded.offsets) == sorted(folded.offsets)
    assert all(0 <= at <= len(text) for at in folded.offsets)


@given(TEXT, TEXT, TEXT)
def test_the_span_of_a_folded_part_is_the_part_it_came_from(before, part, after):
    text = f"{before} {part} {after}"
    folded = fold_with_offsets(text)
    at = next((number for number, offset in enumerate(folded.offsets) if offset >= len(before) + 1), None)
    assert at is not None

    start, end = folded.span(0, at)

    assert start <= end <= len(before) + 1 or not folded.text[:at]


def test_a_span_leads_back_to_the_words_that_were_folded():
    text = "申請\u200bＲＥＦＵＮＤ（發票）"
    folded = fold_with_offsets(text)
    at = folded.text.index("refund")

    start, end = folded.span(at, at + len("refund"))

    assert folded.text == "申请refund(发票)"
    assert text[start:end] == "ＲＥＦＵＮＤ"
    assert folded.span(at, at) == (start, start)


def test_traditional_characters_become_simplified_and_others_stay():
    assert to_simplified("運費險 free 🙂") == "运费险 free 🙂"


def test_runs_of_white_space_collapse_to_one_space():
    assert collapse_spaces("  a \n\t b\u3000c ") == "a b c"


@pytest.mark.parametrize(
    ("text", "told"), [("", ""), ("退货运费谁出", "退货运费谁出"), ("退货运费由谁出", "退货运费由…")]
)
def test_a_long_text_is_told_by_its_beginning(text, told):
    assert shortened(text, 6) == told
