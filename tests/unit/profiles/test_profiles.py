from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from app.database import Database
from app.domain.profile import Preferences, Profile, QuietHours
from app.domain.shop import Case
from app.orders import SqlShop
from app.profiles import Profiles
from app.profiles.errors import ConsentMissing, CustomerUnknown, PreferenceInvalid
from app.profiles.facts import facts_of
from app.profiles.json_form import preferences_of, preferences_to_dict
from tests.shop_samples import ITEMS, NOON, WANG, ZOE, line, plain_order

NIGHT = QuietHours(time(22), time(8), "Asia/Shanghai")


@pytest.fixture
def profiles(tmp_path):
    database = Database.in_file(tmp_path / "kefu.sqlite")
    shop = SqlShop(database)
    shop.add(
        customers=[WANG, ZOE],
        items=ITEMS,
        orders=[plain_order("SL1"), plain_order("SL2", placed_at=NOON + timedelta(days=3))],
    )
    yield Profiles(database, shop)
    database.close()


def test_silence_is_no(profiles):
    profile = profiles.get("C1", actor="customer")

    assert not any(profile.allows(purpose) for purpose in ("service", "personalisation", "marketing"))
    assert (profile.name, profile.tier, profile.language, profile.facts) == ("王小雨", "PLUS", "zh", None)


def test_the_newest_word_counts_and_every_word_is_kept(profiles):
    for is_given in (True, False, True):
        profiles.set_consent("C1", "personalisation", is_given, source="conversation 7", actor="customer")

    profile = profiles.get("C1", actor="customer")
    assert profile.allows("personalisation")
    assert profile.consents["personalisation"].source == "conversation 7"
    assert profile.consents["personalisation"].at.tzinfo is not None
    history = profiles.export("C1", actor="customer")["consent_history"]
    assert [word["is_given"] for word in history] == [True, False, True]


def test_past_orders_are_looked_at_only_with_consent_to_personalisation(profiles):
    profiles.set_consent("C1", "service", True, source="page", actor="customer")
    assert profiles.get("C1", actor="customer").facts is None

    profiles.set_consent("C1", "personalisation", True, source="page", actor="customer")
    facts = profiles.get("C1", actor="customer").facts

    assert facts.orders == 2
    assert facts.sizes == {"鞋": ("38",)}
    assert facts.last_order_at == NOON + timedelta(days=3)


def test_preferences_come_back_as_they_were_said_and_take_the_place_of_the_old(profiles):
    said = Preferences("en", {"鞋": "39"}, ("跃动",), ("户外用品",), NIGHT)
    profiles.update("C1", preferences=Preferences("zh"), source="page", actor="customer")
    profiles.update("C1", preferences=said, source="page", actor="customer")

    profile = profiles.get("C1", actor="customer")
    assert profile.preferences == said
    assert profile.language == "en"
    assert profile.size_in("鞋") == "39"


@pytest.mark.parametrize("purpose", ["service", "personalisation", "marketing"])
def test_nothing_is_used_for_what_was_not_agreed_to(profiles, purpose):
    consents = {"service": True, "personalisation": True, "marketing": True}
    said = Preferences("en", {"鞋": "39"}, ("跃动",), ("户外用品",), NIGHT)
    profiles.update("C1", preferences=said, consents=consents, source="page", actor="customer")
    profiles.add_note("C1", "对羽绒过敏", source="conversation 1", actor="assistant")
    profiles.update("C1", consents={"personalisation": False, "marketing": False}, source="page", actor="customer")

    if purpose == "marketing":
        with pytest.raises(ConsentMissing):
            profiles.used_for(purpose, "C1", actor="assistant")
        return
    used = profiles.used_for(purpose, "C1", actor="assistant")
    assert used.preferences == Preferences("en", quiet_hours=NIGHT)
    assert used.facts is None
    assert [note.text for note in used.notes] == (["对羽绒过敏"] if purpose == "service" else [])


def test_with_consent_tastes_and_past_orders_are_used(profiles):
    profiles.update("C1", consents={"personalisation": True}, source="page", actor="customer")

    used = profiles.used_for("personalisation", "C1", actor="assistant")

    assert used.size_in("鞋") == "38"
    assert used.size_in("女装") is None


