"""The ten best allowed drinks for a vector: the index against a plain scan, usearch and Neo4j.

python -m benchmarks.serving scan DRINKS DIM [--vectors random] [--allowed 0.5] [--threads 2]
python -m benchmarks.serving neo4j DRINKS DIM          (needs Java 17 and Maven)

usearch is measured where it is installed. Neo4j has no dot product, so there all vectors have
length 1. Recall is against the plain scan.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.training import generated
from embeddings.data.dataset import BoolArray, FloatArray
from embeddings.serving.blocks import unit
from embeddings.serving.encoder import Encoder, Taste
from embeddings.serving.index import DrinkIndex
from embeddings.serving.top_k import best
from embeddings.training.config import TrainingConfig
from embeddings.training.trainer import fit

K = 10
REQUESTS = 300
NEO4J_BATCH = 5_000

Search = Callable[[FloatArray], list[int]]


@dataclass(frozen=True)
class Case:
    """Drinks' vectors, people's vectors, and which drinks are allowed."""

    drinks: FloatArray
    people: FloatArray
    allowed: BoolArray

    @property
    def fetched(self) -> int:
        """How many to ask of an index that cannot filter: twice as many as should be needed."""
        return min(len(self.drinks), int(2 * K / max(float(self.allowed.mean()), 1e-9)))

    def filtered(self, rows: Any) -> list[int]:
        return [int(row) for row in rows if self.allowed[row]][:K]


def random_case(drinks: int, dim: int, share: float) -> Case:
    random = np.random.default_rng(0)
    vectors = unit(random.standard_normal((drinks, dim), dtype=np.float32))
    people = unit(random.standard_normal((REQUESTS, dim), dtype=np.float32))
    return Case(vectors, people, random.random(drinks) < share)


def trained_case(drinks: int, dim: int, share: float) -> Case:
    """Vectors learned from five events a drink, for people of the generated data."""
    graph = generated(max(1000, drinks // 3), drinks, drinks * 5)
    encoder = Encoder(fit(graph, TrainingConfig(hidden=dim, content_steps=0, threads=1)).artefact())
    random, events = np.random.default_rng(0), graph.events
    order = np.argsort(events.user, kind="stable")
    bounds = np.searchsorted(events.user[order], np.arange(len(graph.users) + 1))
    tastes = [
        Taste([graph.drinks[row] for row in events.drink[order[bounds[user] : bounds[user + 1]]]])
        for user in random.choice(len(graph.users), REQUESTS).tolist()
    ]
    return Case(encoder.vectors, encoder.user_vectors(tastes), random.random(drinks) < share)


def plain_scan(case: Case) -> tuple[Search, int]:
    def search(person: FloatArray) -> list[int]:
        scores = case.drinks @ person
        return best(np.where(case.allowed, scores, np.float32(-np.inf)), K).tolist()

    return search, case.drinks.nbytes


def our_index(case: Case) -> tuple[Search, int]:
    index = DrinkIndex(case.drinks)
    return lambda person: index.best(person, case.allowed, K)[0].tolist(), 2 * case.drinks.nbytes


def usearch_graph(case: Case) -> tuple[Search, int]:
    from usearch.index import Index

    index = Index(ndim=case.drinks.shape[1], metric="ip", dtype="f32")
    index.add(np.arange(len(case.drinks)), case.drinks, threads=1)
    size = int(index.memory_usage)
    return lambda vector: case.filtered(index.search(vector, case.fetched, threads=1).keys), size


def usearch_exact(case: Case) -> tuple[Search, int]:
    from usearch.index import MetricKind, search

    def nearest(person: FloatArray) -> list[int]:
        ip = MetricKind.IP
        return case.filtered(
            search(case.drinks, person, case.fetched, ip, exact=True, threads=1).keys
        )

    return nearest, case.drinks.nbytes


CONTESTANTS = {"plain scan": plain_scan, "the index": our_index}
if find_spec("usearch"):
    CONTESTANTS |= {"usearch, exact": usearch_exact, "usearch, HNSW": usearch_graph}


def measure(name: str, case: Case, search: Search, truth: list[list[int]], built: str) -> None:
    search(case.people[0])
    waits: list[float] = []
    busy: list[float] = []
    hits = short = 0
    for person, wanted in zip(case.people, truth, strict=True):
        began, at = time.perf_counter(), time.process_time()
        listed = search(person)
        waits.append((time.perf_counter() - began) * 1000)
        busy.append((time.process_time() - at) * 1000)
        hits += len(set(listed) & set(wanted))
        short += len(listed) < len(wanted)
    p50, p99 = np.percentile(waits, [50, 99])
    recall = hits / max(1, sum(len(rows) for rows in truth))
    print(
        f"| {name} | {p50:.2f} | {p99:.2f} | {np.median(busy):.2f} | {recall:.4f} | {short} | "
        f"{built} |",
        flush=True,
    )


def scan(case: Case) -> None:
    truth = [plain_scan(case)[0](person) for person in case.people]
    for name, make in CONTESTANTS.items():
        began = time.process_time()
        search, size = make(case)
        built = f"{time.process_time() - began:.1f} s | {size / 1e6:.0f} MB"
        measure(name, case, search, truth, built)


def batches(case: Case) -> Iterator[list[dict[str, object]]]:
    for start in range(0, len(case.drinks), NEO4J_BATCH):
        part = slice(start, start + NEO4J_BATCH)
        yield [
            {"row": start + place, "vector": vector, "allowed": bool(case.allowed[start + place])}
            for place, vector in enumerate(case.drinks[part].tolist())
        ]


@contextmanager
def neo4j_search(case: Case, folder: Path, fetched: int) -> Iterator[tuple[Search, float]]:
    """Yield a search in Neo4j's vector index, and the seconds of loading and building."""
    from neo4j import GraphDatabase

    from tests.servers.neo4j import Neo4jServer

    with (
        Neo4jServer(folder) as server,
        GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as driver,
        driver.session(database=server.database) as session,
    ):
        began = time.perf_counter()
        session.run(
            "CREATE VECTOR INDEX tastes FOR (d:Drink) ON d.vector OPTIONS {indexConfig: "
            "{`vector.dimensions`: $dim, `vector.similarity_function`: 'cosine', "
            "`vector.quantization.enabled`: false}}",
            dim=case.drinks.shape[1],
        ).consume()
        for rows in batches(case):
            session.run(
                "UNWIND $rows AS row CREATE (d:Drink {row: row.row, allowed: row.allowed}) "
                "WITH d, row CALL db.create.setNodeVectorProperty(d, 'vector', row.vector)",
                rows=rows,
            ).consume()
        session.run("CALL db.awaitIndexes(600)").consume()

        def search(person: FloatArray) -> list[int]:
            records = session.run(
                "CALL db.index.vector.queryNodes('tastes', $fetched, $vector) "
                "YIELD node, score WHERE node.allowed "
                "RETURN node.row AS row ORDER BY score DESC LIMIT $k",
                fetched=fetched,
                vector=person.tolist(),
                k=K,
            )
            return [record["row"] for record in records]

        yield search, time.perf_counter() - began


