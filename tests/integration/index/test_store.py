import os
import random
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from index.errors import GenerationMissing, StoreBusy, StoreFormatUnknown, StoreMissing
from index.manifest import FORMAT, MANIFEST, Manifest
from index.store import Store
from index.types import EmbeddedPassages, Query
from tests.index_samples import HashedEmbedder, fill, item, publish, question, rules

STAGES = ("dense", "sentence", "words", "bigrams")


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def ranked(store, text, *, depth=50, **filters):
    with store.current() as generation:
        return {
            stage: [(hit.passage_id, round(hit.score, 4), hit.best_sentence) for hit in hits]
            for stage, hits in generation.rank(Query(text, **filters), question(text), depth=depth).items()
        }


def found(store, text, **filters):
    """Documents found by any stage."""
    return {passage_id.split("#")[0] for hits in ranked(store, text, **filters).values() for passage_id, _, _ in hits}


def test_an_empty_store_says_what_to_do_and_makes_no_files(store):
    with pytest.raises(StoreMissing, match="kefu ingest"):
        store.current()

    assert (store.current_name(), store.generations(), store.verify(), store.gc()) == (None, [], [], [])
    assert not store.root.exists()


def test_documents_and_passages_come_back_as_they_went_in(store):
    document, passages = item(
        "政策/退货.md",
        "七天内可以退货。\n🙂 A\x00B.",
        "第二段。",
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 12, 31),
        access=("staff", "员工"),
    )
    document = replace(document, source="folder", mtime_ns=7, warnings=("one",))

    name = publish(store, [(document, passages)])

    with store.current() as generation:
        assert generation.name == name == store.current_name()
        assert generation.count == 2
        assert list(generation.documents()) == [document]
        assert generation.document("政策/退货.md") == document
        assert generation.document("other") is None
        assert generation.passages_of("政策/退货.md") == passages
        assert generation.passages_of("政策/退货.md", offset=1, limit=1) == passages[1:2]
        assert generation.passages_of("政策/退货.md", offset=len(passages)) == []
        assert (generation.count_of("政策/退货.md"), generation.count_of("none.md")) == (len(passages), 0)
        assert generation.titles() == {one.document_id: one.title for one in generation.documents()}
        assert generation.passages([passages[1].passage_id, passages[0].passage_id]) == [passages[1], passages[0]]
        with pytest.raises(KeyError):
            generation.passages(["政策/退货.md#9"])
    assert store.verify() == []


def test_each_stage_finds_the_passage_that_the_question_quotes(store):
    publish(store, rules(60))
    text = "Rule 42: refunds take 42 days."

    by_stage = ranked(store, text, depth=5)

    assert tuple(by_stage) == STAGES
    assert by_stage["sentence"][0][0] == "rules/0042.md#0"
    assert by_stage["sentence"][0][2] == 0
    assert by_stage["words"][0][0] == by_stage["bigrams"][0][0] == "rules/0042.md#0"
    whole = ranked(store, "Rule 42: refunds take 42 days. Ask desk 42 for help.", depth=5)
    assert whole["dense"][0][:2] == ("rules/0042.md#0", pytest.approx(1.0, abs=1e-3))


def test_hits_are_ordered_by_score_and_then_by_id(store):
    publish(
        store,
        [item(f"copy-{number:02d}", "同样的一句话。Same words.") for number in random.Random(3).sample(range(40), 40)],
    )

    for stage, hits in ranked(store, "同样的一句话。Same words.", depth=10).items():
        assert [hit[0] for hit in hits] == [f"copy-{number:02d}#0" for number in range(10)], stage


def test_similarities_are_the_cosines_with_every_sentence_in_order(store):
    publish(store, rules(30))
    text = "第7条：自签收之日起7天内可以退货。"

    with store.current() as generation:
        similar = generation.sentence_similarities(question(text), ["rules/0007.md#0", "rules/0002.md#0"])

    assert {name: len(values) for name, values in similar.items()} == {"rules/0007.md#0": 2, "rules/0002.md#0": 2}
    assert similar["rules/0007.md#0"][0] == pytest.approx(1.0, abs=1e-3)
    expected = question("运费由买家7承担。") @ question(text)[0]
    assert similar["rules/0007.md#0"][1] == pytest.approx(float(expected[0]), abs=1e-3)


