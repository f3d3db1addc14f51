"""What data about people are used for, each purpose apart: its grounds, and what it switches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from graph.errors import TastegraphError


class Purpose(StrEnum):
    """A use of people's data that somebody can agree to, or refuse, apart from all others."""

    SAFETY = "safety"
    PERSONALISATION = "personalisation"
    REMEMBERING = "remembering"
    TRAINING = "training"
    EXPERIMENTS = "experiments"
    ANALYTICS = "analytics"
    WAREHOUSE = "warehouse"
    MARKETING = "marketing"


class Ground(StrEnum):
    """Why a purpose may hold for somebody."""

    CONSENT = "consent"
    ASKED_ELSEWHERE = "asked-elsewhere"
    CONTRACT = "contract"
    LEGITIMATE_INTEREST = "legitimate-interest"
    BEFORE = "before consents were recorded"
    SIMULATED = "simulated"


OPERATORS = (Ground.CONTRACT, Ground.LEGITIMATE_INTEREST, Ground.ASKED_ELSEWHERE)
"""On what an operator may bring people, the first if nothing else is said."""


class GroundInvalid(TastegraphError):
    """A purpose cannot hold on the ground that was named for it."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a refusal does: in which store, to what, and when; `count` where it was counted."""

    store: str
    what: str
    when: str
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """A purpose: what it switches, and on which grounds it may hold without being asked for.

    `imported` says whether it holds for people whom an operator brings, on their ground; it holds
    only with all that it `needs`.
    """

    purpose: Purpose
    switches: str
    grounds: tuple[Ground, ...]
    imported: bool
    needs: tuple[Purpose, ...]
    stops: tuple[Effect, ...]


_P, _G = Purpose, Ground
_AT_ONCE = "at once"
_NEXT = "with the next request"
_ANY = (_G.ASKED_ELSEWHERE, _G.CONTRACT, _G.LEGITIMATE_INTEREST)
_NO_CONTRACT = (_G.ASKED_ELSEWHERE, _G.LEGITIMATE_INTEREST)

# Health data need explicit consent (GDPR, article 9), and so does what is sent to somebody unasked
# (ePrivacy directive, article 13): no contract and no interest of the operator's will do.
USES: Mapping[Purpose, Use] = {
    use.purpose: use
    for use in (
        Use(
            _P.SAFETY,
            "allergies, avoids, diets and limits are kept, and every list is checked against them",
            (_G.ASKED_ELSEWHERE,),
            False,
            (),
            (Effect("graph", "allergies, avoids, diets and limits are deleted", _AT_ONCE),),
        ),
        Use(
            _P.PERSONALISATION,
            "lists are ranked by what the person did and likes",
            _ANY,
            True,
            (),
            (Effect("lists", "the order is that of everybody", _NEXT),),
        ),
        Use(
            _P.REMEMBERING,
            "what the person was recommended and asked is kept, for alerts",
            _ANY,
            True,
            (),
            (
                Effect("graph", "what was recommended and asked is deleted", _AT_ONCE),
                Effect("log", "lists that were shown are deleted", _AT_ONCE),
            ),
        ),
        Use(
            _P.TRAINING,
            "models learn from what the person did and likes",
            _ANY,
            True,
            (_P.PERSONALISATION,),
            (Effect("models", "the person is left out", "with the next training"),),
        ),
        Use(
            _P.EXPERIMENTS,
            "the person is in experiments",
            _NO_CONTRACT,
            True,
            (_P.PERSONALISATION, _P.REMEMBERING),
            (Effect("graph", "arms of experiments are deleted", _AT_ONCE),),
        ),
        Use(
            _P.ANALYTICS,
            "the person is in segments and in analysts' exports of people",
            _NO_CONTRACT,
            True,
            (_P.PERSONALISATION, _P.REMEMBERING),
            (Effect("graph", "membership of segments is deleted", _AT_ONCE),),
        ),
        Use(
            _P.WAREHOUSE,
            "rows of the warehouse name the person, by a pseudonym",
            _NO_CONTRACT,
            True,
            (_P.PERSONALISATION,),
            (Effect("warehouse", "rows that name the person are replaced", "with the next sync"),),
        ),
        Use(
            _P.MARKETING,
            "rules act when the person does something (triggers)",
            (_G.ASKED_ELSEWHERE,),
            False,
            (_P.PERSONALISATION, _P.REMEMBERING),
            (Effect("graph", "what was triggered is deleted", _AT_ONCE),),
        ),
    )
}

ALL = tuple(Purpose)
ASKED_FIRST = (Purpose.SAFETY, Purpose.PERSONALISATION)


def held_before() -> dict[Purpose, Ground]:
    """Return what held before consents were recorded: everything, until refused."""
    return dict.fromkeys(ALL, Ground.BEFORE)


def grounds_said(text: str) -> dict[Purpose, Ground] | None:
    """Return the purposes that hold until refused, of a setting; None if it says nothing.

    `consent`: none; `asked-elsewhere`: all; else pairs such as training=legitimate-interest.
    Raises GroundInvalid.
    """
    if not text.strip():
        return None
    if text.strip() == Ground.CONSENT:
        return {}
    if text.strip() == Ground.ASKED_ELSEWHERE:
        return dict.fromkeys(ALL, Ground.ASKED_ELSEWHERE)
    found: dict[Purpose, Ground] = {}
    for part in text.split(","):
        name, _, ground = (word.strip() for word in part.partition("="))
        purpose = purpose_named(name)
        allowed = (Ground.CONSENT, *USES[purpose].grounds)
        if ground not in allowed:
            raise GroundInvalid(
                f"'{name}' cannot hold on '{ground}'.",
                f"Its grounds are {', '.join(allowed)}.",
            )
        if ground != Ground.CONSENT:
            found[purpose] = Ground(ground)
    return found


def purposes_said(text: str) -> tuple[Purpose, ...]:
    """Return the purposes that commas separate. Raises GroundInvalid."""
    return tuple(purpose_named(part.strip()) for part in text.split(",") if part.strip())


def purpose_named(name: str) -> Purpose:
    """Return the purpose of a name. Raises GroundInvalid."""
    try:
        return Purpose(name)
    except ValueError:
        raise GroundInvalid(f"'{name}' is no purpose.", f"Purposes are {', '.join(ALL)}.") from None


def stops_of(purposes: Sequence[Purpose]) -> list[Effect]:
    """Return what refusing these purposes does, in the order of the table."""
    return [effect for purpose in ALL if purpose in purposes for effect in USES[purpose].stops]
