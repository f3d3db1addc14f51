"""Ingredients: what the import says about them, and which of them a text names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from graph.errors import ImportRefused
from graph.importing.files.parsing import Problem
from graph.importing.files.record import Record
from graph.importing.files.rows import IngredientRow
from graph.importing.files.sources import Source, Sources
from graph.importing.fingerprint import fingerprint
from graph.importing.hierarchy import check_hierarchy
from graph.importing.job import Job, Step, in_steps
from graph.importing.terms import Terms
from graph.query_files import load
from graph.recognition.known import KNOWN_HIERARCHY, KNOWN_INGREDIENTS, is_group, recogniser_of
from graph.recognition.naming import slug
from graph.recognition.recogniser import Recogniser
from graph.recognition.resolution import Unresolved

UPSERT_INGREDIENTS = load("catalogue/upsert_ingredients")
ADD_UNREVIEWED_INGREDIENTS = load("catalogue/add_unreviewed_ingredients")
UNLINK_INGREDIENTS = load("catalogue/unlink_ingredients")
LINK_GROUPS = load("catalogue/link_groups")
LINK_PARTS = load("catalogue/link_parts")
LINK_INGREDIENT_FLAVORS = load("catalogue/link_ingredient_flavors")
DOUBT_INGREDIENTS = load("catalogue/doubt_ingredients")


@dataclass
class Ingredients:
    """All ingredients, those of the graph and those of this import.

    They are `keyed` where a database's own keys tell them apart: two of one source may then share
    a name, and neither is taken for the other.
    """

    names: Recogniser = field(default_factory=Recogniser)
    known: dict[str, dict[str, Any]] = field(default_factory=lambda: dict[str, dict[str, Any]]())
    rows: dict[str, IngredientRow] = field(default_factory=lambda: dict[str, IngredientRow]())
    hierarchy: list[dict[str, Any]] = field(default_factory=lambda: list[dict[str, Any]]())
    created: dict[str, str] = field(default_factory=lambda: dict[str, str]())
    keyed: bool = False

    def of_recipe(self, text: str) -> list[str]:
        """Return the ingredients that a recipe's text names, a new unreviewed one if none are.

        Empty for a text without letters and digits.
        """
        resolution = self.names.resolve(text)
        if resolution.problem is Unresolved.ONLY_A_GROUP:
            return [self._add_created(f"unnamed-{slug(text)[:200]}", text)]
        created = None if resolution.resolved else self._create(text)
        return [created] if created else list(resolution.ingredients)

    def of_group(self, text: str) -> str | None:
        """Return the ingredient that the whole text names, a new unreviewed one if none does."""
        return self.names.find(text) or self._create(text)

    def is_group(self, identifier: str) -> bool:
        """Return whether it only groups others, each with its own allergens."""
        return identifier in self.names.groups

    def _create(self, text: str) -> str | None:
        identifier = slug(text)[:200]
        return self._add_created(identifier, text) if identifier else None

    def keyed_as(self, identifier: str) -> str:
        """Return an ingredient by its id, a new unreviewed one if it is not there yet."""
        return self._add_created(identifier, identifier)

    def _add_created(self, identifier: str, text: str) -> str:
        if identifier not in self.known and identifier not in self.rows:
            self.created[identifier] = text
            self.names.named.add(identifier, text)
        return identifier

    def is_reviewed(self, job: Job, identifier: str) -> bool:
        """Return whether the ingredient will be reviewed after this import."""
        if identifier in job.doubts.ingredients:
            return False
        if identifier in self.rows:
            return self.rows[identifier].reviewed
        return bool(self.known.get(identifier, {}).get("reviewed"))


async def read_ingredients(job: Job, sources: Sources, *, keyed: bool = False) -> Ingredients:
    """Return the ingredients by name; reject rows that are wrong or ambiguous."""
    ingredients = Ingredients(keyed=keyed)
    rows = await job.graph.run(KNOWN_INGREDIENTS, deadline=60.0)
    ingredients.hierarchy = await job.graph.run(KNOWN_HIERARCHY, deadline=60.0)
    ingredients.known = {row["id"]: row for row in rows}
    ingredients.names = recogniser_of(rows, ingredients.hierarchy)
    for source in sources.of("ingredients"):
        for record, row in job.read(source, IngredientRow):
            _accept(job, ingredients, source, record, row)
    return ingredients


def _accept(
    job: Job,
    ingredients: Ingredients,
    source: Source,
    record: Record,
    row: IngredientRow | list[Problem],
) -> None:
    if isinstance(row, list):
        _reject(job, ingredients, record, row)
        return
    if source.keep_known and _is_known_elsewhere(job, ingredients, row):
        return
    if row.id in ingredients.rows:
        if row != ingredients.rows[row.id]:
            _reject(job, ingredients, record, [Problem("id", row.id, "is there twice")])
        return
    if not ingredients.keyed and (ambiguity := _ambiguity(ingredients, row)):
        _reject(job, ingredients, record, [ambiguity])
        return
    twins = _twins(ingredients, row)
    if ingredients.keyed:
        twins -= {twin for twin in twins if ingredients.known[twin]["source"] == job.source}
    if twins:
        row = row.model_copy(update={"is_a": (*row.is_a, *sorted(twins))})
        ingredients.names.described.add(row.id, row.id)
    else:
        ingredients.names.described.add(row.id, row.name, row.synonyms)
    ingredients.names.groups.discard(row.id)
    if is_group(row.source):
        ingredients.names.groups.add(row.id)
    ingredients.rows[row.id] = row


def _twins(ingredients: Ingredients, row: IngredientRow) -> set[str]:
    """Return the ingredients of other imports that have the row's name or a synonym.

    The row becomes a kind of them, with all that is known against them; a text that names
    both means the older one.
    """
    described = ingredients.names.described
    owners = set[str]().union(
        *(described.owners(text) for text in (row.id, row.name, *row.synonyms))
    )
    return (owners & ingredients.known.keys()) - ingredients.rows.keys() - {row.id}


def _is_known_elsewhere(job: Job, ingredients: Ingredients, row: IngredientRow) -> bool:
    owners = ingredients.names.described.owners(row.name) | {row.id}
    known = (ingredients.known[owner] for owner in owners if owner in ingredients.known)
    return any(row["fingerprint"] and row["source"] != job.source for row in known)


def _ambiguity(ingredients: Ingredients, row: IngredientRow) -> Problem | None:
    """Return why the row's name is ambiguous within the import, if it is."""
    texts = [("id", row.id), ("name", row.name), *(("synonyms", text) for text in row.synonyms)]
    for column, text in texts:
        owners = ingredients.names.described.owners(text) - {row.id}
        if taken := owners & ingredients.rows.keys():
            return Problem(
                column, text, f"is ambiguous: the ingredient '{min(taken)}' already has this name"
            )
    return None


