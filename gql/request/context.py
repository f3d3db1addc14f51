"""What a resolver may use: the parts of the service, who asks, and loaders for one request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from graphql import DocumentNode, GraphQLError
from strawberry.types import Info

from embeddings.registry.store import ModelStore
from events.audit.entry import Act, Action, Role
from events.audit.log import AuditLog
from events.recording import Interaction, Recorded
from gql.execution.limits import CostLimits
from gql.request import policy
from gql.request.cursors import Cursors
from gql.request.failures import not_allowed, not_signed_in
from gql.request.health import CheckHealth, unchecked
from gql.request.loaders import Loaders
from gql.request.offices import refused_to
from gql.request.shown_setting import ShownSetting
from gql.request.text_threads import TextReader
from graph.clock import Clock, utc_now
from graph.connection import Graph
from graph.people.consent_texts import ConsentTexts, read_consent_texts
from graph.people.purposes import ASKED_FIRST, Purpose
from graph.recognition.known import Recognisers
from learning.operations import CheckModel, Experiments
from learning.polls.polling import Polling
from learning.triggers.offers import Offers
from recommend.alerts.watch import AlertWatch
from recommend.context.model_store import ContextModelStore
from recommend.context.trends import TrendStore
from recommend.ranking.pages import Pages
from recommend.ranking.recommender import Recommender
from recommend.state.snapshot_store import SnapshotStore
from recommend.tracking.erasure import Eraser
from recommend.tracking.impressions import ImpressionLog
from recommend.watching.lists import ListWatch

SURFACE = "graphql"
Record = Callable[[str, list[Interaction]], Awaitable[Recorded]]
Logged = Callable[[list[str]], Awaitable[dict[str, list[Any]]]]
"""Returns the events of some people as they were sent, by person."""

GuestOf = Callable[[str], Awaitable[str | None]]
"""Returns the id of the guest whose token it is; None if it is no token of a guest, or too old."""


async def nothing_logged(_people: list[str]) -> dict[str, list[Any]]:
    """Return nothing: where there is no log, nothing is in it."""
    return {}


async def no_guest(_token: str) -> str | None:
    """Return None: where no tokens are checked, none is a guest's."""
    return None


def no_model(_version: str) -> object:
    """Let any model count as there: where none is looked up."""
    return None


class Viewer(Protocol):
    """Somebody who is signed in."""

    @property
    def user_id(self) -> str:
        """The person's id in the graph."""
        ...

    @property
    def roles(self) -> frozenset[policy.Role]:
        """In which capacities they ask."""
        ...

    @property
    def developer(self) -> bool:
        """Whether they may ask what is dear, and what is on no list of trusted documents."""
        ...


@dataclass(frozen=True)
class Dependencies:
    """The parts of the service that resolvers use, the same for every request."""

    graph: Graph
    snapshots: SnapshotStore
    recommender: Recommender
    context_models: ContextModelStore
    record: Record
    impressions: ImpressionLog
    alerts: AlertWatch
    lists: ListWatch
    eraser: Eraser
    audit: AuditLog
    pages: Pages
    polling: Polling
    offers: Offers
    models: ModelStore
    trends: TrendStore = field(default_factory=TrendStore)
    clock: Clock = utc_now
    guest_of: GuestOf = no_guest
    logged: Logged = nothing_logged
    check_model: CheckModel = no_model
    recognisers: Recognisers = field(default_factory=Recognisers)
    consent_texts: ConsentTexts = field(default_factory=read_consent_texts)
    ask_first: tuple[Purpose, ...] = ASKED_FIRST
    cost_limits: CostLimits = field(default_factory=CostLimits)
    cursors: Cursors = field(default_factory=Cursors)
    support_minutes: int = 15
    four_eyes_hours: float = 24.0
    settings: Sequence[ShownSetting] = ()
    check_health: CheckHealth = unchecked
    reading: TextReader = field(default_factory=TextReader)


@dataclass
class Context:
    """One request; its cost is known once it was found to be valid."""

    dependencies: Dependencies
    viewer: Viewer | None
    cost: int | None = None
    loaders: Loaders = field(init=False)

    def __post_init__(self) -> None:
        """Make the loaders, which live as long as the request."""
        self.renew()

    def renew(self) -> None:
        """Forget what was loaded: each event of a subscription is a request of its own."""
        self.loaders = Loaders(
            self.dependencies.graph, self.dependencies.recommender.ask_gate, self.user_id
        )

    @property
    def user_id(self) -> str | None:
        """Return the id of the person who asks; None for nobody."""
        return self.viewer.user_id if self.viewer else None

    @property
    def cost_limit(self) -> int:
        """Return what one operation of this person may cost."""
        limits = self.dependencies.cost_limits
        if self.viewer is None:
            return limits.signed_out
        return limits.developer if self.viewer.developer else limits.person

    @property
    def experiments(self) -> Experiments:
        """Return what operators do with experiments."""
        parts = self.dependencies
        return Experiments(parts.graph, parts.check_model, parts.clock)

    def signed_in(self) -> str:
        """The id of the person who asks about themselves.

        Raises a `NotSignedIn` refusal, and a `NotAllowed` one for an office, which is no person.
        """
        viewer = self._present()
        if policy.Role.PERSON not in viewer.roles:
            raise not_allowed(policy.SIGNED_IN)
        return viewer.user_id

    def refused(self, document: DocumentNode, name: str | None) -> GraphQLError | None:
        """Return why an operation is not for the office of who asks; None if nothing is."""
        return refused_to(self.viewer.roles, document, name) if self.viewer else None

    async def on_record(self, action: Action, *what: str, about: Sequence[str] = ()) -> None:
        """Put on record what the person asking is about to do to their own data, by its fields.

        `about` names others whom it is about too. Raises AuditUnavailable: then it must not happen.
        """
        actor = self.signed_in()
        people = [actor, *about]
        acts = [Act(action, actor, Role.PERSON, person, what, SURFACE) for person in people]
        await self.dependencies.audit.record(*acts)

    async def operated(self, action: Action, *what: str, why: str | None = None) -> None:
        """Put on record what who runs this service is about to do. Raises AuditUnavailable."""
        is_operator = policy.Role.OPERATOR in self._present().roles
        role = Role.OPERATOR if is_operator else Role.FOOD_SAFETY
        await self.in_office(role, action, *what, why=why)

    async def in_office(
        self, role: Role, action: Action, *what: str, about: str | None = None, why: str | None
    ) -> None:
        """Put on record, by name, what somebody in an office is about to do, and about whom.

        Raises AuditUnavailable: then it must not happen.
        """
        act = Act(action, self._present().user_id, role, about, what, SURFACE, why or "")
        await self.dependencies.audit.record(act)

    def permitted(self, info: Info[Any, Any]) -> str:
        """The id of who asks for a root field that is not for everybody who is signed in.

        Raises a `NotSignedIn` refusal, and a `NotAllowed` one unless the policy names their role.
        """
        viewer = self._present()
        field = f"{info.operation.operation.value.title()}.{info.field_name}"
        roles = policy.roles_for(field)
        if not roles & viewer.roles:
            raise not_allowed(roles)
        return viewer.user_id

    def _present(self) -> Viewer:
        if self.viewer is None:
            raise not_signed_in()
        return self.viewer


def context_of(info: Info[Any, Any]) -> Context:
    """Strawberry's untyped context, typed."""
    context: Context = info.context
    return context
