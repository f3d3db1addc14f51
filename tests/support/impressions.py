"""Lists as they were shown, for tests that do not ask for one."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from events.impressions import Impression, ShownDrink


def offer(user_id: str, drink_ids: Sequence[str], **changes: Any) -> Impression:
    """A list of these drinks, as they were ranked."""
    shown = Impression(
        recommendation_id=str(uuid.uuid4()),
        user_id=user_id,
        surface="recommendations",
        model="popularity",
        policy="none",
        safe=len(drink_ids),
        catalogue_version=1,
        profile_version=1,
        drinks=[ShownDrink(drink, place) for place, drink in enumerate(drink_ids, start=1)],
    )
    return replace(shown, **changes)
