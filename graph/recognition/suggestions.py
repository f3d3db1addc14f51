"""Names similar to a text, for a person to choose from. A suggestion is never a match."""

from __future__ import annotations

from rapidfuzz import fuzz, process

from graph.recognition.names import Names
from graph.recognition.naming import normalise
from graph.recognition.resolution import Suggestion

LEAST_SCORE = 60.0
LONGEST = 100


def suggest(names: Names, text: str, most: int) -> tuple[Suggestion, ...]:
    """Return up to `most` things with similar names, the most similar first."""
    spellings = list(names.spellings())
    extracted = process.extract(
        normalise(text[:LONGEST]),
        [form for form, _ in spellings],
        scorer=fuzz.WRatio,
        limit=most * 10,
        score_cutoff=LEAST_SCORE,
    )
    best: dict[str, Suggestion] = {}
    for _, score, place in extracted:
        thing = spellings[place][1]
        best.setdefault(thing.identifier, Suggestion(thing.identifier, thing.name, round(score, 1)))
    return tuple(best.values())[:most]
