"""Who may ask for what: one table, a line for each field of the three root types.

What lies below a field is for whoever may ask for it. `docs/security.md` shows the table; a test
asks every field in every role.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum


class Role(StrEnum):
    """In which capacity somebody asks; a token's scopes say so."""

    ANYONE = "anyone"
    PERSON = "person"
    ANALYST = "analyst"
    FOOD_SAFETY = "food-safety officer"
    OPERATOR = "operator"
    SUPPORT = "support"
    ADMIN = "admin"
    AUDITOR = "auditor"


SCOPES: Mapping[Role, str] = {
    Role.ANALYST: "tastegraph:analyst",
    Role.FOOD_SAFETY: "tastegraph:food-safety",
    Role.OPERATOR: "tastegraph:operator",
    Role.SUPPORT: "tastegraph:support",
    Role.ADMIN: "tastegraph:admin",
    Role.AUDITOR: "tastegraph:auditor",
}
"""What a token's `scope` holds for those who do not only ask about themselves."""

OFFICES = frozenset({Role.SUPPORT, Role.ADMIN, Role.AUDITOR})
"""Held apart from being a person: such a token asks nothing about its own bearer."""

EVERYBODY = frozenset(Role) - {Role.AUDITOR}
SIGNED_IN = EVERYBODY - {Role.ANYONE} - OFFICES
"""Whoever has a token: guests too, and each about themselves alone."""
ANALYSTS = frozenset({Role.ANALYST, Role.OPERATOR})
FOOD_SAFETY = frozenset({Role.FOOD_SAFETY, Role.OPERATOR})
OPERATORS = frozenset({Role.OPERATOR})
SUPPORT = frozenset({Role.SUPPORT})
ADMINS = frozenset({Role.ADMIN})
AUDITORS = frozenset({Role.AUDITOR})
RUNNING = frozenset({Role.FOOD_SAFETY, Role.OPERATOR, Role.ADMIN})
"""Who keeps the service going, and has to know how it is."""
SECONDS = frozenset({Role.FOOD_SAFETY, Role.ADMIN})
"""Who approves what somebody else proposed: withdrawals of recalls, and master keys."""

POLICY: Mapping[str, frozenset[Role]] = {
    "Query.actsOnRecord": AUDITORS,
    "Query.allergens": EVERYBODY,
    "Query.apiKeys": ADMINS,
    "Query.consentTexts": EVERYBODY,
    "Query.diets": EVERYBODY,
    "Query.draftVerdicts": FOOD_SAFETY,
    "Query.drink": EVERYBODY,
    "Query.drinks": EVERYBODY,
    "Query.drinksConnection": EVERYBODY,
    "Query.drinksNear": EVERYBODY,
    "Query.duePoll": SIGNED_IN,
    "Query.earned": ANALYSTS,
    "Query.experiment": ANALYSTS,
    "Query.experiments": ANALYSTS,
    "Query.flavors": EVERYBODY,
    "Query.groupRecommendations": EVERYBODY,
    "Query.health": RUNNING,
    "Query.me": SIGNED_IN,
    "Query.models": ANALYSTS,
    "Query.myData": SIGNED_IN,
    "Query.pairing": EVERYBODY,
    "Query.person": SUPPORT,
    "Query.popularDrinks": EVERYBODY,
    "Query.readLabel": EVERYBODY,
    "Query.proposals": SECONDS,
    "Query.recommendations": SIGNED_IN,
    "Query.recommendationsConnection": SIGNED_IN,
    "Query.regulations": EVERYBODY,
    "Query.relaxations": SIGNED_IN,
    "Query.resolve": EVERYBODY,
    "Query.roles": frozenset(Role),
    "Query.safetyAlerts": SIGNED_IN,
    "Query.safetyHistory": EVERYBODY,
    "Query.settings": ADMINS,
    "Query.similarDrinks": EVERYBODY,
    "Query.swap": SIGNED_IN,
    "Query.tastesAlike": EVERYBODY,
    "Query.trendingDrinks": EVERYBODY,
    "Query.triggerAlerts": OPERATORS,
    "Query.triggeredOffers": SIGNED_IN,
    "Query.whyNot": SIGNED_IN,
    "Mutation.addApiKey": ADMINS,
    "Mutation.addDrink": FOOD_SAFETY,
    "Mutation.answerPoll": SIGNED_IN,
    "Mutation.approveProposal": SECONDS,
    "Mutation.decideConsents": SIGNED_IN,
    "Mutation.decideExperiment": OPERATORS,
    "Mutation.eraseMe": SIGNED_IN,
    "Mutation.joinHistory": SIGNED_IN,
    "Mutation.newExperiment": OPERATORS,
    "Mutation.promoteModel": OPERATORS,
    "Mutation.rampExperiment": OPERATORS,
    "Mutation.recordInteractions": SIGNED_IN,
    "Mutation.retireDrink": FOOD_SAFETY,
    "Mutation.revokeApiKey": ADMINS,
    "Mutation.rollBackModel": OPERATORS,
    "Mutation.setAllergies": SIGNED_IN,
    "Mutation.setAvoids": SIGNED_IN,
    "Mutation.setConsents": SIGNED_IN,
    "Mutation.setDiets": SIGNED_IN,
    "Mutation.setPreferences": SIGNED_IN,
    "Mutation.startExperiment": OPERATORS,
    "Mutation.stopExperiment": OPERATORS,
    "Mutation.updateDrink": FOOD_SAFETY,
    "Mutation.visitPerson": SUPPORT,
    "Subscription.recommendationsChanged": SIGNED_IN,
    "Subscription.safetyAlerts": SIGNED_IN,
}


def roles_in(scopes: Collection[str]) -> frozenset[Role]:
    """Return in which capacities the bearer of a token with these scopes asks."""
    said = frozenset(role for role, scope in SCOPES.items() if scope in scopes)
    return said if said & OFFICES else said | {Role.PERSON}


def roles_for(field: str) -> frozenset[Role]:
    """Return who may ask for a field such as `Mutation.addDrink`; nobody if it has no line."""
    return POLICY.get(field, frozenset())