def test_passages_without_sentence_vectors_are_found_by_the_other_stages(store):
    document, passages = item("a.md", "可以退货。运费自理。")
    with store.writer(embedder_id="whole-only", dimension=24) as writer:
        writer.put(document, passages)
        vectors = HashedEmbedder().embed_passages(passages)
        writer.put_vectors(passages, EmbeddedPassages(vectors.passages, (np.zeros((0, 24), np.float32),)))
        writer.publish()

    by_stage = ranked(store, "退货")

    assert by_stage["sentence"] == []
    assert [hit[0] for hit in by_stage["dense"]] == [hit[0] for hit in by_stage["words"]] == ["a.md#0"]
    assert store.verify() == []
    with store.current() as generation:
        assert len(generation.sentence_similarities(question("退货"), ["a.md#0"])["a.md#0"]) == 0


def test_an_empty_knowledge_base_is_published_and_finds_nothing(store):
    assert publish(store, []) is not None

    assert all(hits == [] for hits in ranked(store, "退货").values())
    assert store.verify() == []


@pytest.mark.parametrize(
    "text", ["", "。！？", "\x00", "\ud800", "退货 AND (", '*:* OR "', "a" * 100_000, "退货" * 50_000]
)
def test_odd_questions_are_searched_like_any_other(store, text):
    publish(store, rules(5))

    with store.current() as generation:
        assert tuple(generation.rank(Query(text), question("x"))) == STAGES


def test_the_same_content_in_any_order_gives_the_same_digest_and_results(tmp_path):
    items = rules(80)
    straight, shuffled, steps = (Store(tmp_path / name) for name in ("a", "b", "c"))
    publish(straight, items)
    publish(shuffled, random.Random(5).sample(items, len(items)))
    publish(steps, [*rules(50, start=40), item("rules/0001.md", "旧的规定。")])
    publish(steps, items, remove=[f"rules/{number:04d}.md" for number in range(80, 90)])

    digests = {store.generations()[0].content_digest for store in (straight, shuffled, steps)}
    assert len(digests) == 1
    assert (
        ranked(straight, "第41条 退货 desk 12")
        == ranked(shuffled, "第41条 退货 desk 12")
        == ranked(steps, "第41条 退货 desk 12")
    )


def test_an_unchanged_run_publishes_nothing_embeds_nothing_and_copies_nothing(store):
    publish(store, rules(20))
    embedder = HashedEmbedder()

    with store.writer(embedder_id=embedder.embedder_id, dimension=embedder.dimension) as writer:
        for document, passages in rules(20):
            writer.put(replace(document, mtime_ns=99), passages)
        assert list((store.root / "staging").iterdir() if (store.root / "staging").exists() else []) == []
        fill(writer, embedder)
        assert writer.publish() is None

    assert embedder.embedded == 0
    assert len(store.generations()) == 1


def test_only_new_content_is_embedded_and_a_renamed_document_costs_nothing(store):
    publish(store, rules(20))
    embedder = HashedEmbedder()
    _, passages = rules(1, start=3)[0]
    renamed = item("renamed.md", passages[0].text)

    publish(store, [renamed, item("new.md", "全新的规定。")], remove=["rules/0003.md"], embedder=embedder)

    assert embedder.embedded == 1
    with store.current() as generation:
        assert generation.document("rules/0003.md") is None
        assert generation.document("renamed.md") is not None


def test_the_same_content_in_two_documents_is_embedded_once(store):
    embedder = HashedEmbedder()

    publish(store, [item("a.md", "可以退货。"), item("b.md", "可以退货。")], embedder=embedder)

    assert embedder.embedded == 1
    assert found(store, "退货") == {"a.md", "b.md"}


