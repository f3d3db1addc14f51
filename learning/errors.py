"""The error of experiments."""

from __future__ import annotations

from graph.errors import TastegraphError


class ExperimentRefused(TastegraphError):
    """An experiment is unknown, says something impossible, or cannot do that in its state."""
