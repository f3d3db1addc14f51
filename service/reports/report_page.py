"""A training report as one HTML file: pictures and style inside, nothing fetched, no script."""

from __future__ import annotations

import base64
import html
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from service.reports.known_drinks import Surroundings
from service.reports.map_page import made, static
from service.reports.report import Report
from service.reports.report_figures import chart_pictures

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_MOST_NAMES = 12
_STATES = {True: "✓ passed", False: "✗ failed", None: "– not measured"}


def report_page(report: Report) -> str:
    """One HTML page without scripts; pictures are in it, so that it can be sent alone."""
    pictures = chart_pictures(report)

    def picture(name: str, says: str) -> str:
        if name not in pictures:
            return ""
        data = base64.b64encode(pictures[name]).decode()
        return f'<img alt="{html.escape(says)}" src="data:image/png;base64,{data}">'

    sections = (
        _outcome(report),
        _comparison(report, picture),
        _checks(report, picture),
        _training(report, picture),
        _neighbours(report.known),
        _section("Map", picture("map", "The drinks on a plane, similar ones near each other.")),
        _graph(report, picture),
        _leakage(report),
    )
    title = f"Training report of model {report.model.version}"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f'<link rel="icon" href="data:,">\n<title>{html.escape(title)}</title>\n'
        f"<style>\n{static('report.css')}</style>\n</head>\n<body>\n<header>\n"
        f"<h1>{html.escape(title)}</h1>\n<p>{html.escape(made(report.view))}.</p>\n"
        f'<p class="origin">{html.escape(report.view.people.label)}</p>\n</header>\n<main>\n'
        + "\n".join(sections)
        + "\n</main>\n</body>\n</html>\n"
    )


Picture = Callable[[str, str], str]


def _outcome(report: Report) -> str:
    model = report.model
    facts = [
        ("Status", model.status),
        ("Why", model.note or "not said"),
        ("Trained at", model.trained_at[:19]),
        ("Data", model.data_fingerprint),
        (
            "The graph now",
            "the same data that it was trained on" if report.same_data else "has changed since",
        ),
    ]
    facts += [
        (name.replace("_", " ").capitalize(), _value(value))
        for name, value in model.lineage.items()
        if value is not None
    ]
    return _section("Model", _table(("", ""), facts))


def _comparison(report: Report, picture: Picture) -> str:
    rows = report.comparison
    if not rows:
        text = "<p>Nobody has enough drinks to hold any out, so nothing was measured.</p>"
        return _section("Comparison", text)
    k = next(iter(rows.values())).get("k", "")
    table = _table(
        ("", f"Recall@{k}", f"NDCG@{k}", "people", "coverage"),
        [
            (
                name,
                _with_error(row, "recall"),
                _with_error(row, "ndcg"),
                f"{row['users']:,}",
                f"{row['coverage']:.1%}",
            )
            for name, row in rows.items()
        ],
    )
    note = "<p>All drinks are ranked, without those already known; ± one standard error.</p>"
    return _section("Comparison", table + note + picture("comparison", "NDCG of each."))


def _checks(report: Report, picture: Picture) -> str:
    checks = report.model.checks
    if not checks:
        return _section("Checks of the gate", "<p>None are recorded for this model.</p>")
    rows = [
        (
            _STATES[check["passed"]],
            str(check["name"]),
            _number(check["measured"]),
            _number(check["bound"]),
            str(check["sentence"]),
        )
        for check in checks
    ]
    table = _table(("", "check", "measured", "bound", "in words"), rows)
    return _section("Checks of the gate", table + picture("slices", "NDCG in slices."))