def test_vectors_outlive_a_run_that_fails_before_it_publishes(store):
    first, second = HashedEmbedder(), HashedEmbedder()

    def stopped_run():
        with store.writer(embedder_id=first.embedder_id, dimension=first.dimension) as writer:
            for document, passages in rules(10):
                writer.put(document, passages)
            fill(writer, first)
            raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        stopped_run()
    assert store.current_name() is None

    publish(store, rules(10), embedder=second)

    assert (first.embedded, second.embedded) == (10, 0)


@pytest.mark.parametrize("error", [FileNotFoundError(2, "No such file"), ValueError("bad"), KeyboardInterrupt()])
def test_errors_of_the_run_itself_pass_through_the_writer_unchanged(store, error):
    publish(store, rules(1))

    def failing_run():
        with store.writer(embedder_id="hashed-1", dimension=24) as writer:
            writer.put(*rules(2)[1])
            raise error

    with pytest.raises(type(error)) as raised:
        failing_run()

    assert raised.value is error
    assert list((store.root / "staging").iterdir()) == []
    assert len(store.generations()) == 1


def test_another_embedder_embeds_everything_anew(store):
    publish(store, rules(10))

    with store.writer(embedder_id="other", dimension=24) as writer:
        assert writer.missing_count() == 10
        fill(writer, HashedEmbedder())
        assert writer.publish() is not None

    assert [info.embedder_id for info in store.generations()] == ["other", "hashed-1"]


def test_touching_a_document_keeps_its_passages(store):
    publish(store, rules(3))
    document, passages = rules(1)[0]

    with store.writer(embedder_id="hashed-1", dimension=24) as writer:
        writer.touch(replace(document, title="Neuer Titel"))
        with pytest.raises(KeyError):
            writer.touch(replace(document, document_id="nobody"))
        assert writer.publish() is not None

    with store.current() as generation:
        assert generation.document(document.document_id).title == "Neuer Titel"
        assert generation.passages_of(document.document_id) == passages
    assert store.verify() == []


def test_a_document_that_moved_to_another_source_is_written_down(store):
    (document, passages), *_ = rules(1)
    publish(store, [(document, passages)])

    assert publish(store, [(replace(document, source="uploads"), passages)]) is not None

    with store.current() as generation:
        assert generation.document(document.document_id).source == "uploads"


def test_the_writers_documents_follow_its_changes(store):
    publish(store, rules(3))

    with store.writer(embedder_id="hashed-1", dimension=24) as writer:
        documents = writer.documents()
        assert list(documents) == ["rules/0000.md", "rules/0001.md", "rules/0002.md"]
        for name in documents:
            writer.remove(name)
        writer.put(*item("new.md", "新。"))
        assert dict(documents) == {"new.md": item("new.md", "新。")[0]}
        assert len(documents) == 1
        with pytest.raises(KeyError):
            writer.remove("rules/0000.md")

    assert len(store.generations()) == 1


@pytest.mark.parametrize(
    ("language", "expected"),
    [(None, {"zh", "en", "both"}), ("zh", {"zh", "both"}), ("en", {"en", "both"}), ("mixed", {"both"})],
)
def test_a_language_admits_its_passages_and_mixed_ones(store, language, expected):
    publish(
        store,
        [
            item("zh", "退货 refund", language="zh"),
            item("en", "退货 refund", language="en"),
            item("both", "退货 refund", language="mixed"),
        ],
    )

    for stage, hits in ranked(store, "退货 refund", language=language).items():
        assert {hit[0].split("#")[0] for hit in hits} == expected, stage


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2025, 12, 31), {"always", "until"}),
        (date(2026, 1, 1), {"always", "until", "from"}),
        (date(2026, 6, 30), {"always", "until", "from"}),
        (date(2026, 7, 1), {"always", "from"}),
        (None, {"always", "until", "from"}),
    ],
)
def test_the_first_and_the_last_day_of_validity_count(store, day, expected):
    publish(
        store,
        [
            item("always", "退货"),
            item("from", "退货", valid_from=date(2026, 1, 1)),
            item("until", "退货", valid_to=date(2026, 6, 30)),
        ],
    )

    for stage, hits in ranked(store, "退货", as_of=day).items():
        assert {hit[0].split("#")[0] for hit in hits} == expected, stage


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (set(), {"public"}),
        ({"staff"}, {"public", "staff", "both"}),
        ({"vip"}, {"public", "both"}),
        ({"other"}, {"public"}),
    ],
)
def test_labelled_passages_are_only_for_callers_with_a_label(store, labels, expected):
    publish(
        store,
        [
            item("public", "退货"),
            item("staff", "退货", access=("staff",)),
            item("both", "退货", access=("staff", "vip")),
        ],
    )

    for stage, hits in ranked(store, "退货", access=frozenset(labels)).items():
        assert {hit[0].split("#")[0] for hit in hits} == expected, stage