def test_notes_need_consent_and_go_with_it(profiles):
    with pytest.raises(ConsentMissing):
        profiles.add_note("C1", "喜欢黑色", source="conversation 1", actor="assistant")

    profiles.set_consent("C1", "service", True, source="page", actor="customer")
    note = profiles.add_note("C1", " 喜欢\n黑色 ", source="conversation 1", actor="assistant")
    assert profiles.get("C1", actor="customer").notes == (note,)
    assert note.text == "喜欢 黑色"

    profiles.set_consent("C1", "service", False, source="page", actor="customer")
    assert profiles.get("C1", actor="customer").notes == ()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("我的卡号 6222 0212 3456 7890 123", "我的卡号 …"),
        ("身份证11010519491231002X", "身份证…"),
        ("call +86 138-0000-0001 first", "call +… first"),
        ("尺码 38，预算 300 元", "尺码 38，预算 300 元"),
        ("a\x00b\ud800", "ab\ufffd"),
    ],
)
def test_long_numbers_have_no_place_in_a_note(profiles, text, kept):
    profiles.set_consent("C1", "service", True, source="page", actor="customer")

    assert profiles.add_note("C1", text, source="conversation 1", actor="assistant").text == kept


def test_empty_notes_are_none_long_ones_are_cut_and_the_oldest_go(profiles):
    profiles.set_consent("C1", "service", True, source="page", actor="customer")

    assert profiles.add_note("C1", " \n ", source="c", actor="assistant") is None
    assert len(profiles.add_note("C1", "好" * 2000, source="c", actor="assistant").text) == 500
    for number in range(100):
        profiles.add_note("C1", f"note {number}", source="c", actor="assistant")
    notes = profiles.get("C1", actor="customer").notes
    assert (len(notes), notes[0].text, notes[-1].text) == (100, "note 0", "note 99")


def test_a_note_is_forgotten_by_its_owner_alone(profiles):
    profiles.set_consent("C1", "service", True, source="page", actor="customer")
    note = profiles.add_note("C1", "喜欢黑色", source="c", actor="assistant")

    assert not profiles.remove_note("C2", note.note_id, actor="customer")
    assert not profiles.remove_note("C1", "\x00", actor="customer")
    assert profiles.remove_note("C1", note.note_id, actor="customer")
    assert not profiles.remove_note("C1", note.note_id, actor="customer")


def test_the_export_holds_everything_and_is_json(profiles):
    profiles.update("C1", preferences=Preferences("zh"), consents={"service": True}, source="page", actor="customer")
    profiles.add_note("C1", "喜欢黑色", source="conversation 1", actor="assistant")

    data = json.loads(json.dumps(profiles.export("C1", actor="key:1")))

    assert [order["order_id"] for order in data["orders"]] == ["SL2", "SL1"]
    assert data["notes"][0]["text"] == "喜欢黑色"
    assert data["contact"] == {"email": "Xiaoyu.Wang@example.com", "phone": "+8613800000001"}
    assert [access["action"] for access in data["accesses"]] == ["export", "note", "change", "consent"]
    assert data["accesses"][0]["actor"] == "key:1"


def test_erasing_removes_the_profile_keeps_the_orders_and_says_so(profiles):
    profiles.update("C1", preferences=Preferences("en"), consents={"service": True}, source="page", actor="customer")
    profiles.add_note("C1", "喜欢黑色", source="c", actor="assistant")
    profiles.update("C2", consents={"marketing": True}, source="page", actor="customer")

    erasure = profiles.erase("C1", actor="customer")

    assert erasure.erased == {"preferences": 1, "consents": 1, "notes": 1}
    assert erasure.kept == {"orders": 2}
    assert "法律" in erasure.statement.zh
    assert "law" in erasure.statement.en
    profile = profiles.get("C1", actor="customer")
    assert (profile.consents, profile.preferences, profile.notes) == ({}, Preferences(), ())
    assert profile.language == "zh"
    assert profiles.get("C2", actor="customer").allows("marketing")
    assert len(profiles.export("C1", actor="customer")["orders"]) == 2
    assert "erase" in [access["action"] for access in profiles.accesses("C1")]
    assert profiles.erase("C1", actor="customer").erased == {"preferences": 0, "consents": 0, "notes": 0}


