from __future__ import annotations

from tests.support.model_world import filled

__all__ = ["filled"]
