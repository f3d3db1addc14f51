"""What an experiment is: written in a TOML file by whoever plans it, kept as it is in the graph."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator

from graph.experiments.metrics import METRICS
from learning.assignment.allocation import Allocation, weights_of
from learning.assignment.hashing import BUCKETS
from learning.documents import DocumentPart, Name, first_fault, read_toml, toml_in
from learning.errors import ExperimentRefused
from recommend.ranking.reranking import Attribute, Boost

MOST_ARMS = 10
LONGEST_WINDOW_HOURS = 24 * 28

Share = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
Control = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class ArmBoost(DocumentPart):
    """A boost as a request can have it."""

    attribute: Literal["kind", "style", "flavor", "producer"]
    id: str
    factor: float

    @property
    def boost(self) -> Boost:
        """The boost. Raises ValueError for a factor out of bounds."""
        return Boost(Attribute(self.attribute.upper()), self.id, self.factor)


class Arm(DocumentPart):
    """What lists of an arm are ranked with; what it does not name stays as it was asked for."""

    name: Name
    weight: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    model: str | None = None
    diversity: Control | None = None
    rotation: Control | None = None
    minimum_relevance: Control | None = None
    boosts: tuple[ArmBoost, ...] = ()
    page: Name | None = None
    policy: Literal["none", "epsilon", "thompson", "linucb", "new-drinks"] | None = None

    @field_validator("boosts")
    @classmethod
    def _within_bounds(cls, boosts: tuple[ArmBoost, ...]) -> tuple[ArmBoost, ...]:
        for boost in boosts:
            _ = boost.boost
        return boosts


class Experiment(DocumentPart):
    """An experiment. The first arm is the control, the first metric the one that decides.

    `share` is how much of its layer it may use. A person's numbers are of the `window_hours` after
    they came in. Intervals are narrowest where two arms have about `expected_people`. Revenue is
    that in `currency` alone. With `interleave`, everybody has lists of both arms in one.
    """

    id: Name
    hypothesis: Annotated[str, Field(min_length=1, max_length=1000)]
    unit: Literal["person"] = "person"
    layer: Name = "ranking"
    share: Share = 1.0
    arms: Annotated[tuple[Arm, ...], Field(min_length=2, max_length=MOST_ARMS)]
    metrics: Annotated[tuple[str, ...], Field(min_length=1)]
    guardrails: tuple[str, ...] = ()
    segments: tuple[Name, ...] = ()
    window_hours: Annotated[int, Field(ge=1, le=LONGEST_WINDOW_HOURS)] = 24
    expected_people: Annotated[int, Field(ge=100, le=10**9)] = 10_000
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"
    interleave: bool = False

    @field_validator("arms")
    @classmethod
    def _distinct(cls, arms: tuple[Arm, ...]) -> tuple[Arm, ...]:
        if len({arm.name for arm in arms}) < len(arms):
            raise ValueError("two arms have the same name")
        if min(weights_of([arm.weight for arm in arms])) < 1:
            raise ValueError("an arm's weight is under a ten-thousandth of all")
        return arms

    @field_validator("metrics", "guardrails")
    @classmethod
    def _known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if name not in METRICS:
                raise ValueError(f"there is no metric '{name}', only {', '.join(METRICS)}")
        return names

    @model_validator(mode="after")
    def _long_enough(self) -> Self:
        for name in self.measured:
            if self.window_hours < (least := METRICS[name].least_hours):
                raise ValueError(f"'{name}' needs window_hours of {least} or more")
        return self

    @model_validator(mode="after")
    def _can_interleave(self) -> Self:
        if self.interleave and (len(self.arms) != 2 or any(arm.policy for arm in self.arms)):
            raise ValueError("interleave takes two arms, and no policy of theirs")
        return self

    @property
    def size(self) -> int:
        """How many buckets of its layer it needs."""
        return max(1, round(self.share * BUCKETS))

    @property
    def window(self) -> int:
        """The window of a person, in milliseconds."""
        return self.window_hours * 3_600_000

    @cached_property
    def weights(self) -> tuple[int, ...]:
        """The shares of the arms, in ten-thousandths."""
        return weights_of([arm.weight for arm in self.arms])

    @property
    def shares(self) -> dict[str, float]:
        """The share of each arm, by its name; they add up to 1."""
        names = [arm.name for arm in self.arms]
        return {name: weight / BUCKETS for name, weight in zip(names, self.weights, strict=True)}

    @property
    def models(self) -> frozenset[str]:
        """The versions of the models that arms name."""
        return frozenset(arm.model for arm in self.arms if arm.model)

    @property
    def measured(self) -> tuple[str, ...]:
        """All its metrics, each once: those it is about, then those that only guard."""
        return tuple(dict.fromkeys((*self.metrics, *self.guardrails)))

    def allocation(self, first: int, size: int, ramp: float) -> Allocation:
        """Return who is in which arm, given its range of the layer and the share of that in use."""
        return Allocation(self.id, self.layer, first, size, ramp, self.weights)


def experiment_of(document: Mapping[str, Any], name: str) -> Experiment:
    """Return the experiment that a document describes.

    Raises ExperimentRefused naming the document and the key that is wrong.
    """
    try:
        return Experiment.model_validate(document)
    except ValidationError as error:
        raise ExperimentRefused(f"The experiment {name}: {first_fault(error)}.") from error


def read_experiment(path: Path) -> Experiment:
    """Return the experiment in a TOML file. Raises ExperimentRefused naming the key in question."""
    return experiment_of(read_toml(path, ExperimentRefused), path.name)


def experiment_in(text: str, name: str) -> Experiment:
    """Return the experiment in a text of TOML. Raises ExperimentRefused naming the key."""
    return experiment_of(toml_in(text, name, ExperimentRefused), name)
