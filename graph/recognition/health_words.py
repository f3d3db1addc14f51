"""Words about what somebody must not have: names of allergens and diets, in five languages.

What is about taste may not use them: allergies and diets are declared, never inferred.
"""

from __future__ import annotations

import csv
import functools
from importlib import resources

from graph.recognition.naming import words

_FILES = (("labels", "allergy_names"), ("law", "allergens"), ("diets", "diets"))
_MORE = (
    "allergy allergies allergic allergen allergens intolerant intolerance intolerances diet diets "
    "avoid avoids avoided verdict verdicts unsafe safe safety traces anaphylaxis epipen lactose "
    "allergie allergique alergia allergia medical illness celiac coeliac diabetes diabetic religion"
)


def health_word_in(text: str) -> str | None:
    """Return the first name of an allergen, a diet or an allergy in a text; None without any.

    Ids count as their words do: `almond-flavor` names the almond.
    """
    said = words(text.replace("_", " ").replace("-", " "))
    names, longest = _names()
    for start in range(len(said)):
        for end in range(start + 1, min(start + longest, len(said)) + 1):
            name = " ".join(said[start:end])
            if name in names or name.removesuffix("s") in names:
                return name
    return None


@functools.cache
def _names() -> tuple[frozenset[str], int]:
    """Return all names in words, and how many words the longest has."""
    names = set(_MORE.split())
    for folder, file in _FILES:
        path = resources.files("graph").joinpath("knowledge", folder, f"{file}.csv")
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
            names |= {" ".join(words(row["name"].replace("-", " ")))}
            names |= {" ".join(words(row["id"].replace("-", " ")))} if "id" in row else set()
    return frozenset(names - {""}), max(len(name.split()) for name in names)
