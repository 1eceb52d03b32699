import pytest

from index.errors import GenerationDamaged
from index.lexical import LexicalIndex, LexicalRow, build_lexical, tokens_of

TEXTS = [
    "本店支持七天无理由退货，运费由买家承担。",
    "空气净化器 SL-AC-1042 的滤网每六个月更换一次。",
    "Refunds are paid within 5 working days to the original card.",
    "發票可在訂單頁面申請。",
    "运费险覆盖退货运费，退货运费最高赔付12元。",
    "",
]


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lexical") / "lexical"
    build_lexical(
        folder, (LexicalRow(row, tokens_of(text), "zh" if row % 2 else "en") for row, text in enumerate(TEXTS))
    )
    return LexicalIndex(folder)


@pytest.mark.parametrize("field", ["words", "bigrams"])
@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("1042滤网多久换", 1),
        ("sl-ac-1042", 1),
        ("ＳＬ－ＡＣ－１０４２", 1),
        ("how is a refund paid", 2),
        ("发票", 3),
        ("退货运费", 4),
    ],
)
def test_the_passage_that_shares_most_rare_words_comes_first(index, field, question, row):
    assert index.search(field, question, top=3, audiences=None)[0][0] == row


def test_scores_are_those_of_the_bm25_formula(tmp_path):
    """Two texts of 3 and 1 words: idf ln(1 + (2 - 1 + .5) / (1 + .5)), k1 1.2, b .75, mean length 2."""
    build_lexical(
        tmp_path / "lexical",
        [LexicalRow(row, tokens_of(text), "a") for row, text in enumerate(["alpha beta gamma", "delta"])],
    )

    ((row, score),) = LexicalIndex(tmp_path / "lexical").search("words", "beta", top=5, audiences=None)

    assert row == 0
    assert score == pytest.approx(0.693147 * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 3 / 2)), rel=1e-4)


def test_only_the_audiences_that_are_named_are_searched(index):
    question = "退货 运费 发票 滤网"

    assert [row % 2 for row, _ in index.search("words", question, top=9, audiences=["zh"])] == [1, 1]
    assert index.search("words", question, top=9, audiences=["nobody"]) == []
    assert index.search("words", question, top=9, audiences=[]) == []
    everything = index.search("words", question, top=9, audiences=None)
    assert index.search("words", question, top=9, audiences=["zh", "en"]) == everything


@pytest.mark.parametrize("question", ["", "。！？", "🙂", "zzzz", 'words:"' * 3, "\x00"])
def test_questions_without_known_words_find_nothing(index, question):
    assert index.search("words", question, top=5, audiences=None) == []


def test_ties_are_whole_and_in_the_order_of_rows(tmp_path):
    build_lexical(tmp_path / "lexical", (LexicalRow(row, tokens_of("同样的话"), "a") for row in range(500)))

    found = LexicalIndex(tmp_path / "lexical").search("words", "同样的话", top=10, audiences=None)

    assert [row for row, _ in found] == list(range(10))


def test_a_very_long_question_is_cut_and_a_very_long_word_left_out(index):
    assert index.search("words", "a" * 100_000, top=5, audiences=None) == []
    assert index.search("words", "退货" + " x1y2" * 20_000, top=1, audiences=None)[0][0] in {0, 4}


def test_an_empty_index_finds_nothing(tmp_path):
    build_lexical(tmp_path / "lexical", [])

    index = LexicalIndex(tmp_path / "lexical")

    assert (len(index), index.search("words", "退货", top=5, audiences=None)) == (0, [])


def test_a_folder_that_holds_no_index_is_damage(tmp_path):
    with pytest.raises(GenerationDamaged, match="lexical"):
        LexicalIndex(tmp_path / "nothing")
