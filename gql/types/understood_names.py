"""Names in a request: what each was certainly taken to mean; anything else is refused whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import strawberry

from gql.request.context import Context
from gql.request.failures import InvalidInput, Refusal, Suggested
from gql.types.people import Understood
from graph.catalogue.entities import Catalogue
from graph.recognition.allergy_names import allergens_named, names_of_allergies
from graph.recognition.names import Names
from graph.recognition.recogniser import Recogniser
from graph.recognition.suggestions import suggest

LONGEST_NAME = 200
MOST_SUGGESTED = 5
MOST_UNCLEAR = 5


class Named(Protocol):
    """Anything of the catalogue that has a name."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...


@dataclass(frozen=True)
class Meant:
    """What the texts of one argument mean: an id for each, in their order, and the names sent."""

    ids: list[str]
    understood: list[Understood] = field(default_factory=list[Understood])


def allergens_meant(argument: str, texts: Iterable[str], catalogue: Catalogue) -> Meant:
    """Return the allergens that ids and names mean; refuse all if one is not certain."""
    known = _names(catalogue.allergens)

    def meant(text: str) -> list[str]:
        return list(allergens_named(text, known))

    def like(text: str) -> list[str]:
        suggestions = suggest(names_of_allergies(known), text, MOST_SUGGESTED)
        return [suggestion.ingredient for suggestion in suggestions]

    return _meant(argument, list(texts), catalogue.allergens, meant, like, "allergens")


def diets_meant(argument: str, texts: Iterable[str], catalogue: Catalogue) -> Meant:
    """Return the diets that ids and names mean; refuse all if one is not certain."""
    known = _names(catalogue.diets)

    def like(text: str) -> list[str]:
        return [suggestion.ingredient for suggestion in suggest(known, text, MOST_SUGGESTED)]

    return _meant(argument, list(texts), catalogue.diets, _one(known.find), like, "diets")


async def ingredients_meant(
    request: Context, argument: str, texts: Iterable[str], catalogue: Catalogue
) -> Meant:
    """Return the ingredients and groups to avoid that ids and names mean; refuse all if one is not
    certain. The graph is read only for names. Raises a GraphError.
    """
    asked, parts = list(texts), request.dependencies
    if all(text in catalogue.ingredients for text in asked):
        return Meant(asked)
    known = await parts.recognisers.current(parts.graph, catalogue.version)
    return await parts.reading.run(_ingredients, argument, asked, catalogue, known)


def _ingredients(argument: str, texts: list[str], catalogue: Catalogue, known: Recogniser) -> Meant:
    def like(text: str) -> list[str]:
        return [suggestion.ingredient for suggestion in known.suggest(text, MOST_SUGGESTED)]

    where = "the ingredients of a drink"
    return _meant(argument, texts, catalogue.ingredients, _one(known.avoided), like, where)


def _one(find: Callable[[str], str | None]) -> Callable[[str], list[str]]:
    def found(text: str) -> list[str]:
        identifier = find(text)
        return [identifier] if identifier else []

    return found


def _names(things: Mapping[str, Named]) -> Names:
    names = Names()
    for identifier, thing in things.items():
        names.add(identifier, thing.name)
    return names


def _meant(
    argument: str,
    texts: Sequence[str],
    known: Mapping[str, Named],
    meant: Callable[[str], list[str]],
    like: Callable[[str], list[str]],
    where: str,
) -> Meant:
    ids_of = {text: _found(text, known, meant) for text in texts}
    unclear = {text: ids for text, ids in ids_of.items() if len(ids) != 1}
    if unclear:
        raise _refused(argument, unclear, known, like, where)
    understood = [
        Understood(text=text, id=strawberry.ID(identifier), name=known[identifier].name)
        for text, [identifier] in ids_of.items()
        if text != identifier
    ]
    return Meant([ids_of[text][0] for text in texts], understood)


def _found(text: str, known: Mapping[str, Named], meant: Callable[[str], list[str]]) -> list[str]:
    if text in known:
        return [text]
    return (
        [identifier for identifier in meant(text) if identifier in known]
        if len(text) <= LONGEST_NAME
        else []
    )


def _refused(
    argument: str,
    unclear: Mapping[str, list[str]],
    known: Mapping[str, Named],
    like: Callable[[str], list[str]],
    where: str,
) -> Refusal:
    """Return the refusal of names that mean nothing certain, with what each may mean."""
    first = dict(list(unclear.items())[:MOST_UNCLEAR])
    strange = [text[:LONGEST_NAME] for text, ids in first.items() if not ids]
    several = [text for text, ids in first.items() if ids]
    said = [f"Not known: {', '.join(strange)}."] if strange else []
    said += [f"These have more than one meaning: {', '.join(several)}."] if several else []
    suggestions = [
        Suggested(text=text[:LONGEST_NAME], id=strawberry.ID(id_), name=known[id_].name)
        for text, ids in first.items()
        for id_ in ids or like(text)
        if id_ in known
    ]
    return Refusal(
        InvalidInput(
            message=" ".join(said),
            advice=f"Nothing was changed. Look for the ids in {where}.",
            argument=argument,
            suggestions=suggestions,
        )
    )
