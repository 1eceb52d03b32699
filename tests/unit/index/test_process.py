import os
import subprocess
import sys

import pytest

from index.process import return_freed_memory, spin_briefly


def test_threads_spin_briefly_unless_the_operator_says_how_long(monkeypatch):
    for name in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    spin_briefly()
    assert "GOMP_SPINCOUNT" not in os.environ

    monkeypatch.delenv("OMP_WAIT_POLICY")
    monkeypatch.setenv("GOMP_SPINCOUNT", "77")
    spin_briefly()
    assert os.environ["GOMP_SPINCOUNT"] == "77"

    monkeypatch.delenv("GOMP_SPINCOUNT")
    spin_briefly()
    assert os.environ["GOMP_SPINCOUNT"] == "3000"


HEAPS_OF_THREADS = """
import ctypes, re, sys, threading
from index.process import share_heaps
share_heaps()
barrier = threading.Barrier(9)
def take():
    held = [ctypes.create_string_buffer(2000) for _ in range(200)]
    barrier.wait(), barrier.wait()
threads = [threading.Thread(target=take) for _ in range(8)]
[thread.start() for thread in threads]
barrier.wait()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
libc.malloc_info(0, ctypes.c_void_p(libc.fopen(sys.argv[1].encode(), b"w")))
libc.fflush(None)
barrier.wait()
print(len(re.findall("<heap nr=", open(sys.argv[1]).read())))
"""


@pytest.mark.skipif("CS_GNU_LIBC_VERSION" not in getattr(os, "confstr_names", {}), reason="glibc alone")
@pytest.mark.parametrize(("setting", "heaps"), [({}, 2), ({"MALLOC_ARENA_MAX": "4"}, 4)])
def test_threads_share_two_heaps_unless_the_operator_says_how_many(setting, heaps, tmp_path):
    plain = {name: value for name, value in os.environ.items() if name not in ("MALLOC_ARENA_MAX", "GLIBC_TUNABLES")}
    command = [sys.executable, "-c", HEAPS_OF_THREADS, str(tmp_path / "heaps")]
    ran = subprocess.run(command, env=plain | setting, capture_output=True, text=True, check=True)
    assert int(ran.stdout) <= heaps


def test_freed_memory_goes_back_to_the_system():
    def resident() -> int:
        with open("/proc/self/statm") as status:
            return int(status.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    pieces = [bytes(1000) for _ in range(100_000)]
    keep = pieces[::500]
    full = resident()
    del pieces

    return_freed_memory()

    assert resident() < full - 50_000_000
    assert len(keep) == 200
