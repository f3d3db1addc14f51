"""What a recorded change tells: what came, what went, and which parts it names."""

from __future__ import annotations

from graph.catalogue.history import Change, named_parts


def change(before: tuple[str, ...], after: tuple[str, ...]) -> Change:
    return Change(
        "one", 1, "2026-01-31T10:00:00Z", "anna", "IMPORT", None, None, "drink", "dry", "Dry",
        before, after,
    )  # fmt: skip


def test_facts_that_stay_are_neither_added_nor_removed() -> None:
    recorded = change(("contains gin", "recipe complete"), ("contains rum", "recipe complete"))
    assert (recorded.added, recorded.removed) == (("contains rum",), ("contains gin",))


def test_parts_are_named_before_and_after() -> None:
    before = ("contains gin | 50.0 ml", "contains a, b (c) | 1.0 piece | optional", "contains x y")
    after = ("is a spirits | bundled", "made of cream | a | b", "HAS_ALLERGEN milk | contains x")
    assert named_parts([change(before, after)]) == {"gin", "a, b (c)", "x y", "spirits", "cream"}


def test_facts_that_name_no_part_name_none() -> None:
    facts = ("reviewed | contains gin", "recipe complete", "alcohol 20.0 %", "caffeine not known")
    assert named_parts([change((), facts)]) == set()
