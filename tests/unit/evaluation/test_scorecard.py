from datetime import date

from app.evaluation.scorecard import Figure, Scorecard


def figure(name: str, measured: str, *, is_met: bool = True) -> Figure:
    return Figure(name, "<= 40 ms", measured, is_met, "make bench", date(2026, 11, 24))


def test_a_figure_replaces_its_earlier_measurement_and_leaves_the_others(tmp_path):
    card = Scorecard(tmp_path / "docs" / "scorecard.md")
    card.note(figure("search p95", "50 ms", is_met=False), figure("memory", "1 GiB"))

    card.note(figure("search p95", "30 ms"))

    text = (tmp_path / "docs" / "scorecard.md").read_text()
    assert "| search p95 | <= 40 ms | 30 ms | yes | `make bench` | 2026-11-24 |" in text
    assert "50 ms" not in text
    assert text.index("search p95") < text.index("memory")
    assert text.count("| memory |") == 1


def test_a_missed_target_is_seen(tmp_path):
    card = Scorecard(tmp_path / "scorecard.md")

    card.note(figure("memory", "2 GiB", is_met=False))

    assert "| **no** |" in (tmp_path / "scorecard.md").read_text()
