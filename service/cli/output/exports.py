"""Writing the graph for other tools: networkx, GraphML, Parquet, CSV."""

# pyarrow and networkx ship no complete types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

import csv
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import networkx as nx
import pyarrow as pa
import pyarrow.parquet as pq

from graph.analytics.graph_export import GraphReader, Node, Relationship
from graph.errors import ExportRefused
from graph.legible import for_spreadsheet
from service.cli.output.answers import column

FORMATS = ("networkx", "graphml", "parquet", "csv")
MANIFEST = "manifest.json"
# Long lists of numbers, which GraphML and CSV cannot express well.
VECTORS = frozenset({"embedding"})

Row = dict[str, Any]
Advance = Callable[[str, int], None]


@dataclass
class Tables:
    """The graph as rows: of nodes by label, of relationships by type."""

    nodes: dict[str, list[Row]] = field(default_factory=dict[str, list[Row]])
    relationships: dict[str, list[Row]] = field(default_factory=dict[str, list[Row]])

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """The numbers of nodes by label and of relationships by type."""
        return {
            "nodes": {name: len(rows) for name, rows in self.nodes.items()},
            "relationships": {name: len(rows) for name, rows in self.relationships.items()},
        }


async def read_tables(reader: GraphReader, advance: Advance) -> Tables:
    """Read everything; `advance` is called for each row with the number so far."""
    tables = Tables()
    async for node in reader.nodes():
        tables.nodes.setdefault(node.label, []).append(_node_row(node))
        advance("nodes", 1)
    async for relationship in reader.relationships():
        tables.relationships.setdefault(relationship.type, []).append(
            _relationship_row(relationship)
        )
        advance("relationships", 1)
    return tables


def _node_row(node: Node) -> Row:
    return {"id": node.id, **node.properties}


def _relationship_row(relationship: Relationship) -> Row:
    ends = {"fromLabel": relationship.from_label, "from": relationship.from_id}
    return {
        **ends,
        "toLabel": relationship.to_label,
        "to": relationship.to_id,
        **relationship.properties,
    }


def write_tables(
    tables: Tables, form: str, folder: Path, about: Mapping[str, Any], *, raw: bool = False
) -> list[Path]:
    """Write the graph into a new folder, whole or not at all; return its files.

    Unless `raw`, csv has no text that a spreadsheet would run. Raises ExportRefused where the
    folder holds something already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ExportRefused(f"{folder} already exists and is not empty.", "Name a new folder.")
    if not folder.parent.is_dir():
        raise ExportRefused(f"There is no folder {folder.parent}.", "Create it first.")
    beside = Path(tempfile.mkdtemp(prefix=".export-", dir=folder.parent))
    try:
        _WRITERS["raw csv" if raw and form == "csv" else form](tables, beside)
        manifest = json.dumps({"format": form, **about, **tables.counts}, indent=2)
        (beside / MANIFEST).write_text(f"{manifest}\n", encoding="utf-8")
        if folder.exists():
            folder.rmdir()
        beside.replace(folder)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    folder.chmod(0o700)  # the export is its owner's to share
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _write_parquet(tables: Tables, folder: Path) -> None:
    for path, rows in _files(tables, folder, "parquet"):
        columns = {name: column([row.get(name) for row in rows]) for name in _names(rows)}
        pq.write_table(pa.table(columns), path)


def _write_csv(tables: Tables, folder: Path) -> None:
    _write_cells(tables, folder, for_spreadsheet)


def _write_raw_csv(tables: Tables, folder: Path) -> None:
    _write_cells(tables, folder, lambda value: value)


def _write_cells(tables: Tables, folder: Path, cell: Callable[[Any], Any]) -> None:
    for path, rows in _files(tables, folder, "csv"):
        names = [name for name in _names(rows) if name not in VECTORS]
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([cell(name) for name in names])
            writer.writerows([cell(_text(row.get(name))) for name in names] for row in rows)


def _files(tables: Tables, folder: Path, suffix: str) -> list[tuple[Path, list[Row]]]:
    """Return a file for each label and each type, with its rows; make their folders."""
    files: list[tuple[Path, list[Row]]] = []
    for part, groups in (("nodes", tables.nodes), ("relationships", tables.relationships)):
        (folder / part).mkdir()
        files += [(folder / part / f"{name}.{suffix}", rows) for name, rows in groups.items()]
    return files


def _names(rows: list[Row]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def _text(value: Any) -> Any:
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value).lower() if isinstance(value, bool) else value


def _write_networkx(tables: Tables, folder: Path) -> None:
    document = nx.node_link_data(as_networkx(tables), edges="edges")
    text = json.dumps(document, ensure_ascii=False, default=str)
    (folder / "graph.json").write_text(text, encoding="utf-8")


def _write_graphml(tables: Tables, folder: Path) -> None:
    nx.write_graphml(_plain(as_networkx(tables)), folder / "graph.graphml", named_key_ids=True)


def as_networkx(tables: Tables) -> nx.MultiDiGraph[str]:
    """Return the graph as a networkx graph.

    A node's key is like 'Drink:negroni', since ids are unique only within a label. Its label is in
    `entity`, the type of a relationship in `relationship`.
    """
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for label, rows in tables.nodes.items():
        for row in rows:
            graph.add_node(f"{label}:{row['id']}", entity=label, **row)
    for type_, rows in tables.relationships.items():
        for row in rows:
            ends = {"fromLabel", "from", "toLabel", "to"}
            properties = {name: value for name, value in row.items() if name not in ends}
            source, target = f"{row['fromLabel']}:{row['from']}", f"{row['toLabel']}:{row['to']}"
            # networkx takes a property 'key' for the key of parallel edges; we have none
            graph.add_edge(source, target, relationship=type_, **properties)
    return graph


def _plain(graph: nx.MultiDiGraph[str]) -> nx.MultiDiGraph[str]:
    """Return the graph as GraphML can hold it: one type per attribute, lists as texts, no null.

    `label` is what Gephi shows beside a node or an edge.
    """
    nodes = [data for _, data in graph.nodes(data=True)]
    edges = [data for _, _, data in graph.edges(data=True)]
    for parts, name in ((nodes, "name"), (edges, "relationship")):
        forms = _forms(parts)
        for data in parts:
            kept = {key: value for key, value in data.items() if _fits(key, value)}
            data.clear()
            data.update({key: forms[key](value) for key, value in kept.items()})
            data["label"] = str(data.get(name) or data.get("id", ""))
    return graph


def _fits(key: str, value: Any) -> bool:
    return value is not None and key not in VECTORS


def _forms(parts: list[dict[str, Any]]) -> dict[str, Callable[[Any], Any]]:
    """Return, for each attribute, what brings all its values to one type."""
    types: dict[str, Counter[type]] = {}
    for data in parts:
        for key, value in data.items():
            if _fits(key, value):
                types.setdefault(key, Counter())[type(value)] += 1
    return {key: _form(set(names)) for key, names in types.items()}


def _form(types: set[type]) -> Callable[[Any], Any]:
    if len(types) == 1 and (only := next(iter(types))) in (bool, int, float, str):
        return only
    if types == {int, float}:
        return float
    return lambda value: value if isinstance(value, str) else str(_text(value))


_WRITERS: dict[str, Callable[[Tables, Path], None]] = {
    "networkx": _write_networkx,
    "graphml": _write_graphml,
    "parquet": _write_parquet,
    "csv": _write_csv,
    "raw csv": _write_raw_csv,
}
