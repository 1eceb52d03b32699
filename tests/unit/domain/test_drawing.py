from app.domain.drawing import SIDES, drawn


def test_the_number_is_the_beginning_of_the_digest():
    assert drawn("abc") == 0xBA7816BF8F01CFEA  # SHA-256 of "abc" begins so; FIPS 180-4, example of section B.1


def test_names_spread_evenly():
    shares = [drawn(f"unit {number}") / SIDES for number in range(20_000)]

    assert all(abs(sum(share < part for share in shares) / len(shares) - part) < 0.02 for part in (0.1, 0.5, 0.9))


def test_a_name_that_is_no_text_is_drawn_all_the_same():
    assert 0 <= drawn("\ud800") < SIDES
