"""What resolvers are given is the same for every request, and stays as it was assembled."""

from __future__ import annotations

from dataclasses import fields

from gql.request.context import Dependencies


def test_no_dependency_is_assigned_anew() -> None:
    assert Dependencies.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert "context_models" in {field.name for field in fields(Dependencies)}
