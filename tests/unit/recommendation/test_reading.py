from __future__ import annotations

import json

import pytest

from app.recommendation.descriptions import read_descriptions
from app.recommendation.errors import BehaviourInvalid
from app.recommendation.reading import read_events, read_interactions


def write(tmp_path, text: str, name: str = "events"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def pairs(path):
    return [(one.user_id, one.item_id, one.at) for one in read_interactions(path)]


def test_sequences_are_a_person_and_their_items(tmp_path):
    assert pairs(write(tmp_path, "1 8447 8433\n\n2 5695\n")) == [
        ("1", "8447", None),
        ("1", "8433", None),
        ("2", "5695", None),
    ]


def test_a_table_of_recbole_gives_times(tmp_path):
    text = "user_id:token\titem_id:token\trating:float\ttimestamp:float\n196\t242\t3\t881250949\n"

    assert pairs(write(tmp_path, text)) == [("196", "242", 881250949.0)]


def test_events_are_read_with_their_kind(tmp_path):
    line = {"user_id": "u", "event": "buy", "at": "1970-01-01T00:00:10+00:00", "item_id": "p", "quantity": 2}

    (one,) = read_interactions(write(tmp_path, json.dumps(line) + "\n"))

    assert (one.user_id, one.item_id, one.at, one.kind) == ("u", "p", 10.0, "buy")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "it is empty"),
        ("lonely\n", "none of the forms"),
        ("user_id:token\trating:float\n1\t2\n", "user_id and item_id are needed"),
        ("user_id:token\titem_id:token\n1\n", "line 2 has 1 columns"),
        ("user_id:token\titem_id:token\ttimestamp:float\n1\t2\tnow\n", "is no time in seconds"),
        ('{"user_id": "u", "event": "view"}\n', "line 1: An event of the kind view needs an item_id"),
        ('{"user_id": "u", "event": "view", "item_id": "p", "at": "yesterday"}\n', "Expected a time such as"),
        ('{"user_id": "u", "event": "steal", "item_id": "p", "at": "2026-01-01"}\n', "Expected one of search"),
        ('{"user_id": "u"\n', "line 1 is not JSON"),
        ("[" * 100_000, "none of the forms"),
        ('{"a":' * 100_000, "line 1 is not JSON"),
        (f"u {'x' * 300}\n", "an id has 1 to 200 characters"),
    ],
)
def test_what_is_no_behaviour_is_told_in_one_line(tmp_path, text, told):
    with pytest.raises(BehaviourInvalid, match=told) as caught:
        list(read_interactions(write(tmp_path, text)))

    assert "\n" not in caught.value.message


def test_bytes_that_are_no_text_are_told(tmp_path):
    path = tmp_path / "events"
    path.write_bytes(b"u a\n\xff\xfe\n")

    with pytest.raises(BehaviourInvalid, match="not UTF-8"):
        list(read_events(path))


def test_descriptions_come_from_tables_and_objects(tmp_path):
    table = write(tmp_path, "item_id:token\tmovie_title:token_seq\n1\tToy Story\n", "ml.item")
    catalogue = write(tmp_path, 'sku,name_zh,name_en\nP1,手机,"phone, black"\nP1,手机,white\n', "products.csv")
    attributes = write(tmp_path, '{"7": [64, 143], "8": {"name": "口红"}}', "items.json")

    assert read_descriptions(table) == {"1": "Toy Story"}
    assert read_descriptions(catalogue) == {"P1": "手机 phone, black 手机 white"}
    assert read_descriptions(attributes) == {"7": "attribute64 attribute143", "8": "口红"}


def test_a_table_without_ids_is_refused(tmp_path):
    with pytest.raises(BehaviourInvalid, match="one of item_id, product_id, sku, id is needed"):
        read_descriptions(write(tmp_path, "name,price\na,1\n"))
