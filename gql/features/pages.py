"""Lists a page at a time, in the form of Relay: a page never shifts under the reader."""

from __future__ import annotations

import struct
from typing import Annotated, Any, Unpack

import orjson
import strawberry
from strawberry.types import Info

from gql import described
from gql.features.answers import explanation_of, refuse_unclear_list
from gql.features.list_requests import RankingArguments, checked_request, takes_ranking_arguments
from gql.request.context import Context, context_of
from gql.request.cursors import no_cursor, text_of
from gql.request.failures import (
    GraphAway,
    InvalidInput,
    ListExpired,
    NotSignedIn,
    ProfileUnclear,
    Refusal,
    expected,
    invalid,
)
from gql.types.drinks import Drink, Recommendation
from gql.types.inputs import DrinkFilterInput
from gql.types.reasons import Explanation
from gql.types.safety import Safety
from recommend.ranking.pages import DIGEST_BYTES, ListCursor, ListGone, Page, question_digest
from recommend.ranking.recommender import NameCursor, name_cursors
from recommend.state.name_search import Level

_CURSOR = struct.Struct(f">B{DIGEST_BYTES}s{DIGEST_BYTES}sI")
_VERSION = 3
_LIST, _BY_NAME = "list", "by name"

After = Annotated[
    str | None, strawberry.argument(description="A cursor of this list: what comes after it.")
]
First = Annotated[int, strawberry.argument(description="How many, from 1 to 100.")]


@described.object_type
class PageInfo:
    """Where a page is within its list."""

    has_next_page: bool = strawberry.field(description="Whether there is more after endCursor.")
    has_previous_page: bool = strawberry.field(
        description="Whether there is something before this page."
    )
    start_cursor: str | None
    end_cursor: str | None

    @staticmethod
    def of(cursors: list[str], *, more: bool, after: str | None) -> PageInfo:
        """Return what to say of a page with these cursors, asked for after another."""
        return PageInfo(
            has_next_page=more,
            has_previous_page=after is not None,
            start_cursor=cursors[0] if cursors else None,
            end_cursor=cursors[-1] if cursors else None,
        )


@described.object_type
class RecommendationEdge:
    """A drink in a list, and its position."""

    cursor: str
    node: Recommendation


@described.object_type
class RecommendationConnection:
    """A page of one list of drinks for you, best first."""

    edges: list[RecommendationEdge]
    page_info: PageInfo
    list_id: strawberry.ID = strawberry.field(description="The same on all pages of a list.")
    model_version: str = strawberry.field(description="The model that ranked the list.")
    catalogue_version: int = strawberry.field(
        description="The version this page was checked against."
    )
    allergies_declared: bool = strawberry.field(
        description="False: nothing was checked for you; ask for allergies first."
    )
    page_variant: str | None = strawberry.field(
        description="Which variant of your page should show it, if an experiment varies that."
    )


@described.object_type
class DrinkEdge:
    """A drink by name, and its position."""

    cursor: str
    node: Drink
    safety: Safety = strawberry.field(description="What the graph said about it for you.")


@described.object_type
class DrinkConnection:
    """A page of drinks by name."""

    edges: list[DrinkEdge]
    page_info: PageInfo
    catalogue_version: int


RecommendationsConnectionResult = Annotated[
    RecommendationConnection
    | InvalidInput
    | NotSignedIn
    | ProfileUnclear
    | ListExpired
    | GraphAway,
    strawberry.union("RecommendationsConnectionResult"),
]
DrinksConnectionResult = Annotated[
    DrinkConnection | InvalidInput | ProfileUnclear | GraphAway,
    strawberry.union("DrinksConnectionResult"),
]


