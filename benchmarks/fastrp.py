"""FastRP of Neo4j's Graph Data Science as a rival, on a real Neo4j (needs Java 17 and Maven).

    python -m benchmarks.fastrp DATA [--sets NAME ...] [--keep FOLDER]

Vectors come from the training part's graph of people and drinks. Two rows: the drinks of the
people whose vectors are nearest by cosine (all of them compared: what gds.knn approximates), and
the cosine of person and drink itself. Settings are chosen on the validation part, like those of
`benchmarks.rivals`, which prints the table with the model from what --keep wrote.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import neo4j
import numpy as np
import psutil
from scipy import sparse
from threadpoolctl import threadpool_limits

from benchmarks.gds.server import GdsServer
from benchmarks.quality import DATA_SETS
from benchmarks.recommenders.histories import Histories, Rival, Settings, Stage, largest
from benchmarks.recommenders.keeping import keep, place
from benchmarks.recommenders.tuning import tuned
from benchmarks.rivals import HEAD, SETS, line
from embeddings.data.dataset import FloatArray, IntArray
from embeddings.data.splitting import split
from embeddings.serving.blocks import unit

_HERE = Path(__file__).parent / "gds"
_DROP, _PROJECT, _FAST_RP = (
    (_HERE / f"{name}.cypher").read_text() for name in ("drop_pairs", "project_pairs", "fast_rp")
)
_AXES = {
    "iteration weights": ("0 1", "1 1", "0 1 1", "1 1 1", "0 1 1 1", "0 0 1 1", "0 0 1"),
    "normalization": (0.0, -0.9, -0.5, -0.25, 0.25, 0.5),
    "dimensions": (256, 512, 1024),
}


@dataclass
class FastRp:
    """The procedure, on a server's graph in memory."""

    session: neo4j.Session
    projected: Histories | None = None

    def near_people(self, histories: Histories, settings: Settings) -> Iterator[Stage]:
        """The drinks of the nearest people, each weighing cosine ** power."""
        first_person = histories.shape[1]
        vectors = self._vectors(histories, settings, first_person)[first_person:]
        known: dict[tuple[int, int], sparse.csr_array] = {}

        def nearest(people: IntArray) -> sparse.csr_array:
            key = int(people[0]), people.size
            if key not in known:
                alike = np.maximum(vectors[people] @ vectors.T, 0.0)
                alike[np.arange(people.size), people] = 0.0
                known[key] = largest(_sparse(alike, 500), 500)
            return known[key]

        for neighbours, power in itertools.product((20, 50, 150, 500), (1.0, 4.0)):

            def score(
                people: IntArray, count: int = neighbours, power: float = power
            ) -> FloatArray:
                near = largest(nearest(people), count)
                near.data **= power
                return (near @ histories.had).toarray().astype(np.float32)

            yield Stage(
                "GDS FastRP, nearest people", {"neighbours": neighbours, "power": power}, score
            )

    def near_drinks(self, histories: Histories, settings: Settings) -> Iterator[Stage]:
        """The cosine of a person's vector and a drink's."""
        vectors = self._vectors(histories, settings, 0)
        drinks, people = np.split(vectors, [histories.shape[1]])
        yield Stage("GDS FastRP, person to drink", {}, lambda rows: people[rows] @ drinks.T)

    def _vectors(self, histories: Histories, settings: Settings, first: int) -> FloatArray:
        """Return unit vectors of drinks, then people; zeros for who is not in the graph.

        Those of nodes before `first` are not asked for, and zeros too.
        """
        self._project(histories)
        vectors = np.zeros((sum(histories.shape), int(settings["dimensions"])), dtype=np.float32)
        weights = [float(weight) for weight in str(settings["iteration weights"]).split()]
        for record in self.session.run(
            _FAST_RP,
            first=first,
            dimensions=vectors.shape[1],
            iterationWeights=weights,
            normalization=settings["normalization"],
        ):
            vectors[record["node"]] = record["vector"]
        return unit(vectors)

    def _project(self, histories: Histories) -> None:
        if self.projected is not histories:
            pairs = np.column_stack(
                (histories.pairs.user + histories.shape[1], histories.pairs.drink)
            )
            self.session.run(_DROP).consume()
            self.session.run(_PROJECT, pairs=pairs.tolist()).consume()
            self.projected = histories


def _sparse(alike: FloatArray, count: int) -> sparse.csr_array:
    """Drop what is surely not among the `count` largest of a row."""
    if count < alike.shape[1]:
        floor = np.partition(alike, -count, axis=1)[:, -count][:, None]
        alike[alike < floor] = 0.0
    return sparse.csr_array(alike)


def main() -> None:
    """Print the rows of each data set, without the model."""
    options = argparse.ArgumentParser()
    options.add_argument("data", type=Path)
    options.add_argument("--sets", nargs="+", default=SETS, choices=DATA_SETS)
    options.add_argument("--keep", type=Path)
    chosen = options.parse_args()
    print(HEAD)
    with (
        tempfile.TemporaryDirectory() as folder,
        GdsServer(Path(folder) / "neo4j") as server,
        neo4j.GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as driver,
        driver.session() as session,
        threadpool_limits(1),
    ):
        fast_rp, process = FastRp(session), psutil.Process(server.pid)

        def clock() -> float:
            there = process.cpu_times()
            return time.process_time() + there.user + there.system

        rivals = (
            Rival("GDS FastRP, nearest people", _AXES, fast_rp.near_people),
            Rival("GDS FastRP, person to drink", _AXES, fast_rp.near_drinks),
        )
        for name in chosen.sets:
            parts = split(DATA_SETS[name](chosen.data), 0)
            inner = split(parts.train, 1)
            for rival in rivals:
                if chosen.keep and place(chosen.keep, name, rival.name).exists():
                    continue
                for trial in tuned(rival, parts, inner, clock):
                    print(line(name, trial, None), flush=True)
                    if chosen.keep:
                        keep(chosen.keep, name, parts.holdout, trial)


if __name__ == "__main__":
    main()
