import os

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
