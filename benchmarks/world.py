"""A generated catalogue with people, in the import's format; sizes are parameters, seeded."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

ALLERGENS = ("milk", "egg", "almond", "hazelnut", "barley", "wheat", "fish", "soy", "sulphites")
KINDS = ("coffee", "tea", "juice", "beer", "wine", "cocktail", "soda", "smoothie")
FLAVORS = ("citrus", "nutty", "smoky", "herbal", "floral", "roasted", "creamy", "sweet", "bitter")
INGREDIENTS = 2000


def write_world(folder: Path, drinks: int, users: int, events: int, seed: int = 1) -> int:
    """Write the tables; return how many rows there are."""
    random = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "ingredients": _ingredients(random),
        "allergen_evidence": _evidence(random),
        "drinks": _drinks(random, drinks),
        "recipes": _recipes(random, drinks),
        "users": _users(random, users),
        "interactions": _interactions(random, users, drinks, events),
    }
    for name, table in tables.items():
        pyarrow.csv.write_csv(table, folder / f"{name}.csv")
    return sum(table.num_rows for table in tables.values())


def _ingredients(random: np.random.Generator) -> pa.Table:
    parents = [
        "" if row < 20 else f"part-{random.integers(row // 4, row // 2 + 1)}"
        for row in range(INGREDIENTS)
    ]
    return pa.table(
        {
            "id": [f"part-{row}" for row in range(INGREDIENTS)],
            "name": [f"Generated part {row}" for row in range(INGREDIENTS)],
            "is_a": parents,
            "flavors": random.choice(FLAVORS, INGREDIENTS),
            "reviewed": np.where(random.random(INGREDIENTS) < 0.99, "true", "false"),
            "source": ["generated"] * INGREDIENTS,
        }
    )


def _evidence(random: np.random.Generator) -> pa.Table:
    # the upper part of the tree is left without, else nearly everything would inherit something
    subjects = [row for row in range(200, INGREDIENTS) if random.random() < 0.15]
    return pa.table(
        {
            "subject_type": ["ingredient"] * len(subjects),
            "subject": [f"part-{row}" for row in subjects],
            "allergen": random.choice(ALLERGENS, len(subjects)),
            "status": random.choice(("contains", "may_contain"), len(subjects)),
            "source": ["generated"] * len(subjects),
            "observed_at": ["2026-11-01"] * len(subjects),
        }
    )


def _drinks(random: np.random.Generator, drinks: int) -> pa.Table:
    return pa.table(
        {
            "id": [f"drink-{row}" for row in range(drinks)],
            "name": [f"Generated drink {row}" for row in range(drinks)],
            "kind": random.choice(KINDS, drinks),
            "style": [f"Style {row}" for row in random.integers(0, 60, drinks)],
            "abv": random.choice((0.0, 5.0, 12.0, 20.0), drinks),
            "price": random.uniform(2, 15, drinks).round(2),
            "flavors": random.choice(FLAVORS, drinks),
            "recipe_complete": ["true"] * drinks,
        }
    )


def _recipes(random: np.random.Generator, drinks: int) -> pa.Table:
    parts = np.stack([random.choice(INGREDIENTS, 4, replace=False) for _ in range(drinks)])
    return pa.table(
        {
            "drink_id": [f"drink-{row}" for row in np.repeat(np.arange(drinks), 4)],
            "ingredient": [f"part-{part}" for part in parts.ravel()],
            "amount": random.uniform(5, 200, drinks * 4).round(),
            "unit": ["ml"] * (drinks * 4),
        }
    )


def _users(random: np.random.Generator, users: int) -> pa.Table:
    def allergies() -> str:
        chosen = random.choice(ALLERGENS, random.integers(0, 3), replace=False)
        return "|".join(f"{allergen}:MODERATE:traces" for allergen in chosen) or "none"

    return pa.table(
        {
            "id": [f"user-{row}" for row in range(users)],
            "allergies": [allergies() for _ in range(users)],
        }
    )


def _interactions(random: np.random.Generator, users: int, drinks: int, events: int) -> pa.Table:
    # people of one taste group prefer one part of the catalogue, popular drinks first
    user = random.integers(0, users, events)
    offset = (user % 20) * (drinks // 20)
    reach = np.where(random.random(events) < 0.8, drinks // 20, drinks)
    drink = (offset + (random.random(events) ** 3 * reach).astype(np.int64)) % drinks
    seconds = 1_760_000_000 + random.integers(0, 30_000_000, events)
    return pa.table(
        {
            "event_id": [f"event-{row}" for row in range(events)],
            "user_id": [f"user-{row}" for row in user],
            "drink_id": [f"drink-{row}" for row in drink],
            "type": random.choice(("purchase", "view", "like"), events),
            "at": seconds,
        }
    )
