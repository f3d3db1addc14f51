"""Whether all is well, and who asks: what a page for those who run the service begins with."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from gql import described
from gql.described import description_of
from gql.request.context import context_of
from gql.request.failures import GraphAway, NotAllowed, NotSignedIn, expected
from gql.request.health import HealthCheck, HealthReport
from gql.request.policy import Role

strawberry.enum(Role, description=description_of(Role))


@described.enum
class HealthState(Enum):
    """How one thing is; only a problem makes the whole unhealthy."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@described.object_type
class HealthFinding:
    """One thing that was checked, and what to do about it."""

    check: str
    state: HealthState
    message: str
    advice: str = strawberry.field(description="What to do; empty if nothing is.")

    @staticmethod
    def of(found: HealthCheck) -> HealthFinding:
        """Return a finding as the API shows it."""
        return HealthFinding(
            check=found.check,
            state=HealthState(found.state),
            message=found.message,
            advice=found.advice,
        )


@described.object_type
class Health:
    """How the server asked is, at most half a minute ago; it counts since it started."""

    findings: list[HealthFinding]
    drinks: int
    catalogue_version: int
    model_version: str | None = strawberry.field(description="The model that ranks.")
    requests: int
    failed_requests: int = strawberry.field(description="Answered with a status of 500 or more.")
    disagreements: int = strawberry.field(
        description="Drinks that memory passed and the graph did not; nobody was shown them."
    )
    contradictions: int = strawberry.field(
        description="Drinks that were served, and that the gate, asked again, did not pass."
    )

    @staticmethod
    def of(found: HealthReport) -> Health:
        """Return what was found as the API shows it."""
        figures = found.figures
        return Health(
            findings=list(map(HealthFinding.of, found.checks)),
            drinks=figures.drinks,
            catalogue_version=figures.catalogue_version,
            model_version=figures.model_version,
            requests=figures.requests,
            failed_requests=figures.failed_requests,
            disagreements=figures.disagreements,
            contradictions=figures.contradictions,
        )


HealthResult = Annotated[
    Health | NotSignedIn | NotAllowed | GraphAway, strawberry.union("HealthResult")
]


@strawberry.type
class HealthQueries:
    """What everybody who runs the service can ask."""

    @described.field
    async def roles(self, info: Info[Any, Any]) -> list[Role]:
        """In which roles you ask: a page shows each what is theirs."""
        viewer = context_of(info).viewer
        return sorted(viewer.roles) if viewer else [Role.ANYONE]

    @described.field
    @expected
    async def health(self, info: Info[Any, Any]) -> HealthResult:
        """How the service is, and what to do. For food-safety officers, operators and admins."""
        request = context_of(info)
        request.permitted(info)
        return Health.of(await request.dependencies.check_health())
