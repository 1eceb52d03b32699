import numpy as np

from app.retrieval.retriever import Retrieved
from app.retrieval.selection import SelectionParams, estimate_tokens, select_evidence
from index.text.sentences import split_sentences
from index.types import Hit, Location, Passage


def found(passage_id: str, text: str, similarities: list[float] | None = None) -> Retrieved:
    spans = tuple(split_sentences(text))
    passage = Passage(passage_id, passage_id, "t", text, "", "zh", Location(0, len(text)), spans)
    near = np.array(similarities if similarities is not None else [0.8] * len(spans), np.float32)
    return Retrieved(passage, Hit(passage_id, 1.0), near)


def test_the_sentence_nearest_to_the_question_comes_first():
    evidence = select_evidence(
        "退款多久到账？",
        [found("a", "本店销售家电。退款在3个工作日内到账。我们很高兴。", [0.7, 0.9, 0.7])],
        params=SelectionParams(items=1),
    )

    assert [item.quote for item in evidence] == ["退款在3个工作日内到账。"]
    assert evidence[0].number == 1


def test_a_condition_stays_with_its_rule():
    evidence = select_evidence(
        "能退货吗",
        [found("a", "支持七天无理由退货。但生鲜除外。本店销售家电。", [0.9, 0.7, 0.6])],
        params=SelectionParams(items=1),
    )

    assert evidence[0].quote == "支持七天无理由退货。但生鲜除外。"


def test_a_list_follows_its_lead_in():
    text = "以下商品不支持退货：\n生鲜\n内衣\n定制商品"

    evidence = select_evidence(
        "哪些商品不支持退货", [found("a", text, [0.9, 0.7, 0.7, 0.7])], params=SelectionParams(items=1)
    )

    assert evidence[0].quote == text


def test_an_faq_question_lends_its_nearness_to_its_answer():
    faq = found("faq", "退款多久到账？三天。", [0.95, 0.6])
    other = found("other", "退款需要审核。", [0.8])

    evidence = select_evidence("退款多久到账", [faq, other], params=SelectionParams(items=1))

    assert evidence[0].quote == "三天。"


def test_the_token_budget_holds_but_the_best_is_always_there():
    passages = [found(str(number), "退款" * 40 + f"第{number}条。") for number in range(6)]

    evidence = select_evidence("退款", passages, params=SelectionParams(budget=150))

    assert evidence
    assert sum(estimate_tokens(item.prompt_text) for item in evidence) <= 150
    assert select_evidence("退款", passages[:1], params=SelectionParams(budget=16))


def test_neighbours_that_are_both_chosen_become_one_piece():
    evidence = select_evidence(
        "退款到账时间和退款方式", [found("a", "退款到账时间为3天。退款方式为原路退回。", [0.9, 0.9])]
    )

    assert [item.quote for item in evidence] == ["退款到账时间为3天。退款方式为原路退回。"]


def test_nothing_found_gives_no_evidence():
    assert select_evidence("退款", []) == []


def test_passages_without_sentence_vectors_are_judged_by_their_words():
    bare = Retrieved(found("a", "本店销售家电。退款在3天内到账。").passage, Hit("a", 1.0))

    evidence = select_evidence("退款多久到账", [bare], params=SelectionParams(items=1))

    assert evidence[0].quote == "退款在3天内到账。"
