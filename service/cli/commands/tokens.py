"""Tokens of this installation's own key."""

from __future__ import annotations

import math
from datetime import timedelta

import click

from gql.request.policy import Role
from graph.clock import utc_now
from graph.people.profiles import MOST_USER_ID
from service.cli.common import fail, json_option, print_json, settings
from service.opening import local_key


@click.command()
@click.argument("user_id")
@click.option(
    "--hours",
    type=click.FloatRange(0, 24 * 3660, min_open=True),
    default=24.0,
    show_default=True,
    help="How long it is valid.",
)
@click.option("--operator", is_flag=True, help="It may also change the catalogue.")
@click.option("--food-safety", is_flag=True, help="It may change drinks, and nothing else.")
@click.option("--analyst", is_flag=True, help="It may read what experiments and lists earned.")
@click.option(
    "--support", is_flag=True, help="It may look at a person, for a reason; nothing of its own."
)
@click.option(
    "--admin", is_flag=True, help="It may manage keys and see settings; nothing of its own."
)
@click.option("--auditor", is_flag=True, help="It may read the record of acts, and nothing else.")
@click.option(
    "--developer",
    is_flag=True,
    help="It may send costly queries, and any besides trusted documents.",
)
@click.option("--events", "collector", is_flag=True, help="It may also send what others did.")
@click.option("--changes", "follower", is_flag=True, help="It may send changes of your database.")
@json_option()
def token(
    user_id: str,
    hours: float,
    operator: bool,
    food_safety: bool,
    analyst: bool,
    support: bool,
    admin: bool,
    auditor: bool,
    developer: bool,
    collector: bool,
    follower: bool,
    as_json: bool,
) -> None:
    """Print a token for a person, signed with this installation's own key."""
    chosen = settings()
    if chosen.jwks_url:
        fail("TASTEGRAPH_JWKS_URL is set: only tokens from that identity provider are accepted.")
    if math.isnan(hours):
        raise click.BadParameter("it is not a number", param_hint="--hours")
    if not 1 <= len(user_id) <= MOST_USER_ID:
        fail(f"A user id has 1 to {MOST_USER_ID} characters.")
    roles = {
        Role.OPERATOR: operator,
        Role.FOOD_SAFETY: food_safety,
        Role.ANALYST: analyst,
        Role.SUPPORT: support,
        Role.ADMIN: admin,
        Role.AUDITOR: auditor,
    }
    issued = local_key(chosen.home).issue(
        user_id,
        int(hours * 3600),
        roles=[role for role, has in roles.items() if has],
        developer=developer,
        collector=collector,
        follower=follower,
    )
    if as_json:
        until = utc_now() + timedelta(hours=hours)
        said = {"user_id": user_id, "token": issued, "operator": operator, "developer": developer}
        said |= {"food_safety": food_safety, "analyst": analyst}
        said |= {"support": support, "admin": admin, "auditor": auditor}
        said |= {"events": collector, "changes": follower}
        print_json({**said, "expires_at": until.isoformat(timespec="seconds")})
    else:
        click.echo(issued)
