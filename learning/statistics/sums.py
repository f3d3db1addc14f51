"""Sums over the people of an arm: all that the statistics need, of one test or of many at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Number: TypeAlias = float | Floats


@dataclass(frozen=True)
class Sums:
    """Of each person a number y, and x, the same before the experiment; sums over people.

    Fields are numbers, or arrays of one shape [...]: then each place is a test of its own.
    """

    people: Number
    total: Number
    squares: Number
    before: Number = 0.0
    before_squares: Number = 0.0
    products: Number = 0.0

    def __add__(self, other: Sums) -> Sums:
        """Return the sums over both."""
        return Sums(
            self.people + other.people,
            self.total + other.total,
            self.squares + other.squares,
            self.before + other.before,
            self.before_squares + other.before_squares,
            self.products + other.products,
        )

    @property
    def mean(self) -> Number:
        """The mean of y; 0 of nobody."""
        return self.total / np.maximum(self.people, 1)

    @property
    def mean_before(self) -> Number:
        """The mean of x."""
        return self.before / np.maximum(self.people, 1)

    @property
    def variance(self) -> Number:
        """The variance of y (n - 1)."""
        return self._moment(self.squares, self.total, self.total)

    @property
    def variance_before(self) -> Number:
        """The variance of x."""
        return self._moment(self.before_squares, self.before, self.before)

    @property
    def covariance(self) -> Number:
        """The covariance of x and y."""
        return self._moment(self.products, self.total, self.before)

    def _moment(self, products: Number, left: Number, right: Number) -> Number:
        people = np.maximum(self.people, 2)
        return (products - left * right / people) / (people - 1)


NOBODY = Sums(0, 0.0, 0.0)
