"""The record of acts: shown, verified, and proved to an outsider."""

from __future__ import annotations

import dataclasses
from collections import deque
from pathlib import Path
from typing import Any

import click

from events.audit.entry import Entry
from events.audit.errors import ProofRefused
from events.audit.log import AuditLog
from events.audit.proofs import Proof, prove_entry, prove_growth
from events.audit.reading import entries
from events.audit.tiles import publish as publish_tiles
from events.audit.verification import Verified
from events.audit.verification import verify as verify_log
from graph.counting import counted
from graph.legible import legible
from service.cli.common import console, fail, json_option, print_json, settings
from service.cli.exit_statuses import FAILED
from service.opening import audit_log

kept_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def audit() -> None:
    """Show, verify and prove the record of who did what to whose data."""


@audit.command()
@click.option("--kept", type=kept_file, help="A checkpoint kept elsewhere, to compare with too.")
@json_option()
def verify(kept: Path | None, as_json: bool) -> None:
    """Check that the record is as it was signed; ends with 1 if it is not."""
    found = verify_log(_log(), _note(kept) if kept else None)
    if as_json:
        said = {"entries": found.size, "root": found.root.hex(), "findings": found.findings}
        print_json(said)
    else:
        _print_found(found)
    if found.findings:
        raise SystemExit(FAILED)


@audit.command()
@click.option("--about", metavar="USER_ID", help="Only what is about this person.")
@click.option(
    "--last", type=click.IntRange(1), default=50, show_default=True, help="How many at most."
)
@json_option()
def show(about: str | None, last: int, as_json: bool) -> None:
    """Show the newest entries, oldest first, each with its number."""
    log = _log()
    pseudonym = log.pseudonyms.of(about) if about else None
    chosen = deque(entries(log, pseudonym), maxlen=last)
    if as_json:
        print_json([{"number": number, **dataclasses.asdict(entry)} for number, entry in chosen])
        return
    for number, entry in chosen:
        click.echo(_line(number, entry))


@audit.command()
@click.argument("number", type=click.IntRange(0), required=False)
@click.option("--kept", type=kept_file, help="Prove that the record continues this checkpoint.")
@json_option()
def prove(number: int | None, kept: Path | None, as_json: bool) -> None:
    """Print the proof that an entry is on record, or that the record only grew."""
    if (number is None) == (kept is None):
        raise click.UsageError("Give either the number of an entry or --kept.")
    log = _log()
    proof = prove_entry(log, number or 0) if kept is None else prove_growth(log, _note(kept))
    if as_json:
        print_json({**dataclasses.asdict(proof), "verifier_key": log.signer.verifier_key})
    else:
        _print_proof(proof)


@audit.command()
@json_option()
def checkpoint(as_json: bool) -> None:
    """Print the signed checkpoint, for somebody outside to keep."""
    log = _log()
    note = log.note()
    size = log.signer.read(note).size
    if as_json:
        print_json({"entries": size, "note": note, "verifier_key": log.signer.verifier_key})
    else:
        click.echo(note, nl=False)
        console.print(f"Its signature is checked with {log.signer.verifier_key}", highlight=False)


@audit.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@json_option()
def publish(folder: Path, as_json: bool) -> None:
    """Write the record to FOLDER as tiles that other tools read (C2SP tlog-tiles)."""
    log = _log()
    written = publish_tiles(log, folder)
    if as_json:
        said = {"folder": str(folder), "entries": written}
        print_json({**said, "verifier_key": log.signer.verifier_key})
    else:
        console.print(f"Written: {folder}, with {counted(written, 'entry', 'entries')}.")


def _log() -> AuditLog:
    chosen = settings()
    if not (chosen.home / "audit").is_dir():
        fail(f"Nothing is on record in {chosen.home}: no act has been put on record here yet.")
    return audit_log(chosen.home)


def _note(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return file.read()
    except UnicodeDecodeError:
        raise ProofRefused(f"{path} is not a checkpoint.", "Give a file of text.") from None


def _line(number: int, entry: Entry) -> str:
    parts: list[Any] = [number, entry.at, entry.role, entry.actor, entry.action]
    parts += [",".join(entry.what) or "-", entry.about or "-", entry.surface]
    return legible("  ".join(map(str, [*parts, entry.why])).rstrip())


def _print_found(found: Verified) -> None:
    for finding in found.findings:
        console.print(finding, highlight=False)
    if found.findings:
        console.print("The record of acts has been changed, or an append was cut short.")
    else:
        kept = counted(found.size, "entry", "entries")
        console.print(f"As signed: {kept}, root {found.root.hex()}.", highlight=False)


def _print_proof(proof: Proof) -> None:
    if proof.entry is None:
        click.echo("\n".join([*proof.hashes, "", proof.checkpoint]), nl=False)
    else:
        click.echo(proof.text(), nl=False)
