"""The page that lists every query file; `tastegraph generate` writes it."""

from __future__ import annotations

from importlib import resources

from graph.query import Query
from graph.query_files import load

_FOLDERS = {
    "catalogue": "What drinks are, and how that changes",
    "people": "What people declare and do",
    "capture": "Rows of a shop's own database, as change data capture has them",
    "changes": "What was changed, by whom, and whom it concerns",
    "recommend": "What one request asks",
    "training": "What a model learns from, and which model ranks",
    "privacy": "What a person can see and erase",
    "experiments": "What experiments are, who is in them, and what came of it",
    "audience": "What people were asked, their segments, and what was triggered",
    "outbox": "What others are told of, and how far",
    "access": "Keys of programs for the API",
    "engine": "What the service keeps about the graph itself",
    "export": "The whole graph, for other tools",
    "analytics": "Questions for people",
}


def _query_names() -> list[str]:
    """Return the names of all query files outside `schema/`, in order."""
    root = resources.files("cypher")
    return sorted(
        f"{folder.name}/{file.name.removesuffix('.cypher')}"
        for folder in root.iterdir()
        if folder.is_dir() and folder.name in _FOLDERS
        for file in folder.iterdir()
        if file.name.endswith(".cypher")
    )


def query_index() -> str:
    """Return the page that lists every query file with its title, parameters and columns."""
    lines = [
        "# The queries",
        "",
        "Every query that the service sends, one per file. To run one yourself, copy its `:param`",
        "lines into Neo4j Browser or cypher-shell, then paste the file whole. This page is made by",
        "`tastegraph generate` from the files' headers.",
    ]
    queries = [load(name) for name in _query_names()]
    for folder, title in _FOLDERS.items():
        group = [query for query in queries if query.name.startswith(f"{folder}/")]
        if group:
            lines += ["", f"## {folder}: {title}", "", "| file | what | mode | parameters |"]
            lines += ["|---|---|---|---|", *(_row(query) for query in group)]
    return "\n".join(lines) + "\n"


def _row(query: Query) -> str:
    file = query.name.split("/")[1]
    title = query.text.splitlines()[0].removeprefix("// ").replace("|", "\\|")
    parameters = ", ".join(f"`{name}`" for name in query.parameters) or "-"
    return f"| [{file}]({query.name}.cypher) | {title} | {query.mode} | {parameters} |"
