"""Files that are made from the code."""

from __future__ import annotations

import click

from service.cli import generate
from service.cli.common import fail, json_option, print_json


@click.command(name="generate")
@click.option("--check", is_flag=True, help="Only say whether they are up to date.")
@json_option("Print as JSON which were stale.")
def generate_files(check: bool, as_json: bool) -> None:
    """Generate the files made from the code: query index, event schemas, GraphQL schema."""
    stale = [
        path
        for path, text in generate.generated().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    if as_json:
        print_json({"stale": [path.name for path in stale], "written": not check})
    if check and stale:
        fail(f"Out of date: {', '.join(path.name for path in stale)}. Run tastegraph generate.")
    for path in stale:
        path.write_text(generate.generated()[path], encoding="utf-8")