def test_filters_act_before_the_cut(store):
    """Two hundred better passages that the caller may not see leave the one that it may at rank 1."""
    secret = [item(f"secret-{number:03d}", "退货 退货 退货", access=("staff",)) for number in range(200)]
    publish(store, [*secret, item("public", "本店支持退货，另有许多别的规定写在这里。")])

    for stage, hits in ranked(store, "退货 退货 退货", depth=3).items():
        assert [hit[0] for hit in hits] == ["public#0"], stage


def test_enough_passages_are_found_when_one_has_most_of_the_near_sentences(store):
    publish(store, [item("list", "可以退货。\n" * 500), *(item(f"other-{n}", f"第{n}条别的话。") for n in range(20))])

    assert len(ranked(store, "可以退货。", depth=10)["sentence"]) == 10


def test_rollback_serves_the_earlier_generation_and_readers_keep_theirs(store):
    first = publish(store, [item("a.md", "旧规定：可以退货。")])
    second = publish(store, [item("a.md", "新规定：不可退货。")])
    reader = store.current()

    store.activate(first)

    assert store.current_name() == first
    assert [(info.name, info.is_current) for info in store.generations()] == [(second, False), (first, True)]
    with store.current() as generation:
        assert generation.passages(["a.md#0"])[0].text == "旧规定：可以退货。"
    assert reader.passages(["a.md#0"])[0].text == "新规定：不可退货。"
    reader.close()
    with pytest.raises(GenerationMissing, match="index list"):
        store.activate("g000009-00000000")


def test_names_from_outside_lead_nowhere_else(store):
    publish(store, rules(1))

    for name in ("../generations", "", ".", "/etc", "g000001"):
        with pytest.raises(GenerationMissing):
            store.open(name)


def test_the_next_run_after_a_rollback_starts_from_what_is_served(store):
    first = publish(store, [item("a.md", "一。")])
    second = publish(store, [item("b.md", "二。")])
    store.activate(first)

    third = publish(store, [item("c.md", "三。")])

    assert sorted([first, second, third]) == [first, second, third]
    with store.current() as generation:
        assert [document.document_id for document in generation.documents()] == ["a.md", "c.md"]


def test_gc_keeps_the_newest_the_current_and_the_borrowed(store):
    names = [publish(store, [item("a.md", f"版本{number}。")]) for number in range(5)]
    store.activate(names[1])
    reader = store.open(names[0])

    assert store.gc(keep=1) == [names[3], names[2]]
    reader.close()
    assert store.gc(keep=1) == [names[0]]

    assert [info.name for info in store.generations()] == [names[4], names[1]]
    assert store.verify() == []
    with pytest.raises(ValueError, match="keep"):
        store.gc(keep=0)


def test_a_generation_that_another_process_removes_goes_on_answering(store):
    publish(store, rules(40))
    publish(store, rules(41))
    other = Store(store.root)
    with store.open(store.generations()[1].name) as generation:
        assert other.gc(keep=1) == [generation.name]

        hits = generation.rank(Query("Rule 8 refunds"), question("Rule 8"), depth=5)
        assert all(len(found) for found in hits.values())
        assert generation.passages([hits["words"][0].passage_id])
        assert len(list(generation.documents())) == 40


