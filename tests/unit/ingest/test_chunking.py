from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.text.sentences import split_sentences
from index.types import Document, Passage
from ingest.blocks import Extracted, Metadata, Outline
from ingest.chunking import Chunking, passages_of, size_of
from ingest.limits import Limits
from ingest.loaders import load

DOCUMENT = Document("退货.md", "退货规则", "markdown", "0" * 64, 1, "zh")


def chunked(extracted: Extracted, chunking: Chunking | None = None, **fields: object) -> list[Passage]:
    return passages_of(replace(DOCUMENT, **fields), extracted, chunking or Chunking())


def markdown(text: str, chunking: Chunking | None = None) -> list[Passage]:
    return chunked(load("markdown", text.encode(), Limits()), chunking)


words = st.sampled_from(["退货", "运费", "七日内", "PLUS", "order", "free", "¥59.00", "3.5", "《规则》", "（含税）"])
sentence = (
    st.lists(words, min_size=1, max_size=30)
    .map("".join)
    .flatmap(lambda text: st.sampled_from(["。", "！", "；", ". ", "", "："]).map(lambda end: text + end))
)
part = st.one_of(
    st.tuples(st.just("heading"), st.integers(1, 3), sentence),
    st.tuples(st.just("paragraph"), st.just(0), st.lists(sentence, min_size=1, max_size=12).map("".join)),
    st.tuples(st.just("item"), st.integers(0, 2), sentence),
    st.tuples(st.just("row"), st.just(0), sentence),
    st.tuples(st.just("record"), st.just(0), sentence),
    st.tuples(st.just("faq"), st.just(0), sentence),
)


@given(st.lists(part, max_size=25))
@settings(max_examples=150, deadline=None)
def test_every_word_is_in_exactly_one_passage_and_offsets_point_at_it(parts: list[tuple[str, int, str]]) -> None:
    outline = Outline()
    for kind, number, text in parts:
        if kind == "heading":
            outline.heading(number, text)
        elif kind == "paragraph":
            outline.paragraph(text)
        elif kind == "item":
            outline.item(text, depth=number)
        elif kind == "row":
            outline.row([("列", text), ("值", "一")])
        elif kind == "record":
            outline.record([("列", text), ("长", text * 3)])
        else:
            outline.question(text, text)
    extracted = outline.finish()

    passages = chunked(extracted)

    assert len({passage.passage_id for passage in passages}) == len(passages)
    covered: set[int] = set()
    end = 0
    for passage in passages:
        start, before = passage.location.start, end
        end = passage.location.end
        assert start >= before
        assert extracted.text[start:end] == passage.text
        assert_sentences_cover(passage)
        covered.update(range(start, end))
    for block in extracted.blocks:
        if block.kind != "heading":
            assert not [at for at in range(block.start, block.end) if at not in covered and extracted.text[at].strip()]


def assert_sentences_cover(passage: Passage) -> None:
    last = 0
    for start, end in (*passage.sentences, (len(passage.text), len(passage.text))):
        assert last <= start <= end <= len(passage.text)
        assert not passage.text[last:start].strip()
        last = end


def test_no_sentence_is_cut_in_two() -> None:
    sentences = [
        f"第{number}句话说明退货的第{number}个条件，买家应当在期限以内提出申请并附上照片。" for number in range(40)
    ]

    passages = markdown("".join(sentences))

    assert len(passages) > 3
    assert [
        passage.sentence_text(number) for passage in passages for number in range(len(passage.sentences))
    ] == sentences


def test_passages_have_the_wanted_length_in_both_languages() -> None:
    chinese = markdown("".join(f"第{number}句话说明退货的条件，买家应当在期限以内提出申请。" for number in range(60)))
    english = markdown(
        " ".join(f"Sentence {number} says that the buyer pays the freight of a return." for number in range(60))
    )

    for passages in (chinese, english):
        assert all(120 <= size_of(passage.text) <= 400 for passage in passages)


def test_a_passage_never_crosses_a_heading() -> None:
    passages = markdown("# 退货\n\n七日内可退。\n\n## 运费\n\n买家承担。\n\n## 例外\n\n生鲜除外。\n")

    assert [(passage.text, passage.location.heading) for passage in passages] == [
        ("七日内可退。", "退货"),
        ("买家承担。", "退货 > 运费"),
        ("生鲜除外。", "退货 > 例外"),
    ]
    assert passages[1].context == "退货 > 运费"


def test_short_parts_below_one_heading_share_a_passage() -> None:
    assert len(markdown("# 退货\n\n七日内可退。\n\n运费自理。\n\n- 生鲜除外。\n- 定制除外。\n")) == 1


def test_items_that_are_parted_from_their_introduction_carry_it_in_their_context() -> None:
    items = "\n".join(
        f"- 第{number}类商品，包括它的全部配件、赠品和说明书，不论是否拆封都不支持退货" for number in range(30)
    )

    passages = markdown(f"# 例外\n\n以下商品不支持无理由退货：\n\n{items}\n")

    assert len(passages) > 2
    assert passages[0].text.startswith("以下商品不支持无理由退货：")
    assert all(passage.context.endswith("\n以下商品不支持无理由退货：") for passage in passages[1:])


def test_a_row_reads_alone_and_is_cited_as_one() -> None:
    [passage] = chunked(load("csv", "商品,价格,库存\n保温杯,59,有货\n".encode(), Limits()))

    assert passage.text == "商品: 保温杯；价格: 59；库存: 有货"
    assert passage.sentences == ((0, len(passage.text)),)
    assert passage.location.row == 2


