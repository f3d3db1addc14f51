from __future__ import annotations

from tests.support.model_world import filled, store

__all__ = ["filled", "store"]