@strawberry.type
class ConnectionQueries:
    """Lists a page at a time."""

    @described.field
    @expected
    @takes_ranking_arguments
    async def recommendations_connection(
        self,
        info: Info[Any, Any],
        first: First = 20,
        after: After = None,
        **arguments: Unpack[RankingArguments],
    ) -> RecommendationsConnectionResult:
        """Drinks for you, best first, a page at a time: all pages come from the same list as the
        first. Anything no longer safe for you is left out.
        """
        request = context_of(info)
        user_id = request.signed_in()
        asked = await checked_request(request, first, **arguments)
        question = question_digest(asked)
        place = _list_cursor(request, after, question) if after else None
        try:
            page = await request.dependencies.pages.page(user_id, asked, place)
        except ListGone as gone:
            raise _expired() from gone
        await refuse_unclear_list(request, page.recommended)
        explanation = explanation_of(request, page.recommended, asked.context)
        return _connection(request, page, explanation, question, after)

    @described.field
    @expected
    async def drinks_connection(
        self,
        info: Info[Any, Any],
        first: First = 20,
        after: After = None,
        filter: DrinkFilterInput | None = None,
    ) -> DrinksConnectionResult:
        """Drinks that are safe for you, by name, a page at a time."""
        request = context_of(info)
        asked = await checked_request(request, first, filter)
        recommender = request.dependencies.recommender
        beyond = _name_cursor(request, after) if after else None
        recommended = await recommender.browse(asked, beyond=beyond)
        await refuse_unclear_list(request, recommended)
        places = name_cursors(recommended, asked.wanted)
        more = len(places) == asked.first and await recommender.passes_beyond(asked, places[-1])
        edges = [
            DrinkEdge(
                cursor=request.dependencies.cursors.cursor(
                    orjson.dumps(list(place)), _BY_NAME, request.user_id
                ),
                node=Drink.of(item.drink),
                safety=Safety.of(item.safety),
            )
            for item, place in zip(recommended.items, places, strict=True)
        ]
        return DrinkConnection(
            edges=edges,
            page_info=PageInfo.of([edge.cursor for edge in edges], more=more, after=after),
            catalogue_version=recommended.catalogue_version,
        )


def _connection(
    request: Context, page: Page, explanation: Explanation, question: bytes, after: str | None
) -> RecommendationConnection:
    digest, cursors, user_id = page.listed.digest, request.dependencies.cursors, request.user_id
    edges = [
        RecommendationEdge(
            cursor=cursors.cursor(
                _CURSOR.pack(_VERSION, question, digest, item.rank), _LIST, user_id
            ),
            node=Recommendation.of(item, explanation),
        )
        for item in page.recommended.items
    ]
    return RecommendationConnection(
        edges=edges,
        page_info=PageInfo.of([edge.cursor for edge in edges], more=page.more, after=after),
        list_id=strawberry.ID(text_of(digest)),
        model_version=page.listed.model_version,
        catalogue_version=page.recommended.catalogue_version,
        allergies_declared=page.recommended.declared,
        page_variant=page.recommended.page,
    )


def _expired() -> Refusal:
    return Refusal(
        ListExpired(
            message="The list this cursor belongs to is gone; a new list would differ.",
            advice="Start again without after.",
        )
    )


def _list_cursor(request: Context, cursor: str, question: bytes) -> ListCursor:
    """Return the place of a cursor; refuse one that is none, or is from another list."""
    try:
        raw = request.dependencies.cursors.read(cursor, _LIST, request.user_id)
        version, asked, digest, rank = _CURSOR.unpack(raw)
    except struct.error as error:
        raise no_cursor() from error
    if version != _VERSION:
        raise no_cursor()
    if asked != question:
        raise invalid(
            "after",
            "The cursor belongs to a list with other arguments.",
            "Send the same arguments with every page, or start again without after.",
        )
    return ListCursor(digest, rank)


def _name_cursor(request: Context, cursor: str) -> NameCursor:
    try:
        match orjson.loads(request.dependencies.cursors.read(cursor, _BY_NAME, request.user_id)):
            case [str(name), str(id_)]:
                return NameCursor(name, id_)
            case [str(name), str(id_), int(level)] if 0 <= level <= max(Level):
                return NameCursor(name, id_, level)
            case _:
                raise no_cursor()
    except orjson.JSONDecodeError as error:
        raise no_cursor() from error
