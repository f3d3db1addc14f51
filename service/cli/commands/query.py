"""Asking the analysts' questions."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from events.audit.entry import Action
from graph.analytics.query_plans import Plan
from graph.analytics.questions import parameter_values, question, questions
from graph.analytics.run import QueryResult, ask, profile
from graph.counting import counted
from graph.legible import legible
from graph.query import Query
from service.cli.audited import on_record
from service.cli.common import console, fail, json_option, print_json, run, settings
from service.cli.output.answers import FORMATS, as_bytes, as_table
from service.cli.output.terminal import Terminal
from service.cli.output.writing import write_whole
from service.opening import open_graph

CHARTS = ("bar", "line", "scatter")
PICTURES = (".png", ".svg", ".html")


def _beginning(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """Return the questions that begin with a text, for a shell to complete."""
    return [question.name for question in questions() if question.name.startswith(begun)]


@click.command()
@click.argument("wanted", metavar="[QUESTION]", required=False, shell_complete=_beginning)
@click.option("--list", "listing", is_flag=True, help="List the questions.")
@click.option("--param", "given", multiple=True, metavar="NAME=VALUE", help="A parameter's value.")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help="Default: by the ending of --out, or table.",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The file to write.")
@click.option(
    "--raw", is_flag=True, help="In csv, leave texts as they are: a spreadsheet may run them."
)
@click.option("--limit", type=click.IntRange(1), help="How many rows at most.")
@click.option("--chart", type=click.Choice(CHARTS), help="Draw the rows into --out.")
@click.option("--x", help="The column along the axis, or of the bars' names; default the first.")
@click.option("--y", help="The column of numbers to draw; default the first with numbers.")
@click.option(
    "--profile", "profiled", is_flag=True, help="Show how the engine answers, and why it is slow."
)
@json_option("The same as --format json.")
@click.option("--timeout", default=60.0, show_default=True, type=click.FloatRange(0.1, 3600))
def query(
    wanted: str | None,
    listing: bool,
    given: tuple[str, ...],
    form: str | None,
    out: Path | None,
    raw: bool,
    limit: int | None,
    chart: str | None,
    x: str | None,
    y: str | None,
    profiled: bool,
    as_json: bool,
    timeout: float,
) -> None:
    """Ask the graph a question: by its name, or from a .cypher file of your own. Only reads."""
    if as_json and form not in (None, "json"):
        raise click.UsageError(f"Use either --json or --format {form}.")
    form = "json" if as_json else form
    if listing:
        return _list(form)
    if wanted is None:
        raise click.UsageError("Which question? See tastegraph query --list.")
    form = _form(form, out, chart)
    asked = question(wanted)
    values = parameter_values(asked, _pairs(given))
    if profiled:
        return _explain(asked, values, form, timeout)
    answer = _ask(asked, values, limit, timeout)
    if chart:
        content = _chart(answer, chart, x, y, out)
    else:
        content = b"" if form == "table" else as_bytes(answer, form, raw=raw)
    _hand_over(answer, content, out)
    _summarise(answer, out)


def _list(form: str | None) -> None:
    queries = questions()
    if form == "json":
        print_json([_described(query) for query in queries])
        return
    table = Table("question", "what it answers", "parameters", show_edge=False)
    for query in queries:
        parameters = ", ".join(f"{name}={value}" for name, value in query.parameters.items())
        table.add_row(query.name, _heading(query), parameters)
    _stdout().print(table)


def _heading(query: Query) -> str:
    return query.text.splitlines()[0].removeprefix("// ")


def _described(query: Query) -> dict[str, Any]:
    return {
        "name": query.name,
        "title": _heading(query),
        "description": query.description,
        "parameters": dict(query.parameters),
        "columns": dict(query.returns),
    }


def _form(form: str | None, out: Path | None, chart: str | None) -> str:
    """Return the format; raise UsageError if the options do not fit together."""
    suffix = out.suffix.lower() if out else ""
    if chart:
        if form:
            raise click.UsageError(
                "--chart draws a picture and --format writes a table: use one of them."
            )
        if suffix not in PICTURES:
            raise click.UsageError(
                f"--chart needs --out with a name ending in {', '.join(PICTURES)}."
            )
        return "table"
    form = form or (suffix[1:] if suffix[1:] in FORMATS else "table")
    if form == "parquet" and out is None:
        raise click.UsageError("Parquet cannot be shown in a terminal: name a file with --out.")
    return form


def _pairs(given: tuple[str, ...]) -> dict[str, str]:
    for pair in given:
        if "=" not in pair:
            raise click.BadParameter(f"'{pair}' is not NAME=VALUE.", param_hint="--param")
    return dict(pair.split("=", 1) for pair in given)


def _ask(asked: Query, values: dict[str, Any], limit: int | None, timeout: float) -> QueryResult:
    async def work() -> QueryResult:
        chosen = settings()
        async with open_graph(chosen, prepare=False) as (graph, _):
            await on_record(chosen, Action.QUERY, asked.name)
            return await ask(graph, asked, values, most=limit, deadline=timeout)

    with console.status(f"Asking {asked.name} ..."):
        return run(work())


def _explain(asked: Query, values: dict[str, Any], form: str, timeout: float) -> None:
    async def work() -> Plan:
        chosen = settings()
        async with open_graph(chosen, prepare=False) as (graph, _):
            await on_record(chosen, Action.QUERY, asked.name)
            return await profile(graph, asked, values, deadline=timeout)

    with console.status(f"Profiling {asked.name} ..."):
        plan = run(work())
    if form == "json":
        document = {"steps": [vars(step) for step in plan.steps], "told": plan.engine_text}
        print_json({**document, "advice": plan.advice})
        return
    _print_plan(plan)


def _print_plan(plan: Plan) -> None:
    to = _stdout()
    if plan.engine_text:
        click.echo(legible(plan.engine_text))
    else:
        table = Table("step", "of what", show_edge=False)
        for name in ("rows", "expected", "reads"):
            table.add_column(name, justify="right")
        for step in plan.steps:
            expected = "-" if step.expected is None else f"{step.expected:,.0f}"
            name = "  " * step.depth + step.operator
            table.add_row(name, step.details, f"{step.rows:,}", expected, f"{step.hits or 0:,}")
        to.print(table)
    for line in plan.advice:
        click.echo(legible(f"- {line}"))


def _chart(answer: QueryResult, kind: str, x: str | None, y: str | None, out: Path | None) -> bytes:
    if find_spec("matplotlib") is None:
        fail("Charts need matplotlib, which is not installed here. Run scripts/setup train.")
    from service.cli.output.query_charts import chart

    if out is None:
        raise click.UsageError("--chart needs --out.")
    x = x or answer.columns[0]
    return chart(answer, kind, x, y or _first_numbers(answer, x), out.suffix.lower())


def _first_numbers(answer: QueryResult, x: str) -> str:
    for name in answer.columns:
        values = [row[name] for row in answer.rows if row[name] is not None]
        if name != x and values and all(type(value) in (int, float) for value in values):
            return name
    raise click.UsageError("No column has numbers, so there is nothing to draw.")


def _hand_over(answer: QueryResult, content: bytes, out: Path | None) -> None:
    if out is None and content:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
    elif out is None:
        _stdout().print(as_table(answer))
    else:
        write_whole(out, content or _text(answer))


def _text(answer: QueryResult) -> bytes:
    to = Terminal(width=240, markup=False, emoji=False, highlight=False, no_color=True)
    with to.capture() as captured:
        to.print(as_table(answer))
    return captured.get().encode()


def _stdout() -> Terminal:
    # without a terminal, lines are as long as they must be
    width = None if sys.stdout.isatty() else 240
    return Terminal(width=width, markup=False, emoji=False, highlight=False)


def _summarise(answer: QueryResult, out: Path | None) -> None:
    more = ", and there are more" if answer.more else ""
    rows = counted(len(answer.rows), "row")
    where = f" in {out}" if out else ""
    console.print(f"{rows}{more}{where}, {answer.seconds:.2f} s.", highlight=False)
