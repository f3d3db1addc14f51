"""A small catalogue of an operator's own, with two groups of people who like different halves."""

import csv
import random
from collections.abc import Iterable, Sequence
from pathlib import Path

DRINKS = 40
PEOPLE = 120


def drink_id(number: int) -> str:
    return f"own-{number:02}"


def write_world(folder: Path, *, people: int = PEOPLE) -> Path:
    """Write the tables; even drinks hold cow's milk, and odd ones do not.

    Even people like the first half of the drinks, odd ones the second.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _write(
        folder / "ingredients.csv",
        ("id", "name", "reviewed", "source"),
        [("own-milk", "Own milk", "true", "a test"), ("own-tea", "Own tea", "true", "a test")],
    )
    _write(
        folder / "allergen_evidence.csv",
        ("subject_type", "subject", "allergen", "status", "source", "observed_at"),
        [("ingredient", "own-milk", "milk", "contains", "a test", "2026-01-01")],
    )
    _write(
        folder / "drinks.csv",
        ("id", "name", "kind", "flavors", "recipe_complete"),
        [
            (drink_id(n), f"Own drink {n:02}", "tea" if n < DRINKS / 2 else "soda", "", "true")
            for n in range(DRINKS)
        ],
    )
    _write(
        folder / "recipes.csv",
        ("drink_id", "ingredient"),
        [(drink_id(n), "own-milk" if n % 2 == 0 else "own-tea") for n in range(DRINKS)],
    )
    _write(folder / "users.csv", ("id",), [(f"person-{n}",) for n in range(people)])
    _write(
        folder / "interactions.csv",
        ("event_id", "user_id", "drink_id", "type", "at"),
        _events(people),
    )
    return folder


def _events(people: int) -> Iterable[Sequence[str]]:
    draw = random.Random(5)
    half = DRINKS // 2
    for person in range(people):
        start = half * (person % 2)
        for place, number in enumerate(draw.sample(range(start, start + half), 8)):
            event = f"event-{person}-{place}"
            day = f"2026-0{place + 1}-01T10:00:00Z"
            yield event, f"person-{person}", drink_id(number), "purchase", day


def _write(path: Path, names: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows(rows)
