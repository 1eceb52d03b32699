"""What a serving process holds in memory from its start: nothing that only a few of its tasks use."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.live import clean_environment, kefu

HEAVY = (
    "cv2", "datasets", "faster_whisper", "implicit", "langchain_core", "lightgbm", "lxml", "matplotlib", "numba",
    "onnxruntime", "openai", "pandas", "PIL", "pyarrow", "pypdfium2", "pyvrp", "rapidocr", "scipy",
    "sentence_transformers", "sklearn", "statsforecast", "sympy", "torch", "transformers", "vrplib", "xllamacpp",
)  # fmt: skip
"""Each is loaded by who uses it, when it is used; torch by an embedding model, which this service has none of."""

CODE = f"""
import sys
from starlette.testclient import TestClient
from app.main import create_app
with TestClient(create_app(), base_url="http://127.0.0.1") as client:
    answer = client.get("/livez")
    assert answer.status_code == 200, answer.text
    key = sys.argv[1]
    said = client.post("/v1/chat", json={{"message": "运费谁出？"}}, headers={{"Authorization": f"Bearer {{key}}"}})
    assert said.status_code == 200, said.text
    print(",".join(sorted(set({HEAVY!r}) & set(sys.modules))))
"""


def test_a_service_answers_without_having_loaded_a_heavy_library(tmp_path: Path) -> None:
    (tmp_path / "returns.md").write_text("# 退货\n\n七天无理由退货的运费由买家承担。\n", encoding="utf-8")
    environment = clean_environment(tmp_path)
    assert kefu("ingest", "returns.md", folder=tmp_path, environment=environment).returncode == 0
    made = kefu("keys", "create", "shop", "--json", folder=tmp_path, environment=environment)
    secret = json.loads(made.stdout)["token"]

    ran = subprocess.run(
        [sys.executable, "-c", CODE, secret], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip().splitlines()[-1:] in ([], [""]), ran.stdout
