from dataclasses import replace

from app.receipts.receipt import Drafted, Judged, Piece, Program, Wrote
from app.replay.compare import answer_differences, causes, is_same_answer
from tests.receipt_samples import PROGRAM, declined, found, receipt, written_by_model


def named(items):
    return [item.kind for item in items]


def same(*_):
    return "same"


def test_id_time_and_confidence_are_no_part_of_the_answer():
    one = receipt("a")
    other = receipt("b", created_at="2030-01-01T00:00:00.000+00:00")
    other = replace(other, answer={**other.answer, "confidence": 0.9300001, "generation": "g2", "timings_ms": {}})

    assert is_same_answer(one, other)
    assert answer_differences(one, other) == []


def test_one_byte_is_another_answer():
    one = receipt()
    other = replace(one, answer={**one.answer, "text": one.answer["text"].replace("。", "．")})

    assert not is_same_answer(one, other)
    assert named(answer_differences(one, other)) == ["text"]


def test_a_sentence_that_is_dropped_now_is_named_with_its_reason():
    before = written_by_model()
    now = [
        replace(before.drafted[0], fate="dropped", reason="not in the cited text: 3个工作日"),
        before.drafted[1],
    ]
    after = written_by_model(drafted=tuple(now), answer=declined().answer)

    (cause,) = [item for item in causes(before, after, same) if item.kind == "draft"]
    assert cause.message == "sentence 1 was kept then and is dropped now: not in the cited text: 3个工作日"
    assert named(answer_differences(before, after))[:2] == ["status", "mode"]


def test_a_threshold_that_was_raised_is_named_with_both_numbers():
    before = receipt()
    after = declined(
        judged=Judged(0.93, 0.95, -7.0, {}),
        program=replace(PROGRAM, settings={"answer.min_confidence": 0.95}),
        evidence=before.evidence,
    )

    messages = [item.message for item in causes(before, after, same)]
    assert messages == [
        "setting answer.min_confidence: 0.5 → 0.95",
        "the answer was 0.93 likely with 0.50 needed, it is 0.93 with 0.95 needed",
        "sentence 1 was not written now: 退款在3个工作日内到账。",
    ]


def test_a_passage_that_was_edited_and_one_that_is_gone_are_told_apart():
    before = receipt()
    after = receipt(found=(found("refund.md#2"),), evidence=(Piece(1, "refund.md#2", 0, 0, 2.0, "5个工作日。"),))

    edited = causes(before, after, lambda *_: "edited")
    gone = causes(before, after, lambda *_: "gone")

    assert [item.message for item in edited] == [
        "refund.md was edited: refund.md#1 is gone",
        "refund.md has a passage that was not found then: refund.md#2",
    ]
    assert gone[0].message == "refund.md is no longer in the index: refund.md#1 is gone"


def test_another_model_other_weights_and_a_failure_are_told_apart():
    before = written_by_model()
    assert isinstance(before.wrote, Wrote)

    def cause(**fields):
        (found_,) = causes(before, written_by_model(wrote=replace(before.wrote, **fields)), same)
        return found_.message

    assert cause(name="large") == "small wrote then, large now"
    assert cause(sha256="ef" * 32) == "small has other weights"
    assert cause(failure="chat_model_timeout") == ("the model did not fail then, it failed (chat_model_timeout) now")
    assert "another prompt" in cause(prompt_sha256="ee" * 32)
    assert causes(before, written_by_model(wrote=None), same)[0].message == "small wrote then, no model now"


def test_version_embedder_and_shipped_weights_are_named():
    after = receipt(program=Program("0.2.0", "e5@2", PROGRAM.settings, {"reader.safetensors": "bb", "more": "cc"}))

    assert [item.message for item in causes(receipt(), after, same)] == [
        "kefu 0.1.0 answered then, 0.2.0 answers now",
        "the embedder was e5@1, it is e5@2",
        "more was not used then",
        "reader.safetensors has other weights",
    ]


def test_a_sentence_the_model_wrote_otherwise_is_named():
    before = written_by_model()
    after = written_by_model(
        drafted=(before.drafted[0], Drafted("别的。", (), "dropped", "unsupported", 0.1, ())),
    )

    assert [item.message for item in causes(before, after, same)] == ["sentence 2 was written otherwise"]


def test_another_translation_is_named_with_both():
    before, after = receipt(asked={"translated": "How long does a refund take?"}), receipt()

    (cause,) = causes(before, after, same)

    assert cause.kind == "translation"
    assert cause.message == ("the question was searched as 'How long does a refund take?' then, in its own words now")
