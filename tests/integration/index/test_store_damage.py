"""Damaged files are found, named and never served."""

import random
import shutil

import pytest

from index.errors import GenerationDamaged, StoreError
from index.store import Store
from index.types import Query
from tests.index_samples import HashedEmbedder, item, publish, question, rules

FLIPS = 500


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    root = tmp_path_factory.mktemp("whole") / "store"
    publish(Store(root), rules(30))
    return root


@pytest.fixture
def store(whole, tmp_path):
    shutil.copytree(whole, tmp_path / "store")
    return Store(tmp_path / "store")


def files_of(store):
    """Every file that serving rests on; locks are empty and the vector cache checks each row when it is read."""
    published = [path for path in store.root.glob("generations/*/**/*") if path.is_file() and path.suffix != ".lock"]
    return sorted([*published, store.pointer])


def flip(path, at, bit):
    """Change one bit where it lies, as a failing disk does; the file is never shorter in between."""
    with path.open("r+b") as file:
        file.seek(at)
        (byte,) = file.read(1)
        file.seek(at)
        file.write(bytes([byte ^ 1 << bit]))


def test_every_flipped_bit_is_found(store):
    chance = random.Random(20261124)
    files = files_of(store)
    assert store.verify() == []
    missed = []
    for number in range(FLIPS):
        path = files[number % len(files)]
        at, bit = chance.randrange(path.stat().st_size), chance.randrange(8)
        flip(path, at, bit)
        damages = store.verify()
        if not any(path.name in damage.file for damage in damages):
            missed.append((path.name, at, bit, damages))
        flip(path, at, bit)

    assert missed == []
    assert store.verify() == []


@pytest.mark.parametrize("how", ["flipped", "truncated", "emptied", "missing", "garbage"])
@pytest.mark.parametrize(
    "name",
    ["passages.sqlite", "dense.faiss", "sentences.faiss", "sentence_passage.npy", "manifest.json", "lexical/meta.json"],
)
def test_a_damaged_file_is_named_and_not_served(store, name, how):
    path = next(store.root.glob(f"generations/*/{name}"))
    content = path.read_bytes()
    if how == "missing":
        path.unlink()
    else:
        middle = len(content) // 2
        flipped = content[:middle] + bytes([content[middle] ^ 16]) + content[middle + 1 :]
        path.write_bytes(
            {"flipped": flipped, "truncated": content[:middle], "emptied": b"", "garbage": b"\x80\x04" * middle}[how]
        )

    with pytest.raises(GenerationDamaged, match=name):
        store.current()
    assert [damage.file.split("/", 1)[1] for damage in store.verify(store.current_name())] == [name]
    with pytest.raises(GenerationDamaged, match=name):
        store.activate(store.current_name())


def test_damage_after_a_file_was_found_whole_is_found_too(store):
    store.current().close()
    path = next(store.root.glob("generations/*/dense.faiss"))
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)

    with pytest.raises(GenerationDamaged, match=r"dense\.faiss"):
        store.current()


def test_a_file_that_nobody_wrote_is_reported(store):
    next(store.root.glob("generations/*")).joinpath("extra.pkl").write_bytes(b"\x80\x04.")

    assert [(damage.file.split("/")[1], damage.what) for damage in store.verify()] == [
        ("extra.pkl", "is not in the manifest")
    ]


@pytest.mark.parametrize("name", ["dense.faiss", "sentence_passage.npy", "lexical/meta.json"])
def test_a_run_over_unchanged_documents_builds_a_damaged_index_anew(store, name):
    damaged = store.current_name()
    path = store.root / "generations" / damaged / name
    flip(path, path.stat().st_size // 2, 3)
    with pytest.raises(GenerationDamaged, match="kefu ingest PATH"):
        store.current()

    publish(store, rules(30))

    assert store.current_name() != damaged
    assert store.verify(store.current_name()) == []


def test_damaged_passages_cannot_be_made_from_anything_and_the_error_says_the_way_out(store):
    path = store.root / "generations" / store.current_name() / "passages.sqlite"
    flip(path, path.stat().st_size // 2, 3)

    with pytest.raises(GenerationDamaged, match="move the folder of the index away"):
        publish(store, rules(30))


@pytest.mark.parametrize("content", [b"", b"g000001", b"../../etc/passwd\n", b"\xff\xfe\n", b"g000001-zzzzzzzz\n"])
def test_a_pointer_without_a_name_is_damage_with_advice(store, content):
    store.pointer.write_bytes(content)

    with pytest.raises(GenerationDamaged, match="rollback"):
        store.current()
    assert [damage.file for damage in store.verify()] == ["CURRENT"]
    store.activate(store.generations()[0].name)
    assert store.verify() == []


def test_a_pointer_to_nowhere_is_damage(store):
    store.pointer.write_bytes(b"g000009-00000000\n")

    assert [damage.file for damage in store.verify()] == ["CURRENT"]
    with pytest.raises(StoreError, match="index list"):
        store.current()


def test_rollback_to_a_whole_generation_ends_the_trouble(store):
    first = store.current_name()
    second = publish(store, rules(31))
    (store.root / "generations" / second / "passages.sqlite").write_bytes(b"")

    with pytest.raises(GenerationDamaged):
        store.current()
    store.activate(first)

    with store.current() as generation:
        assert generation.count == 30
        assert generation.rank(Query("Rule 8"), question("Rule 8"))["words"]


@pytest.mark.parametrize("content", [b"", b"not a database", b"SQLite format 3\x00" + b"\xff" * 4000])
def test_a_damaged_vector_cache_is_made_anew(store, content):
    (store.root / "cache" / "vectors.sqlite").write_bytes(content)
    embedder = HashedEmbedder()

    publish(store, [item("new.md", "新的规定。")], embedder=embedder)

    assert embedder.embedded == 31
    assert store.verify() == []


def test_a_damaged_cached_vector_is_not_built_into_an_index(store):
    path = store.root / "cache" / "vectors.sqlite"
    content = path.read_bytes()
    vector = HashedEmbedder().embed_passages(rules(1)[0][1]).passages.astype("<f2").tobytes()
    at = content.index(vector)
    path.write_bytes(content[:at] + bytes([content[at] ^ 64]) + content[at + 1 :])
    embedder = HashedEmbedder()

    with pytest.raises(GenerationDamaged, match="Run the ingest again"):
        publish(store, [item("new.md", "新的规定。")], embedder=embedder)
    publish(store, [item("new.md", "新的规定。")], embedder=embedder)

    assert embedder.embedded == 2  # the new one and the damaged one
    assert store.verify() == []