def test_each_record_and_each_pair_is_a_passage() -> None:
    rows = "\n".join(f"杯子{number},{number}" for number in range(5))

    assert len(chunked(load("csv", f"商品,价格\n{rows}\n".encode(), Limits()))) == 5
    assert len(chunked(load("csv", f"问题,答案\n{rows}\n".encode(), Limits()))) == 5


def test_a_long_answer_keeps_its_question_in_the_context() -> None:
    outline = Outline()
    outline.question(
        "怎么退货？", "".join(f"第{number}步请在页面上提交申请并等待客服审核通过。" for number in range(40))
    )

    passages = chunked(outline.finish())

    assert len(passages) > 1
    assert passages[0].text.startswith("怎么退货？\n")
    assert all(passage.context.endswith("怎么退货？") for passage in passages[1:])


def test_a_text_without_full_stops_is_cut_at_a_comma() -> None:
    outline = Outline()
    outline.paragraph("退货运费由买家承担，" * 300)

    passages = chunked(outline.finish())

    assert all(size_of(passage.text) <= 800 for passage in passages)
    assert all(passage.text.endswith("，") for passage in passages)


@pytest.mark.parametrize("text", ["a" * 100_000, "x1" * 50_000, "退" * 20_000, "字" + "=" * 20_000])
def test_a_word_without_end_is_cut_into_bounded_passages(text: str) -> None:
    outline = Outline()
    outline.paragraph(text)

    passages = chunked(outline.finish())

    assert "".join(passage.text for passage in passages) == text
    assert all(len(passage.text) <= 6400 for passage in passages)


def test_thousands_of_lines_without_words_do_not_take_forever() -> None:
    outline = Outline()
    for number in range(3000):
        outline.item("*" * (number % 7 + 1))

    assert sum(len(passage.text) for passage in chunked(outline.finish())) > 3000


def test_the_context_names_title_and_headings_and_never_the_file() -> None:
    titled = load(
        "markdown", "---\ntitle: 退货规则（现行版）\n---\n# 退货规则\n\n## 期限\n\n七日。\n".encode(), Limits()
    )
    untitled = load("text", "七日。".encode(), Limits())

    assert chunked(titled)[0].context == "退货规则（现行版） > 期限"
    assert chunked(untitled, title="退货规则")[0].context == ""


def test_ids_of_unchanged_passages_survive_changes_elsewhere() -> None:
    before = markdown("# 甲\n\n第一条规则。\n\n# 乙\n\n第二条规则。\n\n# 丙\n\n第三条规则。\n")
    after = markdown("# 甲\n\n第一条规则。\n\n# 新\n\n插入的规则。\n\n# 丙\n\n第三条规则。\n")

    same = {passage.text: passage.passage_id for passage in before}
    # The title comes from the first heading and has not changed, so neither has the context.
    assert {passage.text for passage in after if same.get(passage.text) == passage.passage_id} == {
        "第一条规则。",
        "第三条规则。",
    }


def test_repeated_content_has_ids_of_its_own() -> None:
    passages = chunked(load("csv", "商品,价格\n杯子,59\n杯子,59\n".encode(), Limits()))

    assert len({passage.passage_id for passage in passages}) == 2
    assert passages[0].content_hash == passages[1].content_hash


def test_validity_access_and_language_come_from_the_document() -> None:
    [passage] = chunked(
        Extracted("400-000-8620", load("text", b"400-000-8620", Limits()).blocks, Metadata()),
        valid_from=date(2026, 1, 1),
        access=("staff",),
    )

    assert (passage.valid_from, passage.access, passage.language) == (date(2026, 1, 1), ("staff",), "zh")


def test_a_heading_alone_is_a_passage_but_a_table_of_contents_is_not() -> None:
    passages = markdown("# 规则\n\n## 第一章 总则\n\n## 第二章 退货\n\n## 第一章 总则\n\n条文。\n\n## 第三章 附则\n")

    assert [passage.text for passage in passages] == ["第二章 退货", "条文。", "第三章 附则"]


@pytest.mark.parametrize(
    ("text", "size"), [("退货运费", 4), ("free returns", 4), ("PLUS会员", 4), ("7天", 3), ("", 0), ("。，！", 0)]
)
def test_sizes_weigh_words_of_both_languages(text: str, size: int) -> None:
    assert size_of(text) == size


def test_sentences_of_prose_are_those_of_the_splitter() -> None:
    [passage] = markdown("七日内可退。运费由买家承担；质量问题除外。See section 3.5 first.\n")

    assert list(passage.sentences) == split_sentences(passage.text)


def test_a_list_mark_in_a_paragraph_of_its_own_is_part_of_the_sentence_behind_it() -> None:
    (passage,) = markdown("质保期内可以报修。\n\n（一）\n\n表带自然断裂。\n\n（二）\n\n电池没电。")

    sentences = [passage.sentence_text(number) for number in range(len(passage.sentences))]
    assert sentences == ["质保期内可以报修。", "（一）\n\n表带自然断裂。", "（二）\n\n电池没电。"]


def test_impossible_lengths_are_a_programmers_mistake() -> None:
    with pytest.raises(ValueError, match="least <= most"):
        Chunking(least=500, most=100)
