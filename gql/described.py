"""Strawberry's decorators with the docstring as the description, so that each is written once.

A docstring under one of these is what clients read: its lines are joined by single spaces.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from enum import EnumType
from typing import Any, TypeVar, dataclass_transform

import strawberry
from strawberry.types.field import StrawberryField

Resolver = Callable[..., Any]
Class = TypeVar("Class", bound="type[Any]")
Enumeration = TypeVar("Enumeration", bound=EnumType)


def description_of(documented: object) -> str:
    """Return a docstring as one line; raise a TypeError if there is none."""
    if not (text := getattr(documented, "__doc__", None)):
        raise TypeError(f"{documented} has no docstring")
    return " ".join(inspect.cleandoc(text).split())


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field, StrawberryField))
def object_type(cls: Class) -> Class:
    """Make a class a type of the schema."""
    return strawberry.type(cls, description=description_of(cls))


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field, StrawberryField))
def interface(cls: Class) -> Class:
    """Make a class an interface of the schema."""
    return strawberry.interface(cls, description=description_of(cls))


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field, StrawberryField))
def input_type(name: str | None = None) -> Callable[[Class], Class]:
    """Make a class an input of the schema, perhaps by another name."""

    def make(cls: Class) -> Class:
        return strawberry.input(cls, name=name, description=description_of(cls))

    return make


def enum(cls: Enumeration) -> Enumeration:
    """Make a class an enum of the schema."""
    return strawberry.enum(cls, description=description_of(cls))


def field(resolver: Resolver) -> Any:
    """Make a method a field of its type."""
    return strawberry.field(resolver, description=description_of(resolver))


def mutation(resolver: Resolver) -> Any:
    """Make a method a mutation."""
    return strawberry.mutation(resolver, description=description_of(resolver))


def subscription(resolver: Resolver) -> Any:
    """Make a method a subscription."""
    return strawberry.subscription(resolver, description=description_of(resolver))
