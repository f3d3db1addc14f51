"""The menu: drinks that an operator adds, changes and retires."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from events.audit.entry import Action
from gql import described
from gql.features.answers import drink_not_found
from gql.request.context import context_of
from gql.request.failures import (
    Conflict,
    DrinkNotFound,
    GraphAway,
    InvalidInput,
    NotAllowed,
    NotSignedIn,
    Refusal,
    expected,
    invalid,
)
from gql.request.freshness import current_catalogue
from gql.types.drinks import Drink
from gql.types.enums import EvidenceStatus
from gql.types.notes import history_line
from graph.clock import Clock, utc_now
from graph.editing import drinks as menu
from graph.editing.drafts import Draft
from graph.editing.drinks import Saved
from graph.errors import DrinkRefused, DrinkUnknown, GraphContended
from graph.importing.files.parsing import Model, checked
from graph.importing.files.rows import DrinkRow, EvidenceRow, RecipeRow

log = logging.getLogger("tastegraph.graphql")

MOST_LINES = 200


@described.input_type()
class RecipeLineInput:
    """One ingredient of a recipe."""

    ingredient: str = strawberry.field(
        description="Its id, or text as in a recipe. Text that names nothing known becomes an "
        "ingredient nobody has reviewed, and the drink is safe for nobody with an allergy."
    )
    amount: float | None = None
    unit: str | None = None
    optional: bool = False


@described.input_type()
class DrinkEvidenceInput:
    """A statement on an allergen in a drink."""

    allergen: str = strawberry.field(description="Its id or name.")
    status: EvidenceStatus
    source: str = strawberry.field(description="Who says so.")
    observed_at: str | None = strawberry.field(
        default=None, description="The day, such as 2026-01-31; ABSENT needs one."
    )
    protein_mg_per_serving: float | None = strawberry.field(
        default=None,
        description="For MAY_CONTAIN: mg of the allergen's protein in a serving, above 0. It is "
        "stored and shown; it clears nothing for anybody.",
    )
    dose_source: str | None = strawberry.field(
        default=None, description="Who measured that, if not the source."
    )


@described.input_type()
class DrinkInput:
    """Everything to be known about a drink; what is left out is not known."""

    id: strawberry.ID
    name: str
    kind: str | None = None
    description: str | None = None
    styles: list[str] = strawberry.field(default_factory=list, description="Ids or names.")
    flavors: list[str] = strawberry.field(default_factory=list, description="Ids or names.")
    producer: str | None = None
    abv: float | None = None
    caffeine_mg_per_100ml: float | None = None
    sugar_g: float | None = None
    served_hot: bool | None = None
    price: float | None = None
    available_from: str | None = None
    available_until: str | None = None
    recipe: list[RecipeLineInput] = strawberry.field(default_factory=list)
    recipe_complete: bool = strawberry.field(
        default=False,
        description="Set true only if the recipe leaves nothing out. Otherwise the drink is safe "
        "for nobody with an allergy.",
    )
    evidence: list[DrinkEvidenceInput] = strawberry.field(default_factory=list)

    def draft(self, clock: Clock) -> Draft:
        """Return the drink with its recipe and evidence; refuse what cannot be used."""
        if max(len(self.recipe), len(self.evidence)) > MOST_LINES:
            message = f"There are over {MOST_LINES} lines of recipe or evidence."
            raise invalid("drink", message, "Nothing was changed.")
        return Draft(self._row(), tuple(self._lines()), tuple(self._statements(clock)))

    def _row(self) -> DrinkRow:
        own = {name: value for name, value in vars(self).items() if name in DrinkRow.model_fields}
        return _checked(DrinkRow, "drink", {**own, "style": self.styles})

    def _lines(self) -> list[RecipeRow]:
        return [
            _checked(RecipeRow, "drink.recipe", {"drink_id": self.id, **vars(line)})
            for line in self.recipe
        ]

    def _statements(self, clock: Clock) -> list[EvidenceRow]:
        about = {"subject_type": "drink", "subject": self.id}
        return [
            _checked(
                EvidenceRow,
                "drink.evidence",
                {**about, **vars(statement)},
                clock,
            )
            for statement in self.evidence
        ]


def _checked(
    model: type[Model], argument: str, values: dict[str, Any], clock: Clock = utc_now
) -> Model:
    given = {name: value for name, value in values.items() if value not in (None, "")}
    row = checked(model, given, clock)
    if isinstance(row, list):
        raise invalid(
            f"{argument}.{row[0].field}".rstrip("."),
            f"'{row[0].value}' {row[0].reason}." if row[0].value else f"It {row[0].reason}.",
            "Nothing was changed.",
        )
    return row


@described.object_type
class SavedDrink:
    """A drink as it was saved. The graph decides anew whom it is safe for."""

    drink: Drink
    known: bool = strawberry.field(
        description="Whether its recipe is complete and every part reviewed. False: it is offered "
        "to nobody with an allergy that no statement of absence clears."
    )
    unrecognised: list[str] = strawberry.field(
        description="Texts in the recipe that name nothing known, and need review."
    )
    catalogue_version: int


@described.object_type
class RetiredDrink:
    """A drink that is no longer on offer."""

    drink: Drink
    catalogue_version: int


AddDrinkResult = Annotated[
    SavedDrink | InvalidInput | NotSignedIn | NotAllowed | Conflict | GraphAway,
    strawberry.union("AddDrinkResult"),
]
UpdateDrinkResult = Annotated[
    SavedDrink | InvalidInput | NotSignedIn | NotAllowed | DrinkNotFound | Conflict | GraphAway,
    strawberry.union("UpdateDrinkResult"),
]
RetireDrinkResult = Annotated[
    RetiredDrink | InvalidInput | NotSignedIn | NotAllowed | DrinkNotFound | Conflict | GraphAway,
    strawberry.union("RetireDrinkResult"),
]
Source = Annotated[str, strawberry.argument(description="On whose word, for the history.")]
Note = Annotated[str | None, strawberry.argument(description="Why, for the history.")]


@strawberry.type
class MenuMutations:
    """What food-safety officers and operators can change."""

    @described.mutation
    @expected
    async def add_drink(
        self,
        info: Info[Any, Any],
        drink: DrinkInput,
        source: Source = "operator",
        note: Note = None,
    ) -> AddDrinkResult:
        """Add a drink; it can be recommended from the next request on. For food-safety officers
        and operators.
        """
        return await _saved(info, menu.add_drink, drink, source, note)

    @described.mutation
    @expected
    async def update_drink(
        self,
        info: Info[Any, Any],
        drink: DrinkInput,
        source: Source = "operator",
        note: Note = None,
    ) -> UpdateDrinkResult:
        """Replace everything known about a drink; statements on allergens stay until the same
        source says otherwise. For food-safety officers and operators.
        """
        return await _saved(info, menu.update_drink, drink, source, note)

    @described.mutation
    @expected
    async def retire_drink(
        self, info: Info[Any, Any], id: strawberry.ID, note: Note = None
    ) -> RetireDrinkResult:
        """Stop offering a drink; everything known about it stays. For food-safety officers and
        operators.
        """
        request = context_of(info)
        by, why = request.permitted(info), history_line("note", note)
        today = request.dependencies.recommender.today
        await request.operated(Action.CHANGE, "drink", str(id), why=why)
        retiring = menu.retire_drink(
            request.dependencies.graph,
            str(id),
            today,
            by=by,
            note=why,
            clock=request.dependencies.clock,
        )
        version: int = await _or_refuse(id, retiring)
        catalogue = await current_catalogue(request, version)
        drink = catalogue.drinks[catalogue.row_of[str(id)]]
        return RetiredDrink(drink=Drink.of(drink), catalogue_version=catalogue.version)


async def _saved(
    info: Info[Any, Any],
    save: Callable[..., Awaitable[Saved]],
    drink: DrinkInput,
    source: str,
    note: Note,
) -> SavedDrink:
    request = context_of(info)
    clock = request.dependencies.clock
    by, draft = request.permitted(info), drink.draft(clock)
    source, note = history_line("source", source) or "operator", history_line("note", note)
    catalogue = await current_catalogue(request)
    await request.operated(Action.CHANGE, "drink", str(drink.id), why=note)
    saving = save(
        request.dependencies.graph, draft, catalogue, by=by, source=source, note=note, clock=clock
    )
    saved: Saved = await _or_refuse(drink.id, saving)
    await current_catalogue(request, saved.version)
    snapshot = await request.dependencies.snapshots.snapshot()
    row = snapshot.catalogue.row_of[str(drink.id)]
    return SavedDrink(
        drink=Drink.of(snapshot.catalogue.drinks[row]),
        known=bool(snapshot.view.masks.known[row]),
        unrecognised=list(saved.unrecognised),
        catalogue_version=saved.version,
    )


async def _or_refuse(id: strawberry.ID, work: Awaitable[Any]) -> Any:
    try:
        return await work
    except DrinkUnknown as unknown:
        raise drink_not_found(id) from unknown
    except GraphContended as contended:
        log.warning("%s", contended)
        message = "Others were changing the same thing at the same time; nothing was written."
        raise Refusal(Conflict(message=message, advice="Send it again.")) from contended
    except DrinkRefused as refused:
        raise invalid(f"drink.{refused.argument}", refused.message, refused.advice) from refused
