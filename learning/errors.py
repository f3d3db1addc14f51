"""The errors of what learns: experiments, polls, segments, triggers."""

from __future__ import annotations

from graph.errors import TastegraphError


class ExperimentRefused(TastegraphError):
    """An experiment is unknown, says something impossible, or cannot do that in its state."""


class PollRefused(TastegraphError):
    """A poll says something impossible, or its answer is none of its options."""


class PollNotAsked(PollRefused):
    """An answer is to a question that the person was not asked lately."""


class SegmentRefused(TastegraphError):
    """A segment is unknown, or says something impossible, or is about what people must not have."""


class TriggerRefused(TastegraphError):
    """A trigger says something impossible, or is about what people must not have."""
