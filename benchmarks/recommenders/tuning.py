"""Settings chosen on the validation part, then measured once on the held-out part."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

from benchmarks.recommenders.histories import Histories, Rival, Settings, Stage
from embeddings.data.splitting import Split, seen
from embeddings.evaluation.metrics import ByPerson, by_person

K = 20
VALIDATION_PEOPLE = 3000
_MOST_FOR_ALL = 12
_ROUNDS = 2

Clock = Callable[[], float]


class Choice(NamedTuple):
    """What validation found best for one row: NDCG, the settings of the fit, and the stage."""

    ndcg: float
    settings: Settings
    new: Settings


class TunedRow(NamedTuple):
    """A row: metrics by person, and the processor seconds of one fit with its ranking."""

    row: str
    settings: str
    seconds: float
    people: ByPerson


def tuned(
    rival: Rival, parts: Split, inner: Split, clock: Clock = time.process_time
) -> Iterator[TunedRow]:
    """Yield each row of the rival: what its best settings of the validation part reach."""
    search = _Search(rival, inner)
    search.run()
    histories, masked = Histories(parts.train), seen(parts.train)
    waiting = dict(search.best)
    while waiting:
        settings, started = next(iter(waiting.values())).settings, clock()
        for stage in rival.stages(histories, settings):
            choice = waiting.get(stage.row)
            if choice and (choice.settings, choice.new) == (settings, stage.new):
                people = by_person(stage.score, masked, parts.holdout, K)
                yield TunedRow(stage.row, _words(choice), clock() - started, people)
                del waiting[stage.row]
            if all(other.settings != settings for other in waiting.values()):
                break


class _Search:
    """All combinations of the axes if they are few, else one axis after the other."""

    def __init__(self, rival: Rival, inner: Split) -> None:
        self.rival, self.inner = rival, inner
        self.histories, self.masked = Histories(inner.train), seen(inner.train)
        self.best: dict[str, Choice] = {}
        self.tried: dict[tuple[object, ...], float] = {}

    def run(self) -> None:
        axes = self.rival.axes
        combinations = list(itertools.product(*axes.values()))
        if len(combinations) <= _MOST_FOR_ALL:
            for values in combinations:
                self._fit(dict(zip(axes, values, strict=True)))
            return
        now = {name: values[0] for name, values in axes.items()}
        for name in itertools.chain(*itertools.repeat(tuple(axes), _ROUNDS)):
            around = [now | {name: value} for value in axes[name]]
            now = max(around, key=self._fit)

    def _fit(self, settings: Settings) -> float:
        """Fit once; return the best NDCG of any stage."""
        key = tuple(settings.values())
        if key not in self.tried:
            reached = 0.0
            waited = 0
            for stage in self.rival.stages(self.histories, settings):
                ndcg = self._measured(stage, settings)
                waited = 0 if ndcg > reached else waited + 1
                reached = max(reached, ndcg)
                if waited == self.rival.patience:
                    break
            self.tried[key] = reached
        return self.tried[key]

    def _measured(self, stage: Stage, settings: Settings) -> float:
        people = by_person(stage.score, self.masked, self.inner.holdout, K, VALIDATION_PEOPLE)
        choice = Choice(float(people.ndcg.mean()), settings, stage.new)
        if stage.row not in self.best or choice.ndcg > self.best[stage.row].ndcg:
            self.best[stage.row] = choice
        return choice.ndcg


def _words(choice: Choice) -> str:
    return ", ".join(
        f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in {**choice.settings, **choice.new}.items()
    )
