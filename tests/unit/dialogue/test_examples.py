"""Example dialogues say where they go another way than they were written."""

from app.dialogue.examples import read_examples
from app.dialogue.library import read_all_examples
from app.dialogue.rehearsal import Rehearsal
from app.dialogue.yaml_lines import Problem
from tests.dialogue_samples import shipped_engine

TEXT = """\
outcomes:
  - {action: order_status, status: done, zh: 已签收, en: delivered}
dialogues:
  - name: status
    customer: C1
    turns:
      - {say: 查SL1001, intent: order_status, slots: [[order_number, SL1001]],
         expect: [perform order_status, say, end order_status]}
    end: {flow: null, customer: C1}
"""


def _play(text: str) -> list[Problem]:
    problems: list[Problem] = []
    examples = read_examples(text, "own.dialogue.yaml", problems)
    rehearsal = Rehearsal(shipped_engine())
    return [*problems, *(problem for example in examples for problem in rehearsal.play(example))]


def test_the_shipped_examples_go_as_they_are_written():
    examples, problems = read_all_examples()
    rehearsal = Rehearsal(shipped_engine())

    assert examples
    assert problems == []
    assert [problem for example in examples for problem in rehearsal.play(example)] == []


def test_an_example_that_goes_as_written_has_no_problems():
    assert _play(TEXT) == []


def test_another_way_is_told_with_its_line():
    (problem,) = _play(TEXT.replace("say, end", "confirm, end"))

    assert problem.line == 7
    assert "not ['perform order_status', 'confirm', 'end order_status']" in problem.message


def test_another_end_is_told():
    (problem,) = _play(TEXT.replace("customer: C1}", "customer: C2}"))

    assert problem.line == 4
    assert "ends with customer 'C1', not 'C2'" in problem.message


def test_what_cannot_be_read_is_told():
    problems = _play(
        TEXT.replace("slots: [[order_number, SL1001]]", "slots: [[order_number, SL9]]").replace(
            "status: done", "state: done"
        )
    )

    assert {problem.line for problem in problems} >= {2, 7}
