from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from app.cli import main

ROOT = Path(__file__).parents[3]
FILL = ["shop", "fill", "--customers", "5", "--as-of", "2026-11-25"]


@pytest.fixture
def filled(workplace: Path, capsys) -> Path:
    (workplace / "knowledge" / "catalogue").mkdir(parents=True)
    shutil.copy(ROOT / "knowledge" / "catalogue" / "products.csv", workplace / "knowledge" / "catalogue")
    assert main(FILL) == 0
    capsys.readouterr()
    return workplace


def test_filling_twice_needs_a_word(filled, capsys):
    assert main([*FILL, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "shop_not_empty"

    assert main([*FILL, "--if-empty", "--json"]) == 0
    kept = json.loads(capsys.readouterr().out)
    assert kept == {"filled": False, "customers": 14, "items": 899, "orders": kept["orders"]}

    assert main([*FILL, "--replace", "--seed", "2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["filled"] is True
    assert main([*FILL, "--replace", "--if-empty"]) == 2


def test_an_order_is_found_by_its_number_and_its_parcel(filled, capsys):
    assert main(["shop", "show", "SL8620000010"]) == 0
    text = capsys.readouterr().out
    assert "XL862000001010" in text
    assert "AS8620000010-1  return  approved" in text
    assert "快递员已揽收" in text

    assert main(["shop", "show", "XL862000001010", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["order_id"] == "SL8620000010"


@pytest.mark.parametrize("name", ["C10009", "zhangwei@example.com", "+86 138 0000 0009"])
def test_a_customer_is_found_by_id_mail_and_phone(filled, capsys, name):
    assert main(["shop", "show", name, "--json"]) == 0

    (customer,) = json.loads(capsys.readouterr().out)["customers"]
    assert customer["customer_id"] == "C10009"
    assert [order["order_id"] for order in customer["orders"]] == ["SL8620000022", "SL8620000027", "SL8620000025"]
    assert main(["shop", "show", name]) == 0
    assert "张伟" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["nobody", "", "\x00", "..", "' OR 1=1"])
def test_what_is_not_there_is_said_in_one_line(filled, capsys, name):
    assert main(["shop", "show", name]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_events_are_lines_of_json_and_the_same_every_time(filled, capsys):
    assert main(["shop", "events", "--out", "one.jsonl"]) == 0
    assert main(["shop", "events", "--out", "two.jsonl", "--json"]) == 0

    assert (filled / "one.jsonl").read_bytes() == (filled / "two.jsonl").read_bytes()
    lines = [json.loads(line) for line in (filled / "one.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {"search", "view", "cart", "buy"} <= {line["event"] for line in lines}
    assert any(line["event"] == "buy" and line["order_id"] == "SL8620000005" for line in lines)


def test_an_empty_shop_has_no_events(workplace, capsys):
    assert main(["shop", "events"]) == 0
    captured = capsys.readouterr()
    assert (captured.out, captured.err.count("\n")) == ("", 1)


def test_a_catalogue_or_a_day_that_is_none(workplace, capsys):
    assert main(["shop", "fill"]) == 1
    assert "products.csv cannot be read" in capsys.readouterr().err
    assert main(["shop", "fill", "--as-of", "yesterday"]) == 2
    assert main(["shop", "fill", "--customers", "-1"]) == 2


def test_a_shop_elsewhere_is_not_filled(workplace, monkeypatch, capsys):
    monkeypatch.setenv("KEFU_SHOP__URL", "http://127.0.0.1:9/kefu")

    assert main(["shop", "fill"]) == 1
    assert "KEFU_SHOP__URL" in capsys.readouterr().err
    monkeypatch.setenv("KEFU_SHOP__URL", "shop.example")
    assert main(["shop", "fill"]) == 2


def found_of_the_doctor(capsys):
    return next(line for line in json.loads(capsys.readouterr().out) if line["what"] == "shop")


def test_the_doctor_looks_at_the_shop_and_makes_none(workplace, monkeypatch, capsys):
    main(["doctor", "--json"])
    shop = found_of_the_doctor(capsys)
    assert (shop["what"], shop["state"], shop["found"]) == ("shop", "ok", "no records yet")
    assert not (workplace / "var" / "kefu.sqlite").exists()

    monkeypatch.setenv("KEFU_SHOP__URL", "http://127.0.0.1:9/kefu")
    main(["doctor", "--json"])
    assert found_of_the_doctor(capsys)["state"] == "note"
