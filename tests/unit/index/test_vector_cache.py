import hashlib
import sqlite3

import numpy as np
import pytest

from index.kind import Kind
from index.types import EmbeddedPassages
from index.vector_cache import VectorCache


def hashes(*names):
    return [hashlib.sha256(name.encode()).digest() for name in names]


def vectors(*values):
    rows = np.asarray(values, dtype=np.float32)[:, None] * np.ones((1, 4), np.float32)
    return EmbeddedPassages(rows, tuple(np.repeat(row[None], 2, axis=0) for row in rows))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "cache" / "vectors.sqlite"


@pytest.fixture
def cache(path):
    with_dimension_4 = VectorCache(path, Kind("e", 4))
    yield with_dimension_4
    with_dimension_4.close()


def test_vectors_come_back_rounded_to_sixteen_bits(cache):
    cache.put(hashes("a"), vectors(0.1))

    ((one, many),) = cache.get(hashes("a", "unknown", "a")).values()

    assert one.tolist() == [[float(np.float16(0.1))] * 4]
    assert (many.shape, one.dtype) == ((2, 4), np.float32)
    assert cache.sentence_counts(hashes("a", "unknown")) == {hashes("a")[0]: 2}


def test_many_contents_are_known_at_once(cache):
    names = [str(number) for number in range(1201)]
    cache.put(hashes(*names), vectors(*([0.5] * 1201)))

    assert len(cache.known(hashes(*names, "other"))) == 1201
    assert len(cache.get(hashes(*names))) == 1201


def test_embedders_and_dimensions_do_not_mix(path, cache):
    cache.put(hashes("a"), vectors(0.1))
    for embedder_id, dimension in (("f", 4), ("e", 8)):
        other = VectorCache(path, Kind(embedder_id, dimension))
        assert other.known(hashes("a")) == set()
        assert other.get(hashes("a")) == {}
        other.close()


def test_what_is_put_is_there_for_the_next_process_at_once(path, cache):
    cache.put(hashes("a"), vectors(0.1))

    other = sqlite3.connect(path)
    assert other.execute("SELECT count(*) FROM vectors").fetchone() == (1,)
    other.close()


def test_all_but_the_kept_are_removed_and_overwritten(path, cache):
    cache.put(hashes("a", "b"), vectors(0.1, 0.3))

    assert cache.keep_only([("e", 4, hashes("a")), ("f", 4, hashes("b"))]) == 1

    assert cache.known(hashes("a", "b")) == set(hashes("a"))
    content = path.read_bytes()
    assert np.full(4, 0.1, "<f2").tobytes() in content
    assert np.full(4, 0.3, "<f2").tobytes() not in content
    assert hashes("b")[0] not in content


def test_space_is_given_back_once_much_is_free(path, cache):
    names = [str(number) for number in range(2000)]
    cache.put(hashes(*names), vectors(*([0.5] * 2000)))
    before = path.stat().st_size

    cache.keep_only([("e", 4, hashes("1"))])

    assert path.stat().st_size < before / 4
