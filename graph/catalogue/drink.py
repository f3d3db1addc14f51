"""One drink of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Drink:
    """One drink as the graph has it; lists hold ids. What is left out is not known."""

    id: str
    name: str
    kind: str | None = None
    description: str | None = None
    abv: float | None = None
    caffeine: float | None = None
    sugar: float | None = None
    served_hot: bool | None = None
    price: float | None = None
    recipe_complete: bool = False
    available_from: str | None = None
    available_until: str | None = None
    changed_at: int = 0
    ingredients: tuple[str, ...] = ()
    flavors: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    producers: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    may_contain: tuple[str, ...] = ()
    declared_absent: tuple[str, ...] = ()

    def of(self, kind: str) -> tuple[str, ...]:
        """Return the ids of its "ingredient"s, "flavor"s, "style"s or "producer"s."""
        ids: tuple[str, ...] = getattr(self, f"{kind}s")
        return ids
