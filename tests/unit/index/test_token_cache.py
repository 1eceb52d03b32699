import hashlib

import pytest

import index.token_cache
from index.lexical import tokens_of
from index.token_cache import TokenCache

ONE, TWO = (hashlib.sha256(name).digest() for name in (b"one", b"two"))
TOKENS = tokens_of("芝麻开门 SL-AC-1042")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "cache" / "tokens.sqlite"


@pytest.fixture
def cache(path):
    opened = TokenCache(path)
    yield opened
    opened.close()


def test_tokens_come_back_as_they_went_in_also_after_closing(path, cache):
    cache.put({ONE: TOKENS, TWO: tokens_of("")})
    cache.save()
    cache.close()

    again = TokenCache(path)
    assert again.get([ONE, TWO, ONE, b"unknown"]) == {ONE: TOKENS, TWO: ("", "")}
    again.close()


def test_what_was_not_saved_is_lost(path, cache):
    cache.put({ONE: TOKENS})
    cache.close()

    again = TokenCache(path)
    assert again.get([ONE]) == {}
    again.close()


def test_tokens_of_other_tokenizers_are_unknown(path, cache, monkeypatch):
    cache.put({ONE: TOKENS})
    cache.save()
    monkeypatch.setattr(index.token_cache, "TOKENIZERS", {"words": "search_words/2", "bigrams": "search_bigrams/1"})

    newer = TokenCache(path)
    assert newer.get([ONE]) == {}
    newer.close()


def test_all_but_the_kept_are_removed_and_overwritten(path, cache):
    cache.put({ONE: TOKENS, TWO: tokens_of("公开")})
    cache.save()
    assert "芝麻".encode() in path.read_bytes()

    cache.keep_only([TWO])

    assert set(cache.get([ONE, TWO])) == {TWO}
    assert "芝麻".encode() not in path.read_bytes()
    assert ONE not in path.read_bytes()


def test_a_row_with_a_flipped_bit_is_unknown(path, cache):
    cache.put({ONE: TOKENS})
    cache.save()
    content = bytearray(path.read_bytes())
    content[content.index("芝麻".encode()) + 2] ^= 1
    path.write_bytes(content)

    again = TokenCache(path)
    assert again.get([ONE]) == {}
    again.close()


@pytest.mark.parametrize("how", ["garbage", "pages"])
def test_a_damaged_file_is_made_anew_and_goes_on_serving(path, cache, how):
    cache.put({hashlib.sha256(bytes([number])).digest(): TOKENS for number in range(200)})
    cache.save()
    cache.close()
    content = path.read_bytes()
    path.write_bytes(b"nonsense" * 2000 if how == "garbage" else content[:4096] + b"\xff" * (len(content) - 4096))

    again = TokenCache(path)
    assert again.get([ONE]) == {}
    again.put({ONE: TOKENS})
    again.save()
    assert again.get([ONE]) == {ONE: TOKENS}
    again.close()
