from app.evaluation.rgb import NoisyQuestion
from app.evaluation.sampling import chosen_under

QUESTIONS = [NoisyQuestion(f"q{n}", "x", "zh", (("y",),), (("z",),), ()) for n in range(50)]


def test_a_smaller_choice_lies_within_a_larger_one_in_the_same_order():
    few, many = (chosen_under(QUESTIONS, limit, seed=0) for limit in (5, 20))

    assert (len(few), len(many)) == (5, 20)
    assert [question for question in many if question in few] == few
    assert [question for question in QUESTIONS if question in many] == many


def test_the_seed_chooses_and_no_limit_takes_all():
    assert chosen_under(QUESTIONS, 5, seed=0) == chosen_under(QUESTIONS, 5, seed=0)
    assert chosen_under(QUESTIONS, 5, seed=0) != chosen_under(QUESTIONS, 5, seed=1)
    assert chosen_under(QUESTIONS, None, seed=0) == QUESTIONS
    assert chosen_under(QUESTIONS, 99, seed=0) == QUESTIONS
