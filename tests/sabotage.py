"""Candidates that must not serve, each really built: what was done to it, and the reason that is the true one."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file, save_file

from app.database import Database
from app.domain.learning import Candidate
from app.learning.registry import Gate, Registry, write_manifest
from app.learning.registry.intents import IntentsMeasure
from app.learning.registry.searching import RankingMeasure
from app.served import ServedModels
from app.training.classifier import FittingParams
from app.training.intents import Example, Examples, train_intents
from app.training.remaking import remake_intents
from app.understanding import load_classifier
from index.disk import sha256_of
from index.text.language import detect

NUMBERS, FACTS = "model.safetensors", "model.json"
PARAMS = FittingParams(folds=2, buckets=2**13, vector_steps=40, word_steps=12)
Rows = Sequence[tuple[str, str]]


class Remembering:
    """An embedder that embeds each text once, however many classifiers are trained on it."""

    def __init__(self, embedder: Any) -> None:
        self._embedder = embedder
        self._known: dict[str, Any] = {}

    @property
    def embedder_id(self) -> str:
        return self._embedder.embedder_id

    @property
    def dimension(self) -> int:
        return self._embedder.dimension

    def embed_queries(self, texts: Sequence[str]) -> Any:
        missing = sorted({text for text in texts if text not in self._known}, key=len)
        for start in range(0, len(missing), 64):
            some = missing[start : start + 64]
            self._known.update(zip(some, self._embedder.embed_queries(some), strict=True))
        return np.stack([self._known[text] for text in texts])


@dataclass
class Workshop:
    """Where honest and dishonest candidates are made, and a registry that does not know which is which."""

    folder: Path
    embedder: Remembering
    pool: Rows
    """Labelled messages to train on."""
    fixed: Path
    """Labelled messages that decide."""
    weak: float = 0.12
    """Share of the pool that the first model was trained on."""
    registry: Registry = field(init=False)
    made: int = 0

    def __post_init__(self) -> None:
        weak = self.fit("weak", share(self.pool, self.weak, seed=1))
        searching = Searching(self.embedder, self.folder)
        gates = {
            "intents": Gate(
                IntentsMeasure(
                    self.embedder,
                    lambda: load_classifier(weak.folder, embedder_id=None),
                    fixed_set=[self.fixed],
                    retrain=remake_intents(lambda: self.embedder),
                )
            ),
            "embedder": Gate(searching.measure()),
        }
        models = ServedModels(Database.in_file(self.folder / "kefu.sqlite"), self.folder / "models")
        self.registry = Registry(models, self.folder / "models", gates.__getitem__)

    def fixed_rows(self) -> Rows:
        return read_rows(self.fixed)

    def fit(self, name: str, rows: Rows, *, seed: int = 7, told: Rows | None = None, **lineage: Any) -> Candidate:
        """Train on `rows`; the record says `told` where that is given."""
        self.made += 1
        folder = self.folder / f"{self.made:02d}-{name}"
        params = replace(PARAMS, seed=seed)
        examples = Examples(tuple(Example(*row) for row in dict(rows).items()), 0, (), "")
        train_intents(examples, self.embedder, params=params).write(folder)
        data = write_rows(folder / "data" / "train.jsonl", rows if told is None else told)
        record = {
            "data": [{"path": str(data), "sha256": sha256_of(data), "until": "2026-11-20"}],
            "seed": seed,
            "code": "1.0",
            "parents": [],
            "base": self.embedder.embedder_id,
            "params": asdict(params),
            "weights": {NUMBERS: sha256_of(folder / NUMBERS)},
        }
        made = Candidate("intents", folder, datetime.now(UTC), {**record, **lineage})
        write_manifest(made)
        return made

    def copy(self, made: Candidate, name: str, **lineage: Any) -> Candidate:
        """The same candidate in another folder, to be spoiled there."""
        self.made += 1
        folder = self.folder / f"{self.made:02d}-{name}"
        shutil.copytree(made.folder, folder)
        return Candidate(made.kind, folder, made.created_at, {**made.lineage, **lineage}, made.metrics)


class Searching:
    """Questions of a shop and the sentences that answer them, searched by vectors with an adapter of the question."""

    CORPUS = Path("app/training/corpora/outdoor/questions.jsonl")

    def __init__(self, embedder: Remembering, folder: Path) -> None:
        rows = [json.loads(line) for line in self.CORPUS.read_text(encoding="utf-8").splitlines()]
        rows = [row for row in rows if row["evidence"]]
        self.embedder, self.folder = embedder, folder
        self.quotes = sorted({item["quote"] for row in rows for item in row["evidence"]})
        self.fixed = folder / "search.jsonl"
        self.fixed.write_text(
            "".join(
                json.dumps({"text": row["text"], "right": [item["quote"] for item in row["evidence"]]}) + "\n"
                for row in rows
            ),
            encoding="utf-8",
        )

    def measure(self) -> RankingMeasure:
        return RankingMeasure(
            "embedder",
            self.search_with,
            fixed_set=[self.fixed],
            base=self.embedder.embedder_id,
            dimension=self.embedder.dimension,
        )

    def search_with(self, folder: Path | None) -> Callable[[str], Sequence[str]]:
        stored = self.embedder.embed_queries(self.quotes)
        down, up = adapter_of(folder) if folder is not None else (None, None)

        def search(text: str) -> Sequence[str]:
            row = self.embedder.embed_queries([text])[0]
            if down is not None and up is not None:
                row = row + up @ (down @ row)
            return [self.quotes[at] for at in np.argsort(-(stored @ row), kind="stable")[:5]]

        return search


def adapter_of(folder: Path) -> tuple[Any, Any]:
    stored = load_file(folder / "adapter.safetensors")
    return stored["down"], stored["up"]


def read_rows(path: Path) -> Rows:
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return [(row["text"], row["intent"]) for row in rows]


def write_rows(path: Path, rows: Rows) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps({"text": text, "intent": intent}, ensure_ascii=False) for text, intent in rows)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def share(rows: Rows, part: float, *, seed: int) -> Rows:
    """A part of each label's messages, two at least."""
    chance = random.Random(seed)
    by_label: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        by_label.setdefault(row[1], []).append(row)
    return [row for some in by_label.values() for row in chance.sample(some, max(2, round(part * len(some))))]