def _reject(job: Job, ingredients: Ingredients, record: Record, problems: list[Problem]) -> None:
    identifier = record.values.get("id", "")
    if record.problem and not identifier:
        raise ImportRefused(
            f"{record.file}, row {record.number}: {record.problem}.",
            "It does not say which ingredient it is about; nothing was imported.",
        )
    job.reject("ingredients", record, problems)
    job.doubts.ingredients.add(identifier)


async def plan_ingredients(job: Job, ingredients: Ingredients, terms: Terms) -> list[Step]:
    """Return the steps that write changed, created and doubted ingredients.

    Raises ImportRefused if something would be a kind of, or made of, itself.
    """
    contents = [_content(job, ingredients, terms, row) for row in ingredients.rows.values()]
    changed = [
        {"reviewedOn": None, **content, "fingerprint": fingerprint([content, job.source])}
        for content in contents
        if _is_news(job, ingredients, content)
    ]
    _check_hierarchy(job, ingredients, changed)
    job.summary.table("ingredients").written += len(changed)
    job.summary.ingredients_created = len(ingredients.created)
    created = [
        {"id": identifier, "name": text, "source": job.source}
        for identifier, text in ingredients.created.items()
    ]
    return [
        *in_steps(ADD_UNREVIEWED_INGREDIENTS, "rows", created),
        *_changing_steps(job, changed),
        *in_steps(DOUBT_INGREDIENTS, "ids", _doubted(job, ingredients)),
    ]


def _content(
    job: Job, ingredients: Ingredients, terms: Terms, row: IngredientRow
) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "synonyms": list(row.synonyms),
        "groups": sorted(
            {identifier for text in row.is_a if (identifier := ingredients.of_group(text))}
        ),
        "parts": sorted(
            {identifier for text in row.made_of if (identifier := ingredients.of_group(text))}
        ),
        "flavors": sorted(
            {identifier for text in row.flavors if (identifier := terms.flavor(text))}
        ),
        "reviewed": row.reviewed and row.id not in job.doubts.ingredients,
        "dietsReviewed": row.diets_reviewed and row.id not in job.doubts.ingredients,
        "source": row.source or job.source,
        # a row without the day keeps its fingerprint from before there were days
        **({"reviewedOn": row.reviewed_on} if row.reviewed_on else {}),
    }


def _is_news(job: Job, ingredients: Ingredients, content: dict[str, Any]) -> bool:
    known = ingredients.known.get(content["id"], {})
    return known.get("fingerprint") != fingerprint([content, job.source])


def _check_hierarchy(job: Job, ingredients: Ingredients, changed: list[dict[str, Any]]) -> None:
    replaced = {row["id"] for row in changed}
    edges = [(row["id"], parent) for row in changed for parent in row["groups"] + row["parts"]]
    for row in ingredients.hierarchy:
        if row["childId"] not in replaced or row["source"] != job.source:
            edges.append((row["childId"], row["parentId"]))
    check_hierarchy("ingredients", edges)


def _doubted(job: Job, ingredients: Ingredients) -> list[str]:
    return sorted(
        identifier
        for identifier in job.doubts.ingredients - ingredients.rows.keys()
        if _is_reviewed_for_anything(ingredients.known.get(identifier, {}))
    )


def _is_reviewed_for_anything(known: dict[str, Any]) -> bool:
    return bool(known.get("reviewed") or known.get("dietsReviewed"))


def _changing_steps(job: Job, changed: list[dict[str, Any]]) -> list[Step]:
    def links(column: str, name: str) -> list[dict[str, str]]:
        return [{"id": row["id"], name: other} for row in changed for other in row[column]]

    source = job.source
    return [
        *in_steps(UPSERT_INGREDIENTS, "rows", changed),
        *in_steps(UNLINK_INGREDIENTS, "ids", [row["id"] for row in changed], source=source),
        *in_steps(LINK_GROUPS, "rows", links("groups", "parentId"), source=source),
        *in_steps(LINK_PARTS, "rows", links("parts", "parentId"), source=source),
        *in_steps(LINK_INGREDIENT_FLAVORS, "rows", links("flavors", "flavorId"), source=source),
    ]