def test_a_store_that_may_not_be_written_is_served_all_the_same(store, monkeypatch):
    publish(store, rules(5))
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)

    assert ranked(store, "Rule 4: refunds")["words"][0][0] == "rules/0004.md#0"


def test_a_second_writer_is_told_to_wait_while_readers_and_rollback_are_not(store):
    first = publish(store, rules(2))
    publish(store, rules(3))
    with store.writer(embedder_id="hashed-1", dimension=24):
        with pytest.raises(StoreBusy), Store(store.root).writer(embedder_id="hashed-1", dimension=24):
            pass
        with pytest.raises(StoreBusy):
            store.gc()
        store.activate(first)
        store.current().close()


def test_publishing_without_vectors_is_refused(store):
    with store.writer(embedder_id="hashed-1", dimension=24) as writer:
        writer.put(*rules(1)[0])
        assert writer.missing_count() == 1
        with pytest.raises(ValueError, match="missing"):
            writer.publish()
        writer.remove("rules/0000.md")
        assert (writer.missing_count(), writer.missing(5)) == (0, [])


def test_values_that_contradict_each_other_are_refused(store):
    document, passages = item("a.md", "可以退货。", "不收运费。")
    with store.writer(embedder_id="hashed-1", dimension=24) as writer:
        with pytest.raises(ValueError, match="Expected passages of"):
            writer.put(replace(document, document_id="b.md"), passages)
        with pytest.raises(ValueError, match="inside the text"):
            writer.put(document, [replace(passages[0], sentences=((0, 99),))])
        writer.put(document, passages)
        with pytest.raises(ValueError, match="unique"):
            writer.put(*[replace(document, document_id="b.md"), [replace(passages[0], document_id="b.md")]])
        assert list(writer.documents()) == ["a.md"]
        good = HashedEmbedder().embed_passages(passages)
        for vectors in (
            EmbeddedPassages(good.passages[:1], good.sentences),
            EmbeddedPassages(good.passages * np.nan, good.sentences),
            EmbeddedPassages(good.passages, (good.sentences[0], np.ones((3, 24), np.float32))),
        ):
            with pytest.raises(ValueError, match="Expected"):
                writer.put_vectors(passages, vectors)


def test_a_store_of_a_newer_version_is_refused_and_left_alone(store):
    name = publish(store, rules(1))
    path = store.root / "generations" / name / MANIFEST
    newer = replace(Manifest.of_bytes(path.read_bytes()), format=FORMAT + 1).to_bytes()
    path.write_bytes(newer)

    for attempt in (store.current, store.generations, lambda: publish(store, rules(2)), lambda: store.activate(name)):
        with pytest.raises(StoreFormatUnknown, match="Upgrade kefu"):
            attempt()

    assert path.read_bytes() == newer


def test_inverted_lists_serve_a_large_store_with_filters_and_similarities(tmp_path):
    store = Store(tmp_path / "store", exact_below=100)
    secret = [item(f"secret-{number}", f"密件{number}。另一句{number}。", access=("staff",)) for number in range(150)]
    publish(store, [*secret, *rules(150)])

    with store.current() as generation:
        assert (generation.manifest.dense.kind, generation.manifest.sentence.kind) == ("ivf-fp16", "ivf-fp16")
        similar = generation.sentence_similarities(question("Rule 4: refunds take 4 days."), ["rules/0004.md#0"])
        assert similar["rules/0004.md#0"][0] == pytest.approx(1.0, abs=1e-3)
    hits = ranked(store, "Rule 4: refunds take 4 days.", depth=150)
    assert hits["sentence"][0][:3] == ("rules/0004.md#0", pytest.approx(1.0, abs=1e-3), 0)
    assert all(hit[0].startswith("rules/") for found in hits.values() for hit in found)
    assert len(hits["dense"]) == len(hits["sentence"]) == 150
    assert store.verify() == []
