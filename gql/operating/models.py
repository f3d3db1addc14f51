"""Models for operators: which there are, why each ranks or not, and which one is to rank."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from embeddings.registry import lifecycle
from embeddings.serving.artefact import ModelError
from events.audit.entry import Action
from gql import described
from gql.request.context import Context, context_of
from gql.request.failures import (
    GraphAway,
    InvalidInput,
    NotAllowed,
    NotSignedIn,
    Refusal,
    expected,
    invalid,
)
from gql.types.notes import history_line
from graph.models import records
from graph.models.records import ModelRefused, RegisteredModel


@described.object_type
class ModelCheck:
    """A check of the gate that a model passes before it may rank."""

    name: str
    passed: bool | None = strawberry.field(description="Null where it could not be measured.")
    sentence: str = strawberry.field(description="What was measured, and what is needed.")


@described.object_type
class Model:
    """A trained model."""

    version: str
    status: str = strawberry.field(description="candidate, active, retired or pruned.")
    trained_at: str
    promoted_at: str | None
    promoted_by: str | None
    despite: str | None = strawberry.field(
        description="Why it was made to rank although the gate refused it."
    )
    ndcg: float | None = strawberry.field(
        description="NDCG@20 on what was held out of its own data."
    )
    popularity_ndcg: float | None = strawberry.field(description="The same of popularity alone.")
    note: str | None
    accepted: bool = strawberry.field(description="Whether the gate let it pass.")
    checks: list[ModelCheck]
    stale_since: str | None = strawberry.field(
        description="Since when a newer one should be trained."
    )
    stale_why: str | None

    @staticmethod
    def of(model: RegisteredModel) -> Model:
        """Return a model as the API shows it."""
        return Model(
            version=model.version,
            status=model.status,
            trained_at=model.trained_at,
            promoted_at=model.promoted_at,
            promoted_by=model.promoted_by,
            despite=model.despite,
            ndcg=model.metrics.get("model", {}).get("ndcg"),
            popularity_ndcg=model.metrics.get("popularity", {}).get("ndcg"),
            note=model.note,
            accepted=model.accepted,
            checks=[
                ModelCheck(name=said["name"], passed=said["passed"], sentence=said["sentence"])
                for said in model.checks or ()
            ],
            stale_since=model.stale_since,
            stale_why=model.stale_why,
        )


@described.object_type
class Models:
    """All models, newest first."""

    items: list[Model]


ModelsResult = Annotated[
    Models | NotSignedIn | NotAllowed | GraphAway, strawberry.union("ModelsResult")
]
PromoteModelResult = Annotated[
    Model | InvalidInput | NotSignedIn | NotAllowed | GraphAway,
    strawberry.union("PromoteModelResult"),
]


@strawberry.type
class ModelQueries:
    """What operators and analysts can ask about models."""

    @described.field
    @expected
    async def models(self, info: Info[Any, Any]) -> ModelsResult:
        """All models, newest first, with what the gate said. For analysts and operators."""
        request = context_of(info)
        request.permitted(info)
        found = await records.models(request.dependencies.graph)
        return Models(items=list(map(Model.of, found)))


@strawberry.type
class ModelMutations:
    """What operators can do with models."""

    @described.mutation
    @expected
    async def promote_model(
        self,
        info: Info[Any, Any],
        version: str,
        despite: Annotated[
            str | None,
            strawberry.argument(description="Why it should rank although the gate refused it."),
        ] = None,
    ) -> PromoteModelResult:
        """Make a model the one that ranks: servers switch to it within a second. For operators."""
        request = context_of(info)
        by = request.permitted(info)
        why = history_line("despite", despite)
        return await _made_active(request, await _registered(request, version), by, why)

    @described.mutation
    @expected
    async def roll_back_model(self, info: Info[Any, Any]) -> PromoteModelResult:
        """Go back to the model that ranked before. For operators."""
        request = context_of(info)
        by = request.permitted(info)
        try:
            version = await lifecycle.previous_version(request.dependencies.graph)
        except ModelRefused as refused:
            raise _refused(refused) from refused
        before = await _registered(request, version)
        return await _made_active(request, before, by, before.despite)


async def _made_active(
    request: Context, model: RegisteredModel, by: str, despite: str | None
) -> Model:
    graph, store, version = request.dependencies.graph, request.dependencies.models, model.version
    try:
        lifecycle.check_promotion(model, despite)
        artefact = await asyncio.to_thread(store.load, version)
    except ModelRefused as refused:
        raise _refused(refused) from refused
    except ModelError as unreadable:
        raise invalid("version", str(unreadable), "Nothing was changed.") from unreadable
    reason = None if model.accepted else despite
    await request.operated(Action.PROMOTE, "model", version, why=reason)
    await lifecycle.activate(graph, artefact, by, reason)
    return Model.of(await _registered(request, version))


async def _registered(request: Context, version: str) -> RegisteredModel:
    for model in await records.models(request.dependencies.graph):
        if model.version == version:
            return model
    raise invalid("version", f"There is no model {version[:80]}.", "See models.")


def _refused(refused: ModelRefused) -> Refusal:
    return invalid("version", refused.message, refused.advice or "Nothing was changed.")
