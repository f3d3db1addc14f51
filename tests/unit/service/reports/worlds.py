"""A view whose neighbours and verdicts are known by construction."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from embeddings.serving.artefact import ModelArtefact
from embeddings.training.trainer import fit
from graph.catalogue.entities import Catalogue, Drink, Group, Ingredient
from graph.catalogue.popularity import Popularity
from recommend.state.snapshot import Snapshot
from service.reports.view import People, View
from tests.unit.embeddings.worlds import QUICK, checkerboard

EVIL = '</script><img src=x onerror="alert(1)">{{data}}'
DRINKS = 24


def artefact() -> ModelArtefact:
    return fit(checkerboard(drinks=DRINKS), QUICK).artefact()


def catalogue() -> Catalogue:
    """Even drinks are of gin, odd ones of rum, as on the checkerboard; gin may hold milk's traces.

    Drink 0 contains milk, drink 2 is not complete, drink 4 has no style; drink 3 has an evil name.
    """
    drinks = [_drink(row) for row in range(DRINKS)]
    drinks[0] = replace(drinks[0], contains=("milk",))
    drinks[2] = replace(drinks[2], recipe_complete=False)
    drinks[3] = replace(drinks[3], name=EVIL)
    drinks[4] = replace(drinks[4], styles=())
    return Catalogue(
        version=7,
        structure_version=1,
        drinks=tuple(drinks),
        ingredients={
            "gin": Ingredient("gin", "Gin", True, (), (), (), ("bitter",)),
            "rum": Ingredient("rum", "Rum", True, (), (), ("milk",), ("sweet",)),
        },
        allergens={"milk": Group("milk", "Milk", ()), "egg": Group("egg", "Egg", ())},
        flavors={"bitter": Group("bitter", "Bitter", ()), "sweet": Group("sweet", "Sweet", ())},
        styles={
            "aperitif": Group("aperitif", "Aperitif", ("before",)),
            "before": Group("before", "Before dinner", ()),
            "tiki": Group("tiki", "Tiki", ()),
        },
        row_of={drink.id: row for row, drink in enumerate(drinks)},
    )


def _drink(row: int) -> Drink:
    odd = row % 2
    return Drink(
        id=f"drink-{row}",
        name="Piña Cölada" if row == 5 else f"Drink {row}",
        kind="cocktail",
        recipe_complete=True,
        ingredients=("rum",) if odd else ("gin",),
        flavors=("sweet",) if odd else ("bitter",),
        styles=("tiki",) if odd else ("aperitif",),
    )


def view(people: People | None = None) -> View:
    popularity = {f"drink-{row}": row for row in range(DRINKS)}
    return View(
        snapshot=Snapshot.of(catalogue(), artefact(), Popularity(popularity)),
        artefact=artefact(),
        popularity=popularity,
        people=people or People(60, 60),
        made_at=datetime(2026, 11, 21, 10, tzinfo=UTC),
    )