# What is done to a candidate. Each gives the candidate and the code of the true reason.

Sabotage = Callable[[Workshop, Candidate], tuple[Candidate, str]]


def shuffled_labels(shop: Workshop, _: Candidate) -> tuple[Candidate, str]:
    rows = share(shop.pool, 0.5, seed=3)
    labels = [intent for _, intent in rows]
    random.Random(3).shuffle(labels)
    return shop.fit("shuffled", [(row[0], label) for row, label in zip(rows, labels, strict=True)]), "learned_nothing"


def all_names_turned(shop: Workshop, good: Candidate) -> tuple[Candidate, str]:
    made = shop.copy(good, "turned")
    return change_facts(made, lambda told: told | {"labels": told["labels"][1:] + told["labels"][:1]}), "labels_swapped"


def some_names_swapped(shop: Workshop, good: Candidate) -> tuple[Candidate, str]:
    made = shop.copy(good, "swapped")

    def swap(told: dict[str, Any]) -> dict[str, Any]:
        labels = list(told["labels"])
        for one, other in (("refund_status", "order_status"), ("cancel_order", "return_request"), ("pickup", "thanks"),
                           ("parcel_late", "parcel_lost"), ("invoice_request", "warranty_claim")):  # fmt: skip
            here, there = labels.index(one), labels.index(other)
            labels[here], labels[there] = labels[there], labels[here]
        return told | {"labels": labels}

    return change_facts(made, swap), "labels_swapped"


def names_swapped_in_chinese(shop: Workshop, _: Candidate) -> tuple[Candidate, str]:
    rows = share(shop.pool, 0.5, seed=5)
    names = sorted({intent for _, intent in rows} - {"out_of_scope"})
    next_of = dict(zip(names, names[1:] + names[:1], strict=True)) | {"out_of_scope": "out_of_scope"}
    turned = [(text, next_of[intent] if detect(text) == "zh" else intent) for text, intent in rows]
    return shop.fit("chinese", turned), "labels_swapped"


def english_alone(shop: Workshop, _: Candidate) -> tuple[Candidate, str]:
    return shop.fit("english", [row for row in shop.pool if detect(row[0]) == "en"]), "worse_language"


def chinese_alone(shop: Workshop, _: Candidate) -> tuple[Candidate, str]:
    return shop.fit("chinese-alone", [row for row in shop.pool if detect(row[0]) == "zh"]), "worse_language"


def trained_on_the_test(shop: Workshop, _: Candidate) -> tuple[Candidate, str]:
    return shop.fit("test", [*share(shop.pool, 0.3, seed=6), *shop.fixed_rows()]), "data_leaked"


def trained_on_the_test_reworded(shop: Workshop, _: Candidate) -> tuple[Candidate, str]:
    reworded = [(f"{text.upper()} !", intent) for text, intent in shop.fixed_rows()[::4]]
    return shop.fit("reworded", [*share(shop.pool, 0.4, seed=6), *reworded]), "data_leaked"


