from __future__ import annotations

import pytest

from app.building.copywriting import quantity_faults
from app.database import Database
from app.marketing import Catalogue, CopyDesk, Copywriter, request_of
from app.marketing.effect import Reach, compared
from app.marketing.errors import CopyInputInvalid, CopyMissing, CopyStepInvalid

ABOUT = {"attributes": [{"name": "类型", "value": "裙"}, {"name": "颜色", "value": "蓝色"}], "channel": "detail"}


@pytest.fixture
def desk(tmp_path):
    database = Database.in_file(tmp_path / "kefu.sqlite")
    yield CopyDesk(database, Copywriter(Catalogue(None), quantity_faults))
    database.close()


def kept(desk, **more):
    fields = {**ABOUT, **more}
    return desk.keep(desk.writer.write(request_of(fields), mode="template"), fields, by="li")


def test_copy_goes_from_draft_to_published_and_who_did_it_stays(desk):
    first, second = kept(desk)

    desk.move(first["copy_id"], "approved", by="wang", note="好")
    done = desk.move(first["copy_id"], "published", by="wang")
    assert [(step["state"], step["by"]) for step in done["steps"]] == [
        ("draft", "li"), ("approved", "wang"), ("published", "wang")
    ]  # fmt: skip
    with pytest.raises(CopyStepInvalid):
        desk.move(second["copy_id"], "published", by="wang")
    assert [item["copy_id"] for item in desk.all(state="draft")] == [second["copy_id"]]
    with pytest.raises(CopyMissing):
        desk.get("nothing\x00")


def test_an_edited_draft_is_checked_anew_and_cannot_go_out_when_it_does_not_stand(desk):
    first, _ = kept(desk)

    edited = desk.edit(first["copy_id"], "红色裙子，全国第一", by="li")
    assert [hit["text"] for hit in edited["violations"]] == ["全国第一"]
    assert [claim["supported"] for claim in edited["claims"]] == [False, False]
    with pytest.raises(CopyStepInvalid, match="第九条"):
        desk.move(first["copy_id"], "approved", by="wang")
    desk.edit(first["copy_id"], "蓝色裙子", by="li")
    assert desk.move(first["copy_id"], "approved", by="wang")["state"] == "approved"
    with pytest.raises(CopyStepInvalid):
        desk.edit(first["copy_id"], "蓝色裙子。", by="li")


def test_copy_that_repeats_an_earlier_one_is_marked(desk):
    first, second = kept(desk)
    assert first["like"] is None

    again = kept(desk)
    assert {item["like"]["copy_id"] for item in again} == {first["copy_id"], second["copy_id"]}
    assert all(item["like"]["likeness"] == 1 for item in again)


def test_outcomes_count_once_each_and_only_whole_batches(desk):
    first, second = (item["copy_id"] for item in kept(desk))
    events = [("e1", "exposure"), ("e1", "click"), ("e1", "click"), ("e2", "exposure"), ("e3", "order")]

    counted = desk.note_outcomes([{"copy_id": first, "exposure_id": name, "event": event} for name, event in events])

    assert counted == 4
    reach = desk.get(first)["reach"]
    assert (reach["exposures"], reach["clicks"], reach["orders"]) == (3, 1, 1)
    with pytest.raises(CopyInputInvalid):
        desk.note_outcomes(
            [
                {"copy_id": second, "exposure_id": "e9", "event": "exposure"},
                {"copy_id": second, "exposure_id": "e9", "event": "applause"},
            ]
        )
    assert desk.get(second)["reach"]["exposures"] == 0
    assert [item["copy_id"] for item in desk.effect(product_id=None, channel="detail")["variants"]] == [first]


def test_a_difference_is_told_from_chance():
    # Two-sided, 20 of 100 against 5 of 100, in R: fisher.test(matrix(c(20, 80, 5, 95), 2)), p = 0.0020
    result = compared([Reach("a", 100, 20, 0), Reach("b", 100, 5, 0)], "click")
    assert result["best"] == "a"
    assert result["others"][0]["p"] == pytest.approx(0.0020, abs=2e-4)
    assert result["others"][0]["is_worse"]
    few = compared([Reach("a", 5, 2, 0), Reach("b", 5, 1, 0), Reach("c", 0, 0, 0)], "click")
    assert [other["is_worse"] for other in few["others"]] == [False]
    assert compared([Reach("a", 5, 2, 0)], "click")["best"] is None
