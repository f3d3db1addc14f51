"""A foreign folder and its mapping, for tests."""

from __future__ import annotations

from pathlib import Path

from graph.importing import load_mapping
from graph.importing.files.mapping import Mapping
from graph.importing.files.sources import Sources, open_sources

TABLES = """
title = "Foreign"
source = "Foreign source"

[[tables]]
table = "drinks"
file = "long.csv"
distinct = "id"

[tables.columns]
id = { column = "Drink", slug = true, prefix = "f-" }
name = { column = "Drink" }
kind = { column = "Kind", values = { "0" = "mocktail" }, otherwise = "cocktail" }
style = { column = "Category", missing = ["NA"] }
recipe_complete = { constant = "true" }

[[tables]]
table = "recipes"
file = "long.csv"

[tables.columns]
drink_id = { column = "Drink", slug = true, prefix = "f-" }
ingredient = { column = "Part", join = { file = "parts.csv", on = "number", take = "part" } }
amount = { columns = ["Amount", "Unit"], measure = "amount" }
unit = { columns = ["Amount", "Unit"], measure = "unit" }
"""
LONG = "Drink,Kind,Category,Part,Amount,Unit\nPiña Colada,1,NA,1,2,oz\nPiña Colada,1,NA,2,,\n"
PARTS = "number,part\n1,White rum\n"
RATINGS = """
title = "Foreign"
source = "Foreign source"

[[tables]]
table = "interactions"
file = "ratings.csv"
rating_scale = [0, 100]

[tables.columns]
user_id = { column = "who" }
drink_id = { column = "what" }
type = { column = "kind" }
value = { column = "points" }
"""


def mapping(folder: Path, text: str = TABLES) -> Mapping:
    (folder / "own.toml").write_text(text)
    return load_mapping(folder / "own.toml")


def sources(folder: Path, text: str = TABLES, long: str = LONG) -> Sources:
    data = folder / "data"
    data.mkdir()
    (data / "long.csv").write_text(long)
    (data / "parts.csv").write_text(PARTS)
    return open_sources(data, mapping(folder, text), knowledge=False)
