"""The safety of a drink: the verdicts, what each rests on, and how to see it again."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Annotated, Any, cast

import strawberry
from strawberry.types import Info

from gql import described
from gql.request.context import Context, context_of
from gql.request.failures import answering, invalid
from gql.types.enums import Verdict
from gql.types.evidence import Evidence, ListedBy, listed_by
from gql.types.listings import name_of
from gql.types.paths import Replay
from graph.people.profiles import Profile
from graph.verdicts.allergens import DrinkVerdicts, replay_verdicts
from graph.verdicts.evidence import replay_facts
from graph.verdicts.gate import GateAnswer, replay_gate

MOST_ALLERGENS = 20

ForAllergens = Annotated[
    list[strawberry.ID] | None,
    strawberry.argument(
        description="1 to 20 allergens; if left out, the drink is judged for you. If given, "
        "traces are not accepted, and only these allergens are considered."
    ),
]


@described.enum
class SafetyStatus(Enum):
    """Whether a drink may be offered to the person asking."""

    SAFE = "SAFE"
    UNSAFE = "UNSAFE"
    NOT_CHECKED = "NOT_CHECKED"


@described.object_type
class AllergenVerdict:
    """The verdict on one allergen in one drink."""

    allergen_id: strawberry.ID
    verdict: Verdict
    traces_accepted: bool = strawberry.field(description="Whether you accept traces of it.")
    drink_id: strawberry.Private[str] = ""

    @described.field
    def name(self, info: Info[Any, Any]) -> str:
        """The allergen's name, in your regulation if that lists it."""
        # graphql-core waits for it where it has to be waited for
        return cast(str, name_of(context_of(info), str(self.allergen_id)))

    @described.field
    async def evidence(self, info: Info[Any, Any]) -> list[Evidence]:
        """What the verdict rests on, the deciding evidence first; at most 25 of each kind."""
        if not self.drink_id:
            return []
        loader = context_of(info).loaders.evidence
        facts = await loader.load((self.drink_id, str(self.allergen_id)))
        return [Evidence.of(evidence) for evidence in facts.evidence(self.verdict)]

    @described.field
    def regulations(self, info: Info[Any, Any]) -> list[ListedBy]:
        """The laws that list the allergen."""
        return listed_by(context_of(info), self.allergen_id)


@described.object_type
class Safety:
    """What the graph said about a drink for you, at the time of this answer."""

    status: SafetyStatus
    verdicts: list[AllergenVerdict] = strawberry.field(
        description="One verdict for each allergen you declared, or that was asked about."
    )
    recipe_known: bool = strawberry.field(
        description="Whether the recipe is complete and every part of it is reviewed."
    )
    avoided: list[strawberry.ID] = strawberry.field(description="Parts that you avoid.")
    unsuited_diets: list[strawberry.ID] = strawberry.field(
        description="Your diets that it is not known to suit."
    )
    catalogue_version: int
    drink_id: strawberry.Private[str] = ""
    for_allergens: strawberry.Private[tuple[str, ...] | None] = None
    guest: strawberry.Private[Profile | None] = None

    @described.field
    async def replay(self, info: Info[Any, Any]) -> list[Replay]:
        """Query files, with the parameters that show the verdicts and evidence."""
        if not self.drink_id:
            return []
        allergens = [str(verdict.allergen_id) for verdict in self.verdicts]
        if self.for_allergens is None:
            graph, person = context_of(info).dependencies.graph, context_of(info).user_id
            verdicts = await replay_gate(graph, self.guest or person, self.drink_id)
        else:
            verdicts = replay_verdicts(self.drink_id, allergens)
        facts = replay_facts([self.drink_id], allergens) if allergens else []
        return [Replay.of(replay) for replay in (verdicts, *facts)]

    @staticmethod
    def of(answer: GateAnswer | None, guest: Profile | None = None) -> Safety:
        """Return the graph's answer, to a guest if one is given; without one, it is not safe."""
        if answer is None:
            return Safety(
                status=SafetyStatus.UNSAFE,
                verdicts=[],
                recipe_known=False,
                avoided=[],
                unsuited_diets=[],
                catalogue_version=-1,
            )
        return Safety(
            status=SafetyStatus(answer.status),
            verdicts=[
                AllergenVerdict(
                    allergen_id=strawberry.ID(verdict.allergen),
                    verdict=verdict.verdict,
                    traces_accepted=verdict.traces_accepted,
                    drink_id=answer.drink_id,
                )
                for verdict in answer.verdicts
            ],
            recipe_known=answer.known,
            avoided=[strawberry.ID(part) for part in answer.avoided],
            unsuited_diets=[strawberry.ID(diet) for diet in answer.unsuited_diets],
            catalogue_version=answer.catalogue_version,
            drink_id=answer.drink_id,
            guest=guest,
        )

    @staticmethod
    def of_allergens(
        drink_id: str, allergens: tuple[str, ...], source: DrinkVerdicts | None
    ) -> Safety:
        """Return the verdicts on named allergens; of a drink without any, all are unknown."""
        source = source or DrinkVerdicts(drink_id, False, {}, -1)
        verdicts = [
            AllergenVerdict(
                allergen_id=strawberry.ID(allergen),
                verdict=source.of(allergen),
                traces_accepted=False,
                drink_id=drink_id,
            )
            for allergen in allergens
        ]
        absent = all(verdict.verdict is Verdict.ABSENT for verdict in verdicts)
        return Safety(
            status=SafetyStatus.SAFE if absent and verdicts else SafetyStatus.UNSAFE,
            verdicts=verdicts,
            recipe_known=source.known,
            avoided=[],
            unsuited_diets=[],
            catalogue_version=source.catalogue_version,
            drink_id=drink_id,
            for_allergens=allergens,
        )


@answering
async def safety_of(
    request: Context, drink_id: str, for_allergens: Iterable[strawberry.ID] | None
) -> Safety:
    """Return what the graph says of a drink for the person who asks, or for named allergens."""
    if for_allergens is None:
        return Safety.of(await request.loaders.safety.load(drink_id))
    allergens = await _known_allergens(request, tuple(str(allergen) for allergen in for_allergens))
    verdicts = await request.loaders.verdicts.load((drink_id, allergens))
    return Safety.of_allergens(drink_id, allergens, verdicts)


async def _known_allergens(request: Context, asked: tuple[str, ...]) -> tuple[str, ...]:
    """Return the allergens, each once; refuse too many, none, and those that are not known."""
    allergens = tuple(dict.fromkeys(asked))
    if not 1 <= len(asked) <= MOST_ALLERGENS:
        raise invalid(
            "forAllergens",
            f"forAllergens has {len(asked)} ids.",
            f"Ask for 1 to {MOST_ALLERGENS} allergens, or leave it out.",
        )
    snapshots = request.dependencies.snapshots
    snapshot = await snapshots.snapshot()
    if not set(allergens) <= snapshot.catalogue.allergens.keys():
        snapshot = await snapshots.refresh(snapshot)
    unknown = [allergen for allergen in allergens if allergen not in snapshot.catalogue.allergens]
    if unknown:
        raise invalid(
            "forAllergens",
            f"Not known: {', '.join(allergen[:100] for allergen in unknown)}.",
            "Look for the ids in allergens.",
        )
    return allergens
