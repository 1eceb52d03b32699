import csv
import xml.etree.ElementTree as ElementTree

from app.training.llm.curve import Point, draw, write_curve


def test_the_course_is_a_table_and_a_picture(tmp_path):
    points = [Point(0, 0.0, None, 2.0), Point(1, 0.1, 2.5, None, tokens=9), Point(2, 0.1, 1.5, 1.0, tokens=18)]

    write_curve(tmp_path, points, title="<sft> & 客服")

    with (tmp_path / "curve.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    assert [(row["step"], row["loss"], row["held_out"]) for row in rows] == [
        ("0", "", "2.0"),
        ("1", "2.5", ""),
        ("2", "1.5", "1.0"),
    ]
    picture = ElementTree.parse(tmp_path / "curve.svg").getroot()
    lines = [item.get("points") for item in picture.iter() if item.tag.endswith("polyline")]
    heights = [float(place.split(",")[1]) for place in lines[0].split()]
    assert heights[0] < heights[1], "a loss that falls goes down in the picture, where heights count from the top"
    assert len(lines[1].split()) == 2


def test_a_course_of_nothing_or_of_infinite_values_is_drawn_all_the_same():
    for points in ([], [Point(1, 0.1, float("inf"), float("nan"))], [Point(1, 0.1, 2.0, None)]):
        assert ElementTree.fromstring(draw(points, title="x")) is not None
