"""The file of trusted documents."""

from __future__ import annotations

from pathlib import Path

import click

from gql.schema import faults_of
from graph.counting import counted
from service.cli.common import console, json_option, print_json
from service.cli.output.writing import write_json
from service.http.trusted_documents import DocumentsRefused, document_id, texts_of


@click.command(name="documents")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--to",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("documents.json"),
    show_default=True,
    help="The file to write.",
)
@json_option()
def trust_documents(files: tuple[Path, ...], target: Path, as_json: bool) -> None:
    """Check operations against the schema, and write them as trusted documents."""
    texts: dict[str, str] = {}
    for path in files:
        for text in _texts(path):
            faults = faults_of(text)
            if faults:
                raise DocumentsRefused(f"{path}: {faults[0]}", "Nothing was written.")
            texts[document_id(text)] = text
    write_json(target, dict(sorted(texts.items())))
    documents = counted(len(texts), "document is", "documents are")
    console.print(f"{documents} in {target}; serve with TASTEGRAPH_DOCUMENTS.")
    if as_json:
        print_json({"file": str(target), "documents": sorted(texts)})


def _texts(path: Path) -> list[str]:
    """Return the documents of a file: one of GraphQL, or many of a JSON file by their SHA-256."""
    if path.suffix == ".json":
        return texts_of(path)
    try:
        return [path.read_text(encoding="utf-8")]
    except UnicodeDecodeError as error:
        raise DocumentsRefused(f"{path} is not text.") from error
