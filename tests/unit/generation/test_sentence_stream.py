import pytest

from app.generation.sentence_stream import DraftSentence, sentences_of


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_the_same_sentences_come_however_the_text_is_cut(size):
    text = "质量问题退货，运费由商家承担[1]。退款3.5天内到账。[2] 其他见[1, 3]。"
    pieces = [text[at : at + size] for at in range(0, len(text), size)]

    assert list(sentences_of(pieces)) == [
        DraftSentence("质量问题退货，运费由商家承担。", (1,)),
        DraftSentence("退款3.5天内到账。", (2,)),
        DraftSentence("其他见。", (1, 3)),
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 9])
def test_spaces_between_pieces_are_kept(size):
    text = "You pay 8.5 yuan [1]. It takes 2 days [2]."

    sentences = [draft.text for draft in sentences_of(text[at : at + size] for at in range(0, len(text), size))]

    assert sentences == ["You pay 8.5 yuan.", "It takes 2 days."]


def test_english_sentences_keep_their_decimals_and_markers():
    pieces = ["You pay 8.5 yuan [1]. It takes 2 days.", " [2]\nBye [3]"]

    assert list(sentences_of(pieces)) == [
        DraftSentence("You pay 8.5 yuan.", (1,)),
        DraftSentence("It takes 2 days.", (2,)),
        DraftSentence("Bye", (3,)),
    ]


@pytest.mark.parametrize("size", [1, 2, 5, 1000])
def test_a_row_stays_whole_and_the_halves_of_a_rule_come_apart(size):
    text = "发票: 专用发票[1]；开具时限: 7个工作日内[1]。免费；逾期不补[2]。Item: Battery; Value: 50 mAh[3]."
    pieces = [text[at : at + size] for at in range(0, len(text), size)]

    assert list(sentences_of(pieces)) == [
        DraftSentence("发票: 专用发票；开具时限: 7个工作日内。", (1,)),
        DraftSentence("免费；", ()),
        DraftSentence("逾期不补。", (2,)),
        DraftSentence("Item: Battery; Value: 50 mAh.", (3,)),
    ]


def test_a_sentence_is_given_out_before_the_stream_ends():
    given = []

    def pieces():
        yield "第一句[1]。"
        yield "第二句"
        given.append("end")
        yield "[1]。"

    stream = sentences_of(pieces())

    assert next(stream).text == "第一句。"
    assert given == []


@pytest.mark.parametrize("pieces", [[], [""], ["  \n"], ["[1]"], ["。。"]])
def test_nothing_to_say_gives_no_sentence(pieces):
    assert list(sentences_of(pieces)) == []


@pytest.mark.parametrize("size", [1, 3, 100])
@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It stops there. [1], [2], [3],", [DraftSentence("It stops there.", (1, 2, 3))]),
        ("It stops there [1], [2].", [DraftSentence("It stops there.", (1, 2))]),
        ("可以退[1]、[2]。不可以换[3]，", [DraftSentence("可以退。", (1, 2)), DraftSentence("不可以换", (3,))]),
        (
            "It stops here. [1] [2] Then it goes on. [3]",
            [DraftSentence("It stops here.", (1, 2)), DraftSentence("Then it goes on.", (3,))],
        ),
        ("Sizes of the U.S. [1] market fit.", [DraftSentence("Sizes of the U.S. market fit.", (1,))]),
        ("A [1], B [2], and C.", [DraftSentence("A, B, and C.", (1, 2))]),
    ],
)
def test_what_stands_between_markers_goes_with_them(text, sentences, size):
    assert list(sentences_of(text[at : at + size] for at in range(0, len(text), size))) == sentences
