import json

import pytest

from app.receipts.errors import ReceiptDamaged
from app.receipts.receipt import Receipt
from tests.receipt_samples import declined, receipt, written_by_model


@pytest.mark.parametrize("made", [receipt(), written_by_model(), declined()], ids=["extractive", "model", "declined"])
def test_a_receipt_comes_back_as_it_was_written_in_whatever_layout(made: Receipt) -> None:
    assert Receipt.of_bytes(made.to_bytes()) == made
    assert Receipt.of_bytes(json.dumps(json.loads(made.to_bytes()), indent=2).encode()) == made


def test_a_receipt_that_was_edited_is_refused() -> None:
    edited = json.loads(receipt().to_bytes())
    edited["answer"]["text"] = "退款在30个工作日内到账 [1]。"

    with pytest.raises(ReceiptDamaged, match="changed after it was written"):
        Receipt.of_bytes(json.dumps(edited).encode())


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "not JSON"),
        (receipt().to_bytes()[:-40], "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not a receipt"),
        (b'{"text": "x"}', "not a receipt"),
        (json.dumps({**json.loads(receipt().to_bytes()), "format": 99}).encode(), "Upgrade kefu"),
    ],
)
def test_what_is_no_receipt_is_told_in_one_line(raw: bytes, said: str) -> None:
    with pytest.raises(ReceiptDamaged, match=said) as caught:
        Receipt.of_bytes(raw)
    assert "\n" not in caught.value.message


def test_a_receipt_with_a_good_checksum_and_a_missing_part_is_damaged() -> None:
    from app.receipts.receipt import _checksum

    content = json.loads(receipt().to_bytes())
    del content["checksum"], content["judged"]

    with pytest.raises(ReceiptDamaged, match="judged"):
        Receipt.of_bytes(json.dumps({**content, "checksum": _checksum(content)}).encode())
