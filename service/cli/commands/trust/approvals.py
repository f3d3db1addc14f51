"""Approvals: what needs two people, and the second one's word."""

from __future__ import annotations

import click
from rich.table import Table

from events.audit.entry import Role
from events.audit.four_eyes import Proposal, Somebody
from events.audit.guarded import Guarded
from graph.clock import iso_seconds, utc_now
from graph.legible import legible
from service.cli.common import console, json_option, print_json, run, settings
from service.cli.four_eyes import four_eyes


@click.group()
def approvals() -> None:
    """Show what was proposed to be done by two people, and approve it as the second."""


@approvals.command(name="list")
@json_option()
def list_proposals(as_json: bool) -> None:
    """List all proposals, the oldest first."""
    found = four_eyes(settings()).proposals()
    if as_json:
        print_json([_document(proposal) for proposal in found])
        return
    table = Table("id", "kind", "about", "by", "state", "until", "approved by")
    for each in found:
        about, approved = legible(", ".join(each.about)), each.approved_by or ""
        state, until = each.state_at(utc_now()), iso_seconds(each.until)
        table.add_row(each.id, each.kind, about, each.by, state, until, approved)
    console.print(table)


@approvals.command()
@click.argument("proposal_id")
@json_option()
def approve(proposal_id: str, as_json: bool) -> None:
    """Approve what somebody else proposed, as TASTEGRAPH_OPERATOR."""
    chosen = settings()
    by = Somebody(chosen.operator, Role.COMMAND, "command")
    done = run(four_eyes(chosen).approve(proposal_id, dict.fromkeys(Guarded, by), utc_now()))
    if as_json:
        print_json(_document(done))
        return
    console.print(f"Approved: {legible(', '.join(done.about))}. Now it can be done, once.")


def _document(proposal: Proposal) -> dict[str, object]:
    return {
        "id": proposal.id,
        "kind": proposal.kind,
        "about": list(proposal.about),
        "by": proposal.by,
        "why": proposal.why,
        "state": proposal.state_at(utc_now()),
        "at": iso_seconds(proposal.at),
        "until": iso_seconds(proposal.until),
        "approved_by": proposal.approved_by,
    }
