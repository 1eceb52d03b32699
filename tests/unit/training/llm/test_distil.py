import json
from types import SimpleNamespace

import pytest

from app.assistant.draft import DraftNote, Trail
from app.domain import Evidence, Message
from app.training.llm.distil import Distiller, distilled, read_questions
from app.training.llm.errors import TuningDataInvalid
from app.training.llm.records import read_records
from tests.fakes import passage

PROMPT = [Message("system", "你是客服。"), Message("user", "几天？")]


def note(text, fate="kept", numbers=(1,)):
    evidence = tuple(Evidence(number, passage("七天内可退。"), 0, 0, 1.0) for number in numbers)
    return DraftNote(text, (9,), fate, None, 1.0, evidence)


def trace(*notes, prompt=PROMPT, failure=None):
    return SimpleNamespace(trail=Trail(notes=list(notes), prompt=prompt, model="large", failure=failure))


def test_a_reply_that_stands_whole_is_kept_with_the_markers_of_what_it_rests_on():
    record = distilled(
        trace(note("七天内可退。"), note("七天内可退。", "repeated"), note("运费自理。", numbers=(3, 2)))
    )

    assert record.prompt == tuple(PROMPT)
    assert record.reply == "七天内可退[1]。运费自理[2][3]。"


@pytest.mark.parametrize(
    "turn",
    [
        trace(),
        trace(note("七天。"), note("九天。", "dropped")),
        trace(note("七天。", "repaired")),
        trace(note("七天。", numbers=())),
        trace(note("七天。"), prompt=None),
        trace(note("七天。"), failure="chat_model_timeout"),
    ],
)
def test_a_reply_of_which_anything_fell_teaches_nothing(turn):
    assert distilled(turn) is None


class Teacher:
    """Stands in for the container: answers what it is asked, and can be killed on the way."""

    def __init__(self, dies_at=None):
        self.asked, self.dies_at = [], dies_at
        self.chat_model, self.serving = object(), SimpleNamespace(borrow=None)

    def require_index(self):
        pass

    def assistant_over(self, borrow, *, chat_model, recorder):
        def reply(turn):
            if turn.message == self.dies_at:
                raise KeyboardInterrupt
            self.asked.append(turn.message)
            if turn.message == "天气？":
                return SimpleNamespace(status="declined")
            recorder.keep(trace(note(f"{turn.message}七天。")), None)
            return SimpleNamespace(status="answered")

        return SimpleNamespace(reply=reply)


def test_a_run_that_was_stopped_asks_only_what_is_left(tmp_path):
    questions, out = ["几天？", "天气？", "多久？"], tmp_path / "distilled.jsonl"
    stopped, again = Teacher(dies_at="多久？"), Teacher()
    with pytest.raises(KeyboardInterrupt):
        Distiller(stopped, out).run(questions, on_question=lambda _: None)
    assert not out.exists()

    report = Distiller(again, out).run(questions, on_question=lambda _: None)

    assert (stopped.asked, again.asked) == (["几天？", "天气？"], ["多久？"])
    assert report == {"asked": 3, "kept": 2, "declined": 1, "doubted": 0}
    assert [record.reply for record in read_records([out], "sft")] == ["几天？七天[1]。", "多久？七天[1]。"]
    assert [path.name for path in tmp_path.iterdir()] == ["distilled.jsonl"]


def test_nothing_is_written_when_nothing_stands_or_no_model_writes(tmp_path):
    with pytest.raises(TuningDataInvalid, match="No answer passed"):
        Distiller(Teacher(), tmp_path / "d.jsonl").run(["天气？"], on_question=lambda _: None)
    assert not (tmp_path / "d.jsonl").exists()
    silent = Teacher()
    silent.chat_model = None
    with pytest.raises(TuningDataInvalid, match="No language model"):
        Distiller(silent, tmp_path / "d.jsonl")


def test_questions_come_from_either_field_each_once(tmp_path):
    file = tmp_path / "q.jsonl"
    file.write_text(
        "\n".join(json.dumps(row) for row in ({"text": "几天？"}, {"question": "How long?"}, {"text": "几天？"}))
    )

    assert read_questions(file) == ["几天？", "How long?"]
    file.write_text("{}")
    with pytest.raises(TuningDataInvalid, match="line 1"):
        read_questions(file)
