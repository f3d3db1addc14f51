"""A small world to import, and a whole graph as facts that can be compared."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from graph.clock import Clock, utc_now
from graph.connection import Graph
from graph.importing import BUNDLED, ImportProgress, ImportSummary, Silent, import_folder
from tests.support.emptying import ask

REGULATIONS = "id,name,source\neu-14,EU list,Annex II\n"
ALLERGENS = """id,name,part_of,source
milk,Milk,,Annex II
egg,Eggs,,Annex II
tree-nuts,Tree nuts,,Annex II
almond,Almond,tree-nuts,Annex II
"""
LISTINGS = """regulation,allergen,name,entry,text,source
eu-14,milk,Milk,7,milk and lactose,Annex II (7)
eu-14,egg,Eggs,3,,Annex II (3)
eu-14,tree-nuts,Nuts,8,,Annex II (8)
eu-14,almond,Almonds,8,,Annex II (8)
"""
EXEMPTIONS = """regulation,allergen,ingredient,text,source
eu-14,milk,,lactitol,Annex II (7)(b)
eu-14,milk,gin,whey for distillates,Annex II (7)(a)
"""
FLAVORS = "id,name,part_of\ncitrus,Citrus,\nlemony,Lemony,citrus\n"
STYLES = "id,name,part_of\nsour,Sour,\n"
INGREDIENTS = """id,name,synonyms,is_a,made_of,flavors,reviewed,source
dairy,Dairy,,,,,true,test
cream,Cream,heavy cream|single cream,dairy,,,true,test
irish-cream,Irish cream,,,cream,,true,test
lemon-juice,Lemon juice,,,,lemony,true,test
gin,Gin,london gin,,,,true,test
syrup,Syrup,sugar syrup,,,,true,test
orgeat,Orgeat,almond syrup,,,,true,test
"""
EVIDENCE = """subject_type,subject,allergen,status,source,observed_at
ingredient,dairy,milk,contains,Annex II,2026-01-01
ingredient,orgeat,almond,contains,Annex II,2026-01-01
"""
DRINKS = """id,name,kind,style,producer,abv,price,flavors,recipe_complete,available_from
gimlet,Gimlet,cocktail,sour,House bar,20.5,9,citrus|lemony,true,2026-01-01
cream-gin,Cream gin,cocktail,sour,House bar,15,8,,true,
mystery,Mystery,cocktail,,,,,,true,
"""
RECIPES = """drink_id,ingredient,amount,unit,optional
gimlet,gin,50,ml,false
gimlet,Fresh Lemon Juice,20,ml,false
gimlet,Sugar syrup,10,ml,true
cream-gin,London Gin,40,ml,
cream-gin,heavy cream,20,ml,
mystery,gin,40,ml,
mystery,Unheard-of bitters,2,dash,
"""
DRINK_EVIDENCE = """subject_type,subject,allergen,status,source,observed_at
drink,gimlet,milk,absent,House bar,2026-02-01
drink,cream-gin,egg,may_contain,House bar,2026-02-01
"""
USERS = """id,allergies,avoids,likes,dislikes,regulation
ann,milk|almond:MILD:traces,dairy,citrus,gin,eu-14
ben,none,,sour|lemon juice,,
cat,,,,,
"""
INTERACTIONS = """event_id,user_id,drink_id,type,value,at,context_place
e1,ann,gimlet,purchase,2,2026-03-01T12:00:00Z,bar
e2,ann,gimlet,like,,1772366400,
,ben,cream-gin,view,,,
,ben,cream-gin,view,,,
e3,dan,mystery,rating,4.5,1772366400000,
e4,dan,gimlet,save,,,
e5,dan,gimlet,dislike,,,
"""
KNOWLEDGE = {
    "regulations": REGULATIONS,
    "allergens": ALLERGENS,
    "listings": LISTINGS,
    "exemptions": EXEMPTIONS,
    "flavors": FLAVORS,
    "styles": STYLES,
    "ingredients": INGREDIENTS,
    "allergen_evidence": EVIDENCE,
}
OPERATOR = {
    "drinks": DRINKS,
    "recipes": RECIPES,
    "allergen_evidence": DRINK_EVIDENCE,
    "users": USERS,
    "interactions": INTERACTIONS,
}


def write_tables(folder: Path, suffix: str = ".csv", **tables: str) -> Path:
    """Write CSV texts as tables in one of the formats; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in tables.items():
        if suffix == ".csv":
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
            continue
        rows = list(csv.DictReader(text.splitlines()))
        if suffix == ".jsonl":
            lines = (json.dumps(row, ensure_ascii=False) for row in rows)
            (folder / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
        else:
            pq.write_table(pa.Table.from_pylist(rows), folder / f"{name}.parquet")
    return folder


class Importer:
    """Imports CSV texts into one graph."""

    def __init__(
        self, graph: Graph, folder: Path, by: str = "a test", clock: Clock = utc_now
    ) -> None:
        self.by = by
        self.clock = clock
        self.graph = graph
        self.folder = folder
        self.count = 0

    async def knowledge(self, **changed: str) -> ImportSummary:
        """Import the small world's knowledge as the bundled data."""
        return await self(source=BUNDLED, **(KNOWLEDGE | changed))

    async def __call__(
        self,
        suffix: str = ".csv",
        source: str | None = None,
        progress: ImportProgress | None = None,
        **tables: str,
    ) -> ImportSummary:
        """Import tables."""
        self.count += 1
        folder = write_tables(self.folder / f"import-{self.count}", suffix, **tables)
        return await import_folder(
            self.graph,
            folder,
            mapping=None,
            rejects=self.folder / "rejects.csv",
            progress=progress or Silent(),
            source=source,
            by=self.by,
            clock=self.clock,
        )

    def rejects(self) -> list[tuple[str, int, str, str]]:
        """Return file, row, field and value of each reject of the last import."""
        path = self.folder / "rejects.csv"
        if not path.exists():
            return []
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert all(row["reason"] and isinstance(json.loads(row["raw"]), dict) for row in rows)
        return [(row["file"], int(row["row"]), row["field"], row["value"]) for row in rows]


async def dump(graph: Graph, *, counters: bool = True) -> tuple[set[str], list[str]]:
    """Return everything in the graph as texts.

    Without `counters`, leave out the versions, which count how many batches were needed, their
    marks, how often changes were held, and the changes, which name them; of the moment when
    somebody declared allergies only whether there is one is kept.
    """
    left_out = (
        set[str]() if counters else {*("changedAt", "version", "structureVersion", "marks", "held")}
    )

    def text(properties: dict[str, Any]) -> str:
        kept = {name: value for name, value in properties.items() if name not in left_out}
        if "allergiesDeclaredAt" in kept and not counters:
            kept["allergiesDeclaredAt"] = True
        for unordered in {"facts", "composition"} & kept.keys():
            kept[unordered] = sorted(kept[unordered])
        return json.dumps(kept, sort_keys=True)

    nodes = await ask(
        graph,
        "MATCH (node) RETURN labels(node)[0] AS label, properties(node) AS properties",
        "read",
    )
    links = await ask(
        graph,
        "MATCH (start)-[link]->(end) RETURN labels(start)[0] AS one, start.id AS startId, "
        "type(link) AS type, labels(end)[0] AS other, end.id AS endId, "
        "properties(link) AS properties",
        "read",
    )
    return (
        {
            f"{row['label']} {text(row['properties'])}"
            for row in nodes
            if counters or row["label"] != "Change"
        },
        sorted(
            f"{row['one']} {row['startId']} {row['type']} {row['other']} {row['endId']} "
            f"{text(row['properties'])}"
            for row in links
            if counters or row["one"] != "Change"
        ),
    )


async def links(graph: Graph, kind: str) -> set[tuple[str, str]]:
    """Return the (start id, end id) of all relationships of a type."""
    rows = await ask(
        graph,
        f"MATCH (start)-[link:{kind}]->(end) RETURN start.id AS startId, end.id AS endId",
        "read",
    )
    return {(row["startId"], row["endId"]) for row in rows}


async def values(graph: Graph, label: str, name: str) -> dict[str, Any]:
    """Return one property of all nodes of a label, by id."""
    rows = await ask(
        graph, f"MATCH (node:{label}) RETURN node.id AS id, node.{name} AS value", "read"
    )
    return {row["id"]: row["value"] for row in rows}