def _training(report: Report, picture: Picture) -> str:
    if not report.curve:
        return _section("Training", "<p>No curve was kept for this model.</p>")
    tried = [step for step in report.curve if step.ndcg is not None]
    table = _table(
        ("setting tried", "NDCG"), [(str(step.epoch), f"{step.ndcg:.4f}") for step in tried]
    )
    drawn = picture("choice", "NDCG of each setting that was tried.")
    drawn += picture("loss", "The loss by step.")
    details = f"<details><summary>The numbers</summary>{table}</details>" if tried else ""
    return _section("Training", (drawn or "<p>It reported no loss and no choice.</p>") + details)


def _neighbours(known: Sequence[Surroundings]) -> str:
    rows = [
        (
            surroundings.label,
            "; ".join(f"{other.name} ({other.likeness:.2f})" for other in surroundings.nearest),
        )
        for surroundings in known
    ]
    return _section("Neighbours of well-known drinks", _table(("drink", "nearest"), rows))


def _graph(report: Report, picture: Picture) -> str:
    seen = report.diagnostics
    sizes = ", ".join(f"{size:,}" for size in seen.components[:5])
    facts = [
        *((f"Nodes: {name}", f"{count:,}") for name, count in seen.nodes.items()),
        *((f"Edges: {name}", f"{count:,}") for name, count in seen.edges.items()),
        ("Components", f"{len(seen.components):,}; the largest have {sizes} nodes"),
        ("Drinks outside the largest", _names(seen.apart)),
        ("Drinks that nobody had", f"{seen.had_by_nobody:,}"),
        ("Drinks linked to nothing", _names(seen.unlinked)),
    ]
    if seen.people_taken < seen.nodes["user"]:
        facts.append(("Looked at", f"{seen.people_taken:,} of {seen.nodes['user']:,} people"))
    hubs = [(hub.kind, hub.id, f"{hub.degree:,}") for hub in seen.hubs]
    body = _table(("", ""), facts)
    body += picture("degrees", "Drinks by the number of people who had them.")
    return _section("The graph", body + "<h3>Hubs</h3>" + _table(("", "id", "neighbours"), hubs))


def _leakage(report: Report) -> str:
    leaks = report.leakage
    counted = [
        ("Held-out pairs that training has too", leaks.in_training),
        ("Held-out pairs older than what the person has in training", leaks.out_of_order),
        ("Held-out drinks whose twin the person has in training", leaks.through_twins),
        ("Events in the future", leaks.future),
    ]
    rows = [(_STATES[count == 0], name, f"{count:,}") for name, count in counted]
    twins = "; ".join(" = ".join(group) for group in leaks.twins[:_MOST_NAMES])
    body = f"<p>{leaks.held_out:,} pairs of a person and a drink are held out"
    body += "." if report.same_data else ", in the graph as it is now."
    body += "</p>" + _table(("", "leak", "found"), rows)
    body += f"<p>Drinks of one kind and one recipe under several ids: {len(leaks.twins):,}"
    return _section("Leaks", body + (f": {html.escape(twins)}.</p>" if twins else ".</p>"))


def _section(title: str, body: str) -> str:
    return f"<section>\n<h2>{html.escape(title)}</h2>\n{body}\n</section>"


def _table(head: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    names = list(head)
    top = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in names)
    lines = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>\n"
        for row in rows
    )
    head_row = f"<thead><tr>{top}</tr></thead>" if any(names) else ""
    return f'<div class="wide"><table>{head_row}<tbody>\n{lines}</tbody></table></div>'


def _with_error(row: Mapping[str, Any], name: str) -> str:
    return f"{row[name]:.4f} ± {row.get(f'{name}_standard_error', 0.0):.4f}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        pairs = cast(Mapping[str, object], value)
        return ", ".join(f"{name} {number}" for name, number in sorted(pairs.items()))
    return f"{value:,}" if isinstance(value, int) else str(value)


def _names(ids: Sequence[str]) -> str:
    if not ids:
        return "none"
    shown = ", ".join(ids[:_MOST_NAMES])
    return f"{len(ids):,}: {shown}" + (" …" if len(ids) > _MOST_NAMES else "")
