"""Tables that commands print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Column, Table

from embeddings.registry.part_weights import PartWeight, part_weights
from graph.counting import counted
from graph.importing import ImportSummary
from graph.importing.duplicates import Duplicate
from graph.models import shadows
from graph.models.records import ACTIVE, RegisteredModel

# More are in the rejects file.
UNCLEAR_NAMED = 20
DUPLICATES_NAMED = 10


def print_summary(console: Console, summary: ImportSummary) -> None:
    """Print what an import did, a line a table."""
    table = Table("table", *("read", "written", "unchanged", "rejected", "kept with doubts"))
    for name, counts in summary.tables.items():
        numbers = (counts.read, counts.written, counts.unchanged, counts.rejected, counts.reported)
        table.add_row(name, *(f"{number:,}" for number in numbers))
    console.print(table)
    if summary.recipe_rows:
        console.print(
            f"{summary.recipe_rows_resolved:,} of {summary.recipe_rows:,} recipe rows "
            f"({summary.share_resolved:.1%}) name a reviewed ingredient; "
            f"{counted(summary.ingredients_created, 'ingredient is', 'ingredients are')} new and "
            "unreviewed, so not safe."
        )
    if summary.void:
        void = counted(summary.void, "statement of absence is", "statements of absence are")
        console.print(
            f"{void} void: too old, or about what has changed since. "
            "See: tastegraph query void_statements."
        )
    for name in summary.ignored_files:
        console.print(f"Not read: {name} (no table of that name).")
    for name, counts in summary.tables.items():
        if counts.joined:
            rows = counted(counts.joined, "foreign row")
            were = "was" if counts.joined == 1 else "were"
            console.print(f"{name}: {rows} with different text {were} joined.")
        if counts.ignored_columns:
            console.print(f"{name}: columns not read: {', '.join(sorted(counts.ignored_columns))}.")
    console.print(f"{summary.seconds:.1f} s, {summary.rows_per_second:,.0f} rows a second.")
    if summary.merged_drinks:
        merged = _named(sorted(summary.merged_drinks))
        console.print(f"Skipped, because these drinks were merged into others: {merged}.")
    if summary.duplicates:
        _print_duplicates(console, summary.duplicates)
    if summary.unclear_users:
        console.print(_unclear(summary.unclear_users))
    if summary.rejects:
        console.print(f"What was not understood, and why: {summary.rejects}")


def _unclear(users: Sequence[str]) -> str:
    return (
        f"What {counted(len(users), 'user')} declared was not understood, so they are offered "
        f"nothing: {_named(users)}."
    )


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - UNCLEAR_NAMED:,} more" if len(names) > UNCLEAR_NAMED else ""
    return f"{', '.join(names[:UNCLEAR_NAMED])}{more}"


def _print_duplicates(console: Console, duplicates: Sequence[Duplicate]) -> None:
    pairs = counted(len(duplicates), "pair")
    console.print(f"Possible duplicates ({pairs}; see tastegraph duplicates drinks):")
    for duplicate in duplicates[:DUPLICATES_NAMED]:
        console.print(
            f"  {duplicate.name}: {duplicate.one}, {duplicate.other} ({duplicate.reason})",
            highlight=False,
        )


def summary_as_dict(summary: ImportSummary) -> dict[str, Any]:
    """Return what an import did as plain values."""
    return {
        "tables": {
            name: {
                "read": counts.read,
                "written": counts.written,
                "unchanged": counts.unchanged,
                "rejected": counts.rejected,
                "reported": counts.reported,
                "joined": counts.joined,
            }
            for name, counts in summary.tables.items()
        },
        "recipe_rows": summary.recipe_rows,
        "recipe_rows_resolved": summary.recipe_rows_resolved,
        "ingredients_created": summary.ingredients_created,
        "statements_void": summary.void,
        "users_unclear": len(summary.unclear_users),
        "users_unclear_ids": summary.unclear_users[:UNCLEAR_NAMED],
        "merged_drinks": sorted(summary.merged_drinks),
        "duplicates": [asdict(duplicate) for duplicate in summary.duplicates],
        "seconds": round(summary.seconds, 3),
        "rows_per_second": round(summary.rows_per_second, 1),
        "rejects": str(summary.rejects) if summary.rejects else None,
    }


def print_comparison(console: Console, metrics: Mapping[str, Mapping[str, Any]]) -> None:
    """Print how a model and the baselines rank."""
    if not metrics:
        console.print("Nobody has enough drinks to hold any out, so nothing was measured.")
        return
    some = next(iter(metrics.values()))
    table = Table("", f"Recall@{some['k']}", f"NDCG@{some['k']}", "people", "coverage")
    for name, row in metrics.items():
        table.add_row(
            name,
            f"{row['recall']:.4f} ± {row['recall_standard_error']:.4f}",
            f"{row['ndcg']:.4f} ± {row['ndcg_standard_error']:.4f}",
            f"{row['users']:,}",
            f"{row['coverage']:.1%}",
        )
    console.print(table)


def print_models(console: Console, models: Sequence[RegisteredModel]) -> None:
    """Print the models, newest first."""
    # versions are for copying, so they are never cut
    table = Table(Column("version", no_wrap=True), "status", "trained", "NDCG", "why")
    for model in models:
        ndcg = model.metrics.get("model", {}).get("ndcg")
        quality = "-" if ndcg is None else f"{ndcg:.4f}"
        stale = ", stale" if model.stale_since and model.status == ACTIVE else ""
        status, trained = model.status + stale, model.trained_at[:19]
        table.add_row(model.version, status, trained, quality, model.note or "")
    console.print(table)


def print_checks(console: Console, checks: Sequence[Mapping[str, Any]]) -> None:
    """Print every check of the gate, with its number and its reason."""
    table = Table("check", "", "measured", "bound", "in words")
    for check in checks:
        table.add_row(
            check["name"],
            {True: "passed", False: "FAILED", None: "not measured"}[check["passed"]],
            _number(check["measured"]),
            _number(check["bound"]),
            check["sentence"],
        )
    console.print(table)


def print_model(console: Console, model: RegisteredModel) -> None:
    """Print one model: where it comes from, what was measured, why it ranks or not."""
    training: Mapping[str, Any] = model.lineage.get("training", {})
    fields = {
        "version": model.version,
        "status": model.status,
        "trained": model.trained_at,
        "promoted": model.promoted_at,
        "promoted by": model.promoted_by,
        "despite": model.despite,
        "data": model.data_fingerprint,
        **model.lineage,
        "training": {n: value for n, value in training.items() if n != "findings"} or None,
        "why": model.note,
        "stale since": model.stale_since,
        "stale": model.stale_why,
    }
    table = Table("", "", show_header=False)
    for name, value in fields.items():
        if value is not None:
            table.add_row(name, str(value))
    console.print(table)
    print_parts(console, part_weights(training))
    print_comparison(console, model.metrics)
    if model.checks is not None:
        print_checks(console, model.checks)
    if model.shadow:
        print_shadows(console, [model])


def print_parts(console: Console, parts: Sequence[PartWeight]) -> None:
    """Print how much each part of a model weighs, and why."""
    table = Table("part", "weight", "on validation")
    for part in parts:
        table.add_row(part.part, f"{part.weight:g}" if part.weight else "off", part.finding)
    console.print(table)


def print_shadows(console: Console, models: Sequence[RegisteredModel]) -> None:
    """Print what was compared with the active model on real requests."""
    compared = [model for model in models if model.shadow]
    if not compared:
        console.print("No model was compared with the active one yet.")
        return
    table = Table(
        Column("version", no_wrap=True),
        *("share", "compared", "skipped", "in both lists", "rank correlation", "ms", "since"),
    )
    for model in compared:
        mean = shadows.means(model.shadow)
        numbers = [mean.get("overlap"), mean.get("correlation"), mean.get("seconds")]
        overlap, correlation, seconds = numbers
        table.add_row(
            model.version,
            f"{model.shadow['share']:.0%}" if model.shadow["share"] else "stopped",
            f"{model.shadow['compared']:,}",
            f"{model.shadow['skipped']:,}",
            "-" if overlap is None else f"{overlap:.1%}",
            "-" if correlation is None else f"{correlation:.3f}",
            "-" if seconds is None else f"{seconds * 1000:.2f}",
            model.shadow["since"][:19],
        )
    console.print(table)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"
