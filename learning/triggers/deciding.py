"""Whether an event fires a trigger, and what holds it back: no input or output, so that it can be
tried on yesterday."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from graph.audience.triggers import Fired
from graph.catalogue.entities import Catalogue, Drink
from graph.clock import moment_of
from graph.people.profiles import Profile
from graph.vocabulary import EventType
from learning.audience import HOUR, may_be_asked, with_families
from learning.triggers.definition import Conditions, Limits, Trigger, Triggers

MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class Happened:
    """What a person did with a drink; `at` is in milliseconds since 1970."""

    event_id: str
    kind: str
    drink_id: str
    at: int


@dataclass
class Tally:
    """How often each trigger fired, and how often it was held back, by why."""

    fired: Counter[str] = field(default_factory=Counter[str])
    held: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])


def decide(
    triggers: Triggers,
    happened: Happened,
    profile: Profile,
    catalogue: Catalogue,
    before: Sequence[Fired],
    now: int,
    tally: Tally,
) -> Fired | None:
    """Return what an event fires, if anything; at most one trigger, of the highest priority.

    `before` is what was fired for the person; everything that could have fired is tallied.
    """
    row = catalogue.row_of.get(happened.drink_id)
    if row is None:
        return None
    drink = catalogue.drinks[row]
    ordered = sorted(triggers.triggers, key=lambda trigger: (-trigger.priority, trigger.id))
    for trigger in ordered:
        if trigger.when != happened.kind or not _holds(
            trigger.if_, drink, profile, catalogue, triggers.limits, now
        ):
            continue
        if why := _held_back(trigger, triggers, happened, profile, before, now):
            tally.held[trigger.id, why] += 1
            continue
        tally.fired[trigger.id] += 1
        until = now + trigger.then.hold_hours * HOUR
        return Fired(trigger.id, f"{happened.event_id} {trigger.id}", now, until, drink.id)
    return None


def _holds(
    wanted: Conditions,
    drink: Drink,
    profile: Profile,
    catalogue: Catalogue,
    limits: Limits,
    now: int,
) -> bool:
    bought = sum(one.times for one in profile.history if one.type == EventType.PURCHASE)
    styles = with_families(drink.styles, catalogue.styles)
    flavors = with_families(drink.flavors, catalogue.flavors)
    liked = {liking.id for liking in profile.likes}
    today = moment_of(now).date().isoformat()
    return (
        (not wanted.kinds or drink.kind in wanted.kinds)
        and (not wanted.styles or not styles.isdisjoint(wanted.styles))
        and (not wanted.flavors or not flavors.isdisjoint(wanted.flavors))
        and (not wanted.likes or not liked.isdisjoint(wanted.likes))
        and (not wanted.segments or not set(wanted.segments).isdisjoint(profile.segments))
        and (wanted.purchases_at_least is None or bought >= wanted.purchases_at_least)
        and (wanted.purchases_at_most is None or bought <= wanted.purchases_at_most)
        and (wanted.on_offer is None or _on_offer(drink, today) == wanted.on_offer)
        and (wanted.hours is None or _within(wanted.hours, limits.zone, now))
    )


def _held_back(
    trigger: Trigger,
    triggers: Triggers,
    happened: Happened,
    profile: Profile,
    before: Sequence[Fired],
    now: int,
) -> str | None:
    limits = triggers.limits
    if not (may_be_asked(profile) and profile.marketing):
        return "no consent"
    if happened.at < now - limits.fresh_minutes * MINUTE:
        return "old news"
    disturbs = not trigger.then.is_alert
    if disturbs and limits.quiet and _within(limits.quiet, limits.zone, now):
        return "quiet hours"
    own = (each.at for each in before if each.trigger_id == trigger.id)
    if any(at > now - trigger.cool_down_hours * HOUR for at in own):
        return "cool-down"
    alerts = {each.id for each in triggers.triggers if each.then.is_alert}
    told = [each.at for each in before if each.trigger_id not in alerts]
    if disturbs and sum(at > now - limits.hours * HOUR for at in told) >= limits.most:
        return "cap"
    return None


def _within(hours: tuple[str, str], zone: str, now: int) -> bool:
    """Return whether a moment (epoch ms) is between two times of the day, past midnight perhaps."""
    begin, end = hours
    clock = moment_of(now).astimezone(ZoneInfo(zone)).strftime("%H:%M")
    return begin <= clock < end if begin <= end else clock >= begin or clock < end


def _on_offer(drink: Drink, today: str) -> bool:
    begun = drink.available_from is None or drink.available_from <= today
    return begun and (drink.available_until is None or today <= drink.available_until)