def neo4j(case: Case) -> None:
    case = Case(unit(case.drinks), case.people, case.allowed)
    truth = [plain_scan(case)[0](person) for person in case.people]
    measure("the index", case, our_index(case)[0], truth, "")
    with (
        tempfile.TemporaryDirectory() as name,
        neo4j_search(case, Path(name) / "neo4j", case.fetched) as (search, seconds),
    ):
        measure(f"Neo4j, {case.fetched} fetched", case, search, truth, f"{seconds:.0f} s")


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("what", choices=("scan", "neo4j"))
    arguments.add_argument("drinks", type=int)
    arguments.add_argument("dim", type=int)
    arguments.add_argument("--vectors", choices=("trained", "random"), default="trained")
    arguments.add_argument("--allowed", type=float, default=0.5)
    arguments.add_argument("--threads", type=int, default=1)
    chosen = arguments.parse_args()
    with threadpool_limits(chosen.threads):
        make = trained_case if chosen.vectors == "trained" else random_case
        case = make(chosen.drinks, chosen.dim, chosen.allowed)
        print(f"{chosen.drinks:,} x {chosen.dim}, {chosen.vectors}, {chosen.allowed:.0%} allowed")
        print("| | p50 ms | p99 ms | processor ms | recall@10 | too short | built | memory |")
        (scan if chosen.what == "scan" else neo4j)(case)


if __name__ == "__main__":
    main()
