"""Which days a whole document and its sections are taken to apply on, and what goes before what."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from index.types import ValidityOrigin
from ingest.blocks import Metadata
from ingest.errors import DocumentDamaged, OverridesDamaged
from ingest.limits import Limits
from ingest.loaders.csv import load as load_csv
from ingest.loaders.markdown import load
from ingest.sources import Entry
from ingest.validity.of_document import TextValidity, text_validity
from ingest.validity.overrides import Override, Overrides
from ingest.validity.settled import settle
from ingest.validity.statements import StatementReader


def of(text: str, name: str = "rules") -> TextValidity:
    return text_validity(load(text.encode(), Limits()), StatementReader(), name=name)


def test_the_lines_below_the_title_speak_of_the_document() -> None:
    found = of("# 退货规则\n\n自2026年3月1日起施行，有效期至2026年12月31日。\n\n## 期限\n\n七天内可以退货。\n")

    assert (found.valid_from, found.valid_to) == (date(2026, 3, 1), date(2026, 12, 31))
    assert found.origins[0].quote == "自2026年3月1日起施行，有效期至2026年12月31日。"
    assert found.sections == ()


@pytest.mark.parametrize(
    "last", ["## 附则\n\n本规则自2026年3月1日起施行。", "## 六\n\n退货请联系客服。\n\n自2026年3月1日起施行。"]
)
def test_the_last_lines_speak_of_the_document(last: str) -> None:
    found = of(f"# 退货规则\n\n七天内可以退货。\n\n{last}\n")

    assert (found.valid_from, found.sections) == (date(2026, 3, 1), ())


def test_a_statement_with_the_document_as_its_subject_counts_anywhere() -> None:
    text = (
        "# Returns\n\nGoods can be returned.\n\n## How\n\nAsk us. This policy is valid until 30 November 2026. Wait.\n"
    )

    assert of(text + "\n## More\n\nWe answer within a day.\n").valid_to == date(2026, 11, 30)


def test_a_heading_limits_its_section_with_all_below_and_nothing_else() -> None:
    text = (
        "# 2026年运费规则\n\n满99元包邮。\n\n## 双11期间(11月1日-11月11日)运费规则\n\n全场包邮。\n\n### 偏远地区\n\n"
        "另收15元。\n\n## 时效\n\n两天送达。\n"
    )
    extracted = load(text.encode(), Limits())
    found = settle(extracted.metadata, text_validity(extracted, StatementReader()))

    assert found.at(extracted.text.index("满99元")) == (None, None)
    assert found.at(extracted.text.index("全场包邮")) == (date(2026, 11, 1), date(2026, 11, 11))
    assert found.at(extracted.text.index("另收15元")) == (date(2026, 11, 1), date(2026, 11, 11))
    assert found.at(extracted.text.index("两天送达")) == (None, None)
    assert found.origins == (
        ValidityOrigin(
            "text",
            date(2026, 11, 1),
            date(2026, 11, 11),
            heading="2026年运费规则 > 双11期间(11月1日-11月11日)运费规则",
            quote="双11期间(11月1日-11月11日)运费规则",
        ),
    )


def test_a_sale_without_a_year_anywhere_is_reported_and_limits_nothing() -> None:
    found = of("# 运费规则\n\n满99元包邮。\n\n## 双11期间运费\n\n全场包邮。\n")

    assert found.sections == ()
    assert "without a year" in found.notices[0]
    assert "双11期间运费" in found.notices[0]


@pytest.mark.parametrize("name", ["2026运费规则", "fees_2026"])
def test_the_name_of_the_file_may_say_the_year(name: str) -> None:
    assert of("# 运费规则\n\n满99元包邮。\n\n## 双11期间运费\n\n全场包邮。\n", name).sections[0].valid_to == date(
        2026, 11, 11
    )


def test_two_different_first_days_are_reported_and_neither_taken() -> None:
    found = of("# 规则\n\n自2026年3月1日起施行。\n\n## 期限\n\n七天。\n\n## 附则\n\n本规则自2026年4月1日起施行。\n")

    assert found.valid_from is None
    assert "several first days" in found.notices[0]


def test_a_last_day_before_the_first_is_reported_and_neither_taken() -> None:
    found = of("# 规则\n\n自2026年3月1日起施行。\n\n有效期至2026年2月1日。\n\n## 期限\n\n七天。\n")

    assert (found.valid_from, found.valid_to) == (None, None)
    assert "both were left out" in found.notices[0]


def test_a_day_that_does_not_exist_is_reported_with_its_words() -> None:
    found = of("# 规则\n\n自2026年2月30日起施行。\n\n## 期限\n\n七天。\n")

    assert found.valid_from is None
    assert found.notices == (
        "“自2026年2月30日起施行。” was not taken for a validity: it names a day that the calendar does not have.",
    )


def test_rows_and_records_are_left_out() -> None:
    rows = "# 优惠券\n\n| 券 | 有效期 |\n| --- | --- |\n| 满减券 | 有效期至2026年3月1日 |\n"
    records = "券名,说明\n满减券,有效期至2026年3月1日\n".encode()

    assert of(rows) == TextValidity()
    assert text_validity(load_csv(records, Limits()), StatementReader()) == TextValidity()


SAID = TextValidity(
    date(2026, 3, 1), None, (ValidityOrigin("text", date(2026, 3, 1), None, quote="自2026年3月1日起施行。"),)
)


def test_metadata_go_before_text_and_a_difference_is_reported() -> None:
    found = settle(Metadata(valid_from=date(2026, 4, 1)), SAID)

    assert found.valid_from == date(2026, 4, 1)
    assert found.origins == (ValidityOrigin("metadata", date(2026, 4, 1)),)
    assert found.notices == ("Its metadata say valid_from 2026-04-01, its text 2026-03-01; the metadata count.",)


def test_text_completes_metadata() -> None:
    found = settle(Metadata(valid_to=date(2026, 12, 31)), SAID)

    assert (found.valid_from, found.valid_to) == (date(2026, 3, 1), date(2026, 12, 31))
    assert [origin.source for origin in found.origins] == ["metadata", "text"]


def test_text_that_would_end_before_the_metadata_begin_is_reported_and_left_out() -> None:
    found = settle(Metadata(valid_to=date(2026, 1, 31)), SAID)

    assert (found.valid_from, found.valid_to) == (None, date(2026, 1, 31))
    assert "end before it begins" in found.notices[0]


def test_an_override_goes_before_both_and_may_open_a_limit() -> None:
    override = Override(valid_from=date(2026, 5, 1), sets=frozenset({"valid_from", "valid_to"}))

    found = settle(Metadata(valid_to=date(2026, 12, 31)), SAID, override)

    assert (found.valid_from, found.valid_to) == (date(2026, 5, 1), None)
    assert found.origins == (ValidityOrigin("override", date(2026, 5, 1)),)


def test_an_override_may_silence_the_text() -> None:
    assert settle(Metadata(), SAID, Override(from_text=False)).valid_from is None


def test_an_override_against_metadata_that_ends_before_it_begins_is_refused() -> None:
    override = Override(valid_to=date(2026, 1, 1), sets=frozenset({"valid_to"}))

    with pytest.raises(DocumentDamaged, match="before valid_from"):
        settle(Metadata(valid_from=date(2026, 3, 1)), TextValidity(), override)


def test_a_section_outside_the_documents_days_is_never_in_force_with_them() -> None:
    text = "# 规则\n\n## 双11期间(2025年11月1日至11月11日)运费规则\n\n全场包邮。\n"
    extracted = load(text.encode(), Limits())
    said = text_validity(extracted, StatementReader())

    later = settle(Metadata(valid_from=date(2026, 1, 1)), said)
    earlier = settle(Metadata(valid_to=date(2024, 12, 31)), said)

    place = extracted.text.index("全场包邮")
    assert later.at(place) == (date(2025, 11, 1), date(2025, 11, 11))
    assert earlier.at(place) == (None, date(2024, 12, 31))


def entry(name: str) -> Entry:
    return Entry(name, Path(name), 1, 0)


def overrides(tmp_path: Path, text: str) -> Overrides:
    path = tmp_path / "validity.toml"
    path.write_text(text, encoding="utf-8")
    return Overrides.read(path)


def test_overrides_are_read_by_document(tmp_path: Path) -> None:
    found = overrides(
        tmp_path, '["a.md"]\nvalid_from = 2026-03-01\nvalid_to = "open"\n\n["gone.md"]\nfrom_text = false\n'
    )

    assert found.applied(entry("a.md")).override == Override(
        date(2026, 3, 1), None, sets=frozenset({"valid_from", "valid_to"})
    )
    assert found.applied(entry("b.md")).override is None
    assert found.notices() == ["validity.toml names gone.md, which is not here."]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('valid_from = "2026-02-30"', "is no date"),
        ("valid_from = 2026-03-01\nvalid_to = 2026-02-01", "before"),
        ("valid_form = 2026-03-01", "valid_form"),
        ('from_text = "no"', "true or false"),
        ("valid_to = 5", "is no date"),
    ],
)
def test_an_override_that_cannot_be_taken_refuses_its_document_in_one_line(
    tmp_path: Path, line: str, says: str
) -> None:
    refusal = overrides(tmp_path, f'["a.md"]\n{line}\n').applied(entry("a.md")).refusal

    assert isinstance(refusal, DocumentDamaged)
    assert says in refusal.message
    assert "\n" not in refusal.message


@pytest.mark.parametrize("text", ['["a.md"\n', "valid_from = 2026-03-01\n", '["a.md"]\nvalid_from = 2026-02-30\n'])
def test_a_file_of_overrides_that_cannot_be_read_is_refused_as_a_whole(tmp_path: Path, text: str) -> None:
    with pytest.raises(OverridesDamaged, match=r"validity\.toml"):
        overrides(tmp_path, text)
