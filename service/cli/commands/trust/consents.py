"""What people agree to, for the operator: shown, recorded from paper, for children, the texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from events.audit.entry import Action
from events.embedded_log import FILE, EmbeddedLog
from events.impressions import KIND
from graph.people.consent_texts import read_consent_texts
from graph.people.consents import Consents, Standing, consents_of
from graph.people.deciding import Act, Actor, Decision, Receipt, decide, mark_child, unmark_child
from graph.people.purposes import ALL, Purpose
from service.cli.audited import on_record, why_option
from service.cli.common import fail, json_option, print_json, run, settings
from service.opening import open_graph
from service.settings import Settings

SURFACE = "command"
purposes = click.argument(
    "purposes",
    nargs=-1,
    required=True,
    metavar="PURPOSES...",
    type=click.Choice([str(each) for each in ALL]),
)
guardian_option = click.option(
    "--guardian", metavar="ID", help="The guardian who says so for a child, by an id of yours."
)


@click.group()
def consents() -> None:
    """Show and record what people agree to, each purpose apart."""


@consents.command()
@click.argument("user_id")
@json_option()
def show(user_id: str, as_json: bool) -> None:
    """Show how somebody stands to each purpose, and every act of consent."""

    async def work() -> Consents:
        async with open_graph(settings(), prepare=False) as (graph, _):
            return await consents_of(graph, user_id)

    found = run(work())
    if as_json:
        print_json(_document(user_id, found))
        return
    if found.child:
        click.echo(f"A child; its guardians: {', '.join(found.guardians) or 'nobody'}.")
    for standing in found.standings:
        click.echo(_line(standing))
        for act in standing.history:
            said = "yes" if act["given"] else "no"
            text = act["textVersion"] or "a text of the client's own"
            click.echo(f"  {act['at']}  {said}, by {act['by']}, {act['surface']}, {text}")


@consents.command()
@click.argument("user_id")
@purposes
@click.option("--language", default="en", show_default=True, help="In which they were asked.")
@guardian_option
@why_option
@json_option("Print the receipt as JSON.")
def give(
    user_id: str,
    purposes: Sequence[str],
    language: str,
    guardian: str | None,
    why: str,
    as_json: bool,
) -> None:
    """Record that somebody agreed, such as on paper, to the texts as they are now."""
    chosen = settings()
    texts = read_consent_texts(chosen.consent_texts)
    wanted = [
        Decision(each, given=True, text=texts.of(each, language)) for each in _named(purposes)
    ]
    _print_receipt(run(_decide(chosen, user_id, wanted, guardian, why)), as_json)


@consents.command()
@click.argument("user_id")
@purposes
@guardian_option
@why_option
@json_option("Print the receipt as JSON.")
def withdraw(
    user_id: str, purposes: Sequence[str], guardian: str | None, why: str, as_json: bool
) -> None:
    """Record that somebody refused; what was kept for it alone is deleted at once."""
    wanted = [Decision(each, given=False) for each in _named(purposes)]
    _print_receipt(run(_decide(settings(), user_id, wanted, guardian, why)), as_json)


@consents.command()
@click.argument("user_id")
@click.option(
    "--age", type=click.IntRange(0, 120), required=True, help="Their age; it is not kept."
)
@click.option("--guardian", "guardians", metavar="ID", multiple=True, help="Who agrees for them.")
@why_option
@json_option("Print as JSON what was done.")
def child(user_id: str, age: int, guardians: tuple[str, ...], why: str, as_json: bool) -> None:
    """Mark somebody as a child, for whom a guardian agrees; or as old enough."""
    chosen = settings()
    is_child = age < chosen.age_of_consent
    if is_child and not guardians:
        fail(f"Under {chosen.age_of_consent}, somebody has to agree for them: name a --guardian.")
    if user_id in guardians:
        fail(f"'{user_id}' cannot be their own guardian.")

    async def work() -> Receipt | None:
        async with open_graph(chosen) as (graph, _):
            await on_record(chosen, Action.CONSENT, "child", about=[user_id], why=why)
            if is_child:
                return await mark_child(graph, user_id, guardians)
            await unmark_child(graph, user_id)
            return None

    receipt = run(work())
    if as_json:
        done: dict[str, Any] = {"user_id": user_id, "child": is_child}
        print_json(done | {"receipt": _receipt(receipt) if receipt else None})
    elif is_child:
        click.echo(f"'{user_id}' is a child: nothing holds until a guardian agrees.")
    else:
        click.echo(f"'{user_id}' decides for themselves.")


@consents.command()
@click.option("--language", default="en", show_default=True, help="Such as en or de-AT.")
@json_option()
def texts(language: str, as_json: bool) -> None:
    """Show the texts that people are shown, each with its version and hash."""
    found = read_consent_texts(settings().consent_texts)
    shown = [found.of(purpose, language) for purpose in ALL]
    if as_json:
        print_json(
            [
                {
                    "purpose": str(text.purpose),
                    "language": text.language,
                    "version": text.version,
                    "hash": text.hash,
                    "template": text.template,
                    "title": text.title,
                    "text": text.text,
                }
                for text in shown
            ]
        )
        return
    for text in shown:
        click.echo(f"{text.purpose} ({text.language}, version {text.version}): {text.title}")
        click.echo(f"  {text.text}")
    if any(text.template for text in shown):
        click.echo(
            "Texts of version 'template-...' come with Tastegraph: have a lawyer write yours."
        )


async def _decide(
    chosen: Settings, user_id: str, wanted: Sequence[Decision], guardian: str | None, why: str
) -> Receipt:
    act = Act(Actor.GUARDIAN if guardian else Actor.OPERATOR, SURFACE, guardian)
    async with open_graph(chosen) as (graph, _):
        names = [str(each.purpose) for each in wanted]
        await on_record(chosen, Action.CONSENT, *names, about=[user_id], why=why)
        receipt = await decide(graph, user_id, wanted, act)
        forgets = any(each.purpose is Purpose.REMEMBERING and not each.given for each in wanted)
        if forgets and (chosen.events / FILE).exists():
            with EmbeddedLog(chosen.events) as log:
                await log.drop_of(user_id, KIND)
        return receipt


def _named(names: Sequence[str]) -> list[Purpose]:
    return [purpose for purpose in ALL if purpose in names]


def _print_receipt(receipt: Receipt, as_json: bool) -> None:
    if as_json:
        print_json(_receipt(receipt))
        return
    said = ", ".join(f"{each.purpose} {_said(each)}" for each in receipt.decisions)
    click.echo(f"{receipt.id} at {receipt.at}: {said}")
    for effect in receipt.effects:
        count = "" if effect.count is None else f" ({effect.count})"
        click.echo(f"  {effect.store}: {effect.what}{count}, {effect.when}")


def _said(decision: Decision) -> str:
    return "given" if decision.given else "refused"


def _receipt(receipt: Receipt) -> dict[str, Any]:
    return {
        "receipt_id": receipt.id,
        "at": receipt.at,
        "decisions": [
            {"purpose": str(each.purpose), "given": each.given} for each in receipt.decisions
        ],
        "effects": [
            {"store": each.store, "what": each.what, "when": each.when, "count": each.count}
            for each in receipt.effects
        ],
    }


def _line(standing: Standing) -> str:
    how = f" on the ground '{standing.ground}'" if standing.ground else ""
    since = f" since {standing.since}" if standing.since else ""
    used = "holds" if standing.holds else "does not hold"
    return f"{standing.purpose}: {standing.answer}{how}{since}; it {used}."


def _document(user_id: str, found: Consents) -> dict[str, Any]:
    return {
        "user_id": user_id,
        "child": found.child,
        "guardians": list(found.guardians),
        "purposes": [
            {
                "purpose": str(each.purpose),
                "state": str(each.answer),
                "holds": each.holds,
                "ground": each.ground,
                "since": each.since,
                "history": [dict(act) for act in each.history],
            }
            for each in found.standings
        ],
    }
