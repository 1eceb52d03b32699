"""A run that dies by SIGKILL: `dying_run.py STORE VERSION HOW N`, at the N-th audit event (events) or second (seconds).

With `limit N` no file may grow beyond N bytes. Prints "published NAME EVENTS SECONDS" when it lives to the end, or the
code of the error it ended with.
"""

import os
import resource
import signal
import sys
import threading
import time
from pathlib import Path

from index.errors import KefuError
from index.store import Store
from tests.index_samples import HashedEmbedder, fill, item

DOCUMENTS = 60
_events = 0


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(root: str, version: str, how: str, limit: float) -> None:
    def count(_event: str, _arguments: object) -> None:
        global _events
        _events += 1
        if how == "events" and _events == limit:
            die()

    embedder = HashedEmbedder()
    items = [item(f"d{number}.md", f"版本{version}的第{number}条规定，可以退货。") for number in range(DOCUMENTS)]
    import faiss  # noqa: F401 (loaded here, so that what is counted and timed is the run)
    import rjieba  # noqa: F401
    import tantivy  # noqa: F401

    started = time.perf_counter()
    if how == "seconds":
        timer = threading.Timer(limit, die)
        timer.daemon = True
        timer.start()
    if how == "limit":
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
    sys.addaudithook(count)
    try:
        with Store(Path(root)).writer(embedder_id=embedder.embedder_id, dimension=embedder.dimension) as writer:
            for document, passages in items:
                writer.put(document, passages)
            fill(writer, embedder)
            name = writer.publish()
    except KefuError as error:
        print(error.code)
        return
    print("published", name, _events, time.perf_counter() - started, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4]))