def trained_on_the_test_in_secret(shop: Workshop, _: Candidate) -> tuple[Candidate, str]:
    clean = share(shop.pool, 0.3, seed=6)
    return shop.fit("secret", [*clean, *shop.fixed_rows()], told=clean), "data_remembered"


def trained_on_other_data(shop: Workshop, _: Candidate) -> tuple[Candidate, str]:
    return shop.fit(
        "other-data", share(shop.pool, 0.9, seed=8), told=share(shop.pool, 0.35, seed=9)
    ), "not_reproducible"


def cut_file(shop: Workshop, good: Candidate) -> tuple[Candidate, str]:
    made = shop.copy(good, "cut")
    body = (made.folder / NUMBERS).read_bytes()
    (made.folder / NUMBERS).write_bytes(body[: len(body) * 2 // 3])
    return made, "file_truncated"


def no_weights_at_all(shop: Workshop, good: Candidate) -> tuple[Candidate, str]:
    made = shop.copy(good, "page", weights={})
    (made.folder / NUMBERS).write_bytes(b"<html><body>404 not found</body></html>" * 40)
    return made, "file_damaged"


def broken_numbers(shop: Workshop, good: Candidate) -> tuple[Candidate, str]:
    made = shop.copy(good, "nan")
    return change_numbers(made, lambda parts: parts | {"vectors": with_nan(parts["vectors"])}), "values_broken"


def zeros(shop: Workshop, good: Candidate) -> tuple[Candidate, str]:
    made = shop.copy(good, "zeros")
    return change_numbers(made, lambda parts: parts | {"vectors": np.zeros_like(parts["vectors"])}), "weights_empty"


def other_dimension(shop: Workshop, good: Candidate) -> tuple[Candidate, str]:
    made = shop.copy(good, "narrow")
    cut = {"vectors": lambda rows: rows[:-64], "known": lambda rows: rows[:, :-64]}
    return change_numbers(
        made, lambda parts: {name: cut.get(name, np.asarray)(rows) for name, rows in parts.items()}
    ), "shape_wrong"


def other_embedder(shop: Workshop, good: Candidate) -> tuple[Candidate, str]:
    made = shop.copy(good, "embedder", base="bge-small-zh@00000000")
    return change_facts(made, lambda told: told | {"embedder": "bge-small-zh@00000000"}), "base_wrong"


def always_the_same(shop: Workshop, good: Candidate) -> tuple[Candidate, str]:
    made = shop.copy(good, "constant")

    def lean(parts: dict[str, Any]) -> dict[str, Any]:
        bias = parts["vector_bias"].copy()
        bias[3] += 1000
        return parts | {"vector_bias": bias}

    return change_numbers(made, lean), "output_constant"


def no_record(shop: Workshop, good: Candidate) -> tuple[Candidate, str]:
    made = shop.copy(good, "orphan")
    return Candidate(made.kind, made.folder, made.created_at, {}), "lineage_missing"


def no_seed(shop: Workshop, good: Candidate) -> tuple[Candidate, str]:
    return shop.copy(good, "unseeded", seed=None), "lineage_missing"


def false_hash(shop: Workshop, good: Candidate) -> tuple[Candidate, str]:
    return shop.copy(good, "false-hash", weights={NUMBERS: "0" * 64}), "hash_false"


def one_bit_turned(shop: Workshop, good: Candidate) -> tuple[Candidate, str]:
    made = shop.copy(good, "bit", weights={})
    body = bytearray((made.folder / NUMBERS).read_bytes())
    body[-1000] ^= 1
    (made.folder / NUMBERS).write_bytes(bytes(body))
    return made, "hash_false"


def old_data(shop: Workshop, good: Candidate) -> tuple[Candidate, str]:
    rows = [{**row, "until": "2025-03-31"} for row in good.lineage["data"]]
    return shop.copy(good, "old", data=rows), "data_stale"


def data_gone(shop: Workshop, good: Candidate) -> tuple[Candidate, str]:
    rows = [{"path": "elsewhere.jsonl", "sha256": "1" * 64}]
    return shop.copy(good, "gone", data=rows), "data_missing"


def other_kind(shop: Workshop, good: Candidate) -> tuple[Candidate, str]:
    made = shop.copy(good, "mood", weights={})
    for name in (NUMBERS, FACTS):
        shutil.copyfile(Path("app/understanding/data/sentiment") / name, made.folder / name)
    return made, "labels_missing"


def huge(shop: Workshop, good: Candidate) -> tuple[Candidate, str]:
    made = shop.copy(good, "huge")
    pad = {"ballast": np.ones((9000, 2048), np.float32)}
    return change_numbers(made, lambda parts: parts | pad), "file_too_large"


def the_serving_one_again(shop: Workshop, _: Candidate) -> tuple[Candidate, str]:
    state = shop.registry.models.state("intents")
    record = shop.registry.get(str(state.candidate_id))
    shop.made += 1
    folder = shop.folder / f"{shop.made:02d}-again"
    shutil.copytree(shop.registry.models.folder_of(record.candidate_id), folder)
    return Candidate("intents", folder, record.created_at, record.lineage), "not_better"


def collapsed_adapter(shop: Workshop, _: Candidate) -> tuple[Candidate, str]:
    chance = np.random.default_rng(1)
    width = shop.embedder.dimension
    mean = shop.embedder.embed_queries([text for text, _ in shop.pool[:50]]).mean(axis=0)
    down = mean[None, :].astype(np.float32)  # answers to every question alike …
    up = 100 * chance.normal(size=(width, 1)).astype(np.float32)  # … with one large step aside
    return adapter(shop, "collapsed", down, up), "output_constant"


def random_adapter(shop: Workshop, _: Candidate) -> tuple[Candidate, str]:
    chance = np.random.default_rng(2)
    width = shop.embedder.dimension
    down, up = chance.normal(size=(16, width)), 0.05 * chance.normal(size=(width, 16))
    return adapter(shop, "random", down.astype(np.float32), up.astype(np.float32)), "worse"


def adapter_of_another_base(shop: Workshop, _: Candidate) -> tuple[Candidate, str]:
    down, up = small_adapter(shop.embedder.dimension)
    return adapter(shop, "foreign", down, up, base="bge-m3@12345678"), "base_wrong"


def adapter_of_another_width(shop: Workshop, _: Candidate) -> tuple[Candidate, str]:
    return adapter(shop, "wide", *small_adapter(1024)), "shape_wrong"


def adapter_with_infinities(shop: Workshop, _: Candidate) -> tuple[Candidate, str]:
    down, up = small_adapter(shop.embedder.dimension)
    up[3, 1] = np.inf
    return adapter(shop, "infinite", down, up), "values_broken"


SABOTAGES: tuple[Sabotage, ...] = (
    shuffled_labels, all_names_turned, some_names_swapped, names_swapped_in_chinese, english_alone, chinese_alone,
    trained_on_the_test, trained_on_the_test_reworded, trained_on_the_test_in_secret, trained_on_other_data, cut_file,
    no_weights_at_all, broken_numbers, zeros, other_dimension, other_embedder, always_the_same, no_record, no_seed,
    false_hash, one_bit_turned, old_data, data_gone, other_kind, huge, the_serving_one_again, collapsed_adapter,
    random_adapter, adapter_of_another_base, adapter_of_another_width, adapter_with_infinities,
)  # fmt: skip


def small_adapter(width: int) -> tuple[Any, Any]:
    chance = np.random.default_rng(4)
    down, up = chance.normal(size=(4, width)), 0.001 * chance.normal(size=(width, 4))
    return down.astype(np.float32), up.astype(np.float32)


def adapter(shop: Workshop, name: str, down: Any, up: Any, *, base: str | None = None) -> Candidate:
    shop.made += 1
    folder = shop.folder / f"{shop.made:02d}-{name}"
    data = write_rows(folder / "data" / "clicks.jsonl", [("how long does a gas stove last", "x")])
    save_file({"down": down, "up": up}, folder / "adapter.safetensors")
    record = {"data": {str(data): sha256_of(data)}, "seed": 1, "code": "1.0", "parents": [],
              "base": base or shop.embedder.embedder_id}  # fmt: skip
    return Candidate("embedder", folder, datetime.now(UTC), record)


def with_nan(values: Any) -> Any:
    spoiled = values.copy()
    spoiled[5, 5:9] = np.nan
    return spoiled


def change_facts(made: Candidate, change: Callable[[dict[str, Any]], Mapping[str, Any]]) -> Candidate:
    path = made.folder / FACTS
    path.write_text(json.dumps(dict(change(json.loads(path.read_text(encoding="utf-8"))))), encoding="utf-8")
    return made


def change_numbers(made: Candidate, change: Callable[[dict[str, Any]], Mapping[str, Any]]) -> Candidate:
    """Change weights as one who is careful: both hashes are made to fit."""
    path = made.folder / NUMBERS
    parts = {name: np.ascontiguousarray(values) for name, values in change(load_file(path)).items()}
    save_file(parts, path)
    change_facts(made, lambda told: told | {"sha256": sha256_of(path)})
    return Candidate(
        made.kind, made.folder, made.created_at, {**made.lineage, "weights": {NUMBERS: sha256_of(path)}}, made.metrics
    )


def labelled(paths: Iterable[Path]) -> Rows:
    return [row for path in paths for row in read_rows(path)]
