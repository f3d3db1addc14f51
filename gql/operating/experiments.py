"""Experiments for operators: the same steps by the same rules as on the command line."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Annotated, Any, TypeVar

import strawberry
from strawberry.types import Info

from embeddings.serving.artefact import ModelError
from gql import described
from gql.request.context import context_of
from gql.request.failures import (
    GraphAway,
    InvalidInput,
    NotAllowed,
    NotSignedIn,
    expected,
    invalid,
)
from gql.types.experiments import Experiment, ExperimentFindings
from gql.types.notes import history_line
from graph.errors import GraphError, TastegraphError
from learning.experiments.definition import experiment_in

LONGEST_DEFINITION = 20_000

T = TypeVar("T")


@described.object_type
class ExperimentList:
    """All experiments, oldest first."""

    items: list[Experiment]


@described.object_type
class DecidedExperiment:
    """An experiment that was decided."""

    experiment: Experiment
    forgotten: int = strawberry.field(description="Of how many people it is forgotten.")


ExperimentsResult = Annotated[
    ExperimentList | InvalidInput | NotSignedIn | NotAllowed | GraphAway,
    strawberry.union("ExperimentsResult"),
]
ExperimentFindingsResult = Annotated[
    ExperimentFindings | InvalidInput | NotSignedIn | NotAllowed | GraphAway,
    strawberry.union("ExperimentFindingsResult"),
]
ExperimentResult = Annotated[
    Experiment | InvalidInput | NotSignedIn | NotAllowed | GraphAway,
    strawberry.union("ExperimentResult"),
]
DecideExperimentResult = Annotated[
    DecidedExperiment | InvalidInput | NotSignedIn | NotAllowed | GraphAway,
    strawberry.union("DecideExperimentResult"),
]
Share = Annotated[
    float, strawberry.argument(description="The share of its people, above 0 and at most 1.")
]
Note = Annotated[str | None, strawberry.argument(description="Why, for its history.")]


@strawberry.type
class ExperimentQueries:
    """What operators can ask about experiments."""

    @described.field
    @expected
    async def experiments(self, info: Info[Any, Any]) -> ExperimentsResult:
        """All experiments, oldest first. For analysts and operators."""
        request = context_of(info)
        request.permitted(info)
        records = await request.experiments.all()
        return ExperimentList(items=[Experiment.of(record) for record in records])

    @described.field
    @expected
    async def experiment(self, info: Info[Any, Any], id: strawberry.ID) -> ExperimentFindingsResult:
        """What came of an experiment so far: people, each metric by day, the verdict. For
        analysts and operators.
        """
        request = context_of(info)
        request.permitted(info)
        shown = await _or_refuse("id", request.experiments.show(str(id)))
        return ExperimentFindings.of(shown)


@strawberry.type
class ExperimentMutations:
    """What operators can do with experiments."""

    @described.mutation
    @expected
    async def new_experiment(
        self,
        info: Info[Any, Any],
        definition: Annotated[str, strawberry.argument(description="The text of its file, TOML.")],
    ) -> ExperimentResult:
        """Keep an experiment as a draft; a draft of the same id is replaced. For operators."""
        request = context_of(info)
        by = request.permitted(info)
        if len(definition) > LONGEST_DEFINITION:
            message = f"The definition is over {LONGEST_DEFINITION:,} characters."
            raise invalid("definition", message, "Send a shorter one.")

        async def drafted() -> Experiment:
            wanted = experiment_in(definition, "definition")
            return Experiment.of(await request.experiments.draft(wanted, by))

        return await _or_refuse("definition", drafted())

    @described.mutation
    @expected
    async def start_experiment(
        self, info: Info[Any, Any], id: strawberry.ID, ramp: Share = 1.0
    ) -> ExperimentResult:
        """Start a draft: servers assign people to its arms within a second. For operators."""
        request = context_of(info)
        by = request.permitted(info)
        record = await _or_refuse("id", request.experiments.start(str(id), ramp, by))
        return Experiment.of(record)

    @described.mutation
    @expected
    async def ramp_experiment(
        self, info: Info[Any, Any], id: strawberry.ID, to: Share
    ) -> ExperimentResult:
        """Take more of its people into a running experiment; nobody changes arms. For operators."""
        request = context_of(info)
        by = request.permitted(info)
        return Experiment.of(await _or_refuse("to", request.experiments.ramp(str(id), to, by)))

    @described.mutation
    @expected
    async def stop_experiment(
        self,
        info: Info[Any, Any],
        id: strawberry.ID,
        arm: Annotated[
            str | None,
            strawberry.argument(
                description="Only this arm: who has it gets the control's lists from now on."
            ),
        ] = None,
        note: Note = None,
    ) -> ExperimentResult:
        """Stop a running experiment: every list is as asked for again. For operators."""
        request = context_of(info)
        by, why = request.permitted(info), history_line("note", note)
        record = await _or_refuse("id", request.experiments.stop(str(id), by, why, arm))
        return Experiment.of(record)

    @described.mutation
    @expected
    async def decide_experiment(
        self,
        info: Info[Any, Any],
        id: strawberry.ID,
        arm: Annotated[str, strawberry.argument(description="The arm that is kept.")],
        note: Annotated[str, strawberry.argument(description="Why, for its history.")],
        despite: Annotated[
            str | None,
            strawberry.argument(description="Why it should be although the numbers say no."),
        ] = None,
    ) -> DecideExperimentResult:
        """Decide a stopped experiment by what was found, and forget who was in it. For
        operators.
        """
        request = context_of(info)
        by, why = request.permitted(info), history_line("note", note)
        if why is None:
            raise invalid("note", "The note is empty.", "Say why.")
        deciding = request.experiments.decide(
            str(id), arm, by, why, history_line("despite", despite)
        )
        decided = await _or_refuse("arm", deciding)
        return DecidedExperiment(
            experiment=Experiment.of(decided.record), forgotten=decided.forgotten
        )


async def _or_refuse(argument: str, work: Awaitable[T]) -> T:
    try:
        return await work
    except GraphError:
        raise
    except ModelError as error:
        raise invalid(argument, str(error), "Nothing was changed.") from error
    except TastegraphError as refused:
        advice = refused.advice or "Nothing was changed."
        raise invalid(argument, refused.message, advice) from refused
