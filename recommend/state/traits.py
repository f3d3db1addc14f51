"""What of a drink can go with a context: its flavors, styles and how it is served."""

from __future__ import annotations

from graph.catalogue.entities import Drink

Trait = tuple[str, str]


def traits_of(drink: Drink) -> tuple[Trait, ...]:
    """Return a drink's kind, styles and flavors."""
    kinds = [("kind", drink.kind)] if drink.kind else []
    styles = [("style", one) for one in drink.styles]
    return (*kinds, *styles, *(("flavor", one) for one in drink.flavors))
