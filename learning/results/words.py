"""Numbers of a metric as text: shares in percent, money, hours, styles."""

from __future__ import annotations

from dataclasses import dataclass

from graph.experiments.metrics import Unit


@dataclass(frozen=True)
class Words:
    """Says levels and changes of a metric in its unit; money is in `currency`."""

    unit: Unit
    currency: str

    def level(self, value: float) -> str:
        """Return a mean as text."""
        return f"{value:.2%}" if self.unit is Unit.SHARE else f"{value:,.2f} {self._unit}"

    def change(self, value: float) -> str:
        """Return how much more it is, as text; less begins with a minus."""
        return f"{self._number(value)} {self._unit}"

    def interval(self, low: float | None, high: float | None) -> str:
        """Return from where to where a change may be, as text."""
        if low is None or high is None:
            return "too few people"
        return f"{self._number(low)} to {self._number(high)} {self._unit}"

    def _number(self, value: float) -> str:
        return f"{value * (100 if self.unit is Unit.SHARE else 1):+,.2f}"

    @property
    def _unit(self) -> str:
        named = {Unit.SHARE: "points", Unit.MONEY: self.currency, Unit.HOURS: "h"}
        return named.get(self.unit, str(self.unit))
