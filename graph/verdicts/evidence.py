"""What a verdict rests on: statements with their paths, reviews, and what is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph.connection import Graph, Row
from graph.query import Query
from graph.query_files import load
from graph.verdicts.attestation import Attestation
from graph.verdicts.replay import Replay
from graph.vocabulary import EvidenceType, Verdict

SAFETY_STATEMENTS = load("recommend/safety_statements")
SAFETY_RECIPES = load("recommend/safety_recipes")
SAFETY_UNREVIEWED = load("recommend/safety_unreviewed")
SAFETY_EXEMPTIONS = load("recommend/safety_exemptions")

# Many paths may lead to a part: the shortest say enough.
MOST_OF_A_KIND = 25

PathStep = tuple[str, str]
_KINDS = {
    EvidenceType.HAS_ALLERGEN: "CONTAINS",
    EvidenceType.MAY_CONTAIN: "MAY_CONTAIN",
    EvidenceType.FREE_FROM: "FREE_FROM",
    EvidenceType.WAS_FREE_FROM: "WAS_FREE_FROM",
}


@dataclass(frozen=True, slots=True)
class Evidence(Attestation):
    """One thing that a verdict rests on, or that was found along with it (`decides` is false).

    `path` holds (id, name) from the drink to the allergen of a statement, or to the part that is
    spoken of. Kinds: CONTAINS, MAY_CONTAIN, FREE_FROM, WAS_FREE_FROM (statements, the last one void
    since `voided_at`); RECIPE_REVIEWED, REVIEWED, RECIPE_INCOMPLETE, UNREVIEWED (the recipe, and
    one part of it, perhaps with a review that is void since `voided_at`); EXEMPT (by law).
    """

    kind: str
    path: tuple[PathStep, ...]
    decides: bool
    regulation: str | None = None
    text: str | None = None
    parts: int | None = None


@dataclass(frozen=True)
class Facts:
    """Everything the graph has about one allergen in one drink, as rows of the four queries."""

    statements: tuple[Row, ...] = ()
    recipe: Mapping[str, Any] = field(default_factory=dict[str, Any])
    unreviewed: tuple[Row, ...] = ()
    exemptions: tuple[Row, ...] = ()

    @property
    def known(self) -> bool:
        """Whether the recipe is complete, has parts, and all of them are reviewed."""
        complete = self.recipe.get("recipeComplete") is True
        return complete and self.recipe.get("parts", 0) > 0 and not self.unreviewed

    def evidence(self, verdict: Verdict) -> tuple[Evidence, ...]:
        """Return what a verdict rests on, what decides first."""
        pieces = [self._statement(row, verdict) for row in _shortest(self.statements)]
        if verdict is Verdict.ABSENT and self.known:
            pieces += self._reviews()
        if verdict in (Verdict.UNKNOWN, Verdict.MAY_CONTAIN) and not self.known:
            pieces += self._missing(decides=verdict is Verdict.UNKNOWN)
        pieces += [_exemption(row) for row in _shortest(self.exemptions)]
        return tuple(sorted(pieces, key=lambda evidence: not evidence.decides))

    def _statement(self, row: Row, verdict: Verdict) -> Evidence:
        kind = _KINDS[row["status"]]
        attested = bool(row["source"] and row["observedAt"]) and len(row["path"]) == 2
        return Evidence(
            kind=kind,
            path=_path(row),
            decides=(
                attested and verdict is Verdict.ABSENT if kind == "FREE_FROM" else kind == verdict
            ),
            allergen=row["allergen"],
            source=row["source"],
            observed_at=row["observedAt"],
            protein_mg=row.get("proteinMgPerServing"),
            dose_source=row.get("doseSource"),
            voided_at=row.get("voidedAt"),
            because=row.get("because"),
        )

    def _reviews(self) -> list[Evidence]:
        drink = (self.recipe["drinkId"], self.recipe["name"])
        ingredients = {ingredient["id"]: ingredient for ingredient in self.recipe["ingredients"]}
        return [
            Evidence("RECIPE_REVIEWED", (drink,), True, parts=self.recipe["parts"]),
            *(
                Evidence(
                    "REVIEWED",
                    (drink, (id_, ingredient["name"])),
                    True,
                    source=ingredient["source"],
                )
                for id_, ingredient in sorted(ingredients.items())
            ),
        ]

    def _missing(self, *, decides: bool) -> list[Evidence]:
        missing = [
            Evidence(
                "UNREVIEWED",
                _path(row),
                decides,
                voided_at=row["expiredOn"],
                because="EXPIRED" if row["expiredOn"] else None,
            )
            for row in _shortest(self.unreviewed)
        ]
        if self.recipe and not (self.recipe["recipeComplete"] and self.recipe["parts"]):
            drink = (self.recipe["drinkId"], self.recipe["name"])
            incomplete = Evidence(
                "RECIPE_INCOMPLETE", (drink,), decides, parts=self.recipe["parts"]
            )
            missing.insert(0, incomplete)
        return missing


async def read_facts(
    graph: Graph, drink_ids: Sequence[str], allergen_ids: Sequence[str]
) -> Callable[[str, str], Facts]:
    """Return the facts by drink and allergen, read in one transaction. Raises a GraphError."""
    steps = _steps(drink_ids, allergen_ids)
    statements, recipes, unreviewed, exemptions = await graph.run_together(steps)
    said, exempt = (
        _grouped(statements, "drinkId", "asked"),
        _grouped(exemptions, "drinkId", "asked"),
    )
    missing = _grouped(unreviewed, "drinkId")
    recipe_of = {row["drinkId"]: row for row in recipes}

    def facts(drink_id: str, allergen_id: str) -> Facts:
        return Facts(
            statements=tuple(said[drink_id, allergen_id]),
            recipe=recipe_of.get(drink_id, {}),
            unreviewed=tuple(missing[(drink_id,)]),
            exemptions=tuple(exempt[drink_id, allergen_id]),
        )

    return facts


def replay_facts(drink_ids: Sequence[str], allergen_ids: Sequence[str]) -> list[Replay]:
    """Return what shows the facts again."""
    return [Replay.of(query, asked) for query, asked in _steps(drink_ids, allergen_ids)]


def _steps(
    drink_ids: Sequence[str], allergen_ids: Sequence[str]
) -> list[tuple[Query, dict[str, Any]]]:
    drinks = {"drinkIds": list(drink_ids)}
    both = {**drinks, "allergenIds": list(allergen_ids)}
    return [
        (SAFETY_STATEMENTS, both),
        (SAFETY_RECIPES, drinks),
        (SAFETY_UNREVIEWED, drinks),
        (SAFETY_EXEMPTIONS, both),
    ]


def _grouped(rows: Iterable[Row], *names: str) -> dict[tuple[str, ...], list[Row]]:
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        groups[tuple(row[name] for name in names)].append(row)
    return groups


def _shortest(rows: Sequence[Row]) -> list[Row]:
    """Return the first rows of each status; second paths to the same end come last.

    A path that visits a part twice, round a cycle, adds nothing to the one without.
    """
    kept: dict[str, list[tuple[int, Row]]] = defaultdict(list)
    paths: dict[tuple[str | None, ...], int] = defaultdict(int)
    for row in rows:
        # the drink or the allergen may have the id of an ingredient
        parts = row["path"][1:-1] if "status" in row else row["path"][1:]
        if len(set(parts)) == len(parts):
            end = (row.get("status"), row.get("source"), *row["path"][-2:])
            kept[row.get("status", "")].append((paths[end], row))
            paths[end] += 1
    return [
        row
        for same in kept.values()
        for _, row in sorted(same, key=lambda ranked: ranked[0])[:MOST_OF_A_KIND]
    ]


def _path(row: Row) -> tuple[PathStep, ...]:
    return tuple(zip(row["path"], row["names"], strict=True))


def _exemption(row: Row) -> Evidence:
    return Evidence(
        kind="EXEMPT",
        path=_path(row),
        decides=False,
        allergen=row["allergen"],
        source=row["source"],
        regulation=row["regulation"],
        text=row["text"],
    )
