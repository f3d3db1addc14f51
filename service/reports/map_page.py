"""The map as one HTML file: data, script and style inside, nothing fetched when it is viewed."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from importlib import resources
from typing import Any

from embeddings.data.dataset import FloatArray
from embeddings.serving.nearest import Neighbours
from service.reports.colorings import Coloring
from service.reports.view import View

NEAREST = 5
_PLACE = re.compile(r"\{\{(\w+)\}\}")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_STEPS = 65535


def map_page(
    view: View, places: FloatArray, near: Neighbours, ways: list[Coloring], first: str
) -> str:
    """Return the page; `first` is the name of the colouring that it opens with."""
    document = map_document(view, places, near, ways)
    script, style = static("map.js"), static("map.css")
    parts = {
        "title": "Map of the flavor space",
        "made": html.escape(made(view)),
        "people": html.escape(view.people.label),
        "policy": _policy(script),
        "style": style,
        "data": json_in_page({**document, "first": first}),
        "script": script,
    }
    # in one pass: what is filled in may itself contain braces
    return _PLACE.sub(lambda match: parts[match[1]], static("map.html"))


def made(view: View) -> str:
    """Return what a page was made from: model, catalogue, moment."""
    return (
        f"{len(view.catalogue.drinks):,} drinks; model {view.artefact.version}; catalogue version "
        f"{view.catalogue.version}; made {view.made_at:%Y-%m-%d %H:%M} UTC"
    )


def map_document(
    view: View, places: FloatArray, near: Neighbours, ways: list[Coloring]
) -> dict[str, Any]:
    """Return what the map shows as plain values, in columns with one element for each drink.

    `x` and `y` are 0 to 65535. `ingredients` are places in `ingredientNames`. `nearest` has
    `nearestCount` rows and `likeness` as many whole per cents for each drink, one after the other.
    A colouring's `of` has one digit to the base 36 for each drink, its place among `labels`.
    """
    catalogue = view.catalogue
    drinks = catalogue.drinks
    names = sorted({ingredient for drink in drinks for ingredient in view.ingredients_of(drink)})
    place = {name: number for number, name in enumerate(names)}
    count = min(NEAREST, near.rows.shape[1])
    return {
        "model": view.artefact.version,
        "catalogueVersion": catalogue.version,
        "madeAt": view.made_at.isoformat(timespec="seconds"),
        "people": {"all": view.people.all, "simulated": view.people.simulated},
        "ids": [drink.id for drink in drinks],
        "names": [drink.name for drink in drinks],
        "styles": [", ".join(view.styles_of(drink)) for drink in drinks],
        "kinds": [drink.kind or "" for drink in drinks],
        "x": (places[:, 0] * _STEPS).round().astype(int).tolist(),
        "y": ((1 - places[:, 1]) * _STEPS).round().astype(int).tolist(),
        "popularity": [view.popularity.get(drink.id, 0) for drink in drinks],
        "recipeComplete": "".join("01"[drink.recipe_complete] for drink in drinks),
        "ingredientNames": names,
        "ingredients": [[place[name] for name in view.ingredients_of(drink)] for drink in drinks],
        "nearestCount": count,
        "nearest": near.rows[:, :count].ravel().tolist(),
        "likeness": (near.likeness[:, :count].ravel() * 100).round().astype(int).tolist(),
        "colorings": [
            {
                "name": way.name,
                "title": way.title,
                "verdict": way.is_verdict,
                "labels": list(way.labels),
                "of": "".join(_DIGITS[place] for place in way.of),
            }
            for way in ways
        ],
    }


def json_in_page(value: object) -> str:
    """Return JSON that cannot end its script element early."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _policy(script: str) -> str:
    """Return a content security policy: nothing is fetched, and only this script runs."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        "img-src data:"
    )


def static(name: str) -> str:
    """Return a file of the pages, as text."""
    return resources.files("service").joinpath("static", name).read_text(encoding="utf-8")