def test_who_looked_is_written_down_without_what_it_said(profiles):
    profiles.set_consent("C1", "service", True, source="page", actor="customer")
    profiles.add_note("C1", "喜欢黑色", source="c", actor="agent:7")
    profiles.get("C1", actor="key:abc")

    assert [(access["actor"], access["action"]) for access in profiles.accesses("C1")] == [
        ("key:abc", "read"), ("agent:7", "note"), ("customer", "consent"),
    ]  # fmt: skip
    assert "黑色" not in json.dumps(profiles.accesses("C1"), ensure_ascii=False)
    assert profiles.accesses("\x00") == []


@pytest.mark.parametrize("customer_id", ["", "C9", "\x00", "\ud800", "' OR 1=1"])
def test_strangers_have_no_profile(profiles, customer_id):
    for ask in (profiles.get, profiles.export, profiles.erase):
        with pytest.raises(CustomerUnknown):
            ask(customer_id, actor="customer")
    with pytest.raises(CustomerUnknown):
        profiles.add_note(customer_id, "x", source="c", actor="assistant")
    with pytest.raises(CustomerUnknown):
        profiles.update(customer_id, preferences=Preferences(), source="c", actor="assistant")


def test_a_purpose_that_is_none(profiles):
    with pytest.raises(ValueError, match="Expected one of service"):
        profiles.set_consent("C1", "spying", True, source="page", actor="customer")


def test_what_was_cancelled_or_sent_back_says_nothing_about_a_person():
    other = line("1", "SO-1-39", options={"尺码": "39"})
    back = Case("R", "SL3", "return", "done", "", ("1",), 0, None, NOON)
    refused = replace(back, status="refused")

    facts = facts_of([
        plain_order("SL1", lines=(line(),)),
        plain_order("SL2", status="cancelled"),
        plain_order("SL3", lines=(other,), cases=(back,)),
        plain_order("SL4", lines=(other, line("2")), cases=(refused,)),
        plain_order("SL5", lines=(line(),), cases=(replace(back, line_ids=()),)),
    ])  # fmt: skip

    assert facts.orders == 4
    assert facts.sizes == {"鞋": ("38", "39")}
    assert facts.categories == ("鞋",)
    assert facts_of([]).orders == 0


@pytest.mark.parametrize(
    ("hour", "is_quiet"), [(13, False), (14, True), (16, True), (23, True), (0, False)]
)  # UTC; Shanghai is eight hours ahead
def test_quiet_hours_go_over_midnight_in_the_zone_of_the_customer(hour, is_quiet):
    assert NIGHT.holds(datetime(2026, 11, 25, hour, tzinfo=UTC)) == is_quiet


def test_offers_are_sent_with_consent_outside_of_quiet_hours(profiles):
    noon, night = datetime(2026, 11, 25, 4, tzinfo=UTC), datetime(2026, 11, 25, 15, tzinfo=UTC)
    assert not Profile("C1", "", "", "zh").may_be_written_to(noon)

    profiles.update(
        "C1", preferences=Preferences(quiet_hours=NIGHT), consents={"marketing": True}, source="p", actor="customer"
    )
    profile = profiles.used_for("marketing", "C1", actor="marketing")

    assert profile.may_be_written_to(noon)
    assert not profile.may_be_written_to(night)


def test_preferences_as_json_and_back():
    said = Preferences("en", {"鞋": "39"}, ("跃动",), ("户外用品",), NIGHT)

    assert preferences_of(preferences_to_dict(said)) == said
    assert preferences_of({}) == Preferences()


@pytest.mark.parametrize(
    "fields",
    [
        {"language": "fr"},
        {"sizes": []},
        {"sizes": {"鞋": ""}},
        {"sizes": {str(number): "M" for number in range(51)}},
        {"brands": "跃动"},
        {"brands": ["x" * 101]},
        {"categories": [7]},
        {"quiet_hours": {"start": "25:00", "end": "08:00", "timezone": "Asia/Shanghai"}},
        {"quiet_hours": {"start": "22:00", "end": "08:00", "timezone": "Moon/Crater"}},
        {"quiet_hours": {"start": "22:00"}},
        {"quiet_hours": 7},
    ],
)
def test_preferences_of_no_use_are_refused_in_one_line(fields):
    with pytest.raises(PreferenceInvalid) as raised:
        preferences_of(fields)
    assert "\n" not in raised.value.message
