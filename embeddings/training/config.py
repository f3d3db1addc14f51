"""The settings of a training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from embeddings.training.factors.spectral import RIDGE

WIDTHS = (256, 128, 64)
# a request reads every number of the drinks' vectors
MOST_NUMBERS = 6_400_000


@dataclass(frozen=True)
class TrainingConfig:
    """How to train. The defaults are meant for a few hundred people up to millions of events.

    `hidden` None: the longest of `WIDTHS` with which the vectors have at most `MOST_NUMBERS`.
    `ridge` and `popularity_exponent` are explained in `factors.spectral`, `recency` and `half_life`
    in `embeddings.data.recency`. `prior_weight` is how much of the average person is in everybody;
    `shrinkage`, divided by the number of their drinks, how much more in whoever had few.
    `transitions_weight` is how much the transitions from drink to drink (`factors.transitions`)
    count beside the vectors, `transitions_by_degree` whether pairs are scaled for them. `graph` is
    the weight of the GraphSAGE (`graphsage`), 1 less that of the rest, halved for whoever had
    `graph_halved_at` drinks if that is not 0; it has `graph_width` numbers and is fitted in
    `graph_rounds` rounds. With `choice` these are only where the choice by validation begins, but
    for `shrinkage`, `graph_width` and `graph_rounds`. `content_steps` is the most steps of fitting
    attributes; 0 leaves them out.
    `recent_popularity` is how much what people had in the last weeks is added at a request, in
    standard deviations of a person's scores (`recent_popularity`); it is chosen alone.
    `closed_form` False: its vectors do not rank, though what is fitted to them stays. `findings`
    are what validation found of each part, in words.
    """

    seed: int = 0
    hidden: int | None = None
    ridge: float = RIDGE
    popularity_exponent: float = 0.3
    recency: float = 1.0
    half_life: float = 0.0
    prior_weight: float = 0.02
    shrinkage: float = 10.0
    transitions_weight: float = 1.0
    transitions_by_degree: bool = True
    graph: float = 0.0
    graph_halved_at: float = 0.0
    graph_width: int = 64
    graph_rounds: int = 6
    content_steps: int = 100
    recent_popularity: float = 0.0
    closed_form: bool = True
    choice: bool = True
    validation_people: int = 3_000
    threads: int | None = None
    findings: Mapping[str, str] = field(default_factory=dict[str, str])

    def width(self, drinks: int) -> int:
        """Return the length of vectors for a catalogue of this many drinks."""
        fitting = [width for width in WIDTHS if width * drinks <= MOST_NUMBERS]
        return self.hidden or (fitting or [WIDTHS[-1]])[0]
