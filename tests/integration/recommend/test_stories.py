"""No story of changes and requests, of those that hypothesis finds, ends with an unsafe drink.

`TASTEGRAPH_STORIES` says how many stories are told to each engine.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from graph.connection import Address
from tests.support.stateful import ServiceStory

STORIES = int(os.environ.get("TASTEGRAPH_STORIES", "12"))


def test_stories_end_well(address: Address) -> None:
    class Story(ServiceStory):
        pass

    Story.address = address
    run_state_machine_as_test(
        Story,
        settings=settings(
            max_examples=STORIES,
            stateful_step_count=25,
            deadline=None,
            database=None,
            phases=(Phase.explicit, Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
            derandomize=os.environ.get("TASTEGRAPH_STORIES") is None,
        ),
    )
